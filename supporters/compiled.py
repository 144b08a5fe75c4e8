"""Queries that are built and turned into SQL once, and then only given their values.

Django takes 0.3 to 2 ms of CPU to make SQL of a queryset, several times what the database and the
rows cost afterwards: of the petition's page it was half. What is written here for a hot page stays
a queryset, and its rows are models where somebody looks at them (supporters.rows).
"""

from collections.abc import Callable
from copy import copy
from datetime import datetime
from typing import Any, Generic, TypeVar

import django
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.db.models.query import ValuesListIterable, get_related_populators
from django.db.models.sql import UpdateQuery

from supporters.rows import Make, Rows, Values

R = TypeVar("R")


class Compiled(Generic[R]):
    """A queryset as a function of values: `find = Compiled(build, slug="?")`, `find(slug="a")`.

    `build` is called once per kind of database, with the stand-ins that are given beside it. They
    must be of the values' type and occur nowhere else in the query; a condition that some values
    have and others do not (None, a list's length) cannot be said this way. Anything else that
    `build` reads, such as the time, would be kept for ever: make it a value.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, R]], **stand_ins: Any) -> None:
        self._build = build
        self._stand_ins = stand_ins
        self._made: dict[str, tuple[str, list[tuple[str | None, Any]], Make[R]]] = {}

    def __call__(self, **values: Any) -> list[R]:
        """The rows, in one statement: models, or tuples of a queryset of values_list()."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            return list(self.rows(cursor, **values))

    def rows(self, cursor: Any, /, **values: Any) -> Rows[R]:
        """The same, as yet nothing but values; by a cursor that may have read others before.

        Making a cursor costs as much as reading a few rows.
        """
        connection = cursor.db
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._made[connection.vendor] = self._make(connection)
        sql, slots, make = made
        given = {name: _adapted(connection, value) for name, value in values.items()}
        cursor.execute(sql, [given[name] if name else param for name, param in slots])
        return Rows(cursor.fetchall(), make, connection)

    def _make(self, connection: Any) -> Any:
        queryset = self._build(**self._stand_ins)
        compiler = queryset.query.get_compiler(connection=connection)
        return *_slots(connection, compiler, self._stand_ins), _maker(queryset, compiler)


def _maker(queryset: QuerySet[Any, Any], compiler: Any) -> Make[Any]:
    """What makes rows of what the database gave; Django's does, but works it all out each time."""
    converters = compiler.get_converters([each[0] for each in compiler.select])

    def converted(rows: Values, connection: Any) -> Any:
        if not converters:
            return rows
        compiler_here = copy(compiler)
        compiler_here.connection = connection  # each thread has its own
        return compiler_here.apply_converters(rows, converters)

    if queryset._iterable_class is ValuesListIterable:  # noqa: SLF001
        return lambda rows, connection: [tuple(row) for row in converted(rows, connection)]
    model = compiler.klass_info["model"]
    fields = compiler.klass_info["select_fields"]
    own = slice(fields[0], fields[-1] + 1)
    names = frozenset(each[0].target.attname for each in compiler.select[own])
    of_queryset = (queryset._fetch_mode,) if django.VERSION >= (6, 1) else ()  # type: ignore[attr-defined]  # noqa: SLF001
    beside = get_related_populators(
        compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS, *of_queryset
    )
    annotations = tuple(compiler.annotation_col_map.items())

    def models(rows: Values, connection: Any) -> list[Any]:
        made = []
        for row in converted(rows, connection):
            each = model.from_db(DEFAULT_DB_ALIAS, names, row[own])
            for related in beside:
                related.populate(row, each)
            for name, column in annotations:
                setattr(each, name, row[column])
            made.append(each)
        return made

    return models


class CompiledUpdate:
    """The same for `queryset.update(**changes)`: `build` gives both, the call how many rows."""

    def __init__(
        self, build: Callable[..., tuple[QuerySet[Any], dict[str, Any]]], **stand_ins: Any
    ) -> None:
        self._build = build
        self._stand_ins = stand_ins
        self._made: dict[str, tuple[str, list[tuple[str | None, Any]]]] = {}

    def __call__(self, **values: Any) -> int:
        connection = connections[DEFAULT_DB_ALIAS]
        made = self._made.get(connection.vendor)
        if made is None:
            made = self._made[connection.vendor] = self._make(connection)
        sql, slots = made
        given = {name: _adapted(connection, value) for name, value in values.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [given[name] if name else param for name, param in slots])
            return int(cursor.rowcount)

    def _make(self, connection: Any) -> Any:
        queryset, changes = self._build(**self._stand_ins)
        query: Any = queryset.query.chain(UpdateQuery)
        query.add_update_values(changes)
        return _slots(connection, query.get_compiler(connection=connection), self._stand_ins)


def _slots(connection: Any, compiler: Any, stand_ins: dict[str, Any]) -> Any:
    """The SQL, and for each of its parameters whose value it takes, or which it always is."""
    sql, params = compiler.as_sql()
    names = {_adapted(connection, value): name for name, value in stand_ins.items()}
    slots = [(names.get(param), param) for param in params]
    if {name for name, _ in slots if name} != set(stand_ins):
        raise ValueError(f"Not every one of {sorted(stand_ins)} is in the query: {sql}")
    return sql, slots


def _adapted(connection: Any, value: Any) -> Any:
    """As the backend passes it to the database."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
