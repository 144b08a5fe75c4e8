"""The picture that stands for a petition where its link is shared: 1200 × 630 pixels.

A card's address carries a hash of all that is drawn on it, so that it can be kept for ever. The
number is the exact one up to 99 and after closing; in between it is said to two digits ("More than
1,200"). It stays true while people sign, and a petition that a million sign has a hundred cards
and not a million.
"""

import json
from dataclasses import astuple, dataclass, replace
from functools import cache
from hashlib import blake2b
from io import BytesIO
from threading import Lock

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.cache import cache as shared_cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi, ngettext, pgettext
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageOps

from petitions.models import Petition
from petitions.states import Outcome
from supporters.count import Tally
from supporters.lettering import Block, Style, Undrawable, fit
from supporters.lettering.bidi import is_rtl

WIDTH, HEIGHT = 1200, 630
DESIGN = 1  # counted up whenever cards come to look different: old addresses then lead to new ones
_KEPT = 7 * 86_400  # seconds

# LOOK: paper is white, print is black, ink is blue.
_PAPER, _PRINT, _PRINT_2, _SHEET = "#ffffff", "#15171c", "#505662", "#f4f5f8"
_INK, _WIN = "#2440c4", "#0a6640"

_MARGIN = 64
_PICTURE = 400
_MASTHEAD = 86  # baselines and edges, from the top
_TITLE_TOP, _TITLE_BOTTOM = 124, 380
_LINE = 568
_BAR = 18
_SIZES = (88, 78, 70, 62, 56, 50, 45, 41, 37, 34)

_TITLE = Style(serif=True, weight=700)
_NUMBER = Style(serif=False, weight=800)
_STRONG = Style(serif=False, weight=700)
_SMALL = Style(serif=False, weight=400)

# One is drawn at a time in a process, and nobody's thread waits long for it: whatever comes at
# once, there are threads left for pages.
_drawing = Lock()
_PATIENCE = 1  # seconds


class Busy(Exception):
    """Others are being drawn. Try again in a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All that is drawn. Two cards that are equal are the same picture."""

    title: str
    rtl: bool
    language: str
    above: str = ""
    number: str = ""
    below: str = ""
    goal: str = ""
    progress: int | None = None  # in thousandths of the line
    is_dry: bool = False
    state: str = ""
    is_won: bool = False
    picture: str = ""
    words: str = ""  # their language
    site_name: str = ""
    design: int = DESIGN

    @classmethod
    def of(cls, petition: Petition, tally: Tally) -> "Card":
        """A petition that is open or closed, in the language of the page."""
        shown = tally.count if petition.is_closed else _two_digits(tally.count)
        is_first = tally.count == 0 and tally.is_open
        card = cls(
            title=petition.title,
            rtl=_is_rtl(petition),
            language=petition.language,
            is_dry=not tally.is_open,
            state=_state(petition),
            is_won=petition.outcome in (Outcome.VICTORY, Outcome.PARTIAL),
            picture=petition.picture.name or "",
            words=get_language() or "",
            site_name=settings.SITE_NAME,
        )
        if goal := tally.goal:
            reached = _("Goal of %(goal)s reached") if tally.reached else _("Goal: %(goal)s")
            card = replace(
                card,
                goal=reached % {"goal": intcomma(goal)},
                progress=1000 if tally.reached else 1000 * shown // goal,
            )
        if is_first:
            return replace(card, number=_("Be the first to sign"))
        return replace(
            card,
            above=_above(petition, is_more=tally.count > shown),
            number=intcomma(shown),
            below=ngettext("supporter", "supporters", shown),
        )

    @classmethod
    def of_site(cls) -> "Card":
        """For the pages that are about no single petition."""
        title = _("Read, sign and be counted")
        language = get_language() or ""
        return cls(
            title=title,
            rtl=get_language_bidi(),
            language=language,
            words=language,
            site_name=settings.SITE_NAME,
        )

    @property
    def digest(self) -> str:
        drawn = json.dumps(astuple(self)).encode()
        return blake2b(drawn, digest_size=8).hexdigest()

    @property
    def alternative(self) -> str:
        """What it shows, in words."""
        parts = [self.title, " ".join(filter(None, [self.above, self.number, self.below]))]
        return ". ".join(filter(None, [*parts, self.state]))

    def png(self) -> tuple[bytes, bool]:
        """The picture; drawn once, then kept in the cache. Raises Busy.

        And whether it is whole: a petition's picture that cannot be read now may be readable soon.
        """
        key = f"card:{self.digest}"
        kept: tuple[bytes, bool] | None = shared_cache.get(key)
        if kept is None:
            if not _drawing.acquire(timeout=_PATIENCE):
                raise Busy
            try:
                if (kept := shared_cache.get(key)) is None:
                    picture = _picture(self.picture)
                    kept = _png(_drawn(self, picture)), bool(picture) == bool(self.picture)
                    shared_cache.set(key, kept, _KEPT if kept[1] else _PATIENCE)
            finally:
                _drawing.release()
        return kept


def card_url(petition: Petition, card: Card) -> str:
    return settings.SITE_URL + reverse("petition_card", args=[petition.slug, card.digest])


def site_card_url() -> str:
    return settings.SITE_URL + reverse("site_card", args=[_site_digest(get_language())])


@cache
def _site_digest(language: str | None) -> str:
    return Card.of_site().digest


# What is said


def _two_digits(count: int) -> int:
    """1,234 → 1,200; up to 99 as it is."""
    unit = int(10 ** max(len(str(count)) - 2, 0))
    return count // unit * unit


