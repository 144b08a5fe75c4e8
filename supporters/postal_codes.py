"""Postal codes by country: what they are called, look like, and whether a signer must give one."""

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_LENGTH = 20


class Words(NamedTuple):
    label: "StrOrPromise"
    enter: "StrOrPromise"  # the error, with %(example)s


POSTAL_CODE = Words(_("Postal code"), _("Enter a postal code, like %(example)s"))
POSTCODE = Words(_("Postcode"), _("Enter a postcode, like %(example)s"))
EIRCODE = Words(_("Eircode"), _("Enter an Eircode, like %(example)s"))
ZIP_CODE = Words(_("ZIP code"), _("Enter a ZIP code, like %(example)s"))


@dataclass(frozen=True, slots=True)
class PostalCode:
    """One country's codes. `shape` is matched without spaces and hyphens, in upper case."""

    shape: str
    example: str
    words: Words = POSTAL_CODE
    is_needed: bool = False
    # (position, separator) of how it is written; a negative position counts from the end.
    split: tuple[int, str] | None = None

    @property
    def error(self) -> str:
        return str(self.words.enter) % {"example": self.example}

    def clean(self, typed: str) -> str:
        """The code as the country writes it. Raises ValueError where it has another shape."""
        bare = re.sub(r"[\s-]", "", typed).upper()
        if not re.fullmatch(self.shape, bare, re.ASCII):
            raise ValueError(f"not a postal code: {typed!r}")
        if self.split is None:
            return bare
        position, separator = self.split
        start, end = bare[:position], bare[position:]
        return f"{start}{separator}{end}" if end else start


# Countries that are not here may be given anything, or nothing.
POSTAL_CODES = {
    "AT": PostalCode(r"\d{4}", "1010"),
    "AU": PostalCode(r"\d{4}", "2600", POSTCODE),
    "BE": PostalCode(r"\d{4}", "1000"),
    "CA": PostalCode(r"[ABCEGHJ-NPRSTVXY]\d[A-Z]\d[A-Z]\d", "K1A 0B1", split=(3, " ")),
    "CH": PostalCode(r"\d{4}", "3003"),
    "DE": PostalCode(r"\d{5}", "10115"),
    "DK": PostalCode(r"\d{4}", "1050"),
    "ES": PostalCode(r"\d{5}", "28013"),
    "FI": PostalCode(r"\d{5}", "00100"),
    "FR": PostalCode(r"\d{5}", "75001"),
    "GB": PostalCode(
        r"[A-Z]{1,2}\d[\dA-Z]?\d[A-Z]{2}|GIR0AA",
        "MV3 7QT",
        POSTCODE,
        is_needed=True,
        split=(-3, " "),
    ),
    "IE": PostalCode(r"[A-Z]\d[\dW][\dA-Z]{4}", "A65 F4E2", EIRCODE, split=(3, " ")),
    "IN": PostalCode(r"\d{6}", "110001"),
    "IT": PostalCode(r"\d{5}", "00184"),
    "MX": PostalCode(r"\d{5}", "06000"),
    "NL": PostalCode(r"[1-9]\d{3}[A-Z]{2}", "1234 AB", split=(4, " ")),
    "NO": PostalCode(r"\d{4}", "0150"),
    "PL": PostalCode(r"\d{5}", "00-001", split=(2, "-")),
    "PT": PostalCode(r"\d{4}(\d{3})?", "1000-001", split=(4, "-")),
    "SE": PostalCode(r"\d{5}", "111 22", split=(3, " ")),
    "UA": PostalCode(r"\d{5}", "01001"),
    "US": PostalCode(r"\d{5}(\d{4})?", "12345", ZIP_CODE, split=(5, "-")),
}


def for_script() -> dict[str, str]:
    """Attributes for the list of countries, so that the page can name and need what clean() does.

    Only what differs from the rest of the world: a few words.
    """
    labels = {
        country: str(code.words.label)
        for country, code in POSTAL_CODES.items()
        if code.words is not POSTAL_CODE
    }
    return {
        "data-postal-labels": json.dumps(labels, ensure_ascii=False, separators=(",", ":")),
        "data-postal-label": str(POSTAL_CODE.label),
        "data-postal-needed": " ".join(c for c, code in POSTAL_CODES.items() if code.is_needed),
        "data-postal-optional": gettext("(optional)"),
    }
