"""Threads that wait for a page which another one makes.

They have what the gate has no use for, and go as soon as it has: a crowd that wants one page gets
it, while a process has little else to do, and takes no thread that somebody else needs.
"""

import threading


class Arrival:
    """Happens once. Told to each onlooker alone, so that one of them can be sent on alone."""

    __slots__ = ("_is_set", "_lock", "_told")

    def __init__(self) -> None:
        self._is_set = False
        self._lock = threading.Lock()
        self._told: list[threading.Event] = []

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        with self._lock:
            self._is_set = True
        for onlooker in self._told:
            onlooker.set()

    def tell(self, onlooker: threading.Event) -> None:
        """Have it set then; at once where that has been."""
        with self._lock:
            if not self._is_set:
                self._told.append(onlooker)
                return
        onlooker.set()


class Onlookers:
    """`most` at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._waiting: dict[threading.Event, None] = {}

    def allow(self, most: int) -> None:
        """From now on so many; who is one too many is sent on, first who has waited for longest."""
        with self._lock:
            self._most = most
            while len(self._waiting) > max(most, 0):
                longest = next(iter(self._waiting))
                del self._waiting[longest]
                longest.set()

    def wait(self, arrival: Arrival, seconds: float) -> None:
        """Until it is there, the time is over, or the thread is needed: where it is, not at all."""
        if seconds <= 0:
            return
        onlooker = threading.Event()
        with self._lock:
            if len(self._waiting) >= self._most:
                return
            self._waiting[onlooker] = None
        try:
            arrival.tell(onlooker)
            onlooker.wait(seconds)
        finally:
            with self._lock:
                self._waiting.pop(onlooker, None)


# Those of this process. Its gate, which knows how many threads there are, allows them.
onlookers = Onlookers(0)
