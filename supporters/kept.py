"""What was made of some values, kept and given again for equal values.

A petition's page is made anew each second that somebody reads it, of rows that have seldom changed:
its parts are looked up here by the very values that they show, so that nothing has to be told when
one of them changes. What depends on anything else, such as the time, is not for this.
"""

from collections.abc import Callable, Hashable
from functools import cache, cached_property
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.db.models import Model
from django.utils.functional import cached_property as django_cached_property

from supporters.rows import Rows

T = TypeVar("T")

MOST = 500  # of one part: the petitions that are read at a time

_everything: "WeakSet[Kept[Any]]" = WeakSet()


class Kept(Generic[T]):
    """One kind of thing by the key of what it was made of; the first to come is the first to go."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._made: dict[Hashable, T] = {}
        _everything.add(self)

    def __len__(self) -> int:
        return len(self._made)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        try:
            return self._made[key]
        except KeyError:
            pass
        made = make()
        if len(self._made) >= self._most:
            for old in list(self._made)[: self._most // 2 + 1]:
                self._made.pop(old, None)
        return self._made.setdefault(key, made)

    def forget(self) -> None:
        self._made = {}


def forget_everything() -> None:
    """For tests, which change what never changes while the site runs."""
    for kept in list(_everything):
        kept.forget()


def key_of(value: Any) -> Hashable:
    """Equal for what looks equal. Raises TypeError for what has no value of its own to compare.

    A model is all that was read of its row and of the rows beside it, but for what its class calls
    UNKEPT; a string that is safe is another than one that is not.
    """
    if isinstance(value, Model):
        return _key_of_row(value, frozenset())
    if isinstance(value, Rows):
        return value.key
    if isinstance(value, (list, tuple)):
        return tuple([key_of(each) for each in value])
    if isinstance(value, dict):
        return tuple([(name, key_of(each)) for name, each in value.items()])
    if type(value).__hash__ is None:
        raise TypeError(f"{value!r} cannot be told from others.")
    return (type(value), value)


def _key_of_row(row: Model, above: frozenset[int]) -> Hashable:
    """`above`: ids of the objects whose keys this one is part of; rows point to each other."""
    left_out = _left_out(type(row))
    above |= {id(row)}
    beside = [
        (name, _key_of_row(each, above) if isinstance(each, Model) else each)
        for name, each in row._state.fields_cache.items()  # noqa: SLF001
        if id(each) not in above
    ]
    return (
        type(row),
        tuple(
            [
                key_of(each) if isinstance(each, (dict, list)) else each  # of a JSONField
                for name, each in row.__dict__.items()
                if name not in left_out
            ]
        ),
        tuple(beside),
    )


@cache
def _left_out(model: type[Model]) -> frozenset[str]:
    worked_out = {
        name
        for each in model.__mro__
        for name, value in vars(each).items()
        if isinstance(value, (cached_property, django_cached_property))
    }
    unkept: frozenset[str] = getattr(model, "UNKEPT", frozenset())
    return frozenset({"_state", "_prefetched_objects_cache"}) | worked_out | unkept
