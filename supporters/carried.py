"""What a signer typed, carried on in an address that only this site can read.

The page after signing knows whose it is without a cookie and without a stored row to look up, so
that it is the same for every address. Signing alone would leave the mail address legible in
histories of shared phones and in logs of machines in between; it is encrypted, and good for a day.
"""

import json
import time
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from secrets import token_bytes
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.utils.crypto import salted_hmac

MAX_AGE = timedelta(days=1)
LONGEST = 2_000  # characters: longer addresses are refused on their way

# What the form takes back; the last is the longest.
FIELDS = (
    "given_name",
    "family_name",
    "country",
    "postal_code",
    "display",
    "wants_updates",
    "shares_email",
    "reason",
)


def seal(petition_id: int, address: str, typed: dict[str, Any] | None = None) -> str:
    """A code for `?for=`; what makes it too long is left out, the reason first."""
    kept = {name: typed[name] for name in FIELDS if typed and typed.get(name)}
    while len(code := _seal([petition_id, address, kept])) > LONGEST and kept:
        kept.popitem()
    return code


def unseal(code: str) -> tuple[int, str, dict[str, Any]]:
    """(petition's id, address, what was typed). Raises ValueError for what was not made here, or
    is older than MAX_AGE.
    """
    try:
        sealed = urlsafe_b64decode(f"{code}{'=' * (-len(code) % 4)}".encode())
    except (ValueError, UnicodeError) as error:
        raise ValueError("not a code of this site") from error
    petition_id, address, typed, sealed_at = json.loads(_opened(sealed))
    if time.time() - sealed_at > MAX_AGE.total_seconds():
        raise ValueError("not a code of this site any more")
    return petition_id, address, typed


def _seal(data: list[Any]) -> str:
    text = json.dumps([*data, int(time.time())], ensure_ascii=False).encode()
    # AES-SIV (RFC 5297): one pass, and a nonce that came twice would give nothing away.
    nonce = token_bytes(16)
    sealed = nonce + _ciphers()[0].encrypt(zlib.compress(text, 6), [nonce])
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def _opened(sealed: bytes) -> bytes:
    nonce = sealed[:16]
    for cipher in _ciphers():
        with suppress(InvalidTag, ValueError):
            return zlib.decompress(cipher.decrypt(sealed[16:], [nonce]))
    raise ValueError("not a code of this site")


def _ciphers() -> tuple[AESSIV, ...]:
    """Of the present SECRET_KEY first, then of each of its fallbacks."""
    return _ciphers_of(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@lru_cache(maxsize=1)
def _ciphers_of(*secrets: str) -> tuple[AESSIV, ...]:
    return tuple(AESSIV(_key(secret)) for secret in secrets)


def _key(secret: str) -> bytes:
    """64 bytes."""
    return salted_hmac("supporters.carried", b"", secret=secret, algorithm="sha512").digest()
