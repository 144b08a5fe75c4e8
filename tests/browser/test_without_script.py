"""Everything with JavaScript switched off, on a phone."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.signer import fill, link_in


@pytest.fixture
def page(new_page) -> Page:
    return new_page(javascript=False, viewport=PHONE)


def send(page: Page) -> None:
    page.locator("form:has([name=email]) [type=submit]").click()


def test_the_whole_way(petition, page, smtp_server):
    page.goto("/petitions/")
    page.get_by_role("link", name="Mend the bridge").click()
    expect(page.locator(".count")).to_have_text(re.compile(r"This petition has\s+1\s+supporter"))

    fill(page, Email="noor@")
    page.get_by_text("Say why").click()
    page.get_by_label("Your reason").fill("I walk there every day.")
    send(page)
    expect(page.locator(".errors")).to_contain_text("name@example.org")
    expect(page.get_by_label("First name", exact=True)).to_have_value("Noor")
    expect(page.get_by_label("Your reason")).to_have_value("I walk there every day.")

    page.get_by_label("Email", exact=True).fill("noor@exmaple.org")
    send(page)
    page.get_by_role("link", name="Correct your address").click()
    fill(page)
    send(page)
    page.get_by_role("button", name="Send the message again").click()
    expect(page.locator("[role=status]")).to_be_visible()

    call_command("work", "--once")
    page.goto(link_in(smtp_server, "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    expect(page.locator("h1")).to_have_text("Thank you, Noor. You are counted.")
    page.get_by_label("Your reason").fill("I walk there twice a day.")
    page.locator("form:has([name=display]) [type=submit]").click()
    expect(page.locator(".said")).to_have_text("Saved.")

    page.goto("/petitions/mend/")
    expect(page.locator(".count")).to_have_text(re.compile(r"This petition has\s+2\s+supporters"))
    expect(page.locator("main")).to_contain_text("I walk there twice a day.")

    page.goto(link_in(smtp_server, "confirm"))
    page.get_by_role("link", name="See or change your signature").click()
    page.get_by_text("Withdraw your signature?").click()
    page.get_by_role("button", name="Withdraw my signature").click()
    expect(page.locator("h1")).to_have_text("You withdrew your signature.")


def test_the_list_is_searched_and_narrowed(petition, page):
    page.goto("/")
    page.get_by_label("Search petitions").fill("bridge")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("main")).to_contain_text("1 petition matches")
    page.get_by_role("link", name=re.compile("^Closed")).click()
    expect(page.locator("main")).to_contain_text("No petition matches “bridge” within: Closed.")
