"""Whether this process can answer: asked by load balancers, and by anybody else who likes.

So that nobody can make it dear, one thread at a time asks the database, once a second at most. When
the database hangs, it is that thread alone which hangs with it.
"""

import threading
import time
from dataclasses import dataclass

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from supporters import outbox

KEPT = 1.0  # seconds for which an answer is given again
# Seconds for which it stands in while somebody asks anew: slow is not away.
STANDS_IN = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`outbox_age` in seconds; nothing is known of it while the database is away."""

    is_away: bool = False
    migrations_waiting: int = 0
    outbox_age: float = 0

    @property
    def is_ready(self) -> bool:
        return not self.is_away and not self.migrations_waiting


_AWAY = State(is_away=True)


class Memory:
    """What one process found out."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._is_migrated = False
        self.forget()

    def forget(self) -> None:
        """For tests."""
        self._known, self._known_at = _AWAY, float("-inf")

    def current(self) -> State:
        age = time.monotonic() - self._known_at
        if age < KEPT:
            return self._known
        if not self._asking.acquire(blocking=False):
            return self._known if age < STANDS_IN else _AWAY
        try:
            self._known = self._ask()
            self._known_at = time.monotonic()
            return self._known
        finally:
            self._asking.release()

    def _ask(self) -> State:
        try:
            waiting = self._migrations_waiting()
            age = outbox.oldest_age()
        except Error:
            return _AWAY
        seconds = round(age.total_seconds(), 1) if age else 0
        return State(migrations_waiting=waiting, outbox_age=seconds)

    def _migrations_waiting(self) -> int:
        """Once none wait, none will: newer code comes with a newer process."""
        if self._is_migrated:
            return 0
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        self._is_migrated = not waiting
        return waiting


memory = Memory()
