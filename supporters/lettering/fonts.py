"""Which font has a letter: of those in PETITIONS_FONT_DIRS, or of those that pip brought.

A machine has hundreds of fonts or none. They are ranked by name, since only the names say what
they are for, and a letter is drawn with the first that has it.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Literal

from django.conf import settings
from PIL import Image, ImageFont

# For drawing words other than plain: pictures of a kind, or letters that nobody reads at once.
_UNFIT = re.compile(
    "italic|oblique|mono|condensed|narrow|emoji|music|signwriting|nastaliq|rashi|unjoined|display|"
    "looped|lastresort|blank|math",
    re.IGNORECASE,
)
# In Noto's collections of Chinese, Japanese and Korean.
_IN_COLLECTION = {"ja": 0, "ko": 1, "zh": 2, "zh-hans": 2, "zh-cn": 2, "zh-hant": 3, "zh-tw": 3,
                  "zh-hk": 4, "yue": 4}  # fmt: skip
_NO_CHARACTER = "\uffff"  # whose glyph is what a font draws for all that it does not have


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Like the pages: the document is serif, the interface sans."""

    serif: bool
    weight: Literal[400, 700, 800]


@lru_cache(maxsize=4_096)
def font_file(letter: str, style: Style) -> Path | None:
    """The first font that has all of a letter with its marks, or None."""
    marks = letter.strip("\u200c\u200d")  # joiners are seen in what they do
    return next(
        (path for path in _ranked(style) if all(_has(path, character) for character in marks)),
        None,
    )


@lru_cache(maxsize=256)
def opened(
    path: Path, size: int, weight: int, language: str = "", *, shaped: bool = True
) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels. `shaped`: letters join and reorder, where the machine can."""
    index = _IN_COLLECTION.get(language.lower(), 0) if "CJK" in path.stem else 0
    layout = None if shaped else ImageFont.Layout.BASIC
    font = ImageFont.truetype(path, size, index=index, layout_engine=layout)
    if "[" in path.stem:  # by convention: its axes
        font.set_variation_by_axes(
            [
                float(weight if axis["name"] == b"Weight" else axis["default"] or 0)
                for axis in font.get_variation_axes()
            ]
        )
    return font


@lru_cache(maxsize=100_000)
def _has(path: Path, character: str) -> bool:
    return character.isspace() or _looks(path, character) != _looks(path, _NO_CHARACTER)


@lru_cache(maxsize=2_048)
def _looks(path: Path, character: str) -> tuple[tuple[int, int], bytes]:
    font = opened(path, 16, 400, shaped=False)
    left, top, right, bottom = font.getbbox(character)
    size = (int(right - left), int(bottom - top))
    mask = Image.Image()._new(font.getmask(character))  # noqa: SLF001 (no other way to its bytes)
    return size, mask.tobytes()


@cache
def _ranked(style: Style) -> tuple[Path, ...]:
    ranks = [(rank, str(path)) for path in _files() if (rank := _rank(path.stem, style))]
    return tuple(Path(path) for _rank_, path in sorted(ranks))


def _rank(stem: str, style: Style) -> tuple[int, int] | None:
    """The smaller, the earlier; None for a font that is not for words."""
    family, _dash, cut = re.sub(r"\[.*\]", "", stem).partition("-")
    if _UNFIT.search(stem):
        return None
    is_bold = cut.lower() == "bold"
    if not is_bold and cut.lower() not in {"", "regular", "medium", "roman", "book"}:
        return None
    fits = "[" in stem or is_bold == (style.weight > 400)  # noqa: PLR2004
    wanted = ("NotoSerif", "NotoNaskh") if style.serif else ("NotoSans", "NotoKufi")
    if family == wanted[0]:
        order = 0
    elif family.startswith(wanted):
        order = 1
    else:
        order = 2 if family.startswith("Noto") else 3
    return (0 if fits else 1, order)


@cache
def _files() -> tuple[Path, ...]:
    folders = [Path(folder).expanduser() for folder in settings.PETITIONS_FONT_DIRS]
    folders += _packaged()
    found = [
        path
        for folder in folders
        if folder.is_dir()
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in {".ttf", ".otf", ".ttc"}
    ]
    return tuple(path for path in found if _opens(path))


def _packaged() -> list[Path]:
    """The folders of fonts that were installed as Python packages."""
    modules = (entry.value for entry in entry_points(group="fontpkg.family"))
    return sorted(Path(str(import_module(name).__file__)).parent for name in modules)


def _opens(path: Path) -> bool:
    try:
        ImageFont.truetype(path, 16, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return False
    return True
