"""The questions themselves: each finds a fault that is planted in a page that is otherwise sound."""

import pytest
from playwright.sync_api import Page

from tests.browser import soundness
from tests.browser.conftest import PHONE

SOUND = """<!doctype html>
<html lang="en"><head><title>Sign the petition</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { margin: 0; background: #fff; color: #15171c; font: 17px/1.5 sans-serif }
input, button { box-sizing: border-box; min-height: 44px; font: inherit }
a { color: #2440c4 }
:focus-visible { outline: 3px solid #2440c4 }
</style></head>
<body><main><h1>Sign the petition</h1>
<p class="hint" id="hint">As it is written in your passport, and <a href="#name">no other</a>.</p>
<p><label for="name">Name</label> <input id="name" aria-describedby="hint"></p>
<p><label for="email">Email</label> <input id="email"></p>
<p><button>Sign</button></p>
</main></body></html>"""

FAULTS = {
    "a label is gone": ("violations", '<label for="name">Name</label>', "Name", "axe label:"),
    "the contrast is low": ("violations", "color: #15171c", "color: #999", "axe color-contrast:"),
    "an id is there twice": ("loose_ends", "<main>", "<main id='email'>", "an id is there twice: email"),
    "a hint is gone": ("loose_ends", ' id="hint"', "", "aria-describedby names no element: hint"),
    "a link leads nowhere": ("loose_ends", "#name", "#first", "a link leads nowhere: #first"),
    "the language is missing": ("violations", ' lang="en"', "", "axe html-has-lang:"),
    "a heading is skipped": ("violations", "</h1>", "</h1><h4>Why</h4>", "axe heading-order:"),
    "the text stands in no landmark": ("violations", "<main>", "<main></main><div>", "axe region:"),
    "zooming is forbidden": ("violations", "initial-scale=1", "user-scalable=no", "axe meta-viewport:"),
    "a button is low": ("small_targets", "min-height: 44px", "min-height: 30px", "<button>Sign"),
    "text is small": ("small_text", "17px/1.5", "12px/1.5", "text of 12px: "),
    "a button fades": ("moving", "main>", "main><i style='transition: opacity 1s'>A</i>", "moves: <i"),
    "the page scrolls smoothly": ("moving", "body {", "html { scroll-behavior: smooth } body {", "moves: <html"),
    "a box is wide": ("sideways_when_narrow", "body {", "h1 { width: 40em } body {", "sideways at 320"),
    "a field is squeezed": ("sideways_when_narrow", "body {", "#email { width: 7vw } body {", "squeezed to"),
    "large text does not fit": ("sideways_when_narrow", "body {", "h1 { width: 18rem } body {",
                                "text at 200 %: sideways"),
    "spaced text does not fit": ("sideways_when_narrow", "body {", "h1 { width: max-content; font-size: 34px } body {",
                                 "spaced text: sideways"),
    "the focus cannot be seen": ("hidden_focus", "3px solid #2440c4", "none", "focus cannot be seen: <a"),
    "a bar covers the focus": ("hidden_focus", "<h1>", "<b style='position: fixed; inset: 0'></b><h1>",
                               "focus is covered: <a"),
}  # fmt: skip


@pytest.fixture(scope="module")
def page(browser) -> Page:
    context = browser.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


def test_a_sound_page_gives_no_reason_to_complain(page):
    page.set_content(SOUND)
    for name in ("violations", "loose_ends", "small_targets", "small_text", "moving", "sideways",
                 "sideways_when_narrow", "hidden_focus"):  # fmt: skip
        assert getattr(soundness, name)(page) == [], name


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, page):
    question, sound, planted, complaint = FAULTS[fault]
    assert SOUND.count(sound) >= 1
    page.set_content(SOUND.replace(sound, planted, 1))
    complaints = getattr(soundness, question)(page)
    assert complaint in "\n".join(complaints)
