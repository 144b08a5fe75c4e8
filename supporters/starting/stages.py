"""The stages: one form for each, all on the same draft. Names of fields are unlike each other."""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import PetitionDraft, User
from petitions.starting import Case
from supporters.forms import MAX_NAME, LineField, NameField, email_field
from supporters.picture_rules import PICTURE_TYPES, picture_rules

from .fields import LongField, ShortField
from .repeated import StepsStage, TargetsStage
from .stage import Stage

MAX_GOAL = 100_000_000
LONGEST = dt.timedelta(days=3 * 366)


class TitleStage(Stage):
    heading = _("What should happen?")
    lead = _("Say it in one line: who reads nothing else should know what you ask for.")

    title = ShortField(
        label=_("Title"),
        most=150,
        help_text=_("Up to 150 characters. Fifty to eighty are read at a glance."),
        error_messages={"required": _("Enter a title")},
    )
    website = LineField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def layout(self) -> list[Any]:
        trap = Div("website", css_class="visually-hidden", aria_hidden="true")
        return ["title"] if self.is_started else ["title", trap]

    @property
    def is_trap_sprung(self) -> bool:
        return bool(str(self.data.get("website") or "").strip())


class StoryStage(Stage):
    heading = _("The story and what you ask")
    lead = _(
        "Write for somebody who has never heard of it. An empty line begins a new paragraph;"
        " **stars** make words bold, and ## at the beginning of a line makes a heading."
    )

    summary = LongField(
        label=_("The case in one or two sentences"),
        most=500,
        rows=3,
        required=False,
        help_text=_("Shown first, in lists and when the page is shared. Up to 500 characters."),
    )
    body = LongField(
        label=_("The story"),
        most=20_000,
        rows=14,
        help_text=_("What is wrong, whom it meets, and what you know it from."),
        error_messages={"required": _("Tell what it is about")},
    )
    ask = LongField(
        label=_("What we ask"),
        most=5_000,
        rows=5,
        help_text=_("What exactly should be decided or done, and by when."),
        error_messages={"required": _("Say what you ask for")},
    )


class PictureStage(Stage):
    heading = _("A picture")
    lead = _("With a picture, more people read on. Choose one that you may publish.")

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=picture_rules(),
        widget=forms.FileInput(attrs={"accept": PICTURE_TYPES}),
    )
    picture_alt = ShortField(
        label=_("What the picture shows"),
        most=300,
        required=False,
        help_text=_("In words, for people who cannot see it."),
    )

    def __init__(self, *args: Any, has_picture: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["picture_alt"].required = has_picture
        self.fields["picture_alt"].error_messages["required"] = _(
            "Say in words what the picture shows, for people who cannot see it."
        )

    def rows(self) -> Iterator[tuple[Any, str]]:
        return (row for row in super().rows() if row[0] != self.fields["picture"].label)


class GoalStage(Stage):
    heading = _("Goal and closing date")
    lead = _("Both can wait. A first goal that can be reached brings the next one nearer.")

    goal = forms.IntegerField(
        label=_("Goal"),
        required=False,
        min_value=1,
        max_value=MAX_GOAL,
        help_text=_("How many supporters would make a difference?"),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("Enter a whole number, like 500"),
            "min_value": _("Enter a number above zero"),
            "max_value": _("Enter a smaller number"),
        },
    )
    closes_on = forms.DateField(
        label=_("Last day for signing"),
        required=False,
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"],
        help_text=_(
            "Like 2027-05-31 or 31/05/2027. Leave it empty to collect until it is decided."
        ),
        # Of the type "date", a browser would show nothing of what it does not understand.
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Enter a date, like 2027-05-31")},
    )

    def clean_closes_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["closes_on"]
        today = timezone.localdate()
        if day and day <= today:
            raise ValidationError(_("Choose a day to come"))
        if day and day - today > LONGEST:
            raise ValidationError(_("Choose a day within the next three years"))
        return day

    def closes_at(self) -> dt.datetime | None:
        """The last minute of that day, in the site's time zone."""
        day = self.cleaned_data["closes_on"]
        return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59))) if day else None


class WhoStage(Stage):
    heading = _("Who are you?")
    lead = _("Your name stands on the page as who started it. Your address is never shown.")

    given_name = NameField(
        label=_("First name"),
        max_length=MAX_NAME,
        error_messages={
            "required": _("Enter your first name"),
            "max_length": _("Use at most %(limit_value)d characters for a name"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    family_name = NameField(
        label=_("Last name"),
        max_length=MAX_NAME,
        error_messages={
            "required": _("Enter your last name"),
            "max_length": _("Use at most %(limit_value)d characters for a name"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    email = email_field(_("We send a message to check it is you, and tell you what was decided."))
    on_behalf_of = ShortField(
        label=_("On behalf of"),
        most=200,
        required=False,
        help_text=_("A group or an association, if you speak for one."),
        attrs={"autocomplete": "organization"},
    )

    def layout(self) -> list[Any]:
        names = Div("given_name", "family_name", css_class="pair")
        return [names, "email", "on_behalf_of"]

    @property
    def full_name(self) -> str:
        return f"{self.cleaned_data['given_name']} {self.cleaned_data['family_name']}"


STAGES: dict[str, type[Stage]] = {
    "title": TitleStage,
    "story": StoryStage,
    "targets": TargetsStage,
    "steps": StepsStage,
    "picture": PictureStage,
    "goal": GoalStage,
    "who": WhoStage,
}
NAMES = tuple(STAGES)


def form_of(name: str, draft: PetitionDraft, typed: Any = None) -> Stage:
    """The stage's form: with what was just typed, or showing what the draft holds."""
    options: dict[str, Any] = {"has_picture": bool(draft.picture)} if name == "picture" else {}
    if typed is None:
        return STAGES[name](initial=draft.typed, **options)
    return STAGES[name](typed, **options)


def judged(draft: PetitionDraft) -> dict[str, Stage]:
    """All stages, bound to what the draft holds."""
    return {name: form_of(name, draft, draft.typed) for name in NAMES}


def after(name: str) -> str:
    """The next stage's name, or '' after the last."""
    return dict(pairwise(NAMES)).get(name, "")


def case_of(stages: dict[str, Stage], *, account: User | None = None) -> Case:
    """What valid stages say. `account`: whose name stands for a typed one."""
    each: dict[str, Any] = dict(stages)  # of their own classes, which STAGES names
    title, story, targets, steps, picture, goal, who = (each[name] for name in NAMES)
    name = who.full_name if who.is_valid() else ""
    if account is not None:
        name = account.get_full_name() or name
    return Case(
        title=title.cleaned_data["title"],
        summary=story.cleaned_data["summary"],
        body=story.cleaned_data["body"],
        ask=story.cleaned_data["ask"],
        targets=targets.named(),
        steps=steps.steps(),
        picture_alt=picture.cleaned_data["picture_alt"],
        goal=goal.cleaned_data["goal"],
        closes_at=goal.closes_at(),
        organizer_name=name,
        on_behalf_of=who.cleaned_data.get("on_behalf_of", ""),
    )
