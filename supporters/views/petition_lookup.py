"""From the slug in an address to the petition, or to the answer that stands for it."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse

from petitions.models import ModerationEvent, Petition, PetitionSlug
from petitions.states import PUBLIC, Status
from supporters.compiled import Compiled
from supporters.count import with_live_count

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def with_petition(
    view: Callable[Concatenate[HttpRequest, Petition, P], HttpResponse],
    *,
    petitions: Callable[[], QuerySet[Petition]] | None = None,
) -> Callable[..., HttpResponse]:
    """Call the view with the petition (with `live_count`) in place of the slug.

    An old slug redirects for ever, a hidden petition answers 410 with what may be said, and what
    is not public 404. Rejected petitions are public: a view that has nothing to say about them
    asks `petition.status`.
    """

    def by_slug(slug: str) -> QuerySet[Any]:
        rows = petitions() if petitions else Petition.objects.select_related("organizer", "version")
        return with_live_count(rows).filter(slug=slug)

    find = Compiled(by_slug, slug="\ue000")

    @wraps(view)
    def wrapper(
        request: HttpRequest, /, slug: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        petition = next(iter(find(slug=slug)), None)
        if petition is None:
            return moved(request, slug, **kwargs)
        if petition.status == Status.HIDDEN:
            return gone(request, petition)
        if petition.status not in PUBLIC:
            raise Http404
        return view(request, petition, *args, **kwargs)

    return wrapper


@lru_cache(maxsize=10_000)
def remembered_id(slug: str) -> int:
    """The id of the petition that has this slug, asked once. Raises Petition.DoesNotExist.

    It may have another slug by now, or be gone: whoever acts on the id says the slug again.
    """
    return Petition.objects.values_list("pk", flat=True).get(slug=slug)


def moved(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
    """A redirect from an old slug to the present one, or Http404."""
    found = PetitionSlug.objects.select_related("petition").filter(slug=slug).first()
    match = request.resolver_match
    if found is None or match is None or found.petition.slug == slug:
        raise Http404
    if found.petition.status not in {*PUBLIC, Status.HIDDEN}:
        raise Http404
    address = reverse(match.view_name, kwargs={**kwargs, "slug": found.petition.slug})
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    if request.method not in {"GET", "HEAD"}:
        response.status_code = 308  # keeps the method and what was typed
    return response


def gone(request: HttpRequest, petition: Petition) -> HttpResponse:
    """410 for a hidden petition."""
    context = said_of_hidden(petition.pk) | {
        "note_language": petition.language,
        "was_sent": request.method == "POST",  # hidden while somebody was typing
    }
    return render(request, "petitions/gone.html", context, status=410)


def said_of_hidden(petition_id: int) -> dict[str, Any]:
    """When moderators hid it, and why in words that everybody may read."""
    hidden = ModerationEvent.objects.filter(petition=petition_id, to_status=Status.HIDDEN)
    event = hidden.with_words().order_by("-id").first()
    return {
        "hidden_on": event.at if event else None,
        "reason_text": event.reason_text if event else "",
        "public_note": event.public_note if event else "",
    }
