"""Columns that a kept part of a page asks for, although its key does not know them.

Such a part would stay as it is when the column changes (supporters.kept), and no other test sees
it: Django reads the column at that moment. Here it is a mistake in every test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models.query_utils import DeferredAttribute

from supporters.templatetags.kept import KeptNode


@contextmanager
def refused() -> Iterator[None]:
    """Raises AssertionError where a part that is being kept makes Django read a column late."""
    made, read = KeptNode._made, DeferredAttribute.__get__
    inside: list[KeptNode] = []

    def making(node: KeptNode, *args: Any) -> str:
        inside.append(node)
        try:
            return made(node, *args)
        finally:
            inside.pop()

    def reading(attribute: Any, instance: Any, owner: Any = None) -> Any:
        if inside and instance is not None and attribute.field.attname not in instance.__dict__:
            raise AssertionError(
                f"A kept part asks for {attribute.field}, which was not read with its row: name it"
                " in .only() (supporters.petition_page)."
            )
        return read(attribute, instance, owner)

    KeptNode._made = making  # type: ignore[method-assign]
    DeferredAttribute.__get__ = reading
    try:
        yield
    finally:
        KeptNode._made = made  # type: ignore[method-assign]
        DeferredAttribute.__get__ = read
