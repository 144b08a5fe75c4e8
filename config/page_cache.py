"""Pages kept in this process for as long as their own Cache-Control says, usually a second.

One thread makes a page anew while the others wait for it, or hand out the last one. The last one
also stands in while a page cannot be made because the database is away. The rules are those of a
shared cache (RFC 9111, RFC 5861), read from the answer itself; nothing here knows what a page is.
"""

import re
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from django.http import HttpResponse

from config.onlookers import Arrival, Onlookers, onlookers

Key = Hashable

# Seconds that making a page may take before others are given the last one, or, when there is none,
# are told to come back: each of them keeps a thread of the server.
SLOW, PATIENCE = 1.0, 2.0
# Where many wait already: not at all for those who can have the last one; for the others long
# enough for the first page of a process, which takes half a second.
SHORT = 1.0
RETRY = 1.0  # seconds between two tries while pages cannot be made
# Pages that are known to be behind are made anew before their time, but no more than this: a
# hundred confirmations a second must not mean a hundred pages a second.
EARLY_BURST, EARLY_PER_SECOND = 20.0, 10.0

# Of pages that were dropped: the latest, and those of the last minutes. Who asks for a page at all
# asks sooner, and what nobody asked for in all that time is no more than any other page.
MOST_OWED, OWED_FOR = 10_000, 600.0  # pages, seconds

_DIRECTIVE = re.compile(r"(max-age|stale-while-revalidate|stale-if-error)=(\d{1,9})")
_UNKEPT = frozenset({"set-cookie", "vary"})


@dataclass(slots=True)
class Kept:
    """An answer that may be given again. Times in seconds, moments of time.monotonic()."""

    body: bytes
    headers: list[tuple[str, str]]
    etag: str
    began: float  # before it was made: it knows of nothing later
    fresh: float
    while_made: float
    while_away: float
    used: float
    failed: float = field(default=float("-inf"))  # when it last could not be made anew

    @classmethod
    def of(cls, response: HttpResponse, began: float) -> "Kept | None":
        """None for what is not for everybody."""
        control = response.get("Cache-Control", "")
        if (
            response.status_code != 200  # noqa: PLR2004
            or response.streaming
            or response.cookies
            or not control.startswith("public")
            or any(response.has_header(name) for name in _UNKEPT)
        ):
            return None
        seconds = {name: float(value) for name, value in _DIRECTIVE.findall(control)}
        if not seconds.get("max-age"):
            return None
        return cls(
            body=response.content,
            headers=list(response.items()),
            etag=response.get("ETag", ""),
            began=began,
            fresh=seconds["max-age"],
            while_made=seconds.get("stale-while-revalidate", 0.0),
            while_away=seconds.get("stale-if-error", 0.0),
            used=began,
        )

    def may_stand_in(self, now: float) -> bool:
        return now - self.began < self.fresh + self.while_away

    def weight(self) -> int:
        return len(self.body) + 2_048


class StillMaking(Exception):
    """Somebody else makes the page, there is no time or no thread to wait, and none to stand in."""


class _Flight:
    """A page that is being made."""

    __slots__ = ("began", "done", "kept")

    def __init__(self, began: float) -> None:
        self.began = began
        self.done = Arrival()
        self.kept: Kept | None = None


