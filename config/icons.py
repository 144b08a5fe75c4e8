"""Draws the icons in static/images/ that cannot be SVG: `python -m config.icons`.

The shapes are those of mark.svg: a cross in ink on a line of print. Where the ground is not ours
(a browser's tab) the colours are in between, to be seen on light and on dark.
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "static" / "images"
SIDE, STROKE = 32, 4  # of mark.svg
CROSS = [((9, 5), (23, 19)), ((23, 5), (9, 19))]
LINE = [((3, 28), (29, 28))]
FINE = 8  # drawn this many times as large, then made smaller, for smooth edges

PAPER, INK, PRINT = "#ffffff", "#2440c4", "#15171c"
INK_ON_ANY, PRINT_ON_ANY = "#4a66e8", "#7d828d"

# Name, pixels, part of the side that the mark takes. Masks cut away a fifth all round.
TILES = [
    ("icon-180.png", 180, 0.72),
    ("icon-192.png", 192, 0.72),
    ("icon-512.png", 512, 0.72),
    ("icon-maskable-512.png", 512, 0.52),
]
TABS = [16, 32, 48]


def tile(size: int, part: float) -> Image.Image:
    """The mark on paper, to the edges: systems round the corners themselves."""
    return _draw(size, part, ground=PAPER, ink=INK, line=PRINT).convert("RGB")


def tab(size: int) -> Image.Image:
    return _draw(size, 1, ground=None, ink=INK_ON_ANY, line=PRINT_ON_ANY)


def main() -> None:
    for name, size, part in TILES:
        tile(size, part).save(FOLDER / name, optimize=True)
    tabs = [tab(size) for size in TABS]
    tabs[-1].save(
        FOLDER / "favicon.ico",
        sizes=[(size, size) for size in TABS],
        append_images=tabs[:-1],
    )


def _draw(size: int, part: float, *, ground: str | None, ink: str, line: str) -> Image.Image:
    fine = size * FINE
    unit = fine * part / SIDE
    edge = fine * (1 - part) / 2
    image = Image.new("RGBA", (fine, fine), ground or (255, 255, 255, 0))
    pen = ImageDraw.Draw(image)
    for strokes, colour in ((CROSS, ink), (LINE, line)):
        for start, end in strokes:
            pen.polygon(_stroke(start, end, unit, edge), fill=colour)
    return image.resize((size, size), Image.Resampling.BOX)


def _stroke(
    start: tuple[int, int], end: tuple[int, int], unit: float, edge: float
) -> list[tuple[float, float]]:
    """The corners of a line with square ends."""
    (x1, y1), (x2, y2) = start, end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    along = ((x2 - x1) / length * STROKE / 2, (y2 - y1) / length * STROKE / 2)
    across = (-along[1], along[0])
    corners = [
        (x1 - along[0] + across[0], y1 - along[1] + across[1]),
        (x2 + along[0] + across[0], y2 + along[1] + across[1]),
        (x2 + along[0] - across[0], y2 + along[1] - across[1]),
        (x1 - along[0] - across[0], y1 - along[1] - across[1]),
    ]
    return [(edge + x * unit, edge + y * unit) for x, y in corners]


if __name__ == "__main__":
    main()
