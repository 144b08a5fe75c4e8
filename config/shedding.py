"""Who is turned away at once when there is more to do than can be done, so that nobody hangs.

A process has so many threads (config.threads). A part of them may make answers, more of them
may wait a moment for that, and the rest stays free: for pages from memory, which never come here,
and for saying "busy". Without it, a database that answers slowly would have every thread wait
for it, and the requests behind them would queue in the server, unseen, until somebody's patience
ends. Signing and confirming go before reading.

Accounts and the admin go past the gate, so that whoever looks after the site gets in when it is
full. Who is not known to be logged in has few places there. All organizers together have a few of
those for waiting; where these are taken, they stand at the gate with who reads.
"""

import logging
import threading
import time
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from secrets import randbelow

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config import errors
from config.lanes import KnownSessions, Lane
from config.middleware import PERSONAL
from config.onlookers import Onlookers, onlookers
from config.threads import Shares
from supporters import metrics, switches

logger = logging.getLogger(__name__)

# The machines that look after the site are never turned away here; the latter two keep a thread
# each at most (supporters.views.operations).
ALWAYS = ("/healthz", "/readyz", "/metrics")
# And a token: what is typed there is kept nowhere else; and what it will look like.
_DRAFTS = ("/petitions/start/", "/petitions/preview/")
_PICTURES = "/media/pictures/"
_STEPS = ("/sign/", "/signed/")
_LOG_EVERY = 10.0  # seconds


class Rank(Enum):
    READING = auto()
    SIGNING = auto()  # and confirming, withdrawing, unsubscribing: whatever somebody does here


PATIENCE = {Rank.READING: 1.0, Rank.SIGNING: 3.0}  # seconds
_BURST = 1.0  # seconds for which a crowd of signers is let into the last threads
_MOMENT = 0.1  # seconds that each of them may take there


