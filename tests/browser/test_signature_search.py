"""A moderator finds a signature and removes it; staff say something above every page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from supporters.fold import fold
from tests.browser.conftest import Watch
from tests.browser.soundness import violations
from tests.browser.test_admin import log_in, member
from tests.factories import SignatureFactory

pytestmark = pytest.mark.journeys


@pytest.fixture
def sound(watch: Watch) -> Callable[[Page], None]:
    """Nothing that axe finds and nothing wider than the window, in both widths."""

    def look(page: Page) -> None:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, page.url
            said = len(watch.complaints)
            assert violations(page) == [], page.url
            # axe tries styles out, which the policy of the admin's pages refuses to it.
            del watch.complaints[said:]

    return look


def test_a_search_and_a_removal(petition, new_page, sound):
    member("Moderators", "mo", first_name="Mo", last_name="Lindqvist")
    for name in ("Haddad", "Okoye"):
        SignatureFactory(
            petition=petition, is_confirmed=True, given_name="Noor", family_name=name,
            email=f"noor.{name.lower()}@example.org",
        )  # fmt: skip
    fold(petition.pk)
    mo = new_page()
    log_in(mo, "mo")
    mo.goto("/admin/supporters/signature/")
    mo.get_by_role("link", name="Search all petitions").click()
    mo.get_by_role("button", name="Search").click()
    expect(mo.locator(".errorlist").first).to_contain_text("Type what you look for")
    sound(mo)
    mo.get_by_label("Name").fill("Noor Haddad")
    mo.get_by_label("Name").press("Enter")
    found = mo.get_by_role("table", name="Signatures found")
    expect(found).to_contain_text("noor.haddad@example.org")
    expect(found).not_to_contain_text("noor.okoye@example.org")
    assert "addad" not in mo.url
    sound(mo)
    found.get_by_role("link", name="Remove").click()
    mo.get_by_role("button", name="Remove").click()
    expect(mo.locator(".errorlist")).to_contain_text("This field is required")
    sound(mo)
    mo.get_by_label("Reason").fill("Signed in the name of somebody else.")
    mo.get_by_role("button", name="Remove").click()
    expect(mo.locator(".messagelist .success")).to_contain_text("It is removed")
    expect(mo.get_by_role("link", name="Restore")).to_be_visible()
    reader = new_page()
    reader.goto(f"{petition.get_absolute_url()}count/")
    expect(reader.locator(".dated")).to_contain_text("Signed in the name of somebody else.")


def test_a_banner_in_both_schemes(petition, new_page, sound):
    member("Moderators", "mo", first_name="Mo", last_name="Lindqvist")
    mo = new_page()
    log_in(mo, "mo")
    mo.goto("/admin/supporters/siteswitches/1/change/")
    mo.get_by_label("Show a banner").check()
    mo.get_by_label("Banner in English").fill("We move house: https://status.example/" + "x" * 60)
    mo.locator("[name=_save]").click()
    expect(mo.locator(".success")).to_be_visible()
    reader = new_page()
    for scheme in ("light", "dark"):
        reader.emulate_media(color_scheme=scheme)
        reader.goto(petition.get_absolute_url())
        expect(reader.get_by_role("region", name="Notice")).to_contain_text("We move house")
        sound(reader)
