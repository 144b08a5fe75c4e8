"""Signing: one signature per person and petition, and a mail to confirm it, in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from petitions.models import Petition
from supporters.blocking import key_hashes
from supporters.models import OutgoingMail, Signature

MAX_MAILS = 5  # per address and petition, so that nobody can fill a stranger's mailbox

# A new address makes a row. One that is pending or confirmed changes nothing but mails_asked, so
# that a stranger cannot alter what was signed, and costs and answers the same. No row comes back
# when the mails are used up, when the address is blocked, or when the petition cannot be signed
# (checked here again, since it may have closed while the form was read).
_SIGN = """
INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
    locality, reason, display, wants_updates, status, kind, is_organizer, mails_asked, created_at,
    language, source
)
SELECT petition.id, petition.version_id, %s, %s, %s, %s, %s, %s,
    '', %s, %s, %s, 'pending', %s, %s, 1, %s, %s, %s
FROM petitions_petition AS petition
WHERE petition.id = %s AND petition.status = 'open' AND NOT petition.read_only
    AND (petition.closes_at IS NULL OR petition.closes_at > %s)
    AND NOT EXISTS (
        SELECT 1 FROM supporters_blockedaddress AS blocked
        WHERE blocked.petition_id = petition.id AND blocked.key_hash IN ({hashes})
    )
ON CONFLICT (petition_id, email_key) WHERE status IN ('pending', 'confirmed')
DO UPDATE SET mails_asked = supporters_signature.mails_asked + 1
    WHERE supporters_signature.mails_asked < %s
RETURNING id, email
"""


class NotSignable(Exception):
    """The petition is not open for signatures (any more). Nothing was stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What somebody typed into the form, cleaned. `email` as typed, `email_key` from addresses."""

    given_name: str
    family_name: str
    email: str
    email_key: str
    country: str = ""
    postal_code: str = ""
    reason: str = ""
    display: str = Signature.Display.INITIAL
    wants_updates: bool = False
    language: str = ""
    source: str = ""


def sign(petition_id: int, signer: Signer) -> None:
    """Record a pending signature and ask for its mail. Says nothing about who signed before.

    Raises NotSignable when the petition cannot be signed now. Costs one INSERT of each.
    """
    now = timezone.now()
    hashes = key_hashes(petition_id, signer.email_key)
    values = [
        signer.given_name,
        signer.family_name,
        signer.email,
        signer.email_key,
        signer.country,
        signer.postal_code,
        signer.reason,
        signer.display,
        signer.wants_updates,
        Signature.Kind.ONLINE,
        False,
        now,
        signer.language,
        signer.source,
        petition_id,
        now,
        *hashes,
        MAX_MAILS,
    ]
    statement = _SIGN.format(hashes=", ".join(["%s"] * len(hashes)))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, [_adapted(value) for value in values])
            row = cursor.fetchone()
        if row:
            # Only the signature's own mailbox hears of it: the one typed now may be another's,
            # where a "+" or capitals make a difference.
            signature_id, address = row
            OutgoingMail.objects.create(
                kind=OutgoingMail.Kind.SIGNATURE,
                recipient=address,
                petition_id=petition_id,
                signature_id=signature_id,
                payload={"language": signer.language},
            )
    if not row and not _is_signable(petition_id):
        raise NotSignable


def ask_again(petition_id: int, email_key: str, *, language: str = "") -> None:
    """Send the mail of a pending or confirmed signature once more, within MAX_MAILS."""
    with transaction.atomic():
        signature = (
            Signature.objects.select_for_update(no_key=True)
            .filter(
                petition_id=petition_id,
                email_key=email_key,
                status__in=(Signature.Status.PENDING, Signature.Status.CONFIRMED),
                mails_asked__lt=MAX_MAILS,
            )
            .first()
        )
        if signature is None:
            return
        signature.mails_asked += 1
        signature.save(update_fields=["mails_asked"])
        OutgoingMail.objects.create(
            kind=OutgoingMail.Kind.SIGNATURE,
            recipient=signature.email,
            petition_id=petition_id,
            signature=signature,
            payload={"language": language or signature.language},
        )


def _is_signable(petition_id: int) -> bool:
    return Petition.objects.open().filter(pk=petition_id, read_only=False).exists()


def _adapted(value: Any) -> Any:
    """Datetimes as the database backend wants them in raw SQL."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
