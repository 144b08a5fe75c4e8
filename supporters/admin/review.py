"""One page to decide from: what readers would see, what to look at twice, what came before."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions import claims
from petitions.differences import Paragraph, compare
from petitions.groups import may_moderate
from petitions.lint import lint, passage
from petitions.models import Petition, StaffAct, SubmittedText
from petitions.similar import similar
from petitions.states import Status
from supporters import tokens
from supporters.moderation.history import history, notes

from . import moves
from .claim import bar
from .own_page import petition_of, render

OTHERS = 20  # of the organizer's other petitions
_PARTS = {"title": _("Title"), "summary": _("Summary"), "body": _("Story"), "ask": _("What we ask")}


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("Private note"),
        help_text=_("Only moderators read it. It stays for good."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=2000,
        error_messages={"required": _("Write the note first.")},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage that perhaps must not be public."""

    label: Any
    kind: Any
    passage: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    label: Any
    paragraphs: tuple[Paragraph, ...]


def review_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET shows it; POST adds a note. The moves have pages of their own."""
    petition = petition_of(model_admin, request, object_id)
    if not may_moderate(request.user):
        raise PermissionDenied
    form = NoteForm(request.POST if request.method == "POST" else None)
    here = reverse("admin:petitions_petition_review", args=[petition.pk])
    if request.method == "POST" and form.is_valid():
        _add_note(petition, form.cleaned_data["note"], by=request.user)
        messages.success(request, gettext("The note is kept. Only moderators read it."))
        return HttpResponseRedirect(f"{here}#notes-title")
    before = _before(petition)
    context = {
        "title": _("Review"),
        **bar(request.user, petition),
        "claim_back": here,
        "moves": [
            (reverse("admin:petitions_petition_move", args=[petition.pk, move.name]), move.label)
            for move in moves.moves_for(request.user, petition)
        ],
        "page_url": _page_url(petition),
        "findings": _findings(petition),
        "similar": [row for row in similar(petition.title) if row.pk != petition.pk],
        "before": before,
        "changes": _changes(petition, before),
        "targets": petition.target_links.select_related("target"),
        "others": _others(petition),
        "notes": notes(petition),
        "history": history(petition),
        "form": form,
    }
    return render(model_admin, request, petition, "review", context)


def _add_note(petition: Petition, note: str, *, by: Any) -> None:
    with transaction.atomic():
        claims.prolong(petition.pk, by=by)
        StaffAct.record(
            by=by, verb=StaffAct.Verb.NOTED, subject=petition, petition_id=petition.pk, note=note
        )


def _page_url(petition: Petition) -> str:
    if petition.is_public:
        return petition.get_absolute_url()
    return reverse("preview", args=[tokens.make(tokens.Purpose.PREVIEW, petition.pk)])


def _findings(petition: Petition) -> list[Found]:
    return [
        Found(label=label, kind=finding.kind.label, passage=passage(text, finding))
        for name, label in _PARTS.items()
        for text in [getattr(petition, name)]
        for finding in lint(text)
    ]


def _before(petition: Petition) -> SubmittedText | None:
    """The text to compare with. In review that of the submission before; without one, and at other
    times, that of the last, which moderators may have mended since."""
    rows = list(SubmittedText.objects.filter(petition=petition).order_by("-pk")[:2])
    if petition.status == Status.IN_REVIEW and len(rows) > 1:
        return rows[1]
    return rows[0] if rows else None


def _changes(petition: Petition, before: SubmittedText | None) -> list[Changed]:
    if before is None:
        return []
    return [
        Changed(label=label, paragraphs=compare(getattr(before, name), getattr(petition, name)))
        for name, label in _PARTS.items()
        if getattr(before, name) != getattr(petition, name)
    ]


def _others(petition: Petition) -> list[Petition]:
    if petition.organizer_id is None:
        return []
    rows = Petition.objects.filter(organizer_id=petition.organizer_id).exclude(pk=petition.pk)
    return list(rows.only("title", "status", "created_at").order_by("-id")[:OTHERS])
