"""The links of a draft, and the draft that a link leads to."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from petitions import pictures
from petitions.models import PetitionDraft
from supporters.tokens import Purpose, make, read

P = ParamSpec("P")


def find(token: str) -> PetitionDraft | None:
    """The draft of a private link; None for a wrong one, and once it has expired."""
    drafts = PetitionDraft.objects.alive().select_related("petition")
    return drafts.filter(pk=read(Purpose.DRAFT, token) or 0).first()


def with_draft(
    view: Callable[Concatenate[HttpRequest, PetitionDraft, P], HttpResponse],
) -> Callable[..., HttpResponse]:
    """Give the view the draft of its token; what became a petition is no longer changed here."""

    @wraps(view)
    def wrapper(
        request: HttpRequest, /, token: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        draft = find(token)
        if draft is None:
            return not_found(request)
        if draft.petition_id:
            return submitted(request)
        return view(request, draft, *args, **kwargs)

    return wrapper


def not_found(request: HttpRequest) -> HttpResponse:
    context = {"state": "unknown", "draft_days": settings.PETITIONS_DRAFT_DAYS}
    return render(request, "starting/ended.html", context, status=404)


def submitted(request: HttpRequest) -> HttpResponse:
    """Says nothing of what was in it: links get about."""
    context = {"state": "submitted", "review_days": settings.PETITIONS_REVIEW_DAYS}
    return render(request, "starting/ended.html", context, status=410)


def url(draft: PetitionDraft) -> str:
    return reverse("draft", args=[make(Purpose.DRAFT, draft.pk)])


def stage_url(draft: PetitionDraft, name: str) -> str:
    token = make(Purpose.DRAFT, draft.pk)
    if name == "similar":
        return reverse("draft_similar", args=[token])
    return reverse("draft_stage", args=[token, name])


def sent_url(draft: PetitionDraft) -> str:
    return reverse("draft_sent", args=[make(Purpose.DRAFT, draft.pk)])


def links(draft: PetitionDraft) -> dict[str, Any]:
    """What the pages of a draft lead to. `private_url` is for keeping."""
    token = make(Purpose.DRAFT, draft.pk)
    return {
        "overview_url": url(draft),
        "private_url": settings.SITE_URL + url(draft),
        "preview_url": reverse("preview", args=[make(Purpose.DRAFT_PREVIEW, draft.pk)]),
        "account_url": reverse("start_as_account", args=[token]),
        "draft_days": settings.PETITIONS_DRAFT_DAYS,
        "review_days": settings.PETITIONS_REVIEW_DAYS,
    }


def picture(draft: PetitionDraft) -> pictures.Shown | None:
    alt = str(draft.typed.get("picture_alt", ""))
    return pictures.shown(draft.picture, draft.picture_renditions, alt=alt)
