"""Lines of text at a size where they fit, drawn with as many fonts as their letters need."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import arabic_reshaper
from PIL import ImageDraw, features

from .bidi import levels
from .fonts import Style, font_file, opened

_MEASURE = 100  # pixels: what is measured once is scaled to every size that is tried
_MOST_BALANCED = 4  # lines; more are a paragraph
_MOST_MARKS = 4  # on one letter; Hebrew and Vietnamese need three
_JOINERS = "\u200c\u200d"
_PICTURES = 0x2600  # symbols from here on are emoji and their kin: some in colours, some in no font
_NOT_FIRST = frozenset(
    "、。，．：；！？）」』】〉》・ー々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;!?)]}%”’»"
)
_NOT_LAST = frozenset("（「『【〈《([{“‘«")
_HYPHENS = frozenset("-‐–—/")
# Written before the consonant they are spoken after: each begins a syllable. Thai and Lao part no
# words, and where else they may be broken only a dictionary knows.
_SYLLABLE_STARTS = frozenset("เแโใไເແໂໃໄ")
_VIRAMA = 9  # the combining class of signs that tie the next letter to this one
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

# Drawn right without shaping: one glyph a letter, and marks that do not make way for each other.
_SIMPLE = frozenset(
    {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "CJK",
     "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "ETHIOPIC", "CHEROKEE",
     "FULLWIDTH", "IDEOGRAPHIC", "MODIFIER", "DIGIT", "SUPERSCRIPT", "SUBSCRIPT", "FEMININE",
     "MASCULINE", "MICRO", "VULGAR", "COMBINING", "ROMAN"}
)  # fmt: skip
_FLAT = _SIMPLE | {"COMMON"}  # their lines can stand close


class Undrawable(Exception):
    """No font has a letter, or this machine cannot join the letters of its script."""


@cache
def can_shape() -> bool:
    """Whether Pillow found libraqm and libfribidi, which join and reorder letters."""
    return bool(features.check("raqm"))


# Before drawing


def prepare(text: str, style: Style) -> str:
    """What can be drawn of a text: one line, without emoji and what cannot be seen.

    Raises Undrawable where a letter would be missing: words with holes are worse than none.
    """
    plain = "".join(filter(_is_seen, unicodedata.normalize("NFC", " ".join(text.split()))))
    # What joined emoji joins nothing any more.
    plain = "".join(
        character
        for before, character in pairwise(f" {plain}")
        if character not in _JOINERS or unicodedata.category(before)[0] in "LM"
    )
    kept = "".join(_drawable(letter, style) for letter in _letters(plain))
    kept = " ".join(kept.split())
    if not can_shape():
        for letter in _letters(_joined(kept)):
            if _script(letter) not in _SIMPLE | {"ARABIC", "COMMON"} or not _font(letter, style):
                raise Undrawable(letter)
    return kept


def _is_seen(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return character in _JOINERS
    if kind == "Me" or (kind == "So" and ord(character) >= _PICTURES):
        return False
    return kind[0] != "M" or "VARIATION SELECTOR" not in unicodedata.name(character, "")


def _drawable(letter: str, style: Style) -> str:
    """The letter, without its marks if no font has them; '' for a sign that no font has."""
    base = letter[:1]
    if _font(letter, style):
        return letter
    if _font(base, style):
        return base
    if unicodedata.category(base)[0] in "LN":
        raise Undrawable(letter)
    return ""


def _letters(text: str) -> list[str]:
    """Each letter with its marks and joiners."""
    found: list[str] = []
    for character in text:
        if found and (unicodedata.category(character)[0] == "M" or character in _JOINERS):
            if len(found[-1]) <= _MOST_MARKS:
                found[-1] += character
        else:
            found.append(character)
    return found


def _font(letter: str, style: Style) -> Path | None:
    return font_file(letter, style)


def _script(letter: str) -> str:
    """The first word of a letter's Unicode name, "COMMON" for what is no letter."""
    if unicodedata.category(letter[0])[0] not in "LM":
        return "COMMON"
    return unicodedata.name(letter[0], "?").split(" ")[0].split("-")[0]


def _joined(text: str) -> str:
    return str(arabic_reshaper.reshape(text))


