"""The page of one topic, target or organizer: its petitions, or that the list has ended."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from petitions.models.petition_queryset import PetitionQuerySet
from supporters import listing
from supporters.page_links import page_number

from .list_end import list_end


def listed(
    request: HttpRequest,
    template: str,
    shown: Any,
    petitions: PetitionQuerySet,
    *,
    counts: dict[str, int],
    **context: Any,
) -> HttpResponse:
    """`shown` is the topic, the target or the organizer; `counts` as listing.count() makes them."""
    page = listing.page(
        petitions,
        number=page_number(request.GET.get("page", "")),
        counts=counts,
        url=lambda number: listing.url(shown, number),
    )
    if page is None:
        return list_end(request, listing.url(shown, 1))
    return render(request, template, {"counts": counts, **context, **page})
