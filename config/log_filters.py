"""What must not be written into logs."""

import logging
import re

# The links of signers, organizers and drafts, and those to accounts: who has one can act for them.
_TOKENS = re.compile(
    r"/(confirm|signature|unsubscribe|petitions/preview|petitions/start|demo/mail|reports"
    r"|accounts/confirm-email|accounts/start/confirm|accounts/start|accounts/invitation"
    r"|accounts/password/reset/key|organizer-mail)/[^/\s]+"
)


# A database's complaint quotes the row: "Key (petition_id, email_key)=(3, sam@example.org) …".
# Each run of characters is read once (++, and it begins at a boundary): what a line quotes anybody
# may have typed, and a pattern that tries again from each of them took minutes for a long path.
_ADDRESSES = re.compile(r"(?<![^\s\"'<>(),;:=@])[^\s\"'<>(),;:=@]++@[^\s\"'<>(),;]*+")
_DETAIL = re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE)


def without_personal_data(text: str) -> str:
    """Without tokens, e-mail addresses and what PostgreSQL tells of rows."""
    text = _TOKENS.sub(r"/\1/…", text)
    return _ADDRESSES.sub("…@…", _DETAIL.sub(r"\1: …", text))


class WithoutTokens(logging.Filter):
    """Cut the secret out of the addresses of token pages."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cut = _TOKENS.sub(r"/\1/…", message)
        if cut != message:
            record.msg, record.args = cut, ()
        return True
