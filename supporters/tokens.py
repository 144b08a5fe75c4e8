"""The secrets in links: an id signed for one purpose. Short, for life, and nothing is stored.

51 characters at most for ids to 7 digits, so that a List-Unsubscribe header stays on one line.
Links made with a former SECRET_KEY work as long as it is in SECRET_KEY_FALLBACKS.
"""

from enum import StrEnum

from django.core.signing import BadSignature, Signer


class Purpose(StrEnum):
    CONFIRM = "confirm"
    SIGNATURE = "signature"
    UNSUBSCRIBE = "unsubscribe"
    PREVIEW = "preview"  # of a petition, not of a signature


def make(purpose: Purpose, row_id: int) -> str:
    return _signer(purpose).sign(str(row_id))


def read(purpose: Purpose, token: str) -> int | None:
    """The id in the token, or None where the token was not made here for this purpose."""
    try:
        return int(_signer(purpose).unsign(token))
    except (BadSignature, ValueError):
        return None


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"supporters.{purpose}", sep=".")
