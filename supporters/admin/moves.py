"""The moves of a petition in the admin: a form and a page for each, and a page for many at once."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from petitions import claims
from petitions.groups import may_moderate
from petitions.models import ModerationEvent, Petition
from petitions.states import (
    CLOSABLE,
    HIDEABLE,
    REOPENABLE,
    REVIEWABLE,
    SUBMITTABLE,
    NotReady,
    Outcome,
    RejectionReason,
    StateConflict,
    Status,
)
from supporters import outbox

from . import claim
from .access import may_edit

AT_ONCE = 100  # petitions that one bulk move takes


def _public_note(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Note"),
        help_text=_("Anybody can read it."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        max_length=2000,
        required=kwargs.pop("required", False),
        **kwargs,
    )


def _private_note() -> forms.CharField:
    return forms.CharField(
        label=_("Private note"),
        help_text=_("Only moderators read it."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=2000,
        required=False,
    )


class MoveForm(forms.Form):
    """One move: its name in the address, its button, where it may start, what it asks."""

    name: ClassVar[str]
    label: ClassVar[Any]
    explanation: ClassVar[Any]
    allowed: ClassVar[Collection[str]]
    for_organizers: ClassVar[bool] = False

    required_css_class = "required"

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        raise NotImplementedError


class Submit(MoveForm):
    name = "submit"
    label = _("Submit for review")
    explanation = _("A moderator reads it before it opens. Until then it cannot be edited.")
    allowed = SUBMITTABLE
    for_organizers = True

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.submit(by=by)


class Publish(MoveForm):
    name = "publish"
    label = _("Publish")
    explanation = _("The petition becomes public and can be signed.")
    allowed = REVIEWABLE

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.publish(by=by)


class SendBack(MoveForm):
    name = "send-back"
    label = _("Send back")
    explanation = _("The petition becomes a draft again; the note tells the organizer why.")
    allowed = REVIEWABLE

    note = forms.CharField(
        label=_("Note"),
        help_text=_("For the organizer."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        max_length=2000,
    )

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.send_back(by=by, note=self.cleaned_data["note"])


class Reject(MoveForm):
    name = "reject"
    label = _("Reject")
    explanation = _("The petition is shown as rejected, with the reason. This cannot be undone.")
    allowed = REVIEWABLE

    reason = forms.ChoiceField(
        label=_("Reason"), choices=[("", "---------"), *RejectionReason.choices]
    )
    note = _public_note()

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("reason") == RejectionReason.OTHER and not data.get("note"):
            raise ValidationError({"note": _("Say which rule, since the reason does not.")})

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.reject(by=by, **self.cleaned_data)


class Close(MoveForm):
    name = "close"
    label = _("Close")
    explanation = _("The form goes; the page stays and says that the petition is closed.")
    allowed = CLOSABLE

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices)
    note = _public_note()
    source = forms.URLField(
        label=_("Source"),
        help_text=_("The address of a page that proves the outcome."),
        assume_scheme="https",
        max_length=200,
        required=False,
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    private_note = _private_note()

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.close(by=by, **self.cleaned_data)


class Reopen(MoveForm):
    name = "reopen"
    label = _("Reopen")
    explanation = _("The petition can be signed again. Its outcome and a past closing date go.")
    allowed = REOPENABLE

    note = _public_note()

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.reopen(by=by, note=self.cleaned_data["note"])


class Hide(MoveForm):
    name = "hide"
    label = _("Hide")
    explanation = _("Nobody but its organizer and moderators can read it until it is restored.")
    allowed = HIDEABLE

    note = _public_note(required=True)
    private_note = _private_note()

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.hide(by=by, **self.cleaned_data)


class Restore(MoveForm):
    name = "restore"
    label = _("Restore")
    explanation = _("The petition returns to what it was before it was hidden.")
    allowed = (Status.HIDDEN,)

    note = _public_note()

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.restore(by=by, note=self.cleaned_data["note"])


MOVES: dict[str, type[MoveForm]] = {
    form.name: form for form in (Submit, Publish, SendBack, Reject, Close, Reopen, Hide, Restore)
}


def moves_for(user: Any, petition: Petition) -> list[type[MoveForm]]:
    """The moves that this user may make from the petition's present state."""
    return [
        form
        for form in MOVES.values()
        if petition.status in form.allowed and _may_make(form, user, petition)
    ]


