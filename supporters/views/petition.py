"""The page of a petition, and its number as JSON."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from petitions.models import Petition
from petitions.states import Status
from supporters import sources
from supporters.caching import PUBLIC, private, public
from supporters.count import with_live_count, with_newest_confirmation
from supporters.petition_page import page_context, page_petitions
from supporters.tokens import Purpose, read

from .petition_lookup import gone, moved, with_petition


@require_safe
@public
@partial(with_petition, petitions=page_petitions)
def petition(request: HttpRequest, petition: Petition) -> HttpResponse:
    source = sources.read(request.GET.get("via"))
    return render(request, "petitions/petition.html", page_context(petition, source=source))


@require_safe
@private
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a petition that is not public, for who was given the link."""
    petition = with_live_count(page_petitions()).filter(pk=read(Purpose.PREVIEW, token)).first()
    if petition is None:
        return render(request, "404.html", status=404)
    if petition.status == Status.HIDDEN:
        return gone(request, petition)
    if petition.is_public:
        return redirect(petition)
    return render(request, "petitions/petition.html", page_context(petition, preview=True))


@require_safe
def count_json(request: HttpRequest, slug: str) -> HttpResponse:
    """{"count", "goal", "status", "confirmed_at", "as_of"}: one statement, for any origin."""
    row = (
        with_newest_confirmation(with_live_count(Petition.objects.all()))
        .filter(slug=slug)
        .only("goal", "status", "closes_at")
        .first()
    )
    try:
        response = _count(request, row) if row else moved(request, slug)
    except Http404:
        response = JsonResponse({"error": "not found"}, status=404)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _count(request: HttpRequest, row: Any) -> HttpResponse:
    """The validator leaves `as_of` out: as long as nothing else changed, 304 says so."""
    if row.status == Status.HIDDEN:
        return JsonResponse({"error": "gone"}, status=410)
    if row.status not in (Status.OPEN, Status.CLOSED):
        raise Http404
    status = Status.CLOSED if row.is_closed else Status.OPEN
    newest = row.newest_confirmed_at
    etag = f'W/"{row.live_count}-{row.goal}-{status}-{newest and newest.timestamp()}"'
    response: HttpResponse = JsonResponse(
        {
            "count": row.live_count,
            "goal": row.goal,
            "status": status,
            "confirmed_at": newest,
            "as_of": timezone.now(),
        }
    )
    response["ETag"] = etag
    response = get_conditional_response(request, etag=etag, response=response) or response
    response["Cache-Control"] = PUBLIC
    return response
