"""E-mail addresses: which ones we take, and when two of them are one person's."""

import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email

MAX_EMAIL = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_GMAIL = frozenset({"gmail.com", "googlemail.com"})


class InvalidAddress(ValueError):
    """No address, or none that mail can be sent to."""


def check_address(typed: str) -> str:
    """Return the address as typed, without spaces and invisible marks around it.

    Refused (InvalidAddress): what is no address, quoted or non-ASCII local parts (few servers can
    deliver them), reserved domains, more than 254 characters in its ASCII form. No DNS is asked.
    """
    address = typed.strip().strip(_INVISIBLE).strip()
    if len(address) > MAX_EMAIL:
        raise InvalidAddress("too long")
    _validate(address)
    return address


def email_key(address: str) -> str:
    """Return what is equal for all spellings of one mailbox; never send mail to it.

    ``A.Lice+news@GoogleMail.com`` and ``alice@gmail.com`` share a key. The key of a key is itself.
    Raises InvalidAddress where there is no local part or no valid domain.
    """
    local, _, typed_domain = address.strip().rpartition("@")
    if not local:
        raise InvalidAddress("no local part")
    domain = _ascii_domain(typed_domain).lower()
    # Canonical caseless matching (Unicode, D145) decomposes before it folds.
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFD", local).casefold())
    local = local.partition("+")[0] or local
    if domain in _GMAIL:
        domain = "gmail.com"
        # Without a dot between them, a letter and a mark become one again.
        local = unicodedata.normalize("NFC", local.replace(".", "").strip()) or local
    return f"{local}@{domain}"


def wire_address(address: str) -> str:
    """Return the address to hand to SMTP: as typed, but with the domain in ASCII (IDNA 2008).

    Left to Django, ``straße.example`` would become ``strasse.example`` (IDNA 2003): another host.
    """
    local, _, typed_domain = address.rpartition("@")
    return f"{local}@{_ascii_domain(typed_domain)}"


@lru_cache(maxsize=1_000)
def _ascii_domain(typed: str) -> str:
    return _validate(f"postmaster@{typed}").ascii_domain


def _validate(address: str) -> ValidatedEmail:
    try:
        return validate_email(
            address,
            allow_smtputf8=False,
            allow_quoted_local=False,
            strict=True,  # local parts have 64 characters at most
            check_deliverability=False,
            test_environment=True,
        )
    except (EmailNotValidError, UnicodeError) as error:
        raise InvalidAddress(str(error)) from error
