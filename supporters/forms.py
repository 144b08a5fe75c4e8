"""What a signer types: signing, and later changing, a signature."""

import re
import unicodedata
from functools import cache
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from supporters import postal_codes, sources
from supporters.addresses import MAX_EMAIL, InvalidAddress, check_address, email_key
from supporters.consent import WORDING
from supporters.models import Signature

MAX_NAME = 100
MAX_REASON = 500


# Text as people type it

# What a name can be made of and still look empty: the blank letters of Hangul and Braille.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
_WEB_ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)
# Longer than anything that a field takes. Normalising takes time by the square of a run of
# combining marks, so what is longer is refused (or cut, to be refused) before.
_LONGEST_TYPED = 2_000


def tidy(typed: str, *, keep: str = "") -> str:
    """NFC, without what cannot be seen and can only harm, except the characters in `keep`.

    Dropped: control characters (NUL among them), lone surrogates, which no database takes, and
    the marks that turn the direction of the text around them. Joiners stay: scripts need them.
    """
    if typed.isascii() and typed.isprintable():
        return typed
    text = unicodedata.normalize("NFC", typed)
    return "".join(
        char
        for char in text
        if char in keep
        or not (
            unicodedata.category(char) in {"Cc", "Cs"}
            or "\u202a" <= char <= "\u202e"
            or "\u2066" <= char <= "\u2069"
        )
    )


class TextField(forms.CharField):
    """A CharField that can be shown again whatever was typed into it, and cleans to tidy text."""

    def prepare_value(self, value: Any) -> Any:
        # A lone surrogate cannot be sent back: no encoding has it.
        return value.encode(errors="replace").decode() if isinstance(value, str) else value


class LineField(TextField):
    """One line: white space of any kind becomes single spaces."""

    def to_python(self, value: Any) -> str:
        line = " ".join(str(value or "")[:_LONGEST_TYPED].split())
        return " ".join(tidy(line).split())


class PostalCodeField(LineField):
    """Neither needed nor optional until a country is chosen: then `may_be_needed` says so."""

    may_be_needed = False


class NameField(LineField):
    """A part of a name. It appears in mails, where a web address would become somebody's link."""

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        return name if any(c.isalnum() and c not in _BLANK for c in name) else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        if _WEB_ADDRESS.search(unicodedata.normalize("NFKC", value)):
            raise ValidationError(_("Enter a name without a web address or @"), code="address")


class ReasonField(TextField):
    """Some lines, counted after line ends are made equal: browsers send two characters for one."""

    def to_python(self, value: Any) -> str:
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > _LONGEST_TYPED:
            return text  # validate() refuses it for its length, which is told as it is
        return tidy(text, keep="\n\t").strip()

    def validate(self, value: str) -> None:
        super().validate(value)
        if (over := len(value) - MAX_REASON) > 0:
            raise ValidationError(
                ngettext(
                    "Your reason is %(over)s character too long",
                    "Your reason is %(over)s characters too long",
                    over,
                )
                % {"over": over},
                code="too_long",
            )


class SourceField(TextField):
    """The code of a shared link, another site's host, or '': nobody typed it, nobody is told."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> str:
        return sources.read_any(value)


class AddressField(TextField):
    """An e-mail address; cleans to the address as typed, without what surrounds it."""

    widget = forms.EmailInput

    def to_python(self, value: Any) -> str:
        typed = str(value or "")
        try:
            return check_address(typed)
        except InvalidAddress as error:
            raise ValidationError(self.error_messages["required"], code="invalid") from error


# Fields that both forms have


def _name_field(label: Any, missing: Any, autocomplete: str) -> NameField:
    return NameField(
        label=label,
        max_length=MAX_NAME,
        error_messages={
            "required": missing,
            "max_length": _("Use at most %(limit_value)d characters for a name"),
        },
        widget=forms.TextInput(attrs={"autocomplete": autocomplete}),
    )


class SignatureFields(forms.Form):
    """How a signer is called and shown."""

    use_required_attribute = False  # the browser's bubbles cannot be styled, read or translated

    given_name = _name_field(_("First name"), _("Enter your first name"), "given-name")
    family_name = _name_field(_("Last name"), _("Enter your last name"), "family-name")
    display = forms.ChoiceField(
        label=_("Show my name as"),
        choices=Signature.Display.choices,
        initial=Signature.Display.INITIAL,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose how your name is shown")},
    )
    reason = ReasonField(
        label=_("Your reason"),
        help_text=_("Shown on the petition’s page. Up to 500 characters."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    wants_updates = forms.BooleanField(
        label=_("Email me when there is news about this petition"), required=False
    )

    def clean_display(self) -> str:
        return self.cleaned_data["display"] or Signature.Display.INITIAL

    def _helper(self, *layout: object, action: str) -> FormHelper:
        helper = FormHelper()
        helper.disable_csrf = True  # no cookies on public pages: see supporters.origin
        if action:
            helper.attrs = {"action": action}  # form_action would look it up as a name first
        helper.layout = Layout(*layout)
        return helper


def _reason_layout(summary: Any) -> Field:
    return _WithContext("reason", template="undersigned/disclosure.html", summary=summary)


class _WithContext(Field):  # type: ignore[misc]  # crispy_forms has no types
    """A Field whose template is given some words more."""

    def __init__(self, name: str, *, template: str, **words: Any) -> None:
        super().__init__(name, template=template)
        self.words = words

    def render(self, form: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        return super().render(form, context, *args, extra_context=self.words, **kwargs)


# Signing


@cache
def _countries(language: str | None) -> dict[str, str]:
    in_order = sorted(countries, key=lambda country: _as_in_a_dictionary(country.name))
    return {"": gettext("Choose a country"), **dict(in_order)}


def _as_in_a_dictionary(name: str) -> str:
    """Without marks and capitals: Åland with the As, "Isla de Man" before "Isla Norfolk"."""
    letters = unicodedata.normalize("NFD", name.casefold())
    return "".join(char for char in letters if unicodedata.category(char) != "Mn")


@cache
def _options(language: str | None) -> SafeString:
    rows = _countries(language).items()
    return format_html_join("\n", '<option value="{}">{}</option>', rows)


class CountrySelect(forms.Select):
    """The countries, written once per language: 249 small templates took 30 ms of every page."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        options = _options(language := get_language())
        if value in _countries(language):
            chosen = format_html('value="{}"', value)
            options = mark_safe(options.replace(chosen, f"{chosen} selected"))  # noqa: S308
        attrs = flatatt(self.build_attrs({"name": name, **self.attrs}, attrs))
        return format_html("<select{}>\n{}\n</select>", attrs, options)


