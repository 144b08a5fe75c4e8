"""What clients did and what they were answered: the side of the truth that no database holds."""

import datetime as dt
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

BROKEN = 0  # no answer: the connection was refused or broke off
HUNG = -1  # no answer for as long as anybody would wait


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. Times are time.time(), so that they compare with the database's clock."""

    kind: str  # sign, confirm, withdraw
    who: str | int  # the address of who signs, then the signature's id
    status: int
    began: float
    ended: float
    retry_after: str

    @property
    def acknowledged(self) -> bool:
        return 200 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Reading:
    """What count.json said."""

    count: int
    as_of: dt.datetime
    confirmed_at: dt.datetime | None
    began: float
    ended: float


@dataclass
class Journal:
    attempts: list[Attempt] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    pages: list[Attempt] = field(default_factory=list)  # requests that change nothing
    processes: dict[int, float] = field(default_factory=dict)  # who answered, and when last
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, attempt: Attempt) -> None:
        with self._lock:
            self.attempts.append(attempt)

    def note_process(self, pid: str) -> None:
        if pid:
            with self._lock:
                self.processes[int(pid)] = time.time()

    def everything(self) -> list[Attempt]:
        with self._lock:
            return [*self.attempts, *self.pages]

    def acknowledged(self, kind: str) -> dict[str | int, float]:
        """Who → when they were first told that it was done."""
        return self._first(kind, (a for a in self._of(kind) if a.acknowledged), "ended")

    def attempted(self, kind: str) -> dict[str | int, float]:
        """Who → when they first asked for it."""
        return self._first(kind, self._of(kind), "began")

    def answered_since(self, moment: float, kind: str) -> int:
        return sum(a.acknowledged and a.began > moment for a in self._of(kind))

    def _of(self, kind: str) -> list[Attempt]:
        with self._lock:
            return [attempt for attempt in self.attempts if attempt.kind == kind]

    def _first(self, kind: str, attempts: Iterable[Attempt], name: str) -> dict[str | int, float]:
        found: dict[str | int, float] = {}
        for attempt in attempts:
            moment = getattr(attempt, name)
            found[attempt.who] = min(moment, found.get(attempt.who, moment))
        return found
