"""How the number of a petition comes about: a page, and the same as JSON."""

from dataclasses import replace
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from petitions.models import Petition
from petitions.states import Status
from supporters.caching import NUMBER, public
from supporters.chart import chart_of
from supporters.count import Tally, with_live_count
from supporters.ledger import Ledger, ledger_of

from .petition_lookup import moved, with_petition


@require_safe
@public(reads=["before"])
@with_petition
def ledger(request: HttpRequest, petition: Petition) -> HttpResponse:
    if petition.status == Status.REJECTED:
        raise Http404
    before = request.GET.get("before", "")
    found = ledger_of(petition, before=before)
    context = {
        "petition": petition,
        # The number of the sum's own snapshot: the two stand side by side.
        "tally": replace(Tally.of(petition), count=found.total, as_of=found.as_of),
        "ledger": found,
        "is_earlier": bool(before),
        "chart": chart_of(petition),
        "is_plain": True,
    }
    return render(request, "supporters/ledger.html", context)


@require_safe
@public(reads=["before"])
def ledger_json(request: HttpRequest, slug: str) -> HttpResponse:
    """{"count", "status", "terms", "entries", "next", "as_of"}: two statements, for any origin."""
    petition = with_live_count(Petition.objects.filter(slug=slug)).first()
    try:
        response = _told(request, petition) if petition else moved(request, slug)
    except Http404:
        response = JsonResponse({"error": "not found"}, status=404)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _told(request: HttpRequest, petition: Any) -> HttpResponse:
    if petition.status == Status.HIDDEN:
        return JsonResponse({"error": "gone"}, status=410)
    if not petition.is_published:
        raise Http404
    found = ledger_of(petition, before=request.GET.get("before", ""))
    address = settings.SITE_URL + reverse("ledger_json", args=[petition.slug])
    said = {
        "count": found.total,
        "status": Status.CLOSED if petition.is_closed else Status.OPEN,
        "terms": [{"kind": line.kind, "quantity": line.quantity} for line in found.lines],
        "entries": _entries(found),
        "next": f"{address}?before={found.further}" if found.further else None,
    }
    # The validator leaves `as_of` out, as that of the number does.
    validator = blake2b(JsonResponse(said).content, digest_size=12).hexdigest()
    response = JsonResponse({**said, "as_of": found.as_of})
    response["ETag"] = f'W/"{validator}"'
    response["Cache-Control"] = NUMBER
    return response


def _entries(found: Ledger) -> list[dict[str, Any]]:
    return [
        {
            "date": entry.happened_on,
            "kind": entry.kind,
            "quantity": entry.quantity,
            "reason": entry.reason,
            "source": entry.source,
        }
        for entry in found.batches
    ]
