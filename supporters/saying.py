"""What all texts of a page depend on beside their values."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.template import Context
from django.utils.translation import get_language

_HOW = "how it is said"  # in a render_context, which is of one template and one rendering


def how(context: Context) -> Hashable:
    """For keys of what is kept of a template. Worked out once, since a page has dozens of them."""
    of_template = context.render_context
    found = of_template.get(_HOW)
    if found is None:
        # The settings say which language has no prefix in addresses; only tests change them.
        found = (get_language(), settings.LANGUAGE_CODE, settings.ROOT_URLCONF)
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
