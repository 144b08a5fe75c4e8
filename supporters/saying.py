"""What all texts of a page depend on beside their values."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.template import Context
from django.urls import get_script_prefix
from django.utils.translation import get_language

_HOW = "how it is said"  # in a render_context, which is of one template and one rendering


def where() -> tuple[str, ...]:
    """What addresses depend on beside the language. Only tests change it while a process runs."""
    # Which language has no prefix is said by LANGUAGE_CODE.
    return (
        get_script_prefix(),
        settings.SITE_URL,
        settings.LANGUAGE_CODE,
        settings.ROOT_URLCONF,
    )


def how(context: Context) -> Hashable:
    """For keys of what is kept of a template. Worked out once, since a page has dozens of them."""
    of_template = context.render_context
    found = of_template.get(_HOW)
    if found is None:
        found = (get_language(), *where())
        of_template[_HOW] = found
    return found


@contextmanager
def otherwise(context: Context) -> Iterator[None]:
    """Around what may be in another language than the rest of its template."""
    of_template = context.render_context
    before = how(context)
    of_template[_HOW] = None
    try:
        yield
    finally:
        of_template[_HOW] = before