def _may_make(form: type[MoveForm], user: Any, petition: Petition) -> bool:
    if may_moderate(user):
        return True
    return (
        form.for_organizers
        and user.has_perm("petitions.change_petition")
        and may_edit(user, petition)
    )


def make(form: MoveForm, petition: Petition, *, by: Any) -> None:
    """Make the move and tell the organizer, both or neither. Raises StateConflict, NotReady; and
    claims.Held, which is one, where another moderator is at work on it."""
    with transaction.atomic():
        claims.act(petition, by=by)
        outbox.decision(form.act(petition, by=by))


def move_view(model_admin: Any, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
    """GET asks, POST acts; both lead back to the petition when its state allows no such move."""
    petition = model_admin.get_object(request, object_id)
    form_class = MOVES.get(move)
    if petition is None or form_class is None:
        raise Http404
    if not _may_make(form_class, request.user, petition):
        raise PermissionDenied
    back = HttpResponseRedirect(reverse("admin:petitions_petition_change", args=[petition.pk]))
    if petition.status not in form_class.allowed:
        return _too_late(request, petition.status, back)

    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            make(form, petition, by=request.user)
        except StateConflict as conflict:
            return _too_late(request, conflict.found, back)
        except claims.Held as held:
            form.add_error(None, claim.told(held))
        except NotReady as missing:
            messages.error(request, str(missing.text))
            return back
        else:
            say = _("“%(title)s” is now: %(status)s.")
            values = {"title": petition.title, "status": Status(petition.status).label}
            messages.success(request, say % values)
            return back
    return TemplateResponse(
        request,
        "admin/petitions/petition/move.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": form_class.label,
            "petitions": [petition],
            "form": form,
            "back": back.url,
            "action": "",
        },
    )


def _too_late(request: HttpRequest, found: str, back: HttpResponse) -> HttpResponse:
    say = _("Somebody else got there first: it is now “%(status)s”. Nothing was changed.")
    messages.error(request, say % {"status": Status(found).label})
    return back


def move_selected(
    model_admin: Any, request: HttpRequest, chosen: Iterable[Any], form_class: type[MoveForm]
) -> HttpResponse | None:
    """One move for many petitions: a page that names them, then the move for each.

    `chosen` may be in any state; those whose state does not allow the move are left alone.
    """
    petitions = list(chosen)
    if len(petitions) > AT_ONCE:
        say = _("Choose %(number)d petitions at most.")
        messages.error(request, say % {"number": AT_ONCE})
        return None
    confirmed = "confirmed" in request.POST
    form = form_class(request.POST if confirmed else None)
    if not confirmed or not form.is_valid():
        return TemplateResponse(
            request,
            "admin/petitions/petition/move.html",
            {
                **model_admin.admin_site.each_context(request),
                "opts": model_admin.opts,
                "title": form_class.label,
                "petitions": petitions,
                "form": form,
                "back": request.get_full_path(),
                "action": request.POST["action"],
            },
        )
    done, left = 0, 0
    for petition in petitions:
        try:
            make(form, petition, by=request.user)
            done += 1
        except StateConflict:
            left += 1
        except NotReady as missing:
            messages.error(request, f"“{petition.title}”: {missing.text}")
    if done:
        say_done = ngettext("%d petition was changed.", "%d petitions were changed.", done)
        messages.success(request, say_done % done)
    if left:
        say_left = ngettext(
            "%d petition is no longer in a state that allows this and was left alone.",
            "%d petitions are no longer in a state that allows this and were left alone.",
            left,
        )
        messages.error(request, say_left % left)
    return None