class PageCache:
    """Key → page, of at most `limit` bytes together. The clock is given for tests.

    At most `waiting` threads wait for long for a page that another one makes, and no more than
    the `onlookers` of this process may be: the others of the server have to go on.
    """

    def __init__(
        self,
        limit: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        waiting: int = 4,
        onlookers: Onlookers = onlookers,
    ) -> None:
        self.limit = limit
        self._onlookers = onlookers
        self._waiting = threading.BoundedSemaphore(waiting)
        self._clock = clock
        self._lock = threading.Lock()
        self._pages: dict[Key, Kept] = {}
        self._flights: dict[Key, _Flight] = {}
        self._owed: dict[Key, float] = {}  # when it was dropped; the latest is the last
        self.weight = 0
        self._changed = self._outdated = float("-inf")
        self._early, self._early_at = EARLY_BURST, clock()

    def __len__(self) -> int:
        return len(self._pages)

    def fresh(self, key: Key) -> Kept | None:
        """The page, when it can be given without asking anybody."""
        kept = self._pages.get(key)
        if kept is None:
            return None
        now = self._clock()
        if not self._is_fresh(kept, now):
            return None
        kept.used = now
        return kept

    def last(self, key: Key) -> Kept | None:
        """The page as it was made last, however long ago."""
        kept = self._pages.get(key)
        if kept is not None:
            kept.used = self._clock()
        return kept

    def standing_in(self, key: Key) -> Kept | None:
        """The page as it was made last, where it may be given while none can be made."""
        kept = self.last(key)
        return kept if kept is not None and kept.may_stand_in(self._clock()) else None

    def answer(self, key: Key, make: Callable[[], HttpResponse]) -> Kept | HttpResponse:
        """Where fresh() had none: the page that `make` makes, for this caller or for another; or
        what `make` gave, when that is no page to keep. Raises StillMaking."""
        now = self._clock()
        if not self.limit:
            response = make()
            return Kept.of(response, now) or response
        with self._lock:
            kept = self._pages.get(key)
            flight = self._flights.get(key)
            if flight is None:
                if kept and self._is_new(kept, now):  # made since fresh() looked
                    return kept
                flight = self._flights[key] = _Flight(now)
                is_ours = True
            else:
                is_ours = False
        if is_ours:
            return self._make(key, make, flight, kept)
        return self._wait(key, make, flight, kept)

    def changed(self) -> None:
        """Something was written: every page made before may be behind."""
        self._changed = self._clock()

    def drop(self, matches: Callable[[Key], bool] = lambda _key: True) -> None:
        """Something was taken off the pages that match: what was made before, or is being made, is
        not given to who asks from now on. Each is owed until it is made again, for OWED_FOR.
        """
        now = self._clock()
        with self._lock:
            pages = [key for key in self._pages if matches(key)]
            flights = [key for key in self._flights if matches(key)]
            for key in pages:
                self.weight -= self._pages.pop(key).weight()
            for key in flights:
                del self._flights[key]
            for key in {*pages, *flights}:
                self._owed.pop(key, None)
                self._owed[key] = now
            for key in list(self._owed)[:-MOST_OWED]:
                del self._owed[key]

    def owes(self, key: Key) -> bool:
        """Whether readers had this page until it was dropped, or were about to."""
        return self._clock() - self._owed.get(key, float("-inf")) < OWED_FOR

    def outdate(self) -> None:
        """Every page made before is wrong now: it only stands in where no other can be made."""
        with self._lock:
            self._outdated, self._flights = self._clock(), {}

    def clear(self) -> None:
        """As in a process that has just begun: nothing is there, and nothing is owed."""
        with self._lock:
            self._pages, self._flights, self._owed, self.weight = {}, {}, {}, 0

    # Inside

    def _is_new(self, kept: Kept, now: float) -> bool:
        if now - kept.failed < RETRY:
            return kept.may_stand_in(now)
        return self._is_young(kept, now) and kept.began > self._changed

    def _is_young(self, kept: Kept, now: float, more: float = 0.0) -> bool:
        return now - kept.began < kept.fresh + more and kept.began > self._outdated

    def _is_fresh(self, kept: Kept, now: float) -> bool:
        if self._is_new(kept, now):
            return True
        return self._is_young(kept, now) and not self._may_be_early(now)

    def _may_be_early(self, now: float) -> bool:
        left = min(EARLY_BURST, self._early + (now - self._early_at) * EARLY_PER_SECOND)
        may = left >= 1.0
        self._early, self._early_at = left - may, now
        return may

    def _make(
        self, key: Key, make: Callable[[], HttpResponse], flight: _Flight, last: Kept | None
    ) -> Kept | HttpResponse:
        try:
            response = make()
            now = self._clock()
            if response.status_code >= 500 and last and last.may_stand_in(now):  # noqa: PLR2004
                last.failed = now
                flight.kept = last
                return last
            flight.kept = kept = Kept.of(response, flight.began)
            with self._lock:
                if self._flights.get(key) is flight:  # not dropped in the meantime
                    self._put(key, kept)
                    if response.status_code < 500:  # noqa: PLR2004
                        self._owed.pop(key, None)
            return kept or response
        finally:
            with self._lock:
                if self._flights.get(key) is flight:
                    del self._flights[key]
            flight.done.set()

    def _wait(
        self, key: Key, make: Callable[[], HttpResponse], flight: _Flight, last: Kept | None
    ) -> Kept | HttpResponse:
        now = self._clock()
        if last and self._is_young(last, now, last.while_made):
            return last
        stands_in = last is not None and last.may_stand_in(now)
        is_long = self._waiting.acquire(blocking=False)
        try:
            if is_long or not stands_in:
                patience = SLOW if stands_in else PATIENCE if is_long else SHORT
                self._onlookers.wait(flight.done, flight.began + patience - now)
        finally:
            if is_long:
                self._waiting.release()
        if flight.kept:
            return flight.kept
        if flight.done.is_set():
            return make()  # it was nothing to keep: everybody gets their own
        if last and last.may_stand_in(self._clock()):
            return last
        raise StillMaking

    def _put(self, key: Key, kept: Kept | None) -> None:
        """Called with the lock. None: there is no such page any more."""
        if old := self._pages.pop(key, None):
            self.weight -= old.weight()
        if kept is None or kept.weight() > self.limit // 4:
            return
        self._pages[key] = kept
        self.weight += kept.weight()
        if self.weight > self.limit:
            self._make_room()

    def _make_room(self) -> None:
        """Drop what was longest not asked for, a tenth at a time."""
        for key in sorted(self._pages, key=lambda key: self._pages[key].used):
            if self.weight <= self.limit * 0.9:
                return
            self.weight -= self._pages.pop(key).weight()