class CountryField(forms.ChoiceField):
    """Looks a code up; a ChoiceField would make 250 pairs anew and go through them."""

    widget = CountrySelect

    def valid_value(self, value: Any) -> bool:
        return value in _countries(get_language())


class Button:
    """A layout object: crispy's own buttons bring the classes of another framework."""

    def __init__(self, text: Any, *, css_class: str = "button", **attributes: str) -> None:
        self.text = text
        self.attributes = {"type": "submit", "class": css_class, **attributes}

    def render(self, *_args: Any, **_kwargs: Any) -> SafeString:
        return format_html("<button{}>{}</button>", flatatt(self.attributes), self.text)


def email_field(help_text: Any) -> AddressField:
    return AddressField(
        label=_("Email"),
        help_text=help_text,
        max_length=MAX_EMAIL,
        error_messages={"required": _("Enter an email address like name@example.org")},
        widget=forms.EmailInput(
            attrs={
                "autocomplete": "email",
                "autocapitalize": "none",
                "spellcheck": "false",
                "dir": "ltr",
            }
        ),
    )


class SignForm(SignatureFields):
    """Signing a petition. `cleaned_data` also has `email_key`, for supporters.signing.

    `action` is where the form is sent: it is also shown on the petition's page. `asks`: whether it
    has the box of supporters.consent.
    """

    field_order = ("given_name", "family_name", "email", "country", "postal_code", "display")

    email = email_field(_("We send a message to check it is you. Your address is never shown."))
    country = CountryField(
        label=_("Country"),
        choices=lambda: _countries(get_language()).items(),
        error_messages={
            "required": _("Choose your country"),
            "invalid_choice": _("Choose your country"),
        },
        widget=CountrySelect(attrs={"autocomplete": "country"}),
    )
    postal_code = PostalCodeField(
        label=postal_codes.POSTAL_CODE.label,
        max_length=postal_codes.MAX_LENGTH,
        required=False,
        error_messages={"max_length": _("Use at most %(limit_value)d characters")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    shares_email = forms.BooleanField(label=WORDING, required=False)
    # Nobody sees it; programs that fill in whatever they find do.
    website = LineField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    source = SourceField(required=False)

    def __init__(self, *args: Any, action: str = "", asks: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asks = asks
        self.fields["country"].initial = settings.PETITIONS_DEFAULT_COUNTRY
        self._follow_country()
        self._action = action

    @cached_property
    def helper(self) -> FormHelper:
        """How crispy lays it out: made for who sees the form again, not for who has signed."""
        helper = self._helper(
            Div("given_name", "family_name", css_class="pair"),
            "email",
            Div("country", "postal_code", css_class="pair pair-uneven"),
            "display",
            _reason_layout(_("Say why you are signing")),
            "wants_updates",
            *(["shares_email"] if self._asks else []),
            Div("website", css_class="visually-hidden", aria_hidden="true"),
            *(["source"] if sources.read_any(self["source"].value()) else []),
            Button(_("Sign this petition"), css_class="button button-wide"),
            action=self._action,
        )
        helper.form_error_title = gettext("There is a problem. Your signature was not sent yet.")
        return helper

    def _follow_country(self) -> None:
        """Name and need the postal code as the country in the form does."""
        field = self.fields["postal_code"]
        self.fields["country"].widget.attrs.update(postal_codes.for_script())
        country = self["country"].value()
        if not country:
            field.may_be_needed = True  # type: ignore[attr-defined]
            field.help_text = _("Needed in some countries")
        elif rule := self._postal_code_of(country):
            field.label = rule.words.label
            field.required = rule.is_needed
            field.error_messages["required"] = rule.error

    @staticmethod
    def _postal_code_of(country: Any) -> postal_codes.PostalCode | None:
        return postal_codes.POSTAL_CODES.get(str(country))

    @property
    def is_trap_sprung(self) -> bool:
        """Somebody filled in the field that nobody sees."""
        return bool(str(self.data.get(self.add_prefix("website")) or "").strip())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "email" in data:
            data["email_key"] = email_key(data["email"])
        rule = self._postal_code_of(data.get("country"))
        if rule and data.get("postal_code"):
            try:
                data["postal_code"] = rule.clean(data["postal_code"])
            except ValueError:
                self.add_error("postal_code", rule.error)
        return data


# The signer's own page


class EditSignatureForm(SignatureFields):
    """Changing what is shown of a signature, and whether updates come."""

    def __init__(self, *args: Any, action: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = self._helper(
            Div("given_name", "family_name", css_class="pair"),
            "display",
            _reason_layout(_("Say why you signed")),
            "wants_updates",
            Button(_("Save"), css_class="button button-plain", name="action", value="save"),
            action=action,
        )
        self.helper.form_error_title = gettext("There is a problem. Nothing was changed yet.")
