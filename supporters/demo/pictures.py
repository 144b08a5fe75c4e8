"""The demo's pictures, drawn when it starts: flat shapes in a few colours, of our own making.

Lengths are in hundredths of the height; a sheet is 150 wide and 100 high, its origin top left.
"""

from collections.abc import Callable, Sequence
from random import Random

from PIL import Image, ImageDraw

Colour = str
Point = tuple[float, float]

SMALL = 8  # pixels for a hundredth, of what is stored: 1200 × 800
OVER = 2  # drawn so many times as large, for smooth edges


class _Sheet:
    def __init__(self, ground: Colour) -> None:
        self._unit = SMALL * OVER
        self._image = Image.new("RGB", (150 * self._unit, 100 * self._unit), ground)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, colour: Colour, *at: float, round_by: float = 0) -> None:
        """`at`: left, top, right, bottom."""
        self._draw.rounded_rectangle(self._scaled(at), round_by * self._unit, fill=colour)

    def shape(self, colour: Colour, *points: Point) -> None:
        self._draw.polygon(self._scaled([length for point in points for length in point]), colour)

    def disc(self, colour: Colour, x: float, y: float, radius: float) -> None:
        at = self._scaled([x - radius, y - radius, x + radius, y + radius])
        self._draw.ellipse(at, fill=colour)

    def line(self, colour: Colour, width: float, *points: Point) -> None:
        flat = self._scaled([length for point in points for length in point])
        self._draw.line(flat, fill=colour, width=round(width * self._unit), joint="curve")

    def finished(self) -> Image.Image:
        return self._image.reduce(OVER)

    def _scaled(self, lengths: Sequence[float]) -> list[float]:
        return [length * self._unit for length in lengths]


def bus_stop() -> Image.Image:
    """Dusk, a lit shelter on an empty road, and far off the two lights of the bus."""
    sheet = _Sheet("#1c2450")
    for top, colour in ((26.0, "#2b3470"), (42, "#4a4a86"), (53, "#7d6691"), (61, "#b98892")):
        sheet.box(colour, 0, top, 150, 100)
    sheet.disc("#f3d9b1", 118, 22, 6)
    sheet.disc("#1c2450", 115.5, 20.6, 5.2)
    sheet.shape("#2a2c5c", (0, 62), (28, 52), (52, 60), (86, 47), (122, 59), (150, 54), (150, 78),
                (0, 78))  # fmt: skip
    sheet.shape("#1f214a", (0, 70), (40, 62), (90, 69), (150, 62), (150, 80), (0, 80))
    # The road, and where it comes over the hill.
    sheet.box("#171a38", 0, 76, 150, 100)
    for left in map(float, range(-6, 150, 26)):
        sheet.box("#4a4a86", left, 88.4, left + 13, 89.6)
    # The bus.
    sheet.box("#33407f", 116, 64.5, 137, 77.4, round_by=1.4)
    for left in (118.0, 122.6, 127.2, 131.8):
        sheet.box("#ffd07a", left, 66.6, left + 3.4, 71)
    sheet.shape("#3a3868", (116, 73.6), (116, 76), (84, 80.5), (84, 77))
    sheet.disc("#ffe9bd", 116.4, 74.8, 1.1)
    for x in (121.0, 132.0):
        sheet.disc("#0f1128", x, 77.6, 2)
    # The shelter: roof, light below it, wall, bench, timetable.
    sheet.shape("#39407a", (31, 42), (69, 42), (75, 79), (25, 79))
    sheet.shape("#e9b872", (41, 42), (59, 42), (64, 79), (36, 79))
    sheet.box("#0f1128", 27, 37.6, 73, 42, round_by=0.6)
    for x in (31.0, 67.4):
        sheet.box("#0f1128", x, 42, x + 1.6, 79)
    sheet.box("#0f1128", 38, 66, 60, 68)
    for x in (40.0, 56.6):
        sheet.box("#0f1128", x, 68, x + 1.4, 79)
    # Who waits.
    sheet.disc("#0f1128", 47.5, 51.6, 2.7)
    sheet.shape("#0f1128", (44.6, 55), (50.4, 55), (51.2, 67), (43.6, 67))
    sheet.shape(
        "#0f1128", (44, 65.4), (54.6, 65.4), (54.6, 78.6), (52.2, 78.6), (52.2, 68), (44, 68)
    )
    # The sign of the stop.
    sheet.box("#0f1128", 80.4, 40, 81.6, 79)
    sheet.disc("#a3b5ff", 81, 40, 4.6)
    sheet.box("#1c2450", 78.4, 38.4, 83.6, 41, round_by=0.5)
    sheet.box("#232653", 0, 79, 150, 80.6)
    return sheet.finished()


