"""From a petition page to a counted signature, as signers do it."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from supporters.models import Signature
from tests.browser.signer import fill, link_in
from tests.factories import ActionStepFactory, UpdateFactory
from tests.smtp import Inbox


def sign_and_confirm(page: Page, inbox: Inbox) -> None:
    page.goto("/petitions/mend/")
    fill(page)
    page.locator("form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("One step left: check your email.")
    call_command("work", "--once")
    assert [delivery.recipients for delivery in inbox.deliveries] == [["noor@example.org"]]
    page.goto(link_in(inbox, "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    expect(page.locator("h1")).to_have_text("Thank you, Noor. You are counted.")
    expect(page.locator("main")).to_contain_text(re.compile(r"You are supporter number\s+2"))


def test_sign_confirm_and_watch_the_number_rise(petition, sized_page, new_page, smtp_server):
    watching = new_page()
    watching.goto("/petitions/mend/")
    expect(watching.locator(".count")).to_have_text(
        re.compile(r"This petition has\s+1\s+supporter")
    )
    sign_and_confirm(sized_page, smtp_server)
    expect(watching.locator(".count")).to_have_text(
        re.compile(r"This petition has\s+2\s+supporters"), timeout=20_000
    )
    assert watching.locator("progress").evaluate("e => e.value") == 2
    sized_page.get_by_role("button", name="Email me the news").click()
    expect(sized_page.get_by_role("status").first).to_have_text("Saved.")
    expect(sized_page.locator("h1")).to_have_text("Thank you, Noor. You are counted.")
    assert Signature.objects.get(given_name="Noor").wants_updates


def test_mistakes_are_shown_where_they_are(petition, sized_page):
    sized_page.goto("/petitions/mend/")
    fill(sized_page, Email="noor@")
    sized_page.locator("form button[type=submit]").click()
    summary = sized_page.locator(".errors")
    expect(summary).to_be_focused()
    expect(sized_page).to_have_title(re.compile(r"^Error: "))
    summary.get_by_role("link", name="Enter an email address like name@example.org").click()
    email = sized_page.get_by_label("Email", exact=True)
    expect(email).to_be_focused()
    expect(email).to_have_value("noor@")
    expect(sized_page.get_by_label("First name", exact=True)).to_have_value("Noor")


def test_withdrawing(petition, page, smtp_server):
    sign_and_confirm(page, smtp_server)
    page.get_by_text("Withdraw your signature?").click()
    page.get_by_role("button", name="Withdraw my signature").click()
    expect(page.locator("h1")).to_have_text("You withdrew your signature.")
    page.goto("/petitions/mend/")
    expect(page.locator(".count")).to_have_text(re.compile(r"This petition has\s+1\s+supporter"))


def test_a_mistyped_address_is_corrected(petition, sized_page, smtp_server):
    sized_page.goto("/petitions/mend/")
    fill(sized_page, Email="noor@exmaple.org")
    sized_page.locator("form button[type=submit]").click()
    expect(sized_page.locator("main bdi").first).to_have_text("noor@exmaple.org")
    sized_page.get_by_role("link", name="Correct your address").click()
    email = sized_page.get_by_label("Email", exact=True)
    expect(email).to_have_value("noor@exmaple.org")
    expect(sized_page.get_by_label("First name", exact=True)).to_have_value("Noor")


@pytest.mark.parametrize("address", ["/petitions/mend/", "/petitions/mend/sign/"])
def test_the_postal_code_is_called_and_needed_as_in_the_country(petition, page, address):
    page.goto(address)
    code = page.locator("[name=postal_code]")
    label = page.locator("label[for=id_postal_code]")
    expect(label).to_have_text("Postal code")
    expect(code).to_have_accessible_description("Needed in some countries")
    for country, name in [
        ("IE", "Eircode (optional)"),
        ("GB", "Postcode"),
        ("FR", "Postal code (optional)"),
        ("AQ", "Postal code (optional)"),
    ]:
        page.get_by_label("Country").select_option(country)
        expect(label).to_have_text(name)
        expect(code).to_have_accessible_description("")
    assert code.get_attribute("aria-describedby") is None


def test_an_update_that_is_folded_away_is_found_by_its_address(petition, page):
    updates = [UpdateFactory(petition=petition, title=f"Number {n}.") for n in range(8)]
    page.goto(f"/petitions/mend/#update-{updates[0].pk}")
    expect(page.get_by_role("heading", name="Number 0.")).to_be_visible()


def test_large_text_on_a_small_screen(petition, new_page):
    """Twice the text at 320 pixels: nothing scrolls sideways, and no bar lies over the text."""
    page = new_page(viewport={"width": 320, "height": 800})
    for address in ["/", "/petitions/", "/petitions/mend/", "/petitions/mend/sign/"]:
        page.goto(address)
        page.evaluate("document.styleSheets[0].insertRule('html { font-size: 200% }')")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
        assert page.locator(".mark span").evaluate("e => e.getClientRects().length") == 1
    page.goto("/petitions/mend/")
    bar = page.locator(".bar")
    assert bar.evaluate("e => getComputedStyle(e).position") == "sticky"
    page.evaluate("document.styleSheets[0].insertRule('html { font-size: 200% }')")
    assert bar.evaluate("e => getComputedStyle(e).position") == "static"


def test_labels_stand_above_and_paired_controls_on_a_line(petition, sized_page, viewport):
    for address in ["/petitions/mend/", "/petitions/mend/sign/"]:
        sized_page.goto(address)
        tops = {}
        for label in ["First name", "Last name", "Email", "Country", "Postal code"]:
            above = sized_page.get_by_text(label, exact=True).bounding_box()
            control = sized_page.get_by_label(label, exact=True).bounding_box()
            assert above["y"] + above["height"] <= control["y"] + 1, label
            tops[label] = round(control["y"])
        if viewport["width"] > 1000:
            assert tops["First name"] == tops["Last name"]
            beside = tops["Country"] == tops["Postal code"]
            assert beside == (address == "/petitions/mend/sign/")  # the narrow form stacks them


def test_lone_links_are_as_high_as_a_finger(petition, sized_page):
    UpdateFactory(petition=petition)
    for address in [
        "/",
        "/petitions/mend/",
        "/petitions/",
        "/petitions/?q=nothing&status=open",
        "/petitions/mend/sign/",
    ]:
        sized_page.goto(address)
        heights = sized_page.eval_on_selector_all(
            ".lone > a, .tight > a, .found h2 a, .found h3 a",
            "links => links.map(a => a.getBoundingClientRect().height).filter(h => h)",
        )
        assert heights, address
        assert min(heights) >= 44, address


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways(petition, new_page, width):
    long = f"https://example.org/{'a' * 120}"
    ActionStepFactory(petition=petition, kind="write", email=f"{'a' * 60}@example.org", link=long)
    page = new_page(viewport={"width": width, "height": 800})
    for address in ["/", "/petitions/", "/petitions/mend/", "/petitions/mend/sign/"]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.goto("/petitions/mend/")
    for link in page.locator("section[aria-labelledby=steps-title] a").all():
        assert link.bounding_box()["height"] >= 44
