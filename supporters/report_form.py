"""What a reader fills in to report something: which of a petition's things, and what is wrong."""

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition, Update
from supporters import reasons
from supporters.forms import Button, LineField, email_field
from supporters.models import Report, Signature
from supporters.starting.fields import LongField, OptionalAddressField

LISTED = 30  # updates and reasons to choose from, the newest; others are led here from beside them
MOST = 2_000  # characters
_LONGEST = 80  # of a choice

_LONGEST_NUMBER = 9  # digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What is reported: the petition, or one of its updates, or a supporter's reason."""

    update: Update | None = None
    signature: Signature | None = None

    @property
    def code(self) -> str:
        """As it stands in the form. A reason by its place in the petition: ids tell of others."""
        if self.update:
            return f"update-{self.update.pk}"
        return f"reason-{self.signature.position}" if self.signature else "petition"

    @property
    def label(self) -> str:
        if self.update:
            day = date_format(self.update.happened_on)
            return f"{day}: {self.update.title}" if self.update.title else day
        if self.signature:
            line = " ".join(self.signature.reason.split())
            return f"“{line}”, {self.signature.public_name}"
        return gettext("The petition itself")


def thing_of(petition: Petition, code: str) -> Thing | None:
    """What a code stands for, as long as readers see it."""
    kind, _dash, number = code.partition("-")
    if code == "petition":
        return Thing()
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER):
        return None
    if kind == "update":
        update = _updates(petition).filter(pk=number).first()
        return Thing(update=update) if update else None
    if kind == "reason":
        signature = _reasons(petition).filter(position=number).first()
        return Thing(signature=signature) if signature else None
    return None


def _updates(petition: Petition) -> Any:
    return petition.updates.published().newest_first().defer("body", "html")


def _reasons(petition: Petition) -> Any:
    rows = Signature.objects.filter(petition=petition, position__isnull=False)
    return rows.for_public_display().with_reason().exclude(pk__in=reasons.hidden_of(petition.pk))


def _choices(petition: Petition, asked: Thing | None) -> list[Any]:
    """The newest of each kind, and what was asked for. Nothing of it for a rejected petition."""
    updates = [Thing(update=each) for each in _updates(petition)[:LISTED]]
    newest = _reasons(petition).order_by("-confirmed_at", "-id")[:LISTED]
    given = [Thing(signature=each) for each in newest]
    if asked and asked.update and asked.code not in {each.code for each in updates}:
        updates.append(asked)
    if asked and asked.signature and asked.code not in {each.code for each in given}:
        given.append(asked)
    groups = [(gettext("An update"), updates), (gettext("A supporter’s reason"), given)]
    return [
        (Thing().code, Thing().label),
        *((name, [_choice(each) for each in things]) for name, things in groups if things),
    ]


def _choice(thing: Thing) -> tuple[str, str]:
    return thing.code, Truncator(thing.label).chars(_LONGEST)


class ReportForm(forms.Form):
    """`cleaned_data["about"]` is a Thing."""

    use_required_attribute = False

    about = forms.ChoiceField(
        label=_("What is it about?"),
        error_messages={
            "required": _("Choose what it is about"),
            "invalid_choice": _("This is not shown any more. Choose what it is about"),
        },
    )
    category = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Report.Category.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what is wrong"),
            "invalid_choice": _("Choose what is wrong"),
        },
    )
    text = LongField(
        label=_("In your own words"),
        help_text=_(
            "Only moderators read it. Where is it, and how do you know? Needed for"
            " “Something else”."
        ),
        most=MOST,
        rows=5,
        required=False,
    )
    email = OptionalAddressField(
        label=_("Email"),
        help_text=_("For an answer. We erase it once you have it. Leave it empty for none."),
        required=False,
        max_length=254,
        error_messages=email_field("").error_messages,
        widget=email_field("").widget,
    )
    # Nobody sees it; programs that fill in whatever they find do.
    website = LineField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(
        self, data: Any = None, *, petition: Petition, action: str, asked: str = "", **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self._action = action
        code = str(self.data.get("about") or "") if self.is_bound else asked
        self._thing = thing_of(petition, code)
        self.fields["about"].choices = _choices(petition, self._thing)  # type: ignore[attr-defined]
        self.fields["about"].initial = (self._thing or Thing()).code

    def clean_about(self) -> Thing | None:
        return self._thing

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_other = data.get("category") == Report.Category.OTHER
        if is_other and not data.get("text") and "text" not in self.errors:
            self.add_error("text", ValidationError(_("Say what is wrong"), code="required"))
        return data

    @property
    def is_trap_sprung(self) -> bool:
        """Somebody filled in the field that nobody sees."""
        return bool(str(self.data.get("website") or "").strip())

    @cached_property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.disable_csrf = True  # no cookies on public pages: see supporters.origin
        helper.attrs = {"action": self._action}
        helper.layout = Layout(
            "about",
            "category",
            "text",
            "email",
            Div("website", css_class="visually-hidden", aria_hidden="true"),
            Button(_("Send the report")),
        )
        helper.form_error_title = gettext("There is a problem. Your report was not sent yet.")
        return helper
