"""The links of a form's summary of errors lead to where label, error and field are seen."""

import pytest
from playwright.sync_api import Page

from petitions.models import PetitionDraft
from supporters.tokens import Purpose, make
from tests.browser.soundness import TWICE, with_rules
from tests.factories import SignatureFactory

OUT_OF_SIGHT = """link => {
    const field = document.getElementById(link.hash.slice(1));
    const whole = field.closest(".field, fieldset");
    const error = whole.querySelector(".error");
    const isSeen = each => each.getBoundingClientRect().top >= 0
        && each.getBoundingClientRect().top < innerHeight - 16;
    return [whole.querySelector("label, legend"), error, field]
        .filter(each => !isSeen(each))
        .map(each => `${link.hash}: ${each.outerHTML.slice(0, 80)} at `
            + each.getBoundingClientRect().top);
}"""


def follow_each(page: Page) -> tuple[int, list[str]]:
    """How many errors there are, and what is not seen by who follows their links."""
    page.locator(".errors").wait_for()
    links = page.locator(".errors a[href^='#']")
    complaints = []
    for link in links.all():
        link.click()
        complaints += link.evaluate(OUT_OF_SIGHT)
    return links.count(), complaints


def send(page: Page, address: str, button: str = "main form:has(.field) [type=submit]") -> None:
    page.goto(address)
    page.locator(button).first.evaluate("button => button.click()")
    page.locator(".errors").wait_for()


def test_of_signing(petition, sized_page):
    sized_page.goto("/petitions/mend/sign/")
    sized_page.locator("[name=reason]").evaluate("e => { e.value = 'Because. '.repeat(99) }")
    sized_page.get_by_label("Email", exact=True).fill("noor@")
    sized_page.get_by_label("Country", exact=True).select_option("GB")
    sized_page.locator("#form [type=submit]").click()
    assert follow_each(sized_page) == (5, [])


def test_of_what_one_has_signed(petition, sized_page):
    signature = SignatureFactory(petition=petition, is_confirmed=True)
    sized_page.goto(f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/")
    sized_page.locator("[name=given_name]").evaluate("e => { e.value = '' }")
    sized_page.locator("[name=reason]").evaluate("e => { e.value = 'Because. '.repeat(99) }")
    sized_page.locator("form:has([name=reason]) [type=submit]").first.evaluate("e => e.click()")
    assert follow_each(sized_page) == (2, [])


@pytest.mark.parametrize("step", ["story", "who"])
def test_of_starting(petition, sized_page, step):
    draft = PetitionDraft.objects.create(language="en", typed={"title": "Mend the road"})
    send(sized_page, f"/petitions/start/{make(Purpose.DRAFT, draft.pk)}/{step}/")
    number, complaints = follow_each(sized_page)
    assert number
    assert complaints == []


def test_of_reporting(petition, sized_page):
    """Its first field is a group of choices, its last a box."""
    send(sized_page, "/petitions/mend/report/")
    number, complaints = follow_each(sized_page)
    assert number
    assert complaints == []


def test_the_error_is_seen_where_text_is_twice_as_large(petition, new_page):
    page = new_page(viewport={"width": 320, "height": 640})
    send(page, "/petitions/mend/sign/", "#form [type=submit]")
    with_rules(page, TWICE)
    number, complaints = follow_each(page)
    assert number
    assert not [each for each in complaints if 'class="error"' in each]
