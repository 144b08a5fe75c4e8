"""/topics/ and the page of one topic."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from petitions.models import Petition, Topic
from supporters.caching import public
from supporters.tallies import tally

from .listed import listed


@require_safe
@public(reads=())
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
@public(reads=["page"])
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic, slug=slug)
    return listed(
        request,
        "petitions/topic.html",
        topic,
        Petition.objects.filter(topics=topic),
        counts=tally().kinds(topic=slug),
        topic=topic,
    )
