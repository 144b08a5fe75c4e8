"""What goes on beside a crowd that signs: the fold takes the petition's row once a second, and readers
ask for the number. Without it a hot petition is no hotter than a cold one.
"""

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from benchmarks import place as at
from benchmarks.cases.beside import repeated
from benchmarks.cases.checks import PATIENCE
from benchmarks.cases.rounds import SECONDS, Place
from benchmarks.cases.rows import pending

TICK = 1.0  # seconds, as the worker's
# Confirmed at each tick while others sign, else there were nothing to fold. Of few petitions, so that
# one and a thousand of them cost the fold about as much.
CONFIRMED, AT_MOST = 100, 10


@contextmanager
def worker(place: Place, petition: Any) -> Iterator[None]:
    """A real one, from its first fold on; its mails go to a sink."""
    with at.sink() as sink, at.worker(place.environ, place.scratch, mail_port=sink.port):
        _confirm(pending([petition.pk], 1))
        _until(lambda: not _tail([petition.pk]), "The worker does not fold.")
        yield


def emptied() -> None:
    """Wait until no mail is due, so that what one side asked for is not sent beside the other."""
    from supporters.outbox import waiting

    _until(lambda: not waiting().exists(), "The worker does not keep pace with the mails.")


@contextmanager
def folds() -> Iterator[None]:
    """The fold alone, once a second as the worker does it, in a thread of this process."""
    from supporters.fold import fold_all

    with repeated(fold_all, every=TICK, at_once=True):
        yield


@contextmanager
def company(place: Place, some: list[Any], *, confirming: bool) -> Iterator[None]:
    """Somebody asks for the first one's number each second. With `confirming`, others confirm
    meanwhile, so that there is something to fold; all of it must have its position soon after."""
    ids = [petition.pk for petition in some[:AT_MOST]]
    rows = pending(ids, CONFIRMED * (SECONDS + 2)) if confirming else []

    def confirm_some() -> None:
        some, rows[:] = rows[:CONFIRMED], rows[CONFIRMED:]
        _confirm(some)

    def look() -> None:
        address = f"{place.url}/petitions/{some[0].slug}/count.json"
        with urllib.request.urlopen(address, timeout=30) as answer:
            answer.read()

    # Each process has a number to give before the crowd comes: signing goes before reading, and
    # who asks a crowded process for the first one is told to come back.
    for _ in range(20):
        look()
    each_second = partial(repeated, every=TICK, at_once=True)
    with each_second(look), each_second(confirm_some) if confirming else nullcontext():
        yield
    if confirming:
        _until(lambda: not _tail(ids), "What was confirmed is not folded.")


def _confirm(ids: list[int]) -> None:
    from django.utils import timezone

    from supporters.models import Signature

    Signature.objects.filter(pk__in=ids).update(status="confirmed", confirmed_at=timezone.now())


def _tail(ids: list[int]) -> bool:
    from supporters.models import Signature

    return Signature.objects.tail().filter(petition__in=ids).exists()


def _until(is_so: Callable[[], bool], else_say: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(else_say)
        time.sleep(0.1)
