"""What is typed about a sweep: the rule, and why."""

from datetime import UTC
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from supporters import sources
from supporters.blocking import domain_value
from supporters.fraud.groups import NO_SOURCE
from supporters.fraud.rules import MOST_WILDCARDS, Rule, is_pattern

_HASH = 16  # digits of a network's hash
_MOMENT = "%Y-%m-%dT%H:%M"


class _Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=_MOMENT)


class _InUtc(forms.DateTimeField):
    """What stands there is meant in UTC, whatever the site's own time is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, widget=_Moment(), input_formats=[_MOMENT, "%Y-%m-%d %H:%M"], **kwargs
        )

    def to_python(self, value: Any) -> Any:
        with timezone.override(UTC):
            return super().to_python(value)


class RuleForm(forms.Form):
    """Everything that is filled in has to be true of a signature. Moments are in UTC."""

    domain = forms.CharField(
        label=_("Domain of the address"),
        max_length=253,
        required=False,
        help_text=_("All below it are meant, too: example.org stands for mail.example.org."),
    )
    address = forms.CharField(
        label=_("Address before the @"),
        max_length=100,
        required=False,
        help_text=_("* stands for anything, ? for one character, # for digits: sam#"),
    )
    name = forms.CharField(
        label=_("First and last name"),
        max_length=100,
        required=False,
        help_text=_("The same signs; capitals make no difference."),
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=100,
        required=False,
        help_text=_("A code or another site's name; - for those without one."),
    )
    network = forms.CharField(
        label=_("Network"),
        max_length=16,
        required=False,
        help_text=_("As in the table: the same stands for the same network on one day."),
    )
    signed_from = _InUtc(label=_("Signed from"))
    signed_until = _InUtc(
        label=_("Signed before"), help_text=_("Both in UTC, as in the table of hours.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["country"]
        field.choices = [("", _("Any")), *countries]

    def clean_domain(self) -> str:
        typed: str = self.cleaned_data["domain"]
        if not typed:
            return ""
        try:
            return domain_value(typed)
        except ValueError:
            raise ValidationError(_("This is no domain, like example.org.")) from None

    def clean_address(self) -> str:
        return _pattern(self.cleaned_data["address"].lower())

    def clean_name(self) -> str:
        return _pattern(" ".join(self.cleaned_data["name"].split()))

    def clean_source(self) -> str:
        typed: str = self.cleaned_data["source"].strip()
        if typed and typed != NO_SOURCE and not sources.read_any(typed):
            raise ValidationError(_("This is neither a code nor the name of a site."))
        return typed

    def clean_network(self) -> str:
        typed: str = self.cleaned_data["network"].strip().lower()
        if typed and (len(typed) != _HASH or set(typed) - set("0123456789abcdef")):
            raise ValidationError(_("Copy it from the table: 16 digits and letters from a to f."))
        return typed

    def clean(self) -> None:
        if self.errors:
            return
        if self.rule.is_empty:
            raise ValidationError(_("Fill in something: a rule without words means everybody."))
        begin, end = self.cleaned_data["signed_from"], self.cleaned_data["signed_until"]
        if begin and end and begin >= end:
            self.add_error("signed_until", _("This is not after the moment above."))

    @property
    def rule(self) -> Rule:
        said = dict(self.cleaned_data)
        source = said.pop("source")
        if source:
            said["source"] = "" if source == NO_SOURCE else source
        return Rule(**{name: value for name, value in said.items() if value is not None})


class SweepForm(forms.Form):
    note = forms.CharField(
        label=_("Public reason"),
        help_text=_(
            "Anybody can read it on the page about the count. Name nobody, and no address."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=500,
    )
    private_note = forms.CharField(
        label=_("Private note"),
        help_text=_("Only moderators read it."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=500,
        required=False,
    )


def _pattern(typed: str) -> str:
    if typed and not is_pattern(typed):
        raise ValidationError(
            _(
                "Use at least one letter or digit, and %(most)d signs at most that are either * "
                "or a # right beside a digit or another sign."
            )
            % {"most": MOST_WILDCARDS}
        )
    return typed
