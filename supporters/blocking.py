"""Addresses that want no more mail about a petition ("this was not me"), as keyed hashes."""

from django.conf import settings
from django.utils.crypto import salted_hmac

from supporters.models import BlockedAddress

_SALT = "supporters.blocked_address"


def key_hashes(petition_id: int, email_key: str) -> list[str]:
    """The hash under the present SECRET_KEY first, then under each of its fallbacks."""
    value = f"{petition_id}:{email_key}"
    return [
        salted_hmac(_SALT, value, secret=secret, algorithm="sha256").hexdigest()
        for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    ]


def block(petition_id: int, email_key: str) -> None:
    BlockedAddress.objects.get_or_create(
        petition_id=petition_id, key_hash=key_hashes(petition_id, email_key)[0]
    )
