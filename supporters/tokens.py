"""The secrets in links: an id signed for one purpose. Short, for life, and nothing is stored.

51 characters at most for ids to 7 digits, so that a List-Unsubscribe header stays on one line.
Links made with a former SECRET_KEY work as long as it is in SECRET_KEY_FALLBACKS.
"""

import re
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.core.signing import BadSignature, Signer

from supporters.keyed_hashes import KeyedSigner


class Purpose(StrEnum):
    CONFIRM = "confirm"
    SIGNATURE = "signature"
    UNSUBSCRIBE = "unsubscribe"
    PREVIEW = "preview"  # of a petition, not of a signature
    # Of a draft: to go on writing it, to see it as a page, to confirm it by mail.
    DRAFT = "draft"
    DRAFT_PREVIEW = "draft-preview"
    START = "start"
    # Into a petition's team: to be told of it, and to get in without an account.
    INVITATION = "invitation"
    INVITATION_KEY = "invitation-key"
    # Of an account: to end a kind of mail about its petitions.
    MILESTONE_MAILS = "milestone-mails"
    QUIET_MAILS = "quiet-mails"
    REPORT = "report"  # of a report: to see what became of it


def make(purpose: Purpose, row_id: int, *, about: str = "") -> str:
    """`about`: what has to be the same when it is read, such as whom a mail went to."""
    return _signer(purpose, about).sign(str(row_id))


def read(purpose: Purpose, token: str, *, about: str = "") -> int | None:
    """The id in the token, or None where the token was not made here for this purpose."""
    try:
        return int(_signer(purpose, about).unsign(token))
    except (BadSignature, ValueError):
        return None


def claimed(token: str) -> int | None:
    """The id that a token claims to be of: to look up what read() then needs to judge it."""
    found = re.match(r"([0-9]{1,18})\.", token)
    return int(found[1]) if found else None


def _signer(purpose: Purpose, about: str = "") -> Signer:
    if about:
        return Signer(salt=f"supporters.{purpose}.{about}", sep=".")
    return _kept_signer(purpose, settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))


@lru_cache(4 * len(Purpose))
def _kept_signer(purpose: Purpose, key: str, fallbacks: tuple[str, ...]) -> Signer:
    return KeyedSigner(key=key, salt=f"supporters.{purpose}", sep=".", fallback_keys=[*fallbacks])
