"""Places of its own for what goes past the gate, so that it cannot take every thread either."""

import threading
from collections import Counter, OrderedDict
from typing import NamedTuple

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse

from petitions.groups import may_do_more_than_organize

PATIENCE = 1.0  # seconds


class Account(NamedTuple):
    key: int  # of its row
    only_organizes: bool


class Lane:
    """`places` for those who are answered, `seats` for those who wait a moment for one."""

    def __init__(self, places: int, seats: int) -> None:
        self._places = threading.BoundedSemaphore(places)
        self._seats = threading.BoundedSemaphore(seats)

    def enter(self) -> bool:
        """Whether the answer may be made now, perhaps after a wait; then leave() has to follow."""
        if self._places.acquire(blocking=False):
            return True
        if not self._seats.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=PATIENCE)
        finally:
            self._seats.release()

    def leave(self) -> None:
        self._places.release()


class KnownSessions:
    """Those in which this process has answered somebody who was logged in, and who that was.

    That there is a cookie proves nothing, since anybody can write one, and whether it is a
    session's the database alone could tell.
    """

    MOST = 10_000
    PLACES = 4  # of one account at once, however often it has logged in

    def __init__(self) -> None:
        self._keys: OrderedDict[str, Account] = OrderedDict()
        self._inside: Counter[Account] = Counter()
        self._lock = threading.Lock()

    def whose(self, request: HttpRequest) -> Account | None:
        """Whose session it is, if it is known."""
        return self._keys.get(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))

    def enter(self, whose: Account) -> bool:
        """Whether one of the account's own places is free; then leave() has to follow."""
        with self._lock:
            if self._inside[whose] >= self.PLACES:
                return False
            self._inside[whose] += 1
            return True

    def leave(self, whose: Account) -> None:
        with self._lock:
            self._inside[whose] -= 1
            if not self._inside[whose]:
                del self._inside[whose]

    def note(self, request: HttpRequest, response: HttpResponse) -> None:
        """Remember the session of who is logged in, and forget one that has ended.

        Of strangers nothing is read for it that was not read to answer. Of a session that is known
        it is: one that has ended would else pass for ever on pages that read none.
        """
        session, user = getattr(request, "session", None), getattr(request, "user", None)
        if response.status_code >= 500 or session is None or user is None:  # noqa: PLR2004
            return
        came_with = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        if not session.accessed and came_with not in self._keys:
            return
        try:
            key = (user.is_authenticated and session.session_key) or ""
            whose = Account(user.pk, not may_do_more_than_organize(user)) if key else None
        except Error:  # nobody can tell
            return
        with self._lock:
            if came_with != key:
                self._keys.pop(came_with, None)
            if whose is None:
                return
            self._keys[key] = whose
            self._keys.move_to_end(key)
            if len(self._keys) > self.MOST:
                self._keys.popitem(last=False)