def library() -> Image.Image:
    """Shelves of books, and before them a table with nobody at it."""
    sheet = _Sheet("#f1e6d2")
    random = Random(41)  # noqa: S311 - the same books each time
    wood = "#8a5a3b"
    sheet.box("#ddc9a8", 6, 4, 144, 74)
    for foot in (26, 49, 72):
        for x, end in ((7.5, 74), (78.5, 143)):
            _fill(sheet, random, x, end, foot)
        sheet.box(wood, 4, foot, 146, foot + 2)
    for x in (4, 75, 144):
        sheet.box(wood, x, 2, x + 2, 74)
    sheet.box(wood, 4, 2, 146, 4)
    # The green carpet, the table and its chairs.
    sheet.box("#3f6b57", 0, 78, 150, 100)
    sheet.box("#355b4a", 0, 74, 150, 78.6)
    for x in (38, 98):
        sheet.box("#182c8f", x, 66, x + 14, 80, round_by=1.6)
        for leg in (x + 0.6, x + 12):
            sheet.box("#182c8f", leg, 78, leg + 1.4, 92)
    sheet.box("#c98f5c", 28, 80, 122, 84, round_by=0.8)
    for x in (32.0, 115.4):
        sheet.box("#a8713f", x, 84, x + 2.6, 98)
    # An open book and a lamp that is off.
    sheet.shape("#fffaf0", (67, 78.2), (75, 79.6), (75, 80.4), (67, 80))
    sheet.shape("#e8dcc4", (75, 79.6), (83, 78.2), (83, 80), (75, 80.4))
    sheet.box("#2b2a28", 89, 71, 90, 80)
    sheet.box("#2b2a28", 86, 79, 93, 80)
    sheet.shape("#b5503c", (84, 71.4), (87, 66), (92, 66), (95, 71.4))
    return sheet.finished()


_SPINES = ("#2440c4", "#182c8f", "#b5503c", "#d98b4a", "#3f6b57", "#8fa58c", "#6f7fc9", "#efd9ae")


def _fill(sheet: _Sheet, random: Random, x: float, end: float, foot: float) -> None:
    """Books from x on, as far as the board reaches; some lean where one is lent out."""
    while x < end - 9:
        colour = random.choice(_SPINES)
        if random.randrange(11) == 0:
            sheet.shape(
                colour, (x + 5.4, foot - 14), (x + 8.3, foot - 13.2), (x + 3, foot), (x, foot)
            )
            x += 9
            continue
        right, top = x + random.uniform(2.4, 5), foot - random.uniform(12, 17.6)
        sheet.box(colour, x, top, right - 0.35, foot)
        if random.randrange(2):
            band = top + random.uniform(2, 5)
            light = "#f1e6d2" if colour != "#efd9ae" else "#b5503c"
            sheet.box(light, x, band, right - 0.35, band + 1.2)
        x = right


def crossing() -> Image.Image:
    """A street from above: a crossing that is only dotted in, and long shadows at its kerb."""
    sheet = _Sheet("#e9dfca")
    sheet.box("#55596b", 0, 30, 150, 74)
    for top in (28.4, 74.0):
        sheet.box("#c7baa0", 0, top, 150, top + 1.6)
    for left in (2, 17, 32, 92, 107, 122, 137):
        sheet.box("#cfd2dc", left, 51.4, left + 8, 52.6)
    for left in range(52, 92, 8):
        _dotted_stripe(sheet, left)
    # Cars.
    for x, y, colour, glass in ((10.0, 56.0, "#b5503c", "#e3b3a6"),
                                (112.0, 36.0, "#2440c4", "#a3b5ff")):  # fmt: skip
        sheet.box("#444859", x + 1, y + 1.4, x + 26, y + 13.4, round_by=3)
        sheet.box(colour, x, y, x + 25, y + 12, round_by=3)
        sheet.box(glass, x + 5, y + 1.6, x + 8, y + 10.4, round_by=1)
        sheet.box(glass, x + 16, y + 1.6, x + 20, y + 10.4, round_by=1)
    # Who waits at the kerb, with their shadows.
    people = ((62, 82, 2.6, "#2440c4"), (69, 83, 1.9, "#d98b4a"), (80, 81.5, 2.6, "#182c8f"),
              (85.6, 83, 1.8, "#b5503c"), (73.6, 86, 1.8, "#3f6b57"))  # fmt: skip
    for x, y, size, _colour in people:
        sheet.shape("#cdbf9f", (x - size * 0.7, y + size * 0.7), (x + size * 0.7, y - size * 0.7),
                    (x + size * 5.6, y + size * 3.2), (x + size * 4.4, y + size * 4.2))  # fmt: skip
    for x, y, size, colour in people:
        sheet.box(colour, x - size * 1.3, y - size * 0.8, x + size * 1.3, y + size * 0.8,
                  round_by=size * 0.8)  # fmt: skip
        sheet.disc("#3b2f2a", x, y, size * 0.72)
    # The school over the way: its roof, its gate, its path; trees.
    sheet.box("#d8cbb0", 66, 12, 78, 28.4)
    sheet.box("#b5503c", 24, 0, 120, 12)
    sheet.box("#9c4231", 24, 0, 120, 5.6)
    for left in (64, 78):
        sheet.box("#182c8f", left, 23, left + 2, 28.4)
    for x, y, radius in ((10, 14, 9), (38, 20, 5), (104, 20, 6), (136, 12, 10), (18, 92, 8),
                         (128, 91, 10), (44, 95, 5)):  # fmt: skip
        sheet.disc("#cdbf9f", x + radius * 0.3, y + radius * 0.3, radius)
        sheet.disc("#3f6b57", x, y, radius)
        sheet.disc("#5c876f", x - radius * 0.25, y - radius * 0.25, radius * 0.55)
    return sheet.finished()


