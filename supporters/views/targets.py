"""/targets/ and the page of one target. Addresses and numbers of offices are for moderators."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from petitions.models import Petition, PetitionTarget, Target
from supporters import listing
from supporters.caching import public
from supporters.page_links import page_links, page_number, pages_of

from .list_end import list_end
from .listed import listed

ROWS = 50


@require_safe
@public(reads=["page"])
def targets(request: HttpRequest) -> HttpResponse:
    """Those that a published petition is addressed to, by name; two statements."""
    number = page_number(request.GET.get("page", ""))
    found = Target.objects.with_page()
    pages = pages_of(found.count(), ROWS)
    address = reverse("targets")
    if number > pages:
        return list_end(request, address)
    links = PetitionTarget.objects.addressed().published().filter(target=OuterRef("pk"))
    rows = found.order_by("name", "id").annotate(
        petitions=Coalesce(
            Subquery(links.order_by().values("target").annotate(n=Count("pk")).values("n")), 0
        )
    )[(number - 1) * ROWS : number * ROWS]
    page = page_links(
        number, pages, url=lambda number: f"{address}?page={number}" if number > 1 else address
    )
    return render(request, "petitions/targets.html", {"rows": list(rows), "page": page})


@require_safe
@public(reads=["page"])
def target(request: HttpRequest, slug: str) -> HttpResponse:
    target = get_object_or_404(Target.objects.with_page(), slug=slug)
    petitions = Petition.objects.addressed_to(target)
    counts = listing.count(petitions)
    return listed(request, "petitions/target.html", target, petitions, counts=counts, target=target)
