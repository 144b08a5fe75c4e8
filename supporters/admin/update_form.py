"""The form of an update, and what saving it does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices
from django.http import Http404
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions import claims, clock
from petitions.models import Petition, StaffAct, Update
from supporters import mailings
from supporters.access import may_correct, may_post, moderates

from .staff_acts import record_of_moderator

FURTHEST = timedelta(days=366)
KEPT = timedelta(minutes=10)  # how it is to come out, over a test; a test stores no moment
_KEPT_IN = "update_choices"  # of the update that was tested last


class When(TextChoices):
    DRAFT = "draft", _("Not yet: keep it as a draft")
    NOW = "now", _("Now, when it is saved")
    LATER = "later", _("Later, at this moment:")


class UpdateForm(forms.ModelForm):  # type: ignore[type-arg]
    """With `is_saved` False it only shows what was typed: the moment may still be missing. With
    `comes_out` False the petition has no readers, so that the text alone can be changed."""

    when = forms.ChoiceField(
        label=_("When to publish"), choices=When.choices, widget=forms.RadioSelect
    )
    moment = forms.DateTimeField(
        label=_("Moment"),
        required=False,
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )

    class Meta:
        model = Update
        fields = ("kind", "title", "happened_on", "body", "email_supporters")
        help_texts: ClassVar = {
            "body": _(
                "An empty line begins a new paragraph; **stars** make words bold, and ## at the"
                " beginning of a line makes a heading."
            ),
        }
        widgets: ClassVar = {
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "happened_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "body": forms.Textarea(attrs={"class": "vLargeTextField", "rows": 12}),
        }

    required_css_class = "required"

    def __init__(
        self, *args: Any, is_saved: bool = True, comes_out: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._is_saved = is_saved
        self.fields["moment"].initial = self.instance.scheduled_for
        later = self.instance.scheduled_for is not None
        self.fields["when"].initial = When.LATER if later else When.DRAFT
        if self.instance.published_at or not comes_out:
            for name in ("when", "moment", "email_supporters"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self._is_saved and values.get("when") == When.LATER and "moment" not in self.errors:
            self._check_moment(values["moment"])
        return values

    def _check_moment(self, moment: datetime | None) -> None:
        now = clock.now()
        if moment is None:
            self.add_error("moment", ValidationError(_("Say when."), code="required"))
        elif moment <= now:
            self.add_error("moment", ValidationError(_("This moment has passed."), code="past"))
        elif moment > now + FURTHEST:
            self.add_error("moment", ValidationError(_("A year ahead at most."), code="far"))

    def asks_for_mail_at(self, stored: Update | None) -> datetime | None:
        """The moment that a mailing is newly asked for; None where none is, or it has its place."""
        values = self.cleaned_data
        if not values.get("email_supporters") or values["when"] == When.DRAFT:
            return None
        if values["when"] == When.NOW:
            return clock.now()
        moment: datetime = values["moment"]
        kept = stored is not None and stored.email_supporters and moment == stored.scheduled_for
        return None if kept else moment


def keep_choices(session: SessionBase, form: UpdateForm) -> None:
    """How it is to come out, for the page after a test. Not in its address: a link that anybody
    made could then begin the form with "now" and "email this to supporters"."""
    values = form.cleaned_data
    if "when" not in values:
        return
    moment: datetime | None = values["moment"]
    typed = timezone.make_naive(moment).isoformat(timespec="minutes") if moment else ""
    session[_KEPT_IN] = {
        "update": form.instance.pk,
        "when": values["when"],
        "moment": typed,
        "email_supporters": values["email_supporters"],
        "until": (clock.now() + KEPT).isoformat(),
    }


def kept_choices(session: SessionBase, update: Update) -> dict[str, Any]:
    """The same, for the form to begin with, until it is saved or time has passed."""
    kept: dict[str, Any] = session.get(_KEPT_IN, {"update": 0})
    if kept["update"] != update.pk or datetime.fromisoformat(kept["until"]) <= clock.now():
        return {}
    return {name: kept[name] for name in ("when", "moment", "email_supporters")}


def forget_choices(session: SessionBase, update: Update) -> None:
    if kept_choices(session, update):
        del session[_KEPT_IN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    update: Update
    say: str
    is_as_asked: bool = True


def save(form: UpdateForm, petition: Petition, user: Any, *, acts: bool) -> Saved | None:
    """Store a valid form, and publish or schedule it if that was chosen and `acts`.

    None when it may not be mailed then; the form says so. Raises Http404 when the update was
    deleted meanwhile, PermissionError when this user may no longer write, claims.Held where another
    moderator is at work on the petition.
    """
    own = Update.objects.filter(pk=form.instance.pk or 0)
    with transaction.atomic():
        # The row first, as everywhere; it also makes two at once be counted one by one.
        locked = Petition.objects.lock().get(pk=petition.pk)
        claims.act(locked, by=user, is_move=False)
        stored = own.first()  # as it is by now
        if form.instance.pk and stored is None:
            raise Http404
        chooses = acts and "when" in form.fields
        if not (may_correct if stored and not chooses else may_post)(user, locked):
            raise PermissionError
        if chooses and not moderates(user, locked):
            at = form.asks_for_mail_at(stored)
            if at and not mailings.has_room(petition.pk, at=at, beside=form.instance.pk):
                form.add_error("email_supporters", mailings.too_many())
                return None
        update = _store(form, locked, user)
        # Not of what is scheduled while it is only tested: its place would not have been asked for.
        if chooses or ("email_supporters" in form.fields and stored and not stored.scheduled_for):
            update.choose_mail(wanted=update.email_supporters)
        saved = Saved(update=update, say=_said(form))
        if chooses:
            saved = _act(update, form.cleaned_data, user)
        if not stored or form.changed_data:
            verb = StaffAct.Verb.CHANGED if stored else StaffAct.Verb.ADDED
            note = _noted(form, update, chooses=chooses)
            record_of_moderator(user, verb, update, petition_id=petition.pk, note=note)
        return saved


def _said(form: UpdateForm) -> str:
    """Of what is stored without coming out."""
    if "when" in form.fields:
        return gettext("The text is saved. When it comes out is not: press “Save” for that.")
    return gettext("Saved.")


def _store(form: UpdateForm, petition: Petition, user: Any) -> Update:
    update: Update = form.save(commit=False)
    if not update.pk:
        update.petition, update.author = petition, user
        update.save()
        return update
    # Not the whole row, or an update published since it was read would be a draft again.
    update.save_edited({"kind", "title", "happened_on", "body"} & set(form.changed_data))
    return update


def _noted(form: UpdateForm, update: Update, *, chooses: bool) -> str:
    """Which fields, and what became of it: no text."""
    names = [name for name in form.changed_data if name not in {"when", "moment"}]
    if not chooses:
        return ", ".join(names)
    if update.published_at:
        return ", ".join([*names, "published"])
    return ", ".join([*names, "scheduled" if update.scheduled_for else "draft"])


def _act(update: Update, values: dict[str, Any], user: Any) -> Saved:
    if values["when"] == When.NOW:
        done, say = update.publish(), gettext("The update was published.")
    elif values["when"] == When.LATER:
        done = update.schedule(at=values["moment"], by=user)
        say = gettext("The update will be published on %(moment)s.") % {
            "moment": in_words(values["moment"])
        }
    else:
        done, say = update.unschedule(), gettext("Saved as a draft.")
    if done:
        return Saved(update=update, say=say)
    say = gettext("It was published meanwhile. What you changed is saved, and shown as edited.")
    return Saved(update=update, say=say, is_as_asked=False)


def in_words(moment: datetime) -> str:
    """Date, time and the name of the site's time zone."""
    words = formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return f"{words} ({timezone.get_current_timezone_name()})"