def _dotted_stripe(sheet: _Sheet, left: float) -> None:
    """A stripe that is asked for and not painted yet: its outline alone."""
    white = "#f7f4ec"
    for top in range(32, 72, 5):
        sheet.box(white, left, top, left + 0.7, top + 2.6)
        sheet.box(white, left + 3.9, top, left + 4.6, top + 2.6)
    for edge in (32.0, 71.4):
        sheet.box(white, left, edge, left + 4.6, edge + 0.7)


def street_trees() -> Image.Image:
    """A row of young trees along a wall, and the shade that they throw."""
    sheet = _Sheet("#f6dfb4")
    sheet.disc("#fbeccb", 116, 26, 21)
    sheet.disc("#f0a35e", 116, 26, 12)
    roofs = ((0, 30, 46), (30, 24, 38), (54, 34, 50), (88, 28, 42), (116, 34, 48))
    for x, width, top in roofs:
        sheet.box("#e8bd8b", x, top, x + width, 74)
        sheet.shape("#c9744f", (x - 1.5, top), (x + width / 2, top - 10), (x + width + 1.5, top))
        for left in range(int(x) + 4, int(x + width) - 5, 8):
            sheet.box("#b9855d", left, top + 7, left + 3.6, top + 13)
    sheet.box("#d7a274", 0, 66, 150, 76)
    sheet.box("#c58e60", 0, 66, 150, 67.4)
    sheet.box("#f0d9ae", 0, 76, 150, 86)
    sheet.box("#d8bb8a", 0, 86, 150, 87.6)
    sheet.box("#8f8578", 0, 87.6, 150, 100)
    for n, x in enumerate((14, 44, 74, 104, 134)):
        sheet.shape("#cdae7c", (x - 1, 79), (x + 1.4, 79), (x - 17, 86), (x - 22, 86))
        sheet.shape("#7b7266", (x - 24, 87.6), (x - 17, 87.6), (x - 29, 97), (x - 44, 97))
        sheet.box("#5e4432", x - 0.9, 52, x + 0.9, 79)
        sheet.line("#5e4432", 0.9, (x, 62), (x + 4, 54))
        sheet.line("#5e4432", 0.9, (x, 66), (x - 4, 57))
        size = (11.4, 10, 12, 10.6, 11)[n]
        sheet.disc("#3f6b57", x + 1.4, 47, size)
        sheet.disc("#5c876f", x - 1.6, 45, size * 0.86)
        sheet.disc("#86a987", x - 3.8, 42.4, size * 0.46)
        sheet.box("#a8713f", x - 3, 62, x - 2.2, 79)
        sheet.box("#5e4432", x - 3, 70, x + 0.9, 70.8)
    # Somebody in the shade.
    sheet.disc("#2b2a28", 60, 67.4, 1.9)
    sheet.shape("#2440c4", (57.8, 69.8), (62.2, 69.8), (63, 78.6), (57.2, 78.6))
    sheet.box("#2b2a28", 58, 78.4, 59.4, 84)
    sheet.box("#2b2a28", 60.8, 78.4, 62.2, 84)
    return sheet.finished()


DRAWN: dict[str, Callable[[], Image.Image]] = {
    "bus-stop": bus_stop,
    "library": library,
    "crossing": crossing,
    "street-trees": street_trees,
}
