"""Whose fault it was that a mail did not go: the mail's, the connection's or the server's."""

import re
import smtplib
from email.errors import MessageError
from enum import Enum, auto

_CLOSING = 421
_TOO_BIG = 552
_LOG_IN = frozenset({454, 530, 534, 535, 538})  # RFC 4954: no mail's fault, whichever it meets
_PERMANENT = range(500, 600)
# RFC 3463: no such mailbox, no address, moved, no mail for this domain; mailbox disabled.
_NO_MAILBOX = re.compile(r"\s*5\.(1\.(1|3|6|10)|2\.1)(?![0-9])")


class Verdict(Enum):
    """Whose fault it was."""

    SERVER = auto()  # nothing can be sent now: the whole batch waits
    LINE = auto()  # the connection broke: by chance, or by this very mail
    MAIL_NOW = auto()  # this mail, for now
    MAIL_EVER = auto()  # this mail, for good


def may_be_the_connection(error: Exception) -> bool:
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


def is_goodbye(error: Exception) -> bool:
    """The server said that it ends the connection, as some do after so many mails."""
    return isinstance(error, smtplib.SMTPException) and answer_of(error)[0] == _CLOSING


def is_hard_bounce(error: Exception) -> bool:
    """Whether the server said, of this recipient, that there is no such mailbox.

    Only where it says so by an enhanced status code (RFC 3463). A bare 550 is also what a server
    answers that would not take mail from us at all, and then no address is to blame.
    """
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    code, text = answer_of(error)
    return code in _PERMANENT and _NO_MAILBOX.match(text) is not None


def _judge_smtp(error: smtplib.SMTPException) -> Verdict:
    code = answer_of(error)[0]
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


def answer_of(error: smtplib.SMTPException) -> tuple[int, str]:
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
        code, text = answer_of(error)
        if code:
            return f"{code} {text}"
    return f"{type(error).__name__}: {error}"
