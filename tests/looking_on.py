"""Threads that wait for a page which another makes, one after the other."""

from concurrent.futures import Future, ThreadPoolExecutor

from config.onlookers import Arrival, Onlookers
from tests.threads import wait_until

LONG = 30.0  # seconds, for a busy machine; nothing here waits for them to pass
NEVER = 1_000.0


class LookingOn:
    def __init__(self, onlookers: Onlookers) -> None:
        self.onlookers = onlookers
        self.arrival = Arrival()
        self.pool = ThreadPoolExecutor(40)

    def __enter__(self):
        return self

    def __exit__(self, *_error) -> None:
        self.arrival.set()
        self.pool.shutdown()

    def add(self, number: int = 1) -> list[Future]:
        """Each is known to wait before the next comes."""
        return [self._add() for _ in range(number)]

    def _add(self) -> Future:
        before = len(self.onlookers._waiting)
        waiting = self.pool.submit(self.onlookers.wait, self.arrival, NEVER)
        wait_until(lambda: len(self.onlookers._waiting) > before, "it waits")
        return waiting

    def come_to(self, number: int) -> None:
        wait_until(lambda: len(self.onlookers._waiting) == number, f"{number} wait")

    def turns_away(self) -> bool:
        """Whether there is no room for one more."""
        asked = self.pool.submit(self.onlookers.wait, self.arrival, NEVER)
        try:
            asked.result(LONG)
        except TimeoutError:
            return False
        return True
