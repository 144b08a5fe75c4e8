"""/topics/ and the page of one topic."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from petitions.models import Petition, Topic
from supporters import listing
from supporters.caching import public
from supporters.page_links import page_number
from supporters.tallies import tally

from .list_end import list_end


@require_safe
@public
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic with how many petitions it has; three statements."""
    counted = tally()
    rows = [
        {
            "topic": topic,
            "open": counted.of(topic=topic.slug, kind="open"),
            "closed": counted.of(topic=topic.slug, kind="closed"),
        }
        for topic in Topic.objects.all()
    ]
    return render(request, "petitions/topics.html", {"rows": rows})


@require_safe
@public
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    counts = tally().kinds(topic=slug)
    page = listing.page(
        Petition.objects.filter(topics=topic),
        number=page_number(request.GET.get("page", "")),
        counts=counts,
        url=lambda number: listing.url(topic, number),
    )
    if page is None:
        return list_end(request, listing.url(topic, 1))
    return render(request, "petitions/topic.html", {"topic": topic, "counts": counts, **page})
