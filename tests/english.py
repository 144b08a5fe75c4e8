"""Finds English words of ours in a page that should be in another language."""

import re
from functools import cache
from html.parser import HTMLParser

import polib
from django.conf import settings

_SPOKEN = {"title", "aria-label", "alt", "placeholder", "content"}
_TAG = re.compile(r"</?\w+[^>]*>")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


class _Texts(HTMLParser):
    """What a reader sees or hears: the text, and the attributes that are read out.

    Without what says itself that it is in another language than the page.
    """

    def __init__(self, *, data: bool) -> None:
        super().__init__()
        self._with_data = data
        self.texts: list[str] = []
        self._language = ""
        self._silent: list[str] = []  # the element that is left out, and those like it inside

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        language = named.get("lang") or ""
        if tag == "html":
            self._language = language
        foreign = language not in {"", self._language}
        if tag in self._silent or (not self._silent and (foreign or tag in {"style", "script"})):
            self._silent.append(tag)
        is_button = tag == "input" and named.get("type") == "submit"
        spoken = _SPOKEN | {"value"} if is_button else _SPOKEN
        if (named.get("property") or "").startswith("og:type"):  # a word of the protocol
            return
        for name, value in attrs:
            if name in spoken or (self._with_data and name.startswith("data-")):
                self._add(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, text: str) -> None:
        if text.strip() and not self._silent:
            self.texts.append(" ".join(text.split()))


def texts_of(html: str, *, data: bool = True) -> list[str]:
    """`data`: with the attributes data-*, where our scripts find their words."""
    parser = _Texts(data=data)
    parser.feed(html)
    parser.close()
    return parser.texts


def english_in(texts: list[str], language: str) -> list[str]:
    """Those of the texts that have an English source text whose translation is another."""
    alone, within = _patterns(language)
    return [text for text in texts if alone.fullmatch(text) or within.search(text)]


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A word could be a name or Spanish: it counts alone. Several count wherever they stand."""
    path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"
    alone, within = set(), set()
    for entry in polib.pofile(str(path)):
        sources = {entry.msgid, entry.msgid_plural} - {""}
        translated = {entry.msgstr, *entry.msgstr_plural.values()}
        for piece in _pieces(sources) - _pieces(translated):
            words = _PLACEHOLDER.sub("", piece).split()
            pattern = ".+?".join(re.escape(part) for part in _PLACEHOLDER.split(piece))
            (within if len(words) > 1 else alone).add(pattern)
    return (
        re.compile("|".join(sorted(alone)), re.IGNORECASE),  # labels begin with a capital
        re.compile(rf"(?<!\w)(?:{'|'.join(sorted(within))})(?!\w)"),
    )


def _pieces(texts: set[str]) -> set[str]:
    """What stands between the elements of a text, as far as it has words of its own."""
    pieces = (" ".join(piece.split()) for text in texts for piece in _TAG.split(text))
    return {piece for piece in pieces if re.search(r"\w", _PLACEHOLDER.sub("", piece))}
