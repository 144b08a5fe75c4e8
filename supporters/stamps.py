"""Stamping what was sent, while the next mail is read.

On PostgreSQL a stamp and the next reading are one trip (supporters/turns.py), or two where the next
is read in another way, such as an update; and the stamp does not wait for the disk: a tenth of a
millisecond on a quiet machine, 2 ms on a busy one. It is seen by all at once, so that a killed
worker repeats one mail at most. When PostgreSQL itself dies it forgets the stamps of its last
moment; the worker remembers them until a commit that did wait has carried them to the disk, that is
at the end of each batch and every tenth of a second, and stamps them again. Only when both die at
once, with the power, can what was sent in that tenth of a second go out twice, under the same
Message-IDs. And where its lease ended while the database was away, the others leave it alone for a
moment (worker.py): this worker comes first.
"""

import logging
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from supporters import metrics, outbox, turns
from supporters.models import OutgoingMail

logger = logging.getLogger(__name__)

T = TypeVar("T")

_counted = metrics.mails.labels("sent")
_LONGEST = 0.1  # seconds without a commit that waits


class Stamps:
    """What one worker has sent and may have to stamp again."""

    def __init__(self) -> None:
        self._sent: OutgoingMail | None = None  # the last one, not stamped yet
        self._unsure: list[OutgoingMail] = []  # stamped without waiting
        self._untried: list[OutgoingMail] = []  # to be given back
        self._sure_at = 0.0

    def make_up(self) -> None:
        """Stamp what was left when the database went away, and give back what was not tried.
        Guarded by the lease, as ever."""
        if self._sent:
            self._unsure.append(self._sent)
            self._sent = None
        outbox.sent_before(self._unsure)
        if self._unsure:
            outbox.keep_stamps(self._unsure)
        self._unsure.clear()
        self._sure_at = time.monotonic()
        self.release()

    def untried(self, mails: Iterable[OutgoingMail]) -> None:
        """release() gives them back, or make_up() once the database is there."""
        self._untried = list(mails)

    def release(self) -> None:
        if self._untried:
            outbox.release(self._untried)
            self._untried.clear()

    def add(self, mail: OutgoingMail) -> None:
        """It was sent; next(), turn_as_row() or settle(), called right after, stamps it."""
        _counted.inc()
        self._sent = mail

    def next(self, mail: OutgoingMail) -> OutgoingMail | None:
        """Stamp the mail before, and give this one as it is now, or None when it is not ours."""
        if not turns.can_be_read(mail):
            self._stamp()
            return outbox.current(mail)
        state = self._turn(turns.turn, mail)
        return turns.as_read(mail, state) if state else None

    def turn_as_row(self, mail: OutgoingMail) -> str | None:
        """Stamp the mail before, and read the row of one that turns.can_be_read(); None when it is
        not ours."""
        return self._turn(turns.turn_as_row, mail)

    def _turn(self, way: Callable[..., tuple[bool, T]], mail: OutgoingMail | None) -> T:
        before, waits = self._sent, time.monotonic() - self._sure_at >= _LONGEST
        was_ours, found = way(before, mail, waits=waits)
        if before is not None:
            self._sent = None
            self._unsure.append(before)
            self._note(before, was_ours=was_ours, waited=waits)
        return found

    def settle(self) -> None:
        """Stamp the last one, and wait until that and all the others are on the disk."""
        if (mail := self._sent) is not None:
            was_ours = outbox.sent(mail)
            self._sent = None
            self._note(mail, was_ours=was_ours, waited=True)
        if self._unsure:  # the last one was not sent, or its stamp wrote nothing
            outbox.keep_stamps(self._unsure)
            self._unsure.clear()
            self._sure_at = time.monotonic()

    def _stamp(self) -> None:
        """Stamp the mail before, and wait for the disk no more often than _turn() does."""
        if not turns.can_stamp():
            self.settle()
        elif self._sent is not None:
            self._turn(turns.turn, None)

    def _note(self, mail: OutgoingMail, *, was_ours: bool, waited: bool) -> None:
        if not was_ours:  # nor was anything written that could have waited for the disk
            logger.warning("Mail %s was sent after its lease had ended.", mail.pk)
        elif waited:
            self._unsure.clear()
            self._sure_at = time.monotonic()
