"""Delivering: a claimed batch over one open connection, and whose fault it was when one fails.

No transaction is open while the server is spoken to. Each mail is read again just before it is
sent and stamped right after; between the two, a killed worker leaves one mail that goes out
twice, since SMTP has no way to ask "did you take that one?". Where server and database allow it,
mails overlap (streaming.py); whatever is out of the ordinary goes, and is judged, as here.
"""

import logging
import smtplib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import Error as DatabaseFailure

from supporters import mails, outbox, switches
from supporters.mail_backend import Mail
from supporters.mail_line import Line
from supporters.models import OutgoingMail
from supporters.stamps import Stamps
from supporters.streaming import stream
from supporters.suppression import Why, suppress
from supporters.turns import Ahead
from supporters.verdicts import (
    Verdict,
    answer_of,
    describe,
    is_hard_bounce,
    judge,
    may_be_the_connection,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Round:
    """What became of one batch. `trouble` is why the server or the line ended it, or ''."""

    claimed: int = 0
    sent: int = 0
    failed: int = 0
    trouble: str = ""


def deliver(
    *,
    limit: int = outbox.BATCH,
    go_on: Callable[[], bool] = lambda: True,
    stamps: Stamps | None = None,
    line: Line | None = None,
    take_over: bool = True,
) -> Round:
    """Claim a batch and send it. `go_on` is asked before each mail; the rest is released.

    It stops by itself when half the lease is over, since the mail in flight may take the other
    half (the system check E006 compares the lease with the mail server's time-out).

    Who calls it again and again gives the same `stamps` each time, so that what was sent when the
    database went away is stamped once it is back; and the same `line`, which is left open for the
    next batch if all goes well. `take_over` is claim()'s.
    """
    stamps = Stamps() if stamps is None else stamps
    stamps.make_up()
    stop_at = time.monotonic() + settings.PETITIONS_OUTBOX_LEASE / 2  # before the lease begins
    claimed = outbox.claim(limit, take_over=take_over)
    batch = deque(outbox.without_undeliverable(claimed))
    delivery = Delivery(Round(claimed=len(claimed)), stamps, line or Line())

    def goes_on() -> bool:
        return not delivery.round.trouble and go_on() and time.monotonic() < stop_at

    try:
        while batch and goes_on():
            if stream(delivery, batch, goes_on):
                continue
            if batch[0].mailing_id and switches.current().mailings_paused:
                break  # single mails come first in a batch: what is left of this one waits
            delivery.announce(batch[0])
            if (mail := stamps.next(batch[0])) is None:
                batch.popleft()  # cancelled, erased, or claimed by another
                continue
            message = delivery.compose(mail)
            if message is None or delivery.connect():
                batch.popleft()  # from here on it is not released: it may have gone out
            if message is not None and delivery.line.is_open:
                delivery.send(mail, message)
    finally:
        delivery.line.recall()
        stamps.untried(batch)
        try:
            stamps.settle()
        finally:
            if line is None or delivery.round.trouble:
                delivery.line.close()
        delivery.settle()
        stamps.release()
    return delivery.round


class Delivery:
    """One batch on its way."""

    def __init__(self, result: Round, stamps: Stamps, line: Line) -> None:
        self.round = result
        self.line = line
        self.stamps = stamps
        self.ahead = Ahead()
        # It broke a fresh connection. Whether by itself is seen at the next mail.
        self._suspect: tuple[OutgoingMail, str] | None = None

    def announce(self, mail: OutgoingMail) -> None:
        try:
            self.line.announce(mails.address_on_the_wire(mail.recipient))
        except ValueError:  # no address: said when it is composed
            return

    def compose(self, mail: OutgoingMail) -> Mail | None:
        """The message, or None when there is none to send; then the row is dealt with."""
        try:
            message = mails.compose(mail)
        except DatabaseFailure:
            raise
        except Exception as error:  # noqa: BLE001 (judged; the others go on)
            self._note(mail, error)
            return None
        if message is None:
            outbox.drop(mail)
        return message

    def connect(self) -> bool:
        if (error := self.line.open()) is not None:
            self.round.trouble = describe(error)
        return error is None

    def send(self, mail: OutgoingMail, message: Mail) -> None:
        """Send one and write down what became of it."""
        self.conclude(mail, message, self.line.send(message))

    def conclude(self, mail: OutgoingMail, message: Mail, error: Exception | None) -> None:
        """Write down what became of it, after another try where the connection may be at fault."""
        if error is not None and self.line.used and may_be_the_connection(error):
            self.line.close()
            error = self.line.open() or self.line.send(message)
        if error is None:
            self.line.used = True
            self.took(mail)
            return
        verdict = judge(error)
        if verdict is Verdict.SERVER or not self.line.is_open:
            self.round.trouble = describe(error)
            outbox.release([mail])
        elif verdict is Verdict.LINE:
            self.line.close()
            if self._suspect is None:
                self._suspect = (mail, describe(error))
            else:  # two, one right after the other: the server
                self.round.trouble = describe(error)
                outbox.put_off(mail, describe(error), own_fault=False)
        else:
            self.line.used = True
            self.line.reset()
            self.refused(mail, error)

    def took(self, mail: OutgoingMail) -> None:
        self.round.sent += 1
        self.stamps.add(mail)
        self.settle()

    def refused(self, mail: OutgoingMail, error: Exception) -> None:
        self._note(mail, error)
        self.settle()

    def settle(self) -> None:
        """Put the suspect off, else a mail that the server cannot bear would block the others."""
        if self._suspect is None:
            return
        mail, reason = self._suspect
        self._suspect = None
        outbox.put_off(mail, reason, own_fault=not self.round.trouble)

    def _note(self, mail: OutgoingMail, error: Exception) -> None:
        """Write down a failure of the mail's own."""
        self.round.failed += 1
        kind = type(error).__name__
        if isinstance(error, smtplib.SMTPException):
            # The server's words often hold the address, and logs outlive its erasure.
            logger.warning("Mail %s failed: %s %s", mail.pk, kind, answer_of(error)[0] or "")
        else:
            logger.warning("Mail %s failed: %s", mail.pk, kind, exc_info=error)
        if judge(error) is Verdict.MAIL_EVER:
            outbox.fail(mail, describe(error))
            if is_hard_bounce(error):
                suppress(mail.recipient, Why.BOUNCE)
        else:
            outbox.put_off(mail, describe(error))
