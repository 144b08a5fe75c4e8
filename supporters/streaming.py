"""Streaming: mails one after the other, so that server, database and we work at the same time.

What the next mails are about is read for many at once. When mail 1 was taken, the server has
already been asked for mail 2 and waits for its text, which is made. One trip to the database stamps
1 and reads 2 once more. If 2 is still what its text says, the text and the question for 3 are one
packet; while the server works on it, the text of 3 is made. So at no moment has the server taken
two mails without a stamp, and each is decided by what was read one trip before, as elsewhere.

For mails asked for by signing that have yet to be confirmed, on PostgreSQL, and to a server that
offers PIPELINING and 8BITMIME and has taken such a mail on this connection.
"""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from django.db import Error as DatabaseFailure

from supporters import mails, turns
from supporters.models import OutgoingMail
from supporters.verdicts import Verdict, is_goodbye, judge

if TYPE_CHECKING:
    from supporters.delivery import Delivery


class _Letter(NamedTuple):
    mail: OutgoingMail
    reading: turns.Reading  # that it was made of
    text: bytes


def stream(delivery: "Delivery", batch: deque[OutgoingMail], goes_on: Callable[[], bool]) -> int:
    """Send from the batch for as long as all is in order; how many were dealt with.

    What is left begins with a mail that is to go the ordinary way.
    """
    before = len(batch)
    try:
        if _fits(delivery, batch[0]):
            _stream(delivery, batch, goes_on)
    except OSError:  # SMTPException is one; the first of the batch has not gone
        delivery.line.doubt()
        delivery.line.break_off()
    except BaseException:
        delivery.line.break_off()
        raise
    return before - len(batch)


def _stream(delivery: "Delivery", batch: deque[OutgoingMail], goes_on: Callable[[], bool]) -> None:
    line, ahead = delivery.line, delivery.ahead
    letter: _Letter | None = _letter(delivery, batch[0], ahead.pending(batch))
    if letter is None:
        return
    line.ask(_address(letter.mail))
    candidate = _candidate(delivery, batch)
    while line.granted():
        if letter is None:  # it looked as if it could be made
            line.break_off()
            return
        if delivery.stamps.turn_as_row(letter.mail) != letter.reading.row:
            ahead.forget()
            line.break_off()
            return
        follower, reading = candidate if candidate and goes_on() else (None, None)
        batch.popleft()  # from here on it is not released: it may have gone out
        try:
            line.write(letter.text, _address(follower) if follower else "")
            # While the server works on it.
            following = _letter(delivery, follower, reading) if follower else None
            candidate = _candidate(delivery, batch) if follower else None
            line.answer()
        except OSError as error:
            if not _bear(delivery, letter, error):
                return
        else:
            delivery.took(letter.mail)
        if follower is None:
            return
        letter = following


def _candidate(
    delivery: "Delivery", batch: deque[OutgoingMail]
) -> tuple[OutgoingMail, turns.Reading] | None:
    """The mail after the first of the batch, with what it is decided by, if it goes this way."""
    if len(batch) < 2 or not _fits(delivery, batch[1]):  # noqa: PLR2004 (a pair)
        return None
    try:
        reading = delivery.ahead.pending(batch, 1)
    except DatabaseFailure:  # said again by the next turn, when it is known what the server took
        return None
    return (batch[1], reading) if reading else None


def _bear(delivery: "Delivery", letter: _Letter, error: Exception) -> bool:
    """Write down why it was not taken. Whether the connection can be used as if it had been."""
    if judge(error) in {Verdict.MAIL_NOW, Verdict.MAIL_EVER}:
        delivery.refused(letter.mail, error)
        return True
    if not is_goodbye(error):
        delivery.line.doubt()
    delivery.line.hang_up()
    if message := delivery.compose(turns.as_read(letter.mail, letter.reading.state)):
        delivery.conclude(letter.mail, message, error)
    return False


def _fits(delivery: "Delivery", mail: OutgoingMail) -> bool:
    if not turns.can_be_read(mail):
        return False
    try:
        return delivery.line.can_stream(_address(mail))
    except ValueError:  # no address
        return False


def _address(mail: OutgoingMail) -> str:
    return mails.address_on_the_wire(mail.recipient)


def _letter(
    delivery: "Delivery", mail: OutgoingMail, reading: turns.Reading | None
) -> _Letter | None:
    """The mail as bytes, or None where it cannot be had in this way, or is not to be sent."""
    if reading is None:
        return None
    try:
        made = mails.asking_to_confirm(mail, turns.unconfirmed(reading.state))
    except Exception:  # noqa: BLE001 (again, and judged, when it goes the ordinary way)
        return None
    text = delivery.line.wire(*made) if made else None
    return _Letter(mail, reading, text) if text else None
