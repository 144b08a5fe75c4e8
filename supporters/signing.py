"""Signing: one signature per person and petition, and a mail to confirm it, in one transaction."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from petitions.models import Petition
from supporters.blocking import key_hashes
from supporters.consent import consent_id
from supporters.database_functions import NOW, call
from supporters.models import OutgoingMail, Signature

MAX_MAILS = 5  # per address and petition, so that nobody can fill a stranger's mailbox

# SQLite's way. PostgreSQL's is the function of migration 0016, by the same rules: one trip instead
# of four, a transaction by itself, planned once a connection, and the same for every address.

# The petition as it is now, by its id: it may have closed, or changed its slug, since the form was
# read.
_PETITION = """
SELECT id, version_id, moment,
    (%s = '' OR slug = %s) AND status = 'open' AND NOT read_only
        AND (closes_at IS NULL OR closes_at > moment) AS is_signable,
    EXISTS (
        SELECT 1 FROM supporters_blockedaddress AS blocked
        WHERE blocked.petition_id = petitions_petition.id AND blocked.key_hash IN ({hashes})
    ) AS is_blocked
FROM petitions_petition, (SELECT %s AS moment) AS clock
WHERE id = %s
"""

# A new address makes a row. One that is pending or confirmed changes nothing but mails_asked, so
# that a stranger cannot alter what was signed, and costs and answers the same. No row comes back
# when the mails are used up, when the address is blocked, or when the petition cannot be signed.
_SIGN = f"""
WITH petition AS MATERIALIZED ({_PETITION})
INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
    locality, reason, display, wants_updates, status, kind, is_organizer, mails_asked, created_at,
    language, source, consent_id
)
SELECT petition.id, petition.version_id, %s, %s, %s, %s, %s, %s,
    '', %s, %s, %s, 'pending', 'online', FALSE, 1, petition.moment, %s, %s, %s
FROM petition WHERE petition.is_signable AND NOT petition.is_blocked
ON CONFLICT (petition_id, email_key) WHERE status IN ('pending', 'confirmed')
DO UPDATE SET mails_asked = supporters_signature.mails_asked + 1
    WHERE supporters_signature.mails_asked < %s
RETURNING id, email
"""  # noqa: S608 (of texts of ours)

_MAIL = """
INSERT INTO supporters_outgoingmail (
    kind, recipient, petition_id, signature_id, payload, created_at, not_before, attempts, failure
) VALUES ('signature', %s, %s, %s, %s, %s, %s, 0, '')
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


def sign(petition_id: int, signer: Signer, *, slug: str = "", agrees_to: str = "") -> None:
    """Record a pending signature and ask for its mail. Says nothing about who signed before.

    `slug`: the petition's present one, for who knows the id from memory alone. Raises NotSignable
    when the petition cannot be signed now, or has another slug. `agrees_to`: the words of
    supporters.consent; '' where the box was not ticked. Costs one INSERT of each.
    """
    hashes = key_hashes(petition_id, signer.email_key)
    typed = (
        signer.given_name,
        signer.family_name,
        signer.email,
        signer.email_key,
        signer.country,
        signer.postal_code,
        signer.reason,
        signer.display,
        signer.wants_updates,
        signer.language,
        signer.source,
    )
    if connection.vendor == "postgresql":
        is_signable = call(
            "supporters_sign_2", petition_id, slug, hashes, NOW, MAX_MAILS, *typed, agrees_to
        )
    else:
        is_signable = _in_two_steps(petition_id, slug, hashes, typed, agrees_to)
    if not is_signable:
        raise NotSignable


def _in_two_steps(
    petition_id: int, slug: str, hashes: list[str], typed: tuple[Any, ...], agrees_to: str
) -> bool:
    statement = _SIGN.format(hashes=", ".join(["%s"] * len(hashes)))
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    payload = json.dumps({"language": typed[-2]})
    with transaction.atomic(), connection.cursor() as cursor:
        consent = consent_id(agrees_to) if agrees_to else None
        cursor.execute(
            statement, [slug, slug, *hashes, now, petition_id, *typed, consent, MAX_MAILS]
        )
        row = cursor.fetchone()
        if row:
            # Only the signature's own mailbox hears of it: the one typed now may be another's,
            # where a "+" or capitals make a difference.
            signature_id, address = row
            cursor.execute(_MAIL, [address, petition_id, signature_id, payload, now, now])
    return bool(row) or _is_signable(petition_id, slug)


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
            not_before=Now(),
        )


def _is_signable(petition_id: int, slug: str) -> bool:
    named = {"slug": slug} if slug else {}
    return Petition.objects.open().filter(pk=petition_id, read_only=False, **named).exists()
