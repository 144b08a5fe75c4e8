"""Who signed a petition, as far as they want to be shown."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from petitions.models import Petition
from petitions.states import Status
from supporters.caching import public
from supporters.count import Tally
from supporters.models import Signature
from supporters.petition_page import PublicSignature
from supporters.reasons import hidden

from .petition_lookup import with_petition

SHOWN = 50
# Positions that one page looks through. Where hardly anybody shows a name, a page has fewer rows
# rather than reading a million signatures to fill it.
LOOKED_AT = 2_000


@require_safe
@public(reads=["before"])
@with_petition
def supporters(request: HttpRequest, petition: Petition) -> HttpResponse:
    """Newest first by position, from `?before=` downwards. The tail follows within a second."""
    if petition.status == Status.REJECTED:
        raise Http404
    before = _before(request.GET.get("before", ""), petition)
    lowest = max(1, before - LOOKED_AT)
    found: list[Any] = list(
        Signature.objects.filter(petition=petition, position__gte=lowest, position__lt=before)
        .for_public_display()
        .annotate(is_reason_hidden=Exists(hidden(OuterRef("pk"))))
        .order_by("-position")[: SHOWN + 1]
    )
    shown = found[:SHOWN]
    for signature in shown:
        if signature.is_reason_hidden:
            signature.reason = ""
    # Further down begin the rest of this page's window, or the next window.
    further = shown[-1].position if len(found) > SHOWN else lowest
    next_url = reverse("supporters", args=[petition.slug]) + f"?before={further}"
    context = {
        "petition": petition,
        "tally": Tally.of(petition),
        "supporters": [
            PublicSignature.of(signature)._replace(position=signature.position)
            for signature in shown
        ],
        "next_url": next_url if further and further > 1 else None,
    }
    return render(request, "supporters/supporters.html", context)


def _before(asked: str, petition: Petition) -> int:
    """The position to begin below; without a usable one, the position after the last."""
    if asked.isascii() and asked.isdigit() and len(asked) <= 9:  # noqa: PLR2004 — below 2³¹
        return int(asked)
    last = (
        Signature.objects.filter(petition=petition, position__isnull=False)
        .order_by("-position")
        .values_list("position", flat=True)
        .first()
    )
    return (last or 0) + 1
