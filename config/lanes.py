"""Places of its own for what goes past the gate, so that it cannot take every thread either."""

import threading
from collections import OrderedDict

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

PATIENCE = 1.0  # seconds


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
    """Those in which this process has answered somebody who was logged in.

    That there is a cookie proves nothing, since anybody can write one, and whether it is a
    session's the database alone could tell.
    """

    MOST = 10_000

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def has(self, request: HttpRequest) -> bool:
        return request.COOKIES.get(settings.SESSION_COOKIE_NAME) in self._keys

    def note(self, request: HttpRequest, response: HttpResponse) -> None:
        """Asks no database: only a session that was read to answer is looked into."""
        session = getattr(request, "session", None)
        if response.status_code >= 500 or session is None or not session.accessed:  # noqa: PLR2004
            return
        if not (key := session.session_key) or SESSION_KEY not in session:
            return
        with self._lock:
            self._keys[key] = None
            self._keys.move_to_end(key)
            if len(self._keys) > self.MOST:
                self._keys.popitem(last=False)
