"""How long anybody waits for a petition's row, or for one of its signatures.

Without a bound, one session that hangs with the row in its hands would hang everybody who folds,
closes or withdraws. SQLite has one for all its writes (`timeout` in the settings).
"""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import OperationalError, connection

_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code

# For this transaction alone, as PgBouncer wants it; and only where the role brings none of its own.
_BOUND = "SELECT set_config('lock_timeout', %s, true) WHERE current_setting('lock_timeout') = '0'"


def bound_waiting() -> None:
    """Let this transaction wait PETITIONS_LOCK_WAIT seconds for a lock, then OperationalError."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_BOUND, [f"{settings.PETITIONS_LOCK_WAIT}s"])


def one_by_one(ids: Iterable[int], act: Callable[[int], int]) -> int:
    """The sum of act(id). One whose lock somebody holds for too long keeps no other waiting.

    Raises its OperationalError at the end, to say that it is left for the next time; any other
    error at once.
    """
    done, late = 0, None
    for row_id in ids:
        try:
            done += act(row_id)
        except OperationalError as error:
            if not came_too_late(error):
                raise
            late = error
    if late:
        raise late
    return done


def came_too_late(error: OperationalError) -> bool:
    """Whether somebody else held a lock for too long, so that trying again may help."""
    return getattr(error.__cause__, "pgcode", None) == _LOCK_NOT_AVAILABLE


def one_at_a_time(what: str) -> None:
    """Wait until no other transaction is at this, for as long as this one lasts. By name, where
    there is no one row to lock: SQLite lets in one writer at a time as it is."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [what])