# Which part is drawn with what, from left to right


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    path: Path
    options: dict[str, Any]


def _parts(line: str, style: Style, *, rtl: bool, language: str) -> list[_Part]:
    runs = [
        (level, "".join(character for _level, character in group))
        for level, group in groupby(
            zip(levels(line, rtl=rtl), line, strict=True), key=lambda pair: pair[0]
        )
    ]
    parts: list[_Part] = []
    for level, text in _in_visual_order(runs):
        backwards = level % 2 == 1
        if can_shape():
            options: dict[str, Any] = {"direction": "rtl" if backwards else "ltr"}
            if _TAG.fullmatch(language):
                options["language"] = language
            pieces = _by_font(text, style)
            pieces = pieces[::-1] if backwards else pieces
        else:
            options = {}
            pieces = _by_font(_mirrored(text) if backwards else text, style)
        parts += [_Part(piece, path, options) for path, piece in pieces]
    return parts


def _in_visual_order(runs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """L2: from the deepest level up, whatever is that deep is turned round."""
    order = list(runs)
    for depth in range(max((level for level, _text in runs), default=0), 0, -1):
        turned: list[tuple[int, str]] = []
        for is_deep, group in groupby(order, key=lambda run: run[0] >= depth):
            together = list(group)
            turned += together[::-1] if is_deep else together
        order = turned
    return order


def _mirrored(text: str) -> str:
    """Right-to-left text for a machine that cannot shape: joined forms, last letter first."""
    swap = str.maketrans("()[]{}<>«»", ")(][}{><»«")
    return "".join(reversed(_letters(_joined(text)))).translate(swap)


def _by_font(text: str, style: Style) -> list[tuple[Path, str]]:
    pieces: list[tuple[Path, str]] = []
    for letter in _letters(text):
        path = _font(letter, style)
        if pieces and (path is None or letter.isspace() or pieces[-1][0] == path):
            path, before = pieces.pop()
            pieces.append((path, before + letter))
        elif path:
            pieces.append((path, letter))
    return pieces


# Lines


@dataclass(kw_only=True)
class Block:
    """Lines at one size. Pixels, from the top left."""

    lines: list[str]
    size: int
    style: Style
    rtl: bool
    language: str = ""
    _widths: list[float] = field(default_factory=list, init=False)

    @property
    def leading(self) -> int:
        return round(self.size * (1.18 if self._is_flat else 1.42))

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)

    @property
    def width(self) -> float:
        return max((self._line_width(line) for line in self.lines), default=0)

    def draw(
        self, draw: ImageDraw.ImageDraw, left: float, top: float, width: float, fill: str
    ) -> None:
        """Begin at the left, or at the right edge of `width` where the text does."""
        baseline = top + self.size * (0.95 if self._is_flat else 1.08)
        for line in self.lines:
            x = left + width - self._line_width(line) if self.rtl else left
            self._draw_line(draw, line, x, baseline, fill)
            baseline += self.leading

    def draw_on(self, draw: ImageDraw.ImageDraw, left: float, baseline: float, fill: str) -> None:
        """The first line alone, on a baseline."""
        self._draw_line(draw, self.lines[0], left, baseline, fill)

    def _draw_line(
        self, draw: ImageDraw.ImageDraw, line: str, x: float, baseline: float, fill: str
    ) -> None:
        for part in self._parts(line):
            font = self._opened(part)
            draw.text((x, baseline), part.text, fill, font, anchor="ls", **part.options)
            x += font.getlength(part.text, **part.options)

    def _line_width(self, line: str) -> float:
        return sum(
            float(self._opened(part).getlength(part.text, **part.options))
            for part in self._parts(line)
        )

    def _parts(self, line: str) -> list[_Part]:
        return _parts(line, self.style, rtl=self.rtl, language=self.language)

    def _opened(self, part: _Part) -> Any:
        return opened(part.path, self.size, self.style.weight, self.language, shaped=can_shape())

    @property
    def _is_flat(self) -> bool:
        return all(_script(letter) in _FLAT for line in self.lines for letter in _letters(line))


