"""The worker: closes, folds, publishes what is due, fills mailings and sends, as long as it is let.

Any number may run at a time. Mail is sent on a thread of its own, so that a mail server that takes
its time never keeps positions waiting; and figures are counted on one, since a million signatures
take a second to read.
"""

import logging
import math
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from itertools import count, groupby

from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connections,
)
from django.db import Error as DatabaseFailure

from supporters import delivery, outbox, progress, transparency
from supporters.growth import figures
from supporters.mail_line import Line
from supporters.stamps import Stamps
from supporters.tasks import TASKS, Task

logger = logging.getLogger(__name__)

TICK = 1.0  # seconds
SHARE = 0.5  # of it for all tasks together that are not prompt, so that positions do not wait
_QUICK = 0.3  # seconds for a batch, so that the next may be larger
_NAP = 0.1  # seconds between two looks at whether to stop
_MINUTE = 60.0
LONGEST_WAIT = 60.0  # seconds between two tries of a mail server that is away
# Seconds after the database was away in which nothing is taken over: who sent it has the stamp that
# the database forgot, and hears within a second or two that it is back.
GRACE = 10.0


class Worker:
    """run() works until stop() is called; once() does everything once.

    A failing task is logged and tried again at its next turn; it stops no other.
    """

    def __init__(self) -> None:
        self.stopping = False
        self._stamps = Stamps()  # of the thread that sends, as is the line
        self._line = Line()
        self._away_at = -math.inf  # time.monotonic() when the database was last seen to be away
        self._failures: dict[str, str] = {}  # task → what its last failure said
        self._next: dict[str, float] = {}  # task → time.monotonic() of its next turn

    def stop(self) -> None:
        """End soon: the mail in flight is finished, the others are released. For signals, too."""
        self.stopping = True

    def run(self) -> None:
        self._away_at = time.monotonic()  # for all that a new worker knows
        post = threading.Thread(target=self._deliver_for_ever, name="outbox")
        post.start()
        counting = threading.Thread(target=self._count_for_ever, name="figures")
        counting.start()
        try:
            while not self.stopping:
                began = time.monotonic()
                self._tick()
                close_old_connections()
                self._rest(began + TICK)
        finally:
            self.stopping = True  # also when something unforeseen ends the loop
            post.join()
            counting.join()

    def once(self) -> bool:
        """Do all that is due, to its end, and send it. True if all is well.

        Mail leaves before what may take long, and again behind it: who signed waits for it.
        """
        for (waits, _), tasks in groupby(TASKS, lambda task: (not task.is_prompt, task.is_seldom)):
            if waits:
                self._do("outbox", self._empty_outbox)
            for task in tasks:
                while self._take(task, self._goes_on) and task.in_batches and not self.stopping:
                    pass
        self._do("figures", self._count)
        self._do("transparency", transparency.refresh)
        self._do("outbox", self._empty_outbox)
        numbers = partial(progress.refresh, at_once=True, go_on=self._goes_on)
        self._do("numbers of mailings", numbers)
        return not self._failures

    def _tick(self) -> None:
        """Take what is prompt, then what else is due, for SHARE seconds.

        What has been due for longest comes first. Each may take an equal part of the time that is
        left, and one step at least; when none is left, the others come first at the next tick.
        """
        for task in TASKS:
            if task.is_prompt:
                self._take(task, self._goes_on)
        now = time.monotonic()
        until = now + SHARE
        others = [task for task in TASKS if not task.is_prompt and self._due_at(task) <= now]
        others.sort(key=self._due_at)
        for place, task in enumerate(others):
            now = time.monotonic()
            if self.stopping or (place and now >= until):
                return
            self._next[task.name] = now + task.every
            part = (until - now) / (len(others) - place)
            if self._take(task, self._goes_on_until(now + part)) and task.in_batches:
                self._next[task.name] = now  # for what is left

    def _due_at(self, task: Task) -> float:
        return self._next.get(task.name, -math.inf)

    def _take(self, task: Task, go_on: Callable[[], bool]) -> bool:
        """Whether it did something."""
        done: list[object] = []
        act = partial(task.act, go_on=go_on) if task.takes_go_on else task.act
        return not self._do(task.name, lambda: done.append(act())) and bool(done[0])

    def _empty_outbox(self) -> None:
        limit = outbox.BATCH
        try:
            while not self.stopping:
                began = time.monotonic()
                batch = delivery.deliver(
                    limit=limit,
                    go_on=self._goes_on,
                    stamps=self._stamps,
                    line=self._line,
                    take_over=began - self._away_at >= GRACE,
                )
                if batch.trouble:
                    raise MailServerAway(batch.trouble)
                if not batch.claimed:
                    return
                # Claiming costs about as much for many as for few; but what was claimed is not
                # sent by others, and keeps back what comes later and is more urgent.
                quick = batch.sent == limit and time.monotonic() - began < _QUICK
                limit = min(2 * limit, outbox.LARGEST_BATCH) if quick else outbox.BATCH
        finally:
            self._line.close()

    def _deliver_for_ever(self) -> None:
        """The thread's work. The longer the mail server is away, the longer between two tries; not
        so with the database, which all other tasks ask for each second, too."""
        wait = TICK
        try:
            while not self.stopping:
                began = time.monotonic()
                error = self._do("outbox", self._empty_outbox)
                if isinstance(error, OperationalError | InterfaceError):
                    self._away_at = time.monotonic()
                is_away = isinstance(error, MailServerAway)
                wait = min(wait * 2, LONGEST_WAIT) if is_away else TICK
                close_old_connections()
                self._rest(began + wait)
        finally:
            connections.close_all()

    def _count(self) -> None:
        figures.refresh(go_on=self._goes_on)

    def _count_for_ever(self) -> None:
        """The other thread's work, once a minute."""
        try:
            while not self.stopping:
                began = time.monotonic()
                self._do("figures", self._count)
                self._do("transparency", transparency.refresh)
                close_old_connections()
                self._rest(began + _MINUTE)
        finally:
            connections.close_all()

    def _goes_on(self) -> bool:
        return not self.stopping

    def _goes_on_until(self, end: float) -> Callable[[], bool]:
        """For one turn, which has at least a step, however long the way to it was."""
        asked = count()
        return lambda: not self.stopping and (next(asked) == 0 or time.monotonic() < end)

    def _do(self, name: str, task: Callable[[], object]) -> Exception | None:
        """Do the task. Returns its failure; the same again and again is logged in full once."""
        try:
            task()
        except Exception as error:  # one task must not stop the others
            # What the database says of a row may hold an address.
            is_of_row = isinstance(error, IntegrityError | DataError)
            text = type(error).__name__ if is_of_row else f"{type(error).__name__}: {error}"
            if self._failures.get(name) == text:
                logger.warning("Still failing: %s: %s", name, text)
            elif isinstance(error, MailServerAway):
                logger.warning("Mail waits: %s", error)
            elif is_of_row:
                where = "".join(traceback.format_tb(error.__traceback__))
                logger.error("Failed: %s: %s\n%s", name, text, where)  # noqa: TRY400
            else:
                logger.exception("Failed: %s", name)
            self._failures[name] = text
            if isinstance(error, DatabaseFailure):
                close_old_connections()  # one that was lost is opened anew
            return error
        if self._failures.pop(name, None):
            logger.info("Works again: %s", name)
        return None

    def _rest(self, until: float) -> None:
        """Sleep in naps: an Event that a signal handler sets can lock up its own thread."""
        while not self.stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _NAP))


class MailServerAway(Exception):
    """Nothing can be sent now. The mails wait, and none of them is blamed for it."""
