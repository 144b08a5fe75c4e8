"""Long work in steps: it ends in the middle when the worker is to stop, or its turn is over.

What is left is taken up at one of the worker's next ticks (tasks.py, `in_batches`).
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

SOME = 1_000  # rows: a statement that is soon over, whatever has piled up


def always() -> bool:
    """For whoever is not to be stopped."""
    return True


def in_steps(step: Callable[[], int], *, go_on: Callable[[], bool]) -> int:
    """Take steps until one finds nothing to do, or `go_on` says no before it.

    Returns the sum of what they did.
    """
    done = 0
    while go_on() and (number := step()):
        done += number
    return done


def delete_in_steps(rows: QuerySet[Any], *, go_on: Callable[[], bool]) -> int:
    """Delete them SOME at a time, each step for itself. Returns how many, with what hung on them.

    One DELETE of all that has piled up might take longer than a statement may, each time anew. What
    another worker is at is passed by.
    """
    return in_steps(lambda: delete_some(rows), go_on=go_on)


def delete_some(rows: QuerySet[Any]) -> int:
    """One of its steps."""
    with transaction.atomic():
        locked = rows.select_for_update(skip_locked=True, of=("self",))
        keys = list(locked.values_list("pk", flat=True)[:SOME])
        deleted: int = rows.filter(pk__in=keys).delete()[0] if keys else 0
    return deleted