def _above(petition: Petition, *, is_more: bool) -> str:
    if is_more:
        return pgettext("before a number of supporters", "More than")
    return _("This petition had") if petition.is_closed else _("This petition has")


def _state(petition: Petition) -> str:
    if not petition.is_closed:
        return ""
    if petition.outcome == Outcome.NONE:
        return _("Petition closed")
    return str(Outcome(petition.outcome).label)


def _is_rtl(petition: Petition) -> bool:
    direction = petition.text_direction
    return is_rtl(petition.title) if direction == "auto" else direction == "rtl"


# How it is drawn


def _drawn(card: Card, picture: Image.Image | None) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = _Pen(ImageDraw.Draw(image), mirrored=_reads_from_right(card.words))
    if picture:
        image.paste(picture, (0 if pen.mirrored else WIDTH - _PICTURE, 0))
        pen.end = WIDTH - _PICTURE - 56
    title = pen.title(card)
    pen.masthead(card)
    if card.number:
        pen.count(card, size=104 if title else 220)
    else:
        pen.line(None)
    return image


def _reads_from_right(language: str) -> bool:
    return language.partition("-")[0] in settings.LANGUAGES_BIDI


class _Pen:
    """Draws from the start of the line to its end: from the right where words begin there."""

    def __init__(self, draw: ImageDraw.ImageDraw, *, mirrored: bool) -> None:
        self.draw = draw
        self.mirrored = mirrored
        self.start, self.end = _MARGIN, WIDTH - _MARGIN

    @property
    def width(self) -> int:
        return self.end - self.start

    def title(self, card: Card) -> Block | None:
        """In the middle of its room, where it is short. None if it cannot be drawn."""
        height = _TITLE_BOTTOM - _TITLE_TOP if card.number else _LINE - 40 - _TITLE_TOP
        try:
            block = fit(
                card.title,
                _TITLE,
                sizes=_SIZES if card.number else (120, 104, *_SIZES),
                width=self.width,
                height=height,
                rtl=card.rtl,
                language=card.language,
            )
        except Undrawable:
            return None
        if not block.lines:
            return None
        left = WIDTH - self.end if self.mirrored else self.start
        block.draw(self.draw, left, _TITLE_TOP, self.width, _PRINT)
        return block

    def masthead(self, card: Card) -> None:
        """The wordmark on its own short line of ink, and the state in words."""
        baseline = _MASTHEAD
        x = self.words("×", _SMALL, 38, self.start, baseline, _INK)
        if x:
            begin = x + 12
            if end := self.words(card.site_name, _TITLE, 38, begin, baseline, _PRINT):
                self.box(begin, baseline + 9, end, baseline + 12, _INK)
        if card.state:
            color = _WIN if card.is_won else _PRINT
            self.words(card.state, _STRONG, 34, self.end, baseline, color, at_end=True)

    def count(self, card: Card, *, size: int) -> None:
        bar_top = self.line(card)
        baseline = bar_top - 24
        if not card.number[:1].isdigit():
            size = 68  # words
        color = _PRINT if card.is_dry else _INK
        end = self.words(card.number, _NUMBER, size, self.start, baseline, color)
        if end and card.below:
            self.words(card.below, _SMALL, 40, end + 16, baseline, _PRINT)
        above = baseline - round(size * 0.72) - 22
        self.words(card.above, _SMALL, 32, self.start, above, _PRINT)
        self.words(card.goal, _SMALL, 32, self.end, above, _PRINT_2, at_end=True)

    def line(self, card: Card | None) -> int:
        """The signature line; ink runs along it as far as the goal is reached. Where it begins."""
        self.box(self.start, _LINE, self.end, _LINE + 4, _PRINT)
        if card is None or card.progress is None:
            return _LINE
        self.box(self.start, _LINE - _BAR, self.end, _LINE, _SHEET)
        reached = self.start + round(self.width * card.progress / 1000)
        if reached > self.start:
            color = _PRINT if card.is_dry else _INK
            self.box(self.start, _LINE - _BAR, reached, _LINE, color)
        return _LINE - _BAR

    def words(
        self,
        text: str,
        style: Style,
        size: int,
        x: float,
        baseline: float,
        color: str,
        *,
        at_end: bool = False,
    ) -> float | None:
        """One line from x on, or up to it. Where it ends; None if nothing could be drawn."""
        rtl = self.mirrored or is_rtl(text)
        try:
            block = fit(text, style, sizes=(size,), width=self.width, height=size * 2, rtl=rtl)
        except Undrawable:
            return None
        if not block.lines:
            return None
        x = x - block.width if at_end else x
        left = WIDTH - x - block.width if self.mirrored else x
        block.draw_on(self.draw, left, baseline, color)
        return x + block.width

    def box(self, start: float, top: float, end: float, bottom: float, color: str) -> None:
        if self.mirrored:
            start, end = WIDTH - end, WIDTH - start
        self.draw.rectangle((start, top, end - 1, bottom - 1), fill=color)


def _picture(name: str) -> Image.Image | None:
    """The petition's picture, cut to its place; None where there is none that can be read."""
    if not name:
        return None
    try:
        with default_storage.open(name) as file, Image.open(file) as picture:
            return ImageOps.fit(picture.convert("RGB"), (_PICTURE, HEIGHT))
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        SuspiciousFileOperation,
    ):
        return None


def _png(image: Image.Image) -> bytes:
    """With a palette: a third of the size, and nobody sees it."""
    file = BytesIO()
    image.quantize(256, method=Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
    return file.getvalue()