def fit(
    text: str,
    style: Style,
    *,
    sizes: Sequence[int],
    width: int,
    height: int,
    rtl: bool = False,
    language: str = "",
) -> Block:
    """The text at the first of the sizes at which it fits, else cut at the last of them."""
    measured = Block(lines=[], size=_MEASURE, style=style, rtl=rtl, language=language)
    pieces = [
        (piece, spaced, measured._line_width(piece))  # noqa: SLF001
        for piece, spaced in _pieces(prepare(text, style))
    ]
    space = measured._line_width("n n") - measured._line_width("nn")  # noqa: SLF001
    block = Block(lines=[], size=sizes[-1], style=style, rtl=rtl, language=language)
    for size in sizes:
        room = width * _MEASURE / size * 0.99  # hinting differs a little from size to size
        lines = _wrapped(pieces, room, space)
        block = Block(lines=lines, size=size, style=style, rtl=rtl, language=language)
        if block.height <= height and all(wide <= room for _piece, _spaced, wide in pieces):
            if len(lines) <= _MOST_BALANCED:
                block.lines = _balanced(pieces, room, space)
            return block
    lines = _wrapped(
        [part for piece in pieces for part in _broken(piece, room, measured)], room, space
    )
    block.lines = lines
    most = max(1, height // block.leading)
    if len(lines) > most:
        block.lines = [*lines[: most - 1], _cut(lines[most - 1], room, measured)]
    return block


_Piece = tuple[str, bool, float]


def _pieces(text: str) -> list[tuple[str, bool]]:
    """What stays together on a line, and whether a space comes before it."""
    found: list[tuple[str, bool]] = []
    for word in text.split(" "):
        spaced, piece = True, ""
        for letter in _letters(word):
            if piece and _may_break(piece[-1], letter[0]):
                found.append((piece, spaced))
                spaced, piece = False, ""
            piece += letter
        if piece:
            found.append((piece, spaced))
    return found


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    if after in _SYLLABLE_STARTS:
        return before not in _SYLLABLE_STARTS
    return _is_ideographic(before) or _is_ideographic(after) or (
        before in _HYPHENS and after.isalpha()
    )  # fmt: skip


def _is_ideographic(character: str) -> bool:
    """Chinese and Japanese break anywhere; Korean between words."""
    wide = unicodedata.east_asian_width(character) in {"W", "F"}
    return wide and not unicodedata.name(character, "").startswith("HANGUL")


def _wrapped(pieces: Sequence[_Piece], room: float, space: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece, spaced, wide in pieces:
        gap = space if spaced and line else 0
        if line and used + gap + wide > room:
            lines.append(line)
            line, used, gap = "", 0.0, 0
        line += f" {piece}" if spaced and line else piece
        used += gap + wide
    return [*lines, line] if line else lines


def _balanced(pieces: Sequence[_Piece], room: float, space: float) -> list[str]:
    """As many lines, as even as they can be."""
    best = _wrapped(pieces, room, space)
    narrow, wide = max((piece[2] for piece in pieces), default=0.0), room
    for _try in range(8):
        middle = (narrow + wide) / 2
        lines = _wrapped(pieces, middle, space)
        if len(lines) == len(best):
            best, wide = lines, middle
        else:
            narrow = middle
    return best


def _broken(piece: _Piece, room: float, measured: Block) -> list[_Piece]:
    """A word that is wider than a line, in parts that are not."""
    text, spaced, wide = piece
    if wide <= room:
        return [piece]
    parts: list[str] = [""]
    for letter in _letters(text):
        tied = parts[-1] and unicodedata.combining(parts[-1][-1]) == _VIRAMA
        if parts[-1] and not tied and measured._line_width(parts[-1] + letter) > room:  # noqa: SLF001
            parts.append("")
        parts[-1] += letter
    return [
        (part, spaced and number == 0, measured._line_width(part))  # noqa: SLF001
        for number, part in enumerate(parts)
    ]


def _cut(line: str, room: float, measured: Block) -> str:
    letters = _letters(line)
    while letters and measured._line_width("".join(letters).rstrip() + "…") > room:  # noqa: SLF001
        letters.pop()
    return "".join(letters).rstrip() + "…"
