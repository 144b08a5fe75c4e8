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
    SIGNED = "signed"  # the address that was just typed, for "check your mail"


def make(purpose: Purpose, value: int | str) -> str:
    return _signer(purpose).sign(str(value))


def read(purpose: Purpose, token: str) -> int | None:
    """The id in the token, or None where the token was not made here for this purpose."""
    text = read_text(purpose, token)
    return int(text) if text is not None and text.isascii() and text.isdecimal() else None


def read_text(purpose: Purpose, token: str) -> str | None:
    try:
        return _signer(purpose).unsign(token)
    except (BadSignature, UnicodeError):
        return None


def _signer(purpose: Purpose) -> Signer:
    return Signer(salt=f"supporters.{purpose}", sep=".")
