"""Fields and pieces of layout that the stages have in common."""

from typing import Any

from crispy_forms.utils import render_field
from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from petitions.models.draft import storable
from supporters.forms import AddressField, LineField, TextField, tidy


def _check_length(value: str, most: int) -> None:
    if (over := len(value) - most) > 0:
        raise ValidationError(
            ngettext(
                "This is %(over)s character too long",
                "This is %(over)s characters too long",
                over,
            )
            % {"over": over},
            code="too_long",
        )


class LongField(TextField):
    """Text of many lines; too many characters are counted, and all of them come back."""

    def __init__(
        self, *, most: int, rows: int, attrs: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        widget = forms.Textarea(attrs={"rows": rows, **(attrs or {})})
        super().__init__(widget=widget, strip=False, **kwargs)
        self.most = most

    def to_python(self, value: Any) -> str:
        # Not normalised: that takes the square of a run of combining marks.
        return storable(str(value or "").replace("\r\n", "\n")).strip()

    def validate(self, value: str) -> None:
        super().validate(value)
        _check_length(value, self.most)


class ShortField(LineField):
    """One line; cleaned of what cannot be seen, refused when it is too long."""

    def __init__(self, *, most: int, attrs: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=attrs or {}), **kwargs)
        self.most = most

    def validate(self, value: str) -> None:
        super().validate(value)
        _check_length(value, self.most)


class OptionalAddressField(AddressField):
    def to_python(self, value: Any) -> str:
        return super().to_python(value) if str(value or "").strip() else ""


class WebAddressField(forms.URLField):
    """https is understood; what cannot be seen is dropped."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            assume_scheme="https",
            max_length=200,
            widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr"}),
            error_messages={
                "invalid": _("Enter a web address like https://example.org/meeting"),
                "max_length": _("Use at most %(limit_value)d characters"),
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        value = super().to_python(tidy(str(value or "")[:2_000]))
        if value and not value.startswith(("https://", "http://")):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return value


class Fold:
    """A layout object: some fields behind a summary, open where one is filled in or wrong."""

    def __init__(self, summary: Any, *names: str) -> None:
        self.summary, self.names = summary, names

    def render(self, form: Any, context: Any, *args: Any, **kwargs: Any) -> SafeString:
        fields = [render_field(name, form, context) for name in self.names]
        is_filled = any(form[name].value() or form.errors.get(name) for name in self.names)
        return format_html(
            '<details{}><summary><span>{}</span></summary><div class="stack">{}</div></details>',
            SafeString(" open") if is_filled else "",
            self.summary,
            SafeString("".join(fields)),
        )


class Group(Fold):
    """The same, always open: fields under a legend."""

    def render(self, form: Any, context: Any, *args: Any, **kwargs: Any) -> SafeString:
        fields = [render_field(name, form, context) for name in self.names]
        return format_html(
            '<fieldset class="stack"><legend>{}</legend>{}</fieldset>',
            self.summary,
            SafeString("".join(fields)),
        )
