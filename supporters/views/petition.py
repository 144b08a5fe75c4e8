"""The page of a petition, and its number as JSON."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from petitions.models import Petition, PetitionDraft
from petitions.states import Status
from supporters import sources
from supporters.caching import NUMBER, private, public
from supporters.compiled import Compiled
from supporters.count import with_live_count, with_newest_confirmation
from supporters.petition_page import page_context, page_petitions
from supporters.starting.preview import preview_context
from supporters.tokens import Purpose, make, read

from .petition_lookup import gone, moved, said_of_hidden, with_petition


@require_safe
@public(reads=["via"])
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
        return _draft_preview(request, token)
    if petition.status == Status.HIDDEN:
        return gone(request, petition)
    if petition.is_public:
        return redirect(petition)
    return render(request, "petitions/petition.html", page_context(petition, preview=True))


def _draft_preview(request: HttpRequest, token: str) -> HttpResponse:
    """The same page, of what is not a petition yet; then that of the petition that it became."""
    drafts = PetitionDraft.objects.alive()
    draft = drafts.filter(pk=read(Purpose.DRAFT_PREVIEW, token) or 0).first()
    if draft is None:
        return render(request, "404.html", status=404)
    if draft.petition_id:
        return redirect("preview", make(Purpose.PREVIEW, draft.petition_id))
    return render(request, "petitions/petition.html", preview_context(draft))


_counted = Compiled(
    lambda slug: (
        with_newest_confirmation(with_live_count(Petition.objects.all()))
        .filter(slug=slug)
        .only("goal", "status", "closes_at")
    ),
    slug="\ue000",
)


@require_safe
@public(reads=())
def count_json(request: HttpRequest, slug: str) -> HttpResponse:
    """{"count", "goal", "status", "confirmed_at", "as_of"}: one statement, for any origin."""
    row = next(iter(_counted(slug=slug)), None)
    try:
        response = _count(row) if row else moved(request, slug)
    except Http404:
        response = JsonResponse({"error": "not found"}, status=404)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _count(row: Any) -> HttpResponse:
    """The validator leaves `as_of` out: as long as nothing else changed, it was "not modified"."""
    if row.status == Status.HIDDEN:
        said = said_of_hidden(row.pk)
        names = {"hidden_on": "hidden_at", "reason_text": "reason", "public_note": "note"}
        told = {names[key]: value or None for key, value in said.items()}
        return JsonResponse({"error": "gone", **told}, status=410)
    if not row.is_published:
        raise Http404
    status = Status.CLOSED if row.is_closed else Status.OPEN
    newest = row.newest_confirmed_at
    etag = f'W/"{row.live_count}-{row.goal}-{status}-{newest and newest.timestamp()}"'
    response = JsonResponse(
        {
            "count": row.live_count,
            "goal": row.goal,
            "status": status,
            "confirmed_at": newest,
            "as_of": row.counted_at,
        }
    )
    response["ETag"] = etag
    response["Cache-Control"] = NUMBER
    return response
