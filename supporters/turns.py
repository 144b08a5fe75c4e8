"""Turns: stamp the mail that was sent, and read what the next is decided by, in one trip.

By functions of PostgreSQL's (migration 0014), for mails asked for by signing. Texts are made of
what was read ahead, for many mails at once, and one goes out only if nothing that it was made of
has changed since: if the database writes the same row for it again, as one value. To take that
apart into fifteen columns would cost as much as the trip.
"""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections

from petitions.models import Petition
from supporters.kept import Kept
from supporters.models import OutgoingMail, Signature

State = tuple[Any, ...]  # the values of these columns


class Unconfirmed(NamedTuple):
    """A signature as far as a mail that asks to confirm is made of it."""

    id: int
    given_name: str
    status: str
    created_at: datetime
    confirmed_at: datetime | None
    language: str
    petition: Petition

    @property
    def pk(self) -> int:
        return self.id


# What a mail of a signer is decided and made by, in the order of the models, as from_db() takes
# it, and of the function. More of it is read when it is asked for.
SIGNATURE = Unconfirmed._fields[:-1]
PETITION = ("id", "slug", "title", "closes_at", "status", "closed_at", "read_only")
_STATUS = SIGNATURE.index("status")


class Reading(NamedTuple):
    """What was read ahead of a mail, and how the database writes it."""

    state: State
    row: str


_AT_ONCE = 50  # so that no text is made of what was read long before
_TURN = "SELECT * FROM supporters_mail_turn_2(%s, %s, %s, %s, %s)"
_TURN_AS_ROW = "SELECT supporters_mail_turn_2(%s, %s, %s, %s, %s)::text"
_STATES = "SELECT each.*, each::text FROM supporters_mail_states_1(%s::bigint[], %s) AS each"
# As select_related() sets them: assigning costs ten times as much.
_SIGNATURE = OutgoingMail._meta.get_field("signature")  # noqa: SLF001
_PETITION = Signature._meta.get_field("petition")  # noqa: SLF001
_petitions: Kept[Petition] = Kept()  # many mails, one after the other, are about the same


def can_be_read(mail: OutgoingMail) -> bool:
    return can_stamp() and mail.kind == OutgoingMail.Kind.SIGNATURE


def can_stamp() -> bool:
    return connection.vendor == "postgresql"


def turn(
    before: OutgoingMail | None, mail: OutgoingMail | None, *, waits: bool
) -> tuple[bool, State | None]:
    """Whether `before` was ours and is stamped, and the state of a mail, if that is ours still.

    Without a mail it only stamps, for what follows and is read in another way.

    The stamp is there for everybody at once; with `waits`, it is also on the disk, and all that was
    stamped before.
    """
    was_ours, is_ours, *state = _turn(_TURN, before, mail, waits=waits)
    return was_ours, tuple(state) if is_ours else None


def turn_as_row(
    before: OutgoingMail | None, mail: OutgoingMail | None, *, waits: bool
) -> tuple[bool, str | None]:
    """The same, with the state as the database writes it: a Reading's row."""
    [row] = _turn(_TURN_AS_ROW, before, mail, waits=waits)
    was_ours, is_ours, state = row[1:].split(",", 2)
    return was_ours == "t", state if is_ours == "t" else None


def _turn(
    sql: str, before: OutgoingMail | None, mail: OutgoingMail | None, *, waits: bool
) -> tuple[Any, ...]:
    database: Any = connections[DEFAULT_DB_ALIAS]
    with database.wrap_database_errors:
        cursor = _cursor(database)
        cursor.execute(sql, (*_claim(before), waits, *_claim(mail)))
        found: tuple[Any, ...] = cursor.fetchone()
    return found


class _OfThread(threading.local):
    connection: Any = None
    cursor: Any = None


_kept = _OfThread()


def _cursor(database: Any) -> Any:
    """The driver's own, kept as long as its connection: between two mails everybody waits for the
    trip, and Django's, made anew each time, takes a third of it."""
    if database.queries_logged or database.execute_wrappers:
        return database.cursor()
    database.ensure_connection()
    if _kept.connection is not database.connection:
        _kept.connection = database.connection
        _kept.cursor = database.create_cursor()
    return _kept.cursor


def _claim(mail: OutgoingMail | None) -> tuple[Any, Any]:
    return (mail.pk, mail.leased_until) if mail else (None, None)


def readings(mails: Iterable[OutgoingMail]) -> dict[int, Reading]:
    """By id, what is read of those mails of one claim that are ours still."""
    leases = {mail.pk: mail.leased_until for mail in mails}
    found: dict[int, Reading] = {}
    with connection.cursor() as cursor:
        for lease in set(leases.values()):
            ids = [pk for pk, leased_until in leases.items() if leased_until == lease]
            cursor.execute(_STATES, (ids, lease))
            for pk, is_ours, *state, row in cursor:
                if is_ours:
                    found[pk] = Reading(tuple(state), row.split(",", 2)[2])
    return found


def is_pending(state: State) -> bool:
    return bool(state[_STATUS] == Signature.Status.PENDING)


def as_read(mail: OutgoingMail, state: State) -> OutgoingMail:
    """The mail with what was read, as from outbox.current()."""
    signature = None
    if state[0] is not None:
        signature = Signature.from_db(connection.alias, SIGNATURE, state[: len(SIGNATURE)])
        _PETITION.set_cached_value(signature, _petition(state))
    _SIGNATURE.set_cached_value(mail, signature)
    return mail


def unconfirmed(state: State) -> Unconfirmed:
    """Of a mail whose signature is there; a model would cost as much as its mail."""
    return Unconfirmed._make((*state[: len(SIGNATURE)], _petition(state)))


def _petition(state: State) -> Petition:
    about = state[len(SIGNATURE) :]
    return _petitions.get(about, lambda: Petition.from_db(connection.alias, PETITION, about))


class Ahead:
    """What the mails of one claim are decided by, read for many of them at once."""

    def __init__(self) -> None:
        self._readings: dict[int, Reading] = {}
        self._read: set[int] = set()

    def pending(self, batch: Sequence[OutgoingMail], place: int = 0) -> Reading | None:
        """What was read of the mail at this place, if it is one that is yet to be confirmed."""
        mail = batch[place]
        if mail.pk not in self._read:
            following = list(islice(batch, place, place + _AT_ONCE))
            self._readings, self._read = readings(following), {each.pk for each in following}
        reading = self._readings.get(mail.pk)
        return reading if reading and is_pending(reading.state) else None

    def forget(self) -> None:
        """Something has changed since."""
        self._read.clear()
