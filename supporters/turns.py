"""Turns: stamp the mail that was sent, and read what others are decided by, in one trip.

By a function of PostgreSQL's (migration 0009), for mails asked for by signing. What was read of a
mail is a plain row, so that two readings can be compared: a mail whose text is made goes out only
if nothing that it was made of has changed since.
"""

from typing import Any

from django.db import connection

from petitions.models import Petition
from supporters.kept import Kept
from supporters.models import OutgoingMail, Signature

# What a mail of a signer is decided and made by, in the order of the models, as from_db() takes
# it, and of the function. More of it is read when it is asked for.
SIGNATURE = ("id", "given_name", "status", "created_at", "confirmed_at", "language")
PETITION = ("id", "slug", "title", "closes_at", "status", "closed_at", "read_only")
_STATUS = SIGNATURE.index("status")

State = tuple[Any, ...]  # the values of these columns

_STATEMENT = "SELECT * FROM supporters_mail_turn_1(%s, %s, %s, %s, %s, %s)"
_petitions: Kept[Petition] = Kept()  # many mails, one after the other, are about the same


def can_be_read(mail: OutgoingMail) -> bool:
    return connection.vendor == "postgresql" and mail.kind == OutgoingMail.Kind.SIGNATURE


def turn(
    before: OutgoingMail | None,
    mail: OutgoingMail,
    follower: OutgoingMail | None = None,
    *,
    waits: bool,
) -> tuple[bool, State | None, State | None]:
    """Whether `before` was ours and is stamped, and the states of two mails of one claim.

    A mail that is not ours any more has no state. The stamp is there for everybody at once; with
    `waits`, it is also on the disk, and all that was stamped before.
    """
    stamp = (before.pk, before.leased_until) if before else (None, None)
    second = follower.pk if follower else None
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, (*stamp, waits, mail.pk, second, mail.leased_until))
        rows = cursor.fetchall()
    states = {row[1]: row[3:] for row in rows if row[2]}
    return rows[0][0], states.get(mail.pk), states.get(second)


def is_pending(state: State | None) -> bool:
    return state is not None and state[_STATUS] == Signature.Status.PENDING


def as_read(mail: OutgoingMail, state: State) -> OutgoingMail:
    """The mail with what was read, as from outbox.current()."""
    mail.signature = None
    if state[0] is not None:
        signature = Signature.from_db(connection.alias, SIGNATURE, state[: len(SIGNATURE)])
        about = state[len(SIGNATURE) :]
        signature.petition = _petitions.get(
            about, lambda: Petition.from_db(connection.alias, PETITION, about)
        )
        mail.signature = signature
    return mail
