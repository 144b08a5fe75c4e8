"""The one thing that moves, a new number's colour, moves for nobody who asked for less motion."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import SignatureFactory


@pytest.mark.parametrize(("wish", "moving"), [("reduce", []), ("no-preference", ["dry"])])
def test_a_new_number(petition, new_page, wish, moving):
    page = new_page(reduced_motion=wish)
    page.clock.install()
    page.goto("/petitions/mend/")
    SignatureFactory(petition=petition, is_confirmed=True)
    # An animation would be over when we look: the first frame of each is noted.
    page.evaluate("""() => {
        window.moved = [];
        document.addEventListener("animationstart", e => moved.push(e.animationName));
    }""")
    page.clock.run_for(8_000)
    expect(page.locator(".count")).to_have_text(re.compile(r"2\s+supporters"))
    expect(page.locator(".count data.changed")).to_have_count(1)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate("moved") == moving