class Gate:
    """How many answers are made at once in this process, of `threads` threads.

    What it has no use for is left to the `onlookers`.
    """

    def __init__(self, threads: int, onlookers: Onlookers) -> None:
        shares = Shares.of(threads)
        self.at_once, self.waiting = shares.making, shares.waiting
        self.readers = self.at_once - max(1, self.at_once // 4)
        self.organizers = shares.organizers
        self._onlookers = onlookers
        self._making = dict.fromkeys(Rank, 0)
        self._waiting = dict.fromkeys(Rank, 0)
        self._beside = 0  # organizers who are answered, each on a place of who waits
        self._lock = threading.Lock()
        self._turn = {rank: threading.Condition(self._lock) for rank in Rank}
        self._moved_at = float("-inf")
        self._crowded_since: float | None = None
        self._leave_the_rest()

    def enter(self, rank: Rank) -> bool:
        """Whether the answer may be made now, perhaps after a wait; then leave() has to follow."""
        with self._lock:
            if not self._has_room(rank) and not self._wait(rank):
                self._leave_the_rest()
                return False
            if not any(self._making.values()):  # who begins has not been slow yet
                self._moved_at = time.monotonic()
            self._making[rank] += 1
            self._leave_the_rest()
            return True

    def leave(self, rank: Rank) -> None:
        with self._lock:
            self._making[rank] -= 1
            self._moved_at = time.monotonic()
            if sum(self._waiting.values()) <= self.waiting // 2:
                self._crowded_since = None
            self._call_next()
            self._leave_the_rest()

    def enter_beside(self) -> bool:
        """Whether an organizer may be answered now, past who waits; then leave_beside() follows.
        Whoever confirmed a draft by mail is one, so there are few of these places."""
        with self._lock:
            if self._beside >= self.organizers or self._is_line_full():
                return False
            self._beside += 1
            self._leave_the_rest()
            return True

    def leave_beside(self) -> None:
        with self._lock:
            self._beside -= 1
            self._leave_the_rest()

    def _wait(self, rank: Rank) -> bool:
        patience = PATIENCE[rank]
        if self._is_crowded(rank):
            if rank is Rank.READING or not self._is_burst():
                return False
            patience = _MOMENT
        self._waiting[rank] += 1
        self._leave_the_rest()
        try:
            return self._turn[rank].wait_for(lambda: self._has_room(rank), patience)
        finally:
            self._waiting[rank] -= 1
            self._call_next()

    def _call_next(self) -> None:
        """One is enough: each calls the next when it stops waiting, and when it leaves."""
        rank = Rank.SIGNING if self._waiting[Rank.SIGNING] else Rank.READING
        self._turn[rank].notify()

    def _leave_the_rest(self) -> None:
        """Called with the lock, whenever there are more or fewer."""
        taken = sum(self._making.values()) + sum(self._waiting.values()) + self._beside
        self._onlookers.allow(self.at_once + self.waiting - taken)

    def _has_room(self, rank: Rank) -> bool:
        if sum(self._making.values()) >= self.at_once:
            return False
        return rank is Rank.SIGNING or (
            self._making[rank] < self.readers and not self._waiting[Rank.SIGNING]
        )

    def _is_crowded(self, rank: Rank) -> bool:
        if rank is Rank.READING and self._waiting[rank] >= self.waiting // 2:
            return True
        return self._is_line_full()

    def _is_line_full(self) -> bool:
        return sum(self._waiting.values()) + self._beside >= self.waiting

    def _is_burst(self) -> bool:
        """Many came at once and answers go on being made; not yet more than can be done."""
        now = time.monotonic()
        if self._crowded_since is None:
            self._crowded_since = now
        return now - self._crowded_since < _BURST and now - self._moved_at < _MOMENT


class Shedding:
    """Stands behind what asks no database: kept pages, static files, headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        shares = Shares.of(settings.PETITIONS_THREADS)
        self.gate = Gate(settings.PETITIONS_THREADS, onlookers)
        self.strangers = Lane(shares.strangers, shares.strangers_waiting)
        self.known = KnownSessions()
        self._refused, self._logged = 0, float("-inf")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path in ALWAYS:
            return self.get_response(request)
        if path.startswith(PERSONAL):
            return self._admit(request)
        if why := getattr(request, "refused", ""):
            return self._refuse(request, why)
        if switches.current().busy and not (_goes_on(path) or hasattr(request, "is_owed")):
            return self._refuse(request, "busy")
        rank = _rank(request)
        if not self.gate.enter(rank):
            return self._refuse(request, "full")
        try:
            return self.get_response(request)
        finally:
            self.gate.leave(rank)

    def _admit(self, request: HttpRequest) -> HttpResponse:
        """Also while the site is busy: staff switch it off here."""
        leave = self._place(request)
        if leave is None:
            return self._refuse(request, "accounts")
        try:
            response = self.get_response(request)
            self.known.note(request, response)  # which may ask the database who it was
        except BaseException:
            leave()
            raise
        if response.streaming:
            return self._send(request, response, leave)
        leave()
        return response

    def _send(
        self, request: HttpRequest, response: HttpResponse, leave: Callable[[], None]
    ) -> HttpResponse:
        """A download is made while it is sent, on the same thread: its place is taken until the
        server closes it. And it is no stranger's, or nobody could log in meanwhile."""
        if leave == self.strangers.leave and self.known.whose(request):
            leave()
            own = self._place(request)
            if own is None:
                response.close()
                return self._refuse(request, "accounts")
            leave = own
        response._resource_closers.append(leave)  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    def _place(self, request: HttpRequest) -> Callable[[], None] | None:
        """What gives back the place in which the answer may be made, if there is one."""
        whose = self.known.whose(request)
        if whose is None:
            return self.strangers.leave if self.strangers.enter() else None
        if not whose.only_organizes and self.known.enter(whose):
            return partial(self.known.leave, whose)
        if whose.only_organizes and self.gate.enter_beside():
            return self.gate.leave_beside
        if self.gate.enter(Rank.READING):
            return partial(self.gate.leave, Rank.READING)
        return None

    def _refuse(self, request: HttpRequest, why: str) -> HttpResponse:
        metrics.shed.labels(why).inc()
        if why != "busy":  # nobody has asked for it
            self._note()
        # Not all at the same moment again.
        wait = 60 if why == "busy" else 10
        paused = ""
        if why == "busy" and request.path_info.endswith("/sign/"):
            on = switches.current()
            paused = on.signing_message if on.signing_paused else ""
        return errors.busy(request, retry_after=wait + randbelow(wait), paused=paused)

    def _note(self) -> None:
        """A line now and then, for those who watch no metrics."""
        self._refused += 1
        now = time.monotonic()
        if now - self._logged >= _LOG_EVERY:
            logger.warning("Too much to do: %s requests were told to come back.", self._refused)
            self._refused, self._logged = 0, now


def refuse(request: HttpRequest, why: str) -> None:
    """Have the request answered with the busy page, with all the headers that a page gets."""
    request.refused = why  # type: ignore[attr-defined]


def _goes_on(path: str) -> bool:
    """While the site is busy. Links in mails: no more of them than mails went out, and each is one
    statement. Drafts. And pictures, which a page from memory shows: one statement of an index each,
    also where somebody makes up names."""
    if errors.is_link(path) or path.startswith(_PICTURES):
        return True
    path = errors.bare(path)
    return path.startswith(_DRAFTS) and path not in _DRAFTS


def _rank(request: HttpRequest) -> Rank:
    path = request.path_info
    if request.method in {"GET", "HEAD"} and not errors.is_link(path):
        return Rank.SIGNING if path.endswith(_STEPS) else Rank.READING
    return Rank.SIGNING
