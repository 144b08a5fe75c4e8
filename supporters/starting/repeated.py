"""The stages that ask for several of a kind: targets and second steps."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from petitions.models import ActionStep
from petitions.starting import NamedTarget
from supporters.addresses import MAX_EMAIL

from .fields import Fold, Group, LongField, OptionalAddressField, ShortField, WebAddressField
from .stage import Stage

TARGETS = 3
STEPS = 3
_STEP_FIELDS = ("contact", "phone", "email", "link", "instruction", "script")


class TargetsStage(Stage):
    heading = _("Who can decide it?")
    lead = _("An office, a board or a person in office. The first is who decides.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, TARGETS + 1):
            self.fields[f"target_{n}"] = ShortField(
                label=_("Name"),
                most=200,
                required=False,
                attrs={"list": "targets", "autocomplete": "off"},
                help_text=_("Begin to type to see who is known here, or name somebody new."),
            )
            self.fields[f"target_{n}_role"] = ShortField(
                label=_("Role"),
                most=200,
                required=False,
                help_text=_("For somebody new: their office, and of what."),
            )

    def layout(self) -> list[Any]:
        first, *others = ((f"target_{n}", f"target_{n}_role") for n in range(1, TARGETS + 1))
        summaries = (_("Name another one"), _("Name a third"))
        return [*first, *(Fold(s, *names) for s, names in zip(summaries, others, strict=True))]

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        for n in range(1, TARGETS + 1):
            if data.get(f"target_{n}_role") and not data.get(f"target_{n}"):
                self.add_error(f"target_{n}", _("Enter a name, or leave the role empty"))
        return data

    def named(self) -> list[NamedTarget]:
        pairs = (
            (self.cleaned_data[f"target_{n}"], self.cleaned_data[f"target_{n}_role"])
            for n in range(1, TARGETS + 1)
        )
        return [NamedTarget(name=name, role=role) for name, role in pairs if name]


class StepsStage(Stage):
    heading = _("What else can supporters do?")
    lead = _(
        "A second step after signing: an office to call, a meeting to come to. It is shown on the"
        " page, so give numbers and addresses of offices, not of private people."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, STEPS + 1):
            self.fields |= {
                f"step_{n}_kind": forms.ChoiceField(
                    label=_("What to do"),
                    choices=[("", _("Nothing")), *ActionStep.Kind.choices],
                    required=False,
                    error_messages={"invalid_choice": _("Choose what to do")},
                ),
                f"step_{n}_contact": ShortField(
                    label=_("Office or person"), most=200, required=False
                ),
                f"step_{n}_phone": ShortField(
                    label=_("Telephone"), most=40, required=False, attrs={"inputmode": "tel"}
                ),
                f"step_{n}_email": OptionalAddressField(
                    label=_("Email"),
                    max_length=MAX_EMAIL,
                    required=False,
                    error_messages={"required": _("Enter an email address like name@example.org")},
                    widget=forms.TextInput(attrs={"inputmode": "email", "dir": "ltr"}),
                ),
                f"step_{n}_link": WebAddressField(label=_("Web address"), required=False),
                f"step_{n}_instruction": LongField(
                    label=_("How"), most=2_000, rows=3, required=False
                ),
                f"step_{n}_script": LongField(
                    label=_("Words to say or send"), most=4_000, rows=4, required=False
                ),
            }

    def layout(self) -> list[Any]:
        names = [
            tuple(f"step_{n}_{name}" for name in ("kind", *_STEP_FIELDS))
            for n in range(1, STEPS + 1)
        ]
        first = Group(_("First step"), *names[0])
        return [first, Fold(_("Another step"), *names[1]), Fold(_("A third step"), *names[2])]

    def clean(self) -> Any:
        data = super().clean() or self.cleaned_data
        for n in range(1, STEPS + 1):
            filled = any(data.get(f"step_{n}_{name}") for name in _STEP_FIELDS)
            if filled and not data.get(f"step_{n}_kind"):
                self.add_error(f"step_{n}_kind", _("Choose what to do"))
            if data.get(f"step_{n}_kind") and not filled:
                self.add_error(f"step_{n}_instruction", _("Say how, or choose “Nothing” above"))
        return data

    def steps(self) -> list[dict[str, str]]:
        return [
            {name: self.cleaned_data[f"step_{n}_{name}"] for name in ("kind", *_STEP_FIELDS)}
            for n in range(1, STEPS + 1)
            if self.cleaned_data[f"step_{n}_kind"]
        ]

    def rows(self) -> Iterator[tuple[Any, str]]:
        kinds = dict(ActionStep.Kind.choices)
        for label, text in super().rows():
            yield label, str(kinds.get(text, text))
