"""What changed between two texts, in words: paragraph by paragraph, and within each by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

Kind = Literal["same", "new", "gone"]

# Comparing is quadratic, and worse for texts made to be. What is longer is shown as replaced whole.
MOST_PARAGRAPHS = 400
MOST_WORDS = 800  # of a paragraph
# A paragraph that has less than this in common with the one in its place is another paragraph.
ALIKE = 0.3

# A word, a sign, or a stretch of blanks. Where a script has no blanks, each character.
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+|\s+|.")
_BREAK = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Piece:
    kind: Kind
    text: str


Paragraph = tuple[Piece, ...]


@lru_cache(maxsize=64)  # signed texts never change; the worst found takes a second
def compare(before: str, after: str) -> tuple[Paragraph, ...]:
    """The paragraphs of both texts in reading order. Joining their pieces that are not "new" gives
    the paragraphs of `before`, joining those that are not "gone" gives those of `after`.

    Texts that do not differ, but for blanks between paragraphs, give "same" pieces alone.
    """
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Paragraph] = []
    for tag, a, b, c, d in _blocks(old, new, MOST_PARAGRAPHS):
        if tag == "equal":
            found += [(Piece("same", text),) for text in old[a:b]]
        elif b - a == d - c:
            for gone, come in zip(old[a:b], new[c:d], strict=True):
                found += _rewritten(gone, come)
        else:
            found += [(Piece("gone", text),) for text in old[a:b]]
            found += [(Piece("new", text),) for text in new[c:d]]
    return tuple(found)


def _paragraphs(text: str) -> list[str]:
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return [part.strip() for part in _BREAK.split(unified) if part.strip()]


def _rewritten(gone: str, come: str) -> list[Paragraph]:
    old, new = _WORD.findall(gone), _WORD.findall(come)
    pieces: list[Piece] = []
    for tag, a, b, c, d in _blocks(old, new, MOST_WORDS):
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
            continue
        pieces += [Piece("gone", "".join(old[a:b]))] if b > a else []
        pieces += [Piece("new", "".join(new[c:d]))] if d > c else []
    kept = sum(len(piece.text) for piece in pieces if piece.kind == "same" and piece.text.strip())
    if kept < ALIKE * max(len(gone), len(come)):
        return [(Piece("gone", gone),), (Piece("new", come),)]
    return [tuple(pieces)]


def _blocks(old: list[str], new: list[str], most: int) -> list[tuple[str, int, int, int, int]]:
    """As SequenceMatcher.get_opcodes(): (tag, from, to, from, to)."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    found: list[tuple[str, int, int, int, int]] = [("equal", 0, head, 0, head)] if head else []
    if a or b:
        if max(len(a), len(b)) > most:
            middle = [("replace", 0, len(a), 0, len(b))]
        else:
            middle = list(SequenceMatcher(None, a, b, autojunk=False).get_opcodes())
        found += [(tag, i + head, j + head, k + head, m + head) for tag, i, j, k, m in middle]
    if tail:
        found.append(("equal", len(old) - tail, len(old), len(new) - tail, len(new)))
    return found
