"""Delivering: a claimed batch over one open connection, and whose fault it was when one fails.

No transaction is open while the server is spoken to. Each mail is read again just before it is
sent and stamped right after; between the two, a killed worker leaves one mail that goes out
twice, since SMTP has no way to ask "did you take that one?".
"""

import logging
import smtplib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import MessageError
from enum import Enum, auto

from django.conf import settings
from django.db import Error as DatabaseFailure

from supporters import mails, outbox
from supporters.mail_backend import Mail, mail_backend, smtp_connection
from supporters.models import OutgoingMail

logger = logging.getLogger(__name__)

_OK = 250
_CLOSING = 421
_TOO_BIG = 552
_LOG_IN = frozenset({454, 530, 534, 535, 538})  # RFC 4954: no mail's fault, whichever it meets
_PERMANENT = range(500, 600)


class Verdict(Enum):
    """Whose fault it was."""

    SERVER = auto()  # nothing can be sent now: the whole batch waits
    LINE = auto()  # the connection broke: by chance, or by this very mail
    MAIL_NOW = auto()  # this mail, for now
    MAIL_EVER = auto()  # this mail, for good


@dataclass(slots=True)
class Round:
    """What became of one batch. `trouble` is why the server or the line ended it, or ''."""

    claimed: int = 0
    sent: int = 0
    failed: int = 0
    trouble: str = ""


def deliver(*, limit: int = outbox.BATCH, go_on: Callable[[], bool] = lambda: True) -> Round:
    """Claim a batch and send it. `go_on` is asked before each mail; the rest is released.

    It stops by itself when half the lease is over, since the mail in flight may take the other
    half (the system check E006 compares the lease with the mail server's time-out).
    """
    stop_at = time.monotonic() + settings.PETITIONS_OUTBOX_LEASE / 2  # before the lease begins
    batch = deque(outbox.claim(limit))
    delivery = _Delivery(Round(claimed=len(batch)))
    try:
        while batch and not delivery.round.trouble and go_on() and time.monotonic() < stop_at:
            if (mail := outbox.current(batch[0])) is None:
                batch.popleft()  # cancelled, erased, or claimed by another
                continue
            message = delivery.compose(mail)
            if message is None or delivery.connect():
                batch.popleft()  # from here on it is not released: it may have gone out
            if message is not None and delivery.line.is_open:
                delivery.send(mail, message)
    finally:
        delivery.line.close()
        delivery.settle()
        _release(batch)
    return delivery.round


class _Delivery:
    """One batch on its way."""

    def __init__(self, result: Round) -> None:
        self.round = result
        self.line = _Line()
        # It broke a fresh connection. Whether by itself is seen at the next mail.
        self._suspect: tuple[OutgoingMail, str] | None = None

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
        error = self.line.send(message)
        if error is not None and self.line.used and _may_be_the_connection(error):
            self.line.close()
            error = self.line.open() or self.line.send(message)
        if error is None:
            self.round.sent += 1
            self.line.used = True
            if not outbox.sent(mail):
                logger.warning("Mail %s was sent after its lease had ended.", mail.pk)
            self.settle()
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
            logger.warning("Mail %s failed: %s %s", mail.pk, kind, _answer(error)[0] or "")
        else:
            logger.warning("Mail %s failed: %s", mail.pk, kind, exc_info=error)
        if judge(error) is Verdict.MAIL_EVER:
            outbox.fail(mail, describe(error))
        else:
            outbox.put_off(mail, describe(error))


def _release(batch: deque[OutgoingMail]) -> None:
    if not batch:
        return
    try:
        outbox.release(batch)
    except DatabaseFailure:
        logger.warning("%s mails wait for their lease to end.", len(batch))


class _Line:
    """One connection to the mail server, opened when it is needed."""

    def __init__(self) -> None:
        self._backend = mail_backend()
        self.is_open = False
        self.used = False  # the server has answered a mail on this connection

    def open(self) -> Exception | None:
        """Connect and greet. Returns what went wrong, which is no mail's fault."""
        if self.is_open:
            return None
        try:
            self._backend.open()
            if connection := smtp_connection(self._backend):
                connection.ehlo_or_helo_if_needed()
        except OSError as error:  # SMTPException is one
            self.close()
            return error
        self.is_open, self.used = True, False
        return None

    def send(self, message: Mail) -> Exception | None:
        try:
            if self._backend.send_messages([message]) == 0:
                return ValueError("there is no recipient")
        except Exception as error:  # noqa: BLE001 (judged by the caller)
            return error
        return None

    def reset(self) -> None:
        """Make it usable after a failed mail: smtplib leaves some transactions open."""
        connection = smtp_connection(self._backend)
        if connection is None:
            return
        try:
            code, _ = connection.rset()
        except smtplib.SMTPException:
            code = 0
        if code != _OK:
            self.close()

    def close(self) -> None:
        self.is_open = False
        try:
            self._backend.close()
        except OSError:  # a server that answers QUIT with nonsense
            logger.debug("The mail server did not say goodbye.", exc_info=True)


def _may_be_the_connection(error: Exception) -> bool:
    """Worth a try on a new one: it worked a moment ago, some servers take so many mails on each.

    Not after a time-out. The server may have taken the mail and be slow to say so.
    """
    if isinstance(error.__context__, TimeoutError):
        return False
    return judge(error) in {Verdict.SERVER, Verdict.LINE}


def judge(error: Exception) -> Verdict:
    """Whose fault an exception of the mail backend is."""
    if isinstance(error, smtplib.SMTPException):
        return _judge_smtp(error)
    if isinstance(error, OSError):
        return Verdict.LINE
    # Headers and addresses that cannot be: ValueError, also UnicodeError; IndexError is how
    # some Pythons' address parser fails.
    if isinstance(error, (ValueError, MessageError, IndexError)):
        return Verdict.MAIL_EVER
    return Verdict.MAIL_NOW


def _judge_smtp(error: smtplib.SMTPException) -> Verdict:
    code = _answer(error)[0]
    if code == _CLOSING or isinstance(error, smtplib.SMTPServerDisconnected):
        return Verdict.LINE
    senders = (
        smtplib.SMTPSenderRefused,
        smtplib.SMTPAuthenticationError,
        smtplib.SMTPConnectError,
        smtplib.SMTPHeloError,
    )
    # The sender is the same for all our mails. What depends on the mail is its size.
    if code in _LOG_IN or (isinstance(error, senders) and code != _TOO_BIG):
        return Verdict.SERVER
    if code in _PERMANENT or isinstance(error, smtplib.SMTPNotSupportedError):
        return Verdict.MAIL_EVER
    return Verdict.MAIL_NOW


def _answer(error: smtplib.SMTPException) -> tuple[int, str]:
    """Code and text of the server's answer; (0, …) where it gave none."""
    answer: tuple[int, bytes | str] = (0, str(error))
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        answer = next(iter(error.recipients.values()))  # we send to one
    elif isinstance(error, smtplib.SMTPResponseException):
        answer = (error.smtp_code, error.smtp_error)
    code, text = answer
    return code, text.decode(errors="replace") if isinstance(text, bytes) else text


def describe(error: Exception) -> str:
    """For people: the server's own words where there are any. Without line breaks of ours."""
    if isinstance(error, smtplib.SMTPException):
        code, text = _answer(error)
        if code:
            return f"{code} {text}"
    return f"{type(error).__name__}: {error}"
