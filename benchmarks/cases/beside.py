"""Something that is done again and again beside a block, in a thread of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def repeated(act: Callable[[], Any], *, every: float, at_once: bool = False) -> Iterator[None]:
    """After each `every` seconds of the block, and `at_once`; what goes wrong is raised at its end."""
    from django.db import connections

    over, failures = threading.Event(), []

    def work() -> None:
        try:
            if at_once:
                act()
            while not over.wait(every):
                act()
        except Exception as error:  # noqa: BLE001 — raised below
            failures.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if failures:
        raise failures[0]
