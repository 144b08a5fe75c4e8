"""Columns that a kept part of a page asks for, although its key does not know them.

Such a part would stay as it is when the column changes (supporters.kept), and no other test sees
it: Django reads the column at that moment. Here it is a mistake in every test.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models.query_utils import DeferredAttribute

from supporters.templatetags.kept import KeptNode


@contextmanager
def refused() -> Iterator[None]:
    """Raises AssertionError where a part that is being kept makes Django read a column late."""
    made, read = KeptNode._made, DeferredAttribute.__get__
    of_thread = threading.local()  # the late columns of each part that is being made

    def making(node: KeptNode, *args: Any) -> str:
        parts = of_thread.__dict__.setdefault("parts", [])
        parts.append([])
        try:
            text = made(node, *args)
        finally:
            late = parts.pop()
        if late:  # not before: {% if %} takes any exception for "no"
            raise AssertionError(
                f"A kept part asks for {late[0]}, which was not read with its row: name it in"
                " .only() (supporters.petition_page)."
            )
        return text

    def reading(attribute: Any, instance: Any, owner: Any = None) -> Any:
        parts = of_thread.__dict__.get("parts")
        if parts and instance is not None and attribute.field.attname not in instance.__dict__:
            parts[-1].append(attribute.field)
        return read(attribute, instance, owner)

    KeptNode._made = making  # type: ignore[method-assign]
    DeferredAttribute.__get__ = reading
    try:
        yield
    finally:
        KeptNode._made = made  # type: ignore[method-assign]
        DeferredAttribute.__get__ = read
