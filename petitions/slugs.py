"""Readable addresses from titles in any script: ``за-чисте-повітря``, ``स्वच्छ-हवा``, ``clean-air``.

A slug consists of letters, digits and marks of any script and of ``-`` and ``_``; it is NFC and at
most 80 characters (not bytes) long.
"""

import secrets
import unicodedata
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LONGEST = 80
RESERVED = frozenset({"start", "preview"})  # /petitions/start/, /petitions/preview/<token>/
NAMELESS = "petition"

# ' and its look-alikes, and the Hebrew marks that stand inside words.
_APOSTROPHES = frozenset("'`´‘’‛′ʹʻʼʽʾʿ＇՚׳״")
_VIRAMA = 9  # the combining class of signs that tie the next consonant to this one


def make_slug(title: str) -> str:
    """Return the slug of a title; ``petition`` where no letter or digit is left."""
    # İ lower-cases to an i with a second dot.
    text = unicodedata.normalize("NFC", title).replace("İ", "i").lower()
    kept: list[str] = []
    for character in text:
        kind = unicodedata.category(character)
        if kind[0] in "LN" and character not in _APOSTROPHES:
            kept.append(character)
        elif kind[0] == "M":
            if kept and kept[-1] != "-" and not _is_selector(character):
                kept.append(character)
        elif character in _APOSTROPHES or kind == "Cf":
            continue  # invisible joiners and direction marks part no words either
        elif kept and kept[-1] != "-":
            kept.append("-")
    slug = _cut(unicodedata.normalize("NFC", "".join(kept)).strip("-"), LONGEST) or NAMELESS
    return f"{slug}-{NAMELESS}" if slug in RESERVED else slug


def candidates(title: str) -> Iterator[str]:
    """Yield slugs to try until one is free: ``slug``, ``slug-2``, ``slug-3``, ``slug-<random>``…"""
    slug = make_slug(title)
    yield slug
    yield _suffixed(slug, "2")
    yield _suffixed(slug, "3")
    while True:
        yield _suffixed(slug, secrets.token_hex(3))


def is_slug(text: str) -> bool:
    return (
        0 < len(text) <= LONGEST
        and all(character in "-_" or _is_word(character) for character in text)
        and unicodedata.is_normalized("NFC", text)
    )


def validate_slug(value: str) -> None:
    """Raise ValidationError unless the value can stand in a petition's address."""
    if value in RESERVED:
        raise ValidationError(_("This word is taken by a page of this site."), code="reserved")
    if not is_slug(value):
        raise ValidationError(
            _("Use letters, digits, hyphens and underscores only, %(longest)s at most."),
            code="invalid",
            params={"longest": LONGEST},
        )


class SlugConverter:
    """Path converter ``petition_slug``; what is no slug matches no address (404)."""

    # The canonical decomposition of one NFC character takes four at most. ``is_slug`` decides:
    # Unicode's categories cannot be written in Python's regular expressions.
    regex = f"[^/]{{1,{LONGEST * 4}}}"

    def to_python(self, value: str) -> str:
        slug = unicodedata.normalize("NFC", value)
        if not is_slug(slug):
            raise ValueError(value)
        return slug

    def to_url(self, value: str) -> str:
        return value


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def _is_selector(character: str) -> bool:
    """Emoji leave invisible marks and keycaps behind: no part of any word."""
    return unicodedata.category(character) == "Me" or "VARIATION SELECTOR" in unicodedata.name(
        character, ""
    )


def _suffixed(slug: str, suffix: str) -> str:
    return f"{_cut(slug, LONGEST - len(suffix) - 1) or NAMELESS}-{suffix}"


def _cut(slug: str, longest: int) -> str:
    """Cut before a word; else before a letter that no mark ties to the one before it."""
    if len(slug) <= longest:
        return slug
    word_end = slug.rfind("-", longest // 2, longest + 1)
    if word_end > 0:
        return slug[:word_end]
    end = longest
    while end and (
        unicodedata.category(slug[end])[0] == "M" or unicodedata.combining(slug[end - 1]) == _VIRAMA
    ):
        end -= 1
    return slug[:end].strip("-")
