"""The whole way of a signer with the keyboard alone: it is never lost, and always seen."""

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from supporters.models import Signature
from tests.browser.conftest import PHONE
from tests.browser.signer import link_in
from tests.browser.soundness import FOCUS

WIDE_BUT_SHORT = {"width": 1280, "height": 700}


class Keyboard:
    """Keys alone. Every stop on the way must be seen, also beneath what sticks to the screen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab(self) -> str:
        """The next stop's name; "" when the page has no further one."""
        self.page.keyboard.press("Tab")
        return self.stop()

    def stop(self) -> str:
        stop = self.page.evaluate(FOCUS) or {"name": "", "fault": ""}
        assert not stop["fault"], stop["fault"]
        return stop["name"]

    def go_to(self, name: str) -> None:
        passed = [self.stop()]
        while not passed[-1].startswith(name):
            passed.append(self.tab())
            assert passed[-1], f"{name!r} is not among {passed}"

    def type(self, name: str, text: str) -> None:
        self.go_to(name)
        self.page.keyboard.type(text)

    def press(self, name: str, key: str = "Enter") -> None:
        self.go_to(name)
        self.page.keyboard.press(key)


@pytest.mark.parametrize("viewport", [PHONE, WIDE_BUT_SHORT], ids=["phone", "short"])
def test_sign_confirm_share_and_withdraw(petition, new_page, viewport, smtp_server):
    page = new_page(viewport=viewport)
    keys = Keyboard(page)

    page.goto("/petitions/mend/")
    assert keys.tab() == "Skip to the petition"
    page.keyboard.press("Enter")
    keys.tab()
    assert page.evaluate("Boolean(document.activeElement.closest('main'))")
    keys.type("First name", "Noor")
    keys.type("Last name", "Haddad")
    keys.type("Email", "noor@example.org")
    keys.type("Country", "Ireland")
    keys.go_to("First name and initial")
    page.keyboard.press("ArrowDown")
    keys.press("Say why", "Space")
    keys.type("Your reason", "I walk there every day.")
    keys.press("Email me", "Space")
    keys.press("Sign this petition")
    expect(page.locator("h1")).to_have_text("One step left: check your email.")
    keys.press("Send the message again")
    expect(page.locator("[role=status]")).to_be_focused()

    call_command("work", "--once")
    page.goto(link_in(smtp_server, "confirm"))
    keys.press("Confirm my signature")
    expect(page.locator("h1")).to_have_text("Thank you, Noor. You are counted.")
    [signature] = Signature.objects.filter(given_name="Noor")
    assert signature.reason == "I walk there every day."
    assert signature.wants_updates
    assert signature.status == Signature.Status.CONFIRMED

    keys.go_to("Link to this petition")
    keys.go_to("Email it")
    page.evaluate("document.activeElement.blur()")
    keys.press("Withdraw your signature?")
    keys.press("Withdraw my signature")
    expect(page.locator("h1")).to_have_text("You withdrew your signature.")


def test_mistakes_take_the_keyboard_to_their_fields(petition, page):
    keys = Keyboard(page)
    page.goto("/petitions/mend/sign/")
    keys.press("Sign this petition")
    expect(page.locator(".errors")).to_be_focused()
    assert keys.tab() == "Enter your first name"
    page.keyboard.press("Enter")
    expect(page.get_by_label("First name", exact=True)).to_be_focused()
    page.keyboard.type("Noor")
    assert keys.tab() == "Last name"
    page.keyboard.type("Haddad")
    keys.type("Email", "noor@example.org")
    keys.type("Country", "Ireland")
    page.keyboard.press("Enter")  # in a form, from any of its fields but a list
    keys.press("Sign this petition")
    expect(page.locator("h1")).to_have_text(re.compile("One step left"))


def test_the_filters_and_pages_of_the_list(petition, page):
    keys = Keyboard(page)
    page.goto("/petitions/")
    keys.type("Search petitions", "bridge")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("bridge"))
    page.wait_for_load_state()
    keys.press("Mend the bridge")
    expect(page.locator("h1")).to_have_text("Mend the bridge")
