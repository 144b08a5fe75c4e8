"""Rows as the database gave them, of which something is made only where somebody looks.

A part of a page that is kept (supporters.kept) is known by the values of its rows: as long as they
are the same, nothing has to be made of them.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar, overload

R = TypeVar("R")
S = TypeVar("S")

Values = tuple[tuple[Any, ...], ...]
Make = Callable[[Values, Any], Iterable[R]]


class Rows(Generic[R]):
    """As a list of what `make` makes of the values, which it does anew at each look.

    `make` is given the connection beside them, and makes the same of equal values: it must be one
    that stays, a function of a module or of a Compiled, since it tells these rows from others.
    """

    __slots__ = ("_connection", "_into", "_make", "_values")

    def __init__(
        self,
        values: Iterable[tuple[Any, ...]],
        make: Make[Any],
        connection: Any,
        *,
        into: tuple[Callable[[Any], Any], ...] = (),
    ) -> None:
        self._values = tuple(values)
        self._make = make
        self._connection = connection
        self._into = into

    @property
    def key(self) -> Hashable:
        """Equal for rows of which the same is made. Nothing in it belongs to one thread."""
        return (self._make, self._into, self._values)

    def into(self, function: Callable[[R], S]) -> "Rows[S]":
        """Rows of what `function`, which has to stay as well, makes of each."""
        return Rows(self._values, self._make, self._connection, into=(*self._into, function))

    def made(self) -> "Rows[R]":
        """Made now, tuples each, and known by them: nothing else that was read gets into a key."""
        return Rows(iter(self), _as_made, None)  # type: ignore[arg-type]  # R is a tuple

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[R]:
        made: Iterable[Any] = self._make(self._values, self._connection)
        for function in self._into:
            made = map(function, made)
        return iter(made)

    @overload
    def __getitem__(self, index: int) -> R: ...
    @overload
    def __getitem__(self, index: slice) -> "Rows[R]": ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return self._of(self._values[index])
        return next(iter(self._of((self._values[index],))))

    def _of(self, values: Values) -> "Rows[R]":
        return Rows(values, self._make, self._connection, into=self._into)


def _as_made(values: Values, _connection: Any) -> Iterable[Any]:
    return values
