"""Real threads with real connections, for the tests of races (ask for `transactional_db`)."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connections

PATIENCE = 180.0  # seconds, for a busy machine; nothing waits for them to pass
AT_ONCE = 20  # threads, each with a connection: two workers of pytest stay below PostgreSQL's 100


def together(*functions: Callable[[], Any]) -> list[Any]:
    """Run each function in a thread of its own, all released at one moment.

    Returns what they returned, in order; what one of them raised is raised here.
    """
    barrier = threading.Barrier(len(functions))

    def run(function: Callable[[], Any]) -> Any:
        try:
            connections["default"].ensure_connection()
            barrier.wait(timeout=30)
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        futures = [pool.submit(run, function) for function in functions]
    return [future.result() for future in futures]


def wait_until(
    condition: Callable[[], object],
    what: str = "",
    patience: float = PATIENCE,
    *,
    process: "subprocess.Popen[Any] | None" = None,
) -> None:
    """Look again and again, for as long as the `process` that is to bring it about goes on."""
    until = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < until, f"it did not happen: {what}"
        assert process is None or process.poll() is None, "the process has ended"
        time.sleep(0.01)


def spread(function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """Call function(item) for every item, AT_ONCE of them at a time. Returns what came back."""
    waiting = iter(list(items))
    lock = threading.Lock()
    results: list[Any] = []

    def work() -> None:
        while True:
            with lock:
                try:
                    item = next(waiting)
                except StopIteration:
                    return
            result = function(item)
            with lock:
                results.append(result)

    together(*[work] * AT_ONCE)
    return results


@contextmanager
def in_background(function: Callable[[], Any]) -> Iterator[None]:
    """Call the function again and again beside the block, at least once after it has begun."""
    done = threading.Event()

    def repeat() -> None:
        try:
            while True:
                last = done.is_set()
                function()
                if last:
                    return
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(repeat)
        try:
            yield
        finally:
            done.set()
    future.result()
