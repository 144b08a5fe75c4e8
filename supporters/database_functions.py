"""Calling what migration 0010 taught PostgreSQL: each planned once a connection, not every time."""

from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from petitions import clock

NOW = object()  # the database's time, in an argument's place; see petitions/clock.py


def call(function: str, *arguments: Any) -> Any:
    """What the function answers, in one statement, which is a transaction by itself."""
    if clock.is_ours():
        arguments = tuple(timezone.now() if each is NOW else each for each in arguments)
    statement = _statement(function, tuple(each is NOW for each in arguments))
    values = [each for each in arguments if each is not NOW]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


@cache
def _statement(function: str, is_now: tuple[bool, ...]) -> str:
    slots = ("STATEMENT_TIMESTAMP()" if now else "%s" for now in is_now)
    return f"SELECT {function}({', '.join(slots)})"
