"""Django's keyed hashes, with the key of each salt worked out once.

Half of what salted_hmac() costs is the key, which is the same for every value. It matters where a
hash is made for each signature or mail.
"""

import hmac
from functools import lru_cache

from django.core.signing import Signer, b64_encode
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes


def keyed_hash(
    salt: str, value: str | bytes, *, secret: str | bytes, algorithm: str = "sha256"
) -> hmac.HMAC:
    """What salted_hmac() gives for the same; of a salt that is one of few."""
    keyed = _keyed(salt, secret, algorithm).copy()
    keyed.update(force_bytes(value))
    return keyed


@lru_cache(64)
def _keyed(salt: str, secret: str | bytes, algorithm: str) -> hmac.HMAC:
    return salted_hmac(salt, b"", secret=secret, algorithm=algorithm)


class KeyedSigner(Signer):
    """A Signer whose signatures are made that way."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        made = keyed_hash(str(self.salt) + "signer", value, secret=key or self.key,
                          algorithm=self.algorithm)  # fmt: skip
        return b64_encode(made.digest()).decode()
