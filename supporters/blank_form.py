"""The empty sign form of the petition's page, made by crispy once per language.

Making it took 2.4 ms of CPU, more than all the rest of the page. It is the same under every
petition but for two values, which are put in afterwards.
"""

from functools import lru_cache

from crispy_forms.utils import render_crispy_form
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from supporters.forms import SignForm

# Stand-ins for the two values; nothing else in the form looks like them.
_ACTION = "/where/the/form/is/sent/"
_SOURCE = "code-of-the-link"


def blank_form(*, action: str, source: str = "", asks: bool = False) -> SafeString:
    """The HTML of `{% crispy form %}` for SignForm with this source as its initial one.

    `source` has passed sources.read().
    """
    html = _made(get_language(), settings.PETITIONS_DEFAULT_COUNTRY, bool(source), asks)
    html = html.replace(_ACTION, escape(action))
    return mark_safe(html.replace(_SOURCE, escape(source)) if source else html)  # noqa: S308


@lru_cache(maxsize=64)
def _made(language: str | None, country: str, has_source: bool, asks: bool) -> str:  # noqa: FBT001
    initial = {"source": _SOURCE if has_source else ""}
    return str(render_crispy_form(SignForm(initial=initial, action=_ACTION, asks=asks)))
