"""The forms of a petition's moves: what each asks, where it may start, and what it does."""

from collections.abc import Collection
from copy import copy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions import text
from petitions.models import DecisionReason, ModerationEvent, Petition, Update
from petitions.states import (
    CLOSABLE,
    HIDEABLE,
    REOPENABLE,
    REVIEWABLE,
    SUBMITTABLE,
    Outcome,
    RejectionReason,
    Status,
)

_NO_CHOICE = ("", "---------")
_SAY_WHICH = _("Say which rule, since the reason does not.")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})


def _public_note(label: Any = None) -> forms.CharField:
    return forms.CharField(
        label=label or _("Note"),
        help_text=_("Anybody can read it."),
        widget=_area(4),
        max_length=2000,
        required=False,
    )


def _private_note() -> forms.CharField:
    return forms.CharField(
        label=_("Private note"),
        help_text=_("Only moderators read it."),
        widget=_area(3),
        max_length=2000,
        required=False,
    )


def _reasons() -> list[tuple[str, str]]:
    return [_NO_CHOICE, *DecisionReason.objects.offered_words()]


class MoveForm(forms.Form):
    """One move: its name in the address, its button, where it may start, what it asks.

    `several`: for many petitions at once, where what belongs to one alone is not asked.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    explanation: ClassVar[Any]
    allowed: ClassVar[Collection[str]]
    to: ClassVar[Status]
    for_organizers: ClassVar[bool] = False

    required_css_class = "required"

    def __init__(self, data: Any = None, *, several: bool = False) -> None:
        super().__init__(data)
        self.several = several

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        raise NotImplementedError

    def as_if_made(self, petition: Petition, *, by: Any) -> ModerationEvent:
        """The event that the move would write, of what is typed so far; nothing is stored."""
        typed = getattr(self, "cleaned_data", {})
        moved = copy(petition)
        moved.status = self.leads_to(petition)
        self.change(moved, typed)
        return ModerationEvent(
            petition=moved,
            actor=by,
            from_status=petition.status,
            to_status=moved.status,
            reason=typed.get("reason", ""),
            public_note=typed.get("note", ""),
        )

    def leads_to(self, petition: Petition) -> Status:
        return self.to

    def change(self, petition: Petition, typed: dict[str, Any]) -> None:
        """Make of this copy what the move will make of the petition, beside its status."""


class Submit(MoveForm):
    name = "submit"
    label = _("Submit for review")
    explanation = _("A moderator reads it before it opens. Until then it cannot be edited.")
    allowed = SUBMITTABLE
    to = Status.IN_REVIEW
    for_organizers = True

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.submit(by=by)


class Publish(MoveForm):
    name = "publish"
    label = _("Publish")
    explanation = _("The petition becomes public and can be signed.")
    allowed = REVIEWABLE
    to = Status.OPEN

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.publish(by=by)


class SendBack(MoveForm):
    name = "send-back"
    label = _("Send back")
    explanation = _("The petition becomes a draft again; the note tells the organizer why.")
    allowed = REVIEWABLE
    to = Status.DRAFT

    note = forms.CharField(
        label=_("Note"), help_text=_("For the organizer."), widget=_area(4), max_length=2000
    )

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.send_back(by=by, note=self.cleaned_data["note"])


class Reject(MoveForm):
    name = "reject"
    label = _("Reject")
    explanation = _(
        "The petition is shown as rejected, with the reason; some reasons hide its text. Its"
        " organizer may appeal, and then another moderator decides."
    )
    allowed = REVIEWABLE
    to = Status.REJECTED

    reason = forms.ChoiceField(label=_("Reason"), choices=_reasons)
    note = _public_note()

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("reason") == RejectionReason.OTHER and not data.get("note"):
            raise ValidationError({"note": _SAY_WHICH})

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.reject(by=by, **self.cleaned_data)


class Close(MoveForm):
    name = "close"
    label = _("Close")
    explanation = _("The form goes; the page stays and says that the petition is closed.")
    allowed = CLOSABLE
    to = Status.CLOSED

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices)
    happened_on = forms.DateField(
        label=_("Date of the outcome"),
        help_text=_("Readers see it beside the outcome."),
        required=False,
        initial=timezone.localdate,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    note = _public_note(_("Public statement"))
    source = forms.URLField(
        label=_("Source"),
        help_text=_("The address of a page that proves the outcome."),
        assume_scheme="https",
        max_length=200,
        required=False,
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    private_note = _private_note()
    tells_supporters = forms.BooleanField(
        label=_("Email supporters a last time"),
        help_text=_("It is published as an update, too, and goes to those who want updates."),
        required=False,
    )
    news_title = forms.CharField(
        label=_("Title of the update"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    news_text = forms.CharField(
        label=_("Text of the update"),
        help_text=_("Markdown."),
        max_length=20_000,
        required=False,
        widget=_area(8),
    )

    def __init__(self, data: Any = None, *, several: bool = False) -> None:
        super().__init__(data, several=several)
        if several:  # the same words about different petitions
            for name in ("tells_supporters", "news_title", "news_text"):
                del self.fields[name]

    def clean_happened_on(self) -> Any:
        day = self.cleaned_data["happened_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day has not come yet."), code="future")
        return day or timezone.localdate()

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("tells_supporters"):
            for name in ("news_title", "news_text"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(_("Say it to supporters."), "required"))

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        data = self.cleaned_data
        names = ("outcome", "note", "source", "happened_on", "private_note")
        event = petition.close(by=by, **{name: data[name] for name in names})
        if data.get("tells_supporters"):
            update = self.update_of(petition, by=by)
            update.save()
            update.publish()
        return event

    def update_of(self, petition: Petition, *, by: Any) -> Update:
        """The last update, of what is typed; not stored."""
        typed = getattr(self, "cleaned_data", {})
        won = typed.get("outcome") == Outcome.VICTORY
        update = Update(
            petition=petition,
            kind=Update.Kind.VICTORY if won else Update.Kind.NEWS,
            title=typed.get("news_title", ""),
            body=typed.get("news_text", ""),
            author=by,
            email_supporters=True,
        )
        update.html = text.render(update.body, top=4)
        return update

    def change(self, petition: Petition, typed: dict[str, Any]) -> None:
        petition.outcome = typed.get("outcome", Outcome.NONE)


class Reopen(MoveForm):
    name = "reopen"
    label = _("Reopen")
    explanation = _("The petition can be signed again. Its outcome and a past closing date go.")
    allowed = REOPENABLE
    to = Status.OPEN

    note = _public_note()

    def act(self, petition: Petition, *, by: Any) -> ModerationEvent:
        return petition.reopen(by=by, note=self.cleaned_data["note"])

    def change(self, petition: Petition, typed: dict[str, Any]) -> None:
        petition.outcome = Outcome.NONE


class Hide(MoveForm):
    name = "hide"
    label = _("Hide")
    explanation = _("Nobody but its organizer and moderators can read it until it is restored.")
    allowed = HIDEABLE
    to = Status.HIDDEN

    reason = forms.ChoiceField(label=_("Reason"), choices=_reasons, required=False)
    note = _public_note()
    private_note = _private_note()

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("note") or "note" in self.errors or "reason" in self.errors:
            return
        if data.get("reason") == RejectionReason.OTHER:
            raise ValidationError({"note": _SAY_WHICH})
        if not data.get("reason"):
            raise ValidationError({"note": _("Choose a reason, or say why in words.")})

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

    def leads_to(self, petition: Petition) -> Status:
        return petition.status_before_hiding()


MOVES: dict[str, type[MoveForm]] = {
    form.name: form for form in (Submit, Publish, SendBack, Reject, Close, Reopen, Hide, Restore)
}
