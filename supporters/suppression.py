"""Addresses that mailings leave out: they bounce, complained, or want no more mail of this site.

Kept as keyed hashes, like blocked addresses (decision 9). What was suppressed under a former
SECRET_KEY holds as long as that key is in SECRET_KEY_FALLBACKS.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from supporters.addresses import InvalidAddress, email_key
from supporters.keyed_hashes import keyed_hash
from supporters.models import SuppressedAddress

_SALT = "supporters.suppressed_address"

Why = SuppressedAddress.Why

# After so long what somebody asks for by signing is tried again: a mailbox may have been mended,
# and who signs would never hear why nothing came. Mailings never are.
TRIED_AGAIN = timedelta(days=30)


def suppress(address: str, why: Why) -> bool:
    """No more mailings to this address. False when that was known, or it is no address."""
    key_hash = present_hash(address)
    if not key_hash:
        return False
    _row, is_new = SuppressedAddress.objects.update_or_create(
        key_hash=key_hash, why=why, defaults={"created_at": timezone.now()}
    )
    return is_new


def is_unsubscribed(address: str) -> bool:
    """Whether its owner wants no mailings of this site."""
    rows = SuppressedAddress.objects.filter(key_hash__in=key_hashes(address))
    return rows.filter(why=Why.UNSUBSCRIBED).exists()


def lift(address: str) -> int:
    """Its owner asks for mail again, by a link that came by mail. Returns how many reasons went."""
    return SuppressedAddress.objects.filter(key_hash__in=key_hashes(address)).delete()[0]


def is_suppressed(address: str) -> bool:
    return bool(suppressed([address]))


def suppressed(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that get no mailings. One statement."""
    return _among(addresses, SuppressedAddress.objects.all())


def undeliverable(addresses: Iterable[str]) -> set[str]:
    """Those that do not even get what is asked for by signing. One statement.

    Who wants no more mailings may still sign. Where nobody reads, or somebody called our mail
    spam, a stranger could otherwise have us send more of it.
    """
    bounced = Q(why=Why.BOUNCE, created_at__gt=timezone.now() - TRIED_AGAIN)
    return _among(addresses, SuppressedAddress.objects.filter(bounced | Q(why=Why.COMPLAINT)))


def present_hash(address: str) -> str:
    """The hash under which it would be suppressed from now on; '' where it is no address."""
    return next(iter(key_hashes(address)), "")


def key_hashes(address: str) -> list[str]:
    """The hash under the present SECRET_KEY first, then under each of its fallbacks.

    None where it is no address.
    """
    try:
        key = email_key(address)
    except InvalidAddress:
        return []
    return [
        keyed_hash(_SALT, key, secret=secret).hexdigest()
        for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]


def _among(addresses: Iterable[str], rows: QuerySet[SuppressedAddress]) -> set[str]:
    owners: dict[str, list[str]] = {}
    for address in addresses:
        for key_hash in key_hashes(address):
            owners.setdefault(key_hash, []).append(address)
    if not owners:
        return set()
    found = rows.filter(key_hash__in=owners).values_list("key_hash", flat=True)
    return {address for key_hash in found for address in owners[key_hash]}
