"""The one thing that moves, a new number's colour, moves for nobody who asked for less motion."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import SignatureFactory


@pytest.mark.parametrize(("wish", "moving"), [("reduce", "none"), ("no-preference", "dry")])
def test_a_new_number(petition, new_page, wish, moving):
    page = new_page(reduced_motion=wish)
    page.clock.install()
    page.goto("/petitions/mend/")
    SignatureFactory(petition=petition, is_confirmed=True)
    # The mark may be gone again when we look: its style is noted at the moment it is made.
    page.evaluate("""() => {
        const number = document.querySelector(".count data");
        window.marked = [];
        new MutationObserver(() => {
            if (number.classList.contains("changed"))
                marked.push(getComputedStyle(number).animationName);
        }).observe(number, {attributeFilter: ["class"]});
    }""")
    page.clock.run_for(8_000)
    expect(page.locator(".count")).to_have_text(re.compile(r"2\s+supporters"))
    assert page.evaluate("marked") == [moving]
