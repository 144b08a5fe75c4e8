"""Photographs every page in every state: docs/screenshots/, and the list of them beside.

    .venv/bin/python -m tests.screenshots [NAME …]

With names, only the states that begin with them; the list is of all. The site's clock stands still
at MOMENT, so that the same pages make the same pictures (on machines with the same fonts).
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's thread has an event loop

import django

django.setup()

import datetime as dt  # noqa: E402
import logging  # noqa: E402

import time_machine  # noqa: E402
from django.test.utils import (  # noqa: E402
    setup_databases,
    setup_test_environment,
    teardown_databases,
)
from PIL import Image, ImageColor  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.catalogue import STATES, State, World, served  # noqa: E402
from tests.chromium import FLAGS, find_chromium  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
MOMENT = dt.datetime(2026, 6, 15, 10, tzinfo=dt.UTC)  # an ordinary Monday
SITE_URL = "https://petitions.example.net"  # what pages and mails say
WIDTHS = {390: 844, 1280: 900}
COLOURS = 12  # of a picture, beside those of the style sheet: edges of text, a few tones
NEAR = 10  # less, in red, green and blue together, is the same colour
CUT = 1_600  # pixels from the top; only main pages in light are shown down to their end

HEAD = """# Screenshots

Public pages in their states, and some that organizers work with, made by `make screenshots` from
`tests/catalogue/`; the clock of the site stands at {moment:%-d %B %Y}. Long pages end where the picture does, but for those that
have a picture in the dark, too. People, places and petitions are invented.

| state | phone | desk | phone, dark | desk, dark |
|---|---|---|---|---|
"""


def main(beginnings: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    chosen = [
        state
        for state in STATES
        if state.pictured and state.name.startswith(tuple(beginnings or [""]))
    ]
    if not beginnings:
        for path in FOLDER.glob("*.webp"):  # of states that are no more
            path.unlink()
    logging.disable(logging.ERROR)  # pages that say what went wrong are pages, too
    with (
        _database(),
        TemporaryDirectory() as media,
        time_machine.travel(MOMENT, tick=True) as clock,
        served(Path(media), SITE_URL=SITE_URL) as server,
        sync_playwright() as playwright,
    ):
        world = World()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for state in chosen:
            for theme in ("light", "dark") if state.main else ("light",):
                for width in WIDTHS:
                    clock.move_to(MOMENT)
                    _photograph(browser, server.url, state, world, theme, width)
        browser.close()
    _write_list()


@contextmanager
def _database() -> Iterator[None]:
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    yield
    teardown_databases(databases, verbosity=0)


def _photograph(
    browser: Browser, base_url: str, state: State, world: World, theme: str, width: int
) -> None:
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    page = context.new_page()
    state.visit(page, world)
    _wait_for_pictures(page)
    taken = Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled")))
    if not (state.main and theme == "light"):
        taken = taken.crop((0, 0, taken.width, min(taken.height, CUT)))
    _with_few_colours(taken.convert("RGB")).save(
        FOLDER / _name(state, width, theme), lossless=True, quality=60, method=4
    )
    context.close()


def _with_few_colours(taken: Image.Image) -> Image.Image:
    """The colours of the style sheet stay as they are, beside a petition's picture too."""
    style = (ROOT / "static" / "css" / "site.css").read_text(encoding="utf-8")
    ours = {ImageColor.getrgb(code) for code in re.findall(r"--[\w-]+: (#\w+);", style)}
    found = taken.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).getpalette() or []
    others = [
        colour
        for colour in zip(*[iter(found)] * 3, strict=True)
        if all(sum(abs(a - b) for a, b in zip(colour, our, strict=False)) > NEAR for our in ours)
    ]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in [*sorted(ours), *others] for part in colour])
    return taken.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")


def _wait_for_pictures(page: Page) -> None:
    page.evaluate("""() => Promise.all([...document.images].map(image => {
        image.loading = "eager";
        return image.decode();
    }))""")


def _name(state: State, width: int, theme: str) -> str:
    return f"{state.name}-{width}-{theme}.webp"


def _write_list() -> None:
    def cell(state: State, width: int, theme: str) -> str:
        name = _name(state, width, theme)
        return f"[{width}]({name})" if (FOLDER / name).exists() else ""

    rows = "".join(
        f"| {state.name} | {cell(state, 390, 'light')} | {cell(state, 1280, 'light')}"
        f" | {cell(state, 390, 'dark')} | {cell(state, 1280, 'dark')} |\n"
        for state in STATES
        if cell(state, 390, "light")
    )
    text = HEAD.format(moment=MOMENT) + rows
    (FOLDER / "README.md").write_text(text.replace("|  |", "| |"), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
