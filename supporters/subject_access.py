"""What is held of an address, whatever the petition: for who asks for a copy (GDPR, article 15)."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from petitions.models import Invitation, Petition, PetitionDraft, User
from supporters import suppression
from supporters.addresses import email_key
from supporters.blocking import address_values, key_hashes, key_of
from supporters.models import (
    BlockedAddress,
    OutgoingMail,
    Report,
    Signature,
    SiteBlock,
    SuppressedAddress,
)
from supporters.signature_search import of_address

_SIGNATURE = (
    "id", "given_name", "family_name", "email", "postal_code", "locality", "reason", "display",
    "wants_updates", "status", "kind", "is_organizer", "position", "mails_asked", "created_at",
    "confirmed_at", "ended_at", "language", "source", "network",
)  # fmt: skip
_MAIL = ("kind", "recipient", "created_at", "sent_at", "failed_at", "failure", "attempts")
_DRAFT = ("address", "typed", "language", "mails_asked", "created_at", "changed_at")
_REPORT = ("category", "text", "email", "language", "created_at", "state", "decided_at", "answer")


def everything_of(address: str) -> dict[str, Any]:
    """As JSON takes it. Nothing about other people. Raises InvalidAddress."""
    key = email_key(address)
    signatures = of_address(key)
    return {
        "site": settings.SITE_URL,
        "address": address,
        "as_of": timezone.now(),
        "signatures": [_signature(row) for row in signatures],
        "mails": _mails(address, signatures),
        "gets_no_mailings_because": list(_suppressed(address)),
        "said_this_was_not_me_about": _blocked(key),
        "cannot_sign_because": list(_blocked_everywhere(key)),
        "drafts_of_petitions": list(PetitionDraft.objects.filter(email_key=key).values(*_DRAFT)),
        "reports": list(Report.objects.filter(email__iexact=address).values(*_REPORT)),
        "invitations": list(
            Invitation.objects.filter(address__iexact=address).values("role", "created_at")
        ),
        "accounts": list(
            User.objects.filter(email__iexact=address).values(
                "username", "email", "first_name", "last_name", "date_joined", "last_login"
            )
        ),
    }


def _signature(row: Signature) -> dict[str, Any]:
    consent = row.consent
    return {
        "petition": settings.SITE_URL + row.petition.get_absolute_url(),
        "title": row.petition.title,
        "version_signed": row.version.number,
        "country": str(row.country),
        **{name: getattr(row, name) for name in _SIGNATURE},
        "agreed_to": consent
        and {"purpose": consent.purpose, "wording": consent.wording, "language": consent.language},
    }


def _mails(address: str, signatures: list[Signature]) -> list[dict[str, Any]]:
    """Those of its signatures: by an index. The recipient of any other kind is looked for, too."""
    ids = [row.pk for row in signatures]
    own = OutgoingMail.objects.filter(signature_id__in=ids)
    others = OutgoingMail.objects.filter(signature=None, recipient__iexact=address)
    return [*own.order_by("pk").values(*_MAIL), *others.order_by("pk").values(*_MAIL)]


def _suppressed(address: str) -> Any:
    rows = SuppressedAddress.objects.filter(key_hash__in=suppression.key_hashes(address))
    return rows.order_by("created_at").values("why", "created_at")


def _blocked(key: str) -> list[str]:
    """The petitions of which it wants no mail. They are kept as hashes, one way of each petition's
    own: all those are tried of which somebody said so."""
    rows = BlockedAddress.objects.all()
    petitions = Petition.objects.filter(pk__in=rows.values("petition")).only("slug")
    by_hash = {each: petition for petition in petitions for each in key_hashes(petition.pk, key)}
    found = rows.filter(key_hash__in=by_hash).values_list("key_hash", flat=True)
    return [settings.SITE_URL + by_hash[each].get_absolute_url() for each in found]


def _blocked_everywhere(key: str) -> Any:
    """By its moderators, this address and no other: what is blocked by domain or network is
    nothing about one person."""
    keys = [key_of(SiteBlock.Kind.ADDRESS, value) for value in address_values(key)]
    rows = SiteBlock.objects.filter(key__in=keys)
    return rows.values("reason", "created_at", "expires_at")
