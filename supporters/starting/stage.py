"""What all stages have in common."""

from collections.abc import Iterator
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions.models.draft import storable
from supporters.forms import Button

from .fields import LongField


class Stage(forms.Form):
    """`initial` is what the draft holds; bound to that, the form judges it."""

    use_required_attribute = False
    heading: Any = ""
    lead: Any = ""

    def __init__(self, *args: Any, is_started: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_started = is_started

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.disable_csrf = True  # no cookies on public pages: see supporters.origin
        helper.form_error_title = gettext("There is a problem. What you typed is kept.")
        helper.layout = Layout(*self.layout(), self._buttons())
        return helper

    def layout(self) -> list[Any]:
        return list(self.fields)

    def _buttons(self) -> Any:
        if not self.is_started:
            return Div(Button(_("Go on")), css_class="buttons")
        go_on = Button(_("Save and go on"), name="action", value="next")
        overview = Button(
            _("Save and see everything"),
            css_class="button button-plain",
            name="action",
            value="overview",
        )
        return Div(go_on, overview, css_class="buttons")

    def prose(self) -> Iterator[str]:
        """What is written for readers, without the names and numbers that a form asks for."""
        for bound in self:
            if isinstance(bound.field, LongField) or bound.name == "title":
                yield storable(str(bound.value() or ""))

    def rows(self) -> Iterator[tuple[Any, str]]:
        """(label, text) of what the draft holds, for the page where everything is seen."""
        for bound in self:
            if text := str(bound.value() or "").strip():
                yield bound.label, text
