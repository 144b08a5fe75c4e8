"""What must perhaps not be public in a text that somebody is about to publish.

It warns and never decides: a number may be a case, a street may be what the petition is about.
Patterns of English and Spanish texts; better a warning too many than an identity told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

MOST = 50  # findings in one text; who has more knows by then
_AROUND = 60  # characters on either side of a passage


class Kind(models.TextChoices):
    IDENTIFIER = "identifier", _("a personal identifier")
    PHONE = "phone", _("a telephone number")
    ADDRESS = "address", _("an address")
    CHILD = "child", _("details of a child")


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    start: int
    end: int


_WORD = r"[^\W\d_]"
_STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|close|crescent|terrace|place|pl"
    r"|boulevard|blvd|square|gardens|grove|mews|way)"
)
_CALLE = r"(?:calle|c/|avenida|avda?\.?|plaza|paseo|camino|carretera|ronda|travesía)"
_KIN = (
    r"(?:son|daughter|child|boy|girl|baby|toddler|grandson|granddaughter|nephew|niece|pupil"
    r"|brother|sister)"
)
_FAMILIA = r"(?:hij[oa]|niet[oa]|niñ[oa]|beb[ée]|sobrin[oa]|alumn[oa]|chic[oa]|herman[oa])"
_AGE = r"(?:1[0-7]|[1-9])"
_NAME = r"[A-ZÀ-ÞÁÉÍÓÚÑ]\w{1,30}"

# Every repetition is bounded, so that no text takes long.
_PATTERNS: tuple[tuple[Kind, "re.Pattern[str]"], ...] = (
    # Alien registration numbers, social security, national insurance, DNI and NIE, IBAN.
    (Kind.IDENTIFIER, re.compile(r"\bA[- #]?\d{3}[- ]?\d{3}[- ]?\d{2,3}\b")),
    (Kind.IDENTIFIER, re.compile(r"\b\d{3}-\d{2}-\d{4}\b")),
    (Kind.IDENTIFIER, re.compile(r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.IGNORECASE)),
    (Kind.IDENTIFIER, re.compile(r"\b(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]\b", re.IGNORECASE)),
    (Kind.IDENTIFIER, re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b")),
    (
        Kind.IDENTIFIER,
        re.compile(
            r"\b(?:passport|pasaporte|ssn|social security|seguridad social|nhs|dni|nie|case|inmate"
            r"|prisoner|detainee|expediente|patient|paciente|student id|licen[cs]e)"
            r"(?: (?:number|no\.?|num\.?|número|n\.?º|id))?[ :#]{1,3}"
            r"(?=[A-Z0-9-]{0,20}\d)[A-Z0-9][A-Z0-9-]{4,20}\b",
            re.IGNORECASE,
        ),
    ),
    # E-mail addresses are addresses of people, too.
    (Kind.ADDRESS, re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b")),
    (
        Kind.ADDRESS,
        re.compile(
            r"(?<![\w./-])\d{1,5}[A-Za-z]?,? "
            rf"[A-ZÀ-Þ][\w'’.]{{0,20}} (?:{_WORD}[\w'’.]{{0,20}} ){{0,3}}(?i:{_STREET})\b"
        ),
    ),
    (
        Kind.ADDRESS,
        re.compile(
            rf"(?<!\w){_CALLE} (?:[\w'’.]{{1,20}} ){{0,4}}[\w'’.]{{1,20}},? ?"
            r"(?:n\.?º ?)?\d{1,4}\b",
            re.IGNORECASE,
        ),
    ),
    # British postcodes.
    (Kind.ADDRESS, re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")),
    (
        Kind.CHILD,
        re.compile(
            rf"\b(?:aged?|edad)(?: (?:of|de))? {_AGE}\b(?! ?(?:%|,\d))"
            rf"|\b{_AGE}[- ](?:year|month)s?[- ]old\b"
            rf"|\bde {_AGE} (?:años|meses)\b(?! de )",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.CHILD,
        re.compile(rf"\b{_NAME}(?: {_NAME}){{0,2}} ?[,(] ?{_AGE}(?: (?:años|years))?[,)]"),
    ),
    (
        Kind.CHILD,
        re.compile(rf"\b(?i:{_KIN}|{_FAMILIA})s?,? (?:(?:named|called|llamad[oa]) )?{_NAME}"),
    ),
)
_DIGITS = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d(?:[ ()./-]{0,2}\d){6,14}(?!\w)")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_LEAST_DIGITS, _MOST_DIGITS = 7, 15


def lint(text: str) -> list[Finding]:
    """The passages that should be looked at again, in order, none within another."""
    found: list[Finding] = []
    for finding in sorted(_all(text), key=lambda each: (each.start, -each.end)):
        if not found or finding.start >= found[-1].end:
            found.append(finding)
    return found[:MOST]


def _all(text: str) -> Iterator[Finding]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Finding(kind, *match.span())
    for match in _DIGITS.finditer(text):
        number = match[0]
        digits = sum(map(str.isdigit, number))
        # Not a date, not a plain large number such as 1000000.
        grouped = not number.isdigit() or digits >= 9  # noqa: PLR2004
        if _LEAST_DIGITS <= digits <= _MOST_DIGITS and grouped and not _DATE.fullmatch(number):
            yield Finding(Kind.PHONE, *match.span())


def passage(text: str, finding: Finding) -> SafeString:
    """The words around a finding, itself in <mark>."""
    start, end = max(0, finding.start - _AROUND), min(len(text), finding.end + _AROUND)
    before, after = text[start : finding.start], text[finding.end : end]
    if start:
        before = "…" + before.partition(" ")[2]
    if end < len(text):
        after = after.rpartition(" ")[0] + "…"
    marked = format_html("{}<mark>{}</mark>{}", before, text[finding.start : finding.end], after)
    return mark_safe(marked)  # noqa: S308 - each part was escaped
