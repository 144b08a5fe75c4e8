"""Signing: one signature per person and petition, and a mail to confirm it, in one transaction."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists
from django.db.models.functions import Now
from django.utils import timezone

from petitions.models import Petition
from supporters import metrics
from supporters.blocking import key_hashes, site_keys
from supporters.consent import consent_id
from supporters.database_functions import NOW, call
from supporters.models import OutgoingMail, Signature, SiteBlock

MAX_MAILS = 5  # per address and petition, so that nobody can fill a stranger's mailbox

# What became of it, as PostgreSQL's function says it.
_NOT_SIGNABLE, _TAKEN, _KEPT_OUT = 0, 1, 2

# SQLite's way. PostgreSQL's is the function of migration 0025, by the same rules: one trip instead
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
    ) OR EXISTS (
        SELECT 1 FROM supporters_siteblock AS kept_out
        WHERE kept_out.key IN ({keys})
            AND (kept_out.expires_at IS NULL OR kept_out.expires_at > moment)
    ) AS is_blocked
FROM petitions_petition, (SELECT %s AS moment) AS clock
WHERE id = %s
"""

# A new address makes a row. One that is pending or confirmed changes nothing but mails_asked, so
# that a stranger cannot alter what was signed, and costs and answers the same. No row comes back
# when the mails are used up, when the address, its domain or its network is blocked, or when the
# petition cannot be signed.
_SIGN = f"""
WITH petition AS MATERIALIZED ({_PETITION})
INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
    locality, reason, display, wants_updates, status, kind, is_organizer, mails_asked, created_at,
    language, source, network, consent_id
)
SELECT petition.id, petition.version_id, %s, %s, %s, %s, %s, %s,
    '', %s, %s, %s, 'pending', 'online', FALSE, 1, petition.moment, %s, %s, %s, %s
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
    # Of where it is asked from (client.py): what is kept of it, and what is only looked up.
    network: str = ""
    asked_from: tuple[str, ...] = ()


def sign(petition_id: int, signer: Signer, *, slug: str = "", agrees_to: str = "") -> None:
    """Record a pending signature and ask for its mail. Says nothing about who signed before.

    `slug`: the petition's present one, for who knows the id from memory alone. Raises NotSignable
    when the petition cannot be signed now, or has another slug. Who is on the site's block lists is
    not told so: nothing is stored, and nothing raised. `agrees_to`: the words of
    supporters.consent; '' where the box was not ticked. Costs one INSERT of each.
    """
    hashes = key_hashes(petition_id, signer.email_key)
    keys = site_keys(signer.email_key, signer.asked_from)
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
        signer.network or None,
    )
    if connection.vendor == "postgresql":
        answer = call(
            "supporters_sign_3", petition_id, slug, hashes, keys, NOW, MAX_MAILS, *typed, agrees_to
        )
    else:
        answer = _in_two_steps(petition_id, slug, hashes, keys, typed, agrees_to)
    if answer == _NOT_SIGNABLE:
        raise NotSignable
    if answer == _KEPT_OUT:
        metrics.kept_out.inc()


def _in_two_steps(
    petition_id: int,
    slug: str,
    hashes: list[str],
    keys: list[str],
    typed: tuple[Any, ...],
    agrees_to: str,
) -> int:
    slots = {"hashes": hashes, "keys": keys}
    statement = _SIGN.format(**{name: ", ".join(["%s"] * len(slots[name])) for name in slots})
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    payload = json.dumps({"language": typed[-3]})
    with transaction.atomic(), connection.cursor() as cursor:
        consent = consent_id(agrees_to) if agrees_to else None
        cursor.execute(
            statement, [slug, slug, *hashes, *keys, now, petition_id, *typed, consent, MAX_MAILS]
        )
        row = cursor.fetchone()
        if row:
            # Only the signature's own mailbox hears of it: the one typed now may be another's,
            # where a "+" or capitals make a difference.
            signature_id, address = row
            cursor.execute(_MAIL, [address, petition_id, signature_id, payload, now, now])
    return _TAKEN if row else _why_not(petition_id, slug, keys)


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


def _why_not(petition_id: int, slug: str, keys: list[str]) -> int:
    named = {"slug": slug} if slug else {}
    signable = Petition.objects.open().filter(pk=petition_id, read_only=False, **named)
    blocks = SiteBlock.objects.standing().filter(key__in=keys)
    is_kept_out = signable.values_list(Exists(blocks), flat=True).first()
    if is_kept_out is None:
        return _NOT_SIGNABLE
    return _KEPT_OUT if is_kept_out else _TAKEN
