"""Which words of a text a search has found: marked, or cut out with what stands around them.

Words are those of petitions.search, so that what is marked is what was found.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from itertools import islice

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from petitions.search import MAX_RUN, MAX_WORD, fold

_RUN = re.compile(r"\S+")
PART = 1_000  # characters of a long text that are looked at together
MOST_PARTS = 8  # of a text that are looked into; the rest of a text made to be slow is left
AROUND = 70  # characters on either side of a match


def spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text as search.words() cuts them, each with where it stands in the text.

    Folding changes lengths (ß, ﬁ, ½, accents), so every folded character remembers its origin.
    Slower than search.words(); for what one page shows.
    """
    for run in _RUN.finditer(text):
        for start in range(run.start(), run.end(), MAX_RUN):
            yield from _spans_of(text, start, min(start + MAX_RUN, run.end()))


def _spans_of(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    if text.isascii():
        pieces = [(character, at) for at, character in enumerate(text[start:end].lower(), start)]
    else:
        pieces = [(c, at) for at in range(start, end) for c in fold(text[at]) or ("",)]
    word: list[str] = []
    first = last = start
    for character, at in pieces:
        if not character:  # an accent that the fold dropped: it stays with its letter
            last = at
        elif unicodedata.category(character)[0] in "LNM":
            first = at if not word else first
            last = at
            word.append(character)
        elif word:
            yield _composed(word), first, last + 1
            word = []
    if word:
        yield _composed(word), first, last + 1


def _composed(word: list[str]) -> str:
    return unicodedata.normalize("NFC", "".join(word))[:MAX_WORD]


def found_in(text: str, wanted: Collection[str]) -> set[str]:
    """Which of the wanted words begin a word of the text."""
    if not _may_hold(text, wanted):
        return set()
    return {w for word, _start, _end in spans(text) for w in wanted if word.startswith(w)}


def mark(text: str, wanted: Collection[str]) -> SafeString:
    """The text as HTML, the words that begin with a wanted one in <mark>."""
    if not _may_hold(text, wanted):
        return escape(text)
    beginnings = tuple(wanted)
    html: list[str] = []
    done = 0
    for word, start, end in spans(text):
        # ½ holds two words that stand in one place.
        if start >= done and word.startswith(beginnings):
            html += [escape(text[done:start]), "<mark>", escape(text[start:end]), "</mark>"]
            done = end
    html.append(escape(text[done:]))
    return mark_safe("".join(html))  # noqa: S308 — escaped piece by piece


def snippet(text: str, wanted: Collection[str]) -> SafeString | None:
    """The first place that holds most of the wanted words, marked; None where there is none."""
    best: tuple[int, str, int] | None = None
    promising = (part for part in _parts(text) if _may_hold(part, wanted))
    for part in islice(promising, MOST_PARTS):
        at: dict[str, int] = {}
        for word, start, _end in spans(part):
            for beginning in wanted:
                if word.startswith(beginning):
                    at.setdefault(beginning, start)
        if at and (best is None or len(at) > best[0]):
            best = len(at), part, min(at.values())
            if len(at) == len(wanted):
                break
    if best is None:
        return None
    _number, part, first = best
    return mark(_cut(part, first), wanted)


def _may_hold(text: str, wanted: Collection[str]) -> bool:
    """Quick: what begins a word of a text is a part of it. Most parts of a story hold nothing."""
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFC", fold(text))
    return any(beginning in folded for beginning in wanted)


def _parts(text: str) -> Iterator[str]:
    """Lines, the long ones cut between words where there are any."""
    for line in text.splitlines():
        while len(line) > PART:
            cut = line.rfind(" ", PART // 2, PART) + 1 or PART
            yield line[:cut]
            line = line[cut:]  # noqa: PLW2901
        yield line


def _cut(part: str, first: int) -> str:
    """What stands around a match, from word to word, with … where something is left out."""
    start, end = max(0, first - AROUND), min(len(part), first + 2 * AROUND)
    if start:
        space = part.find(" ", start, first)
        start = space + 1 if space >= 0 else start
    if end < len(part):
        space = part.rfind(" ", first, end)
        end = space if space > first else end
    return ("…" if start else "") + part[start:end].strip() + ("…" if end < len(part) else "")
