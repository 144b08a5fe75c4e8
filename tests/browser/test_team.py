"""A petition with many supporters: its ask is changed and approved, and it is handed over."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from petitions.models import Invitation, Petition, User
from supporters.teams import mails
from tests.browser.conftest import Watch
from tests.browser.soundness import violations
from tests.browser.test_admin import log_in, member
from tests.factories import SignatureFactory

pytestmark = pytest.mark.journeys


@pytest.fixture
def petition(petition: Petition) -> Petition:
    """The one of all browser tests, with Ana as its organizer and 103 supporters."""
    ana = member("Organizers", "ana", first_name="Ana", last_name="Ferreira")
    member("Organizers", "bo", first_name="Bo", last_name="Okoye")
    member("Moderators", "mo", first_name="Mo", last_name="Lindqvist")
    Petition.objects.filter(pk=petition.pk).update(organizer=ana, supporter_count=100)
    SignatureFactory.create_batch(3, petition=petition, is_confirmed=True)
    return Petition.objects.get(pk=petition.pk)


@pytest.fixture
def sound(watch: Watch) -> Callable[[Page, str], None]:
    """Nothing that axe finds, nothing wider than the window, in both widths."""

    def look(page: Page, path: str) -> None:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, path
            said = len(watch.complaints)
            assert violations(page) == [], path
            # axe tries styles out, which the policy of the admin's pages refuses to it.
            del watch.complaints[said:]

    return look


def test_a_changed_ask_and_a_new_organizer(petition, new_page, sound):
    own = f"/admin/petitions/petition/{petition.pk}"
    ana, bo, mo = new_page(), new_page(), new_page()
    log_in(ana, "ana")
    ana.goto(f"{own}/change/")
    ana.locator("[name=ask]").fill("Mend the bridge by June.")
    ana.locator("[name=change_reason]").fill("The council asked for a date.")
    ana.locator("[name=_save]").click()
    expect(ana.locator(".messagelist .warning")).to_contain_text("moderators read a change")
    ana.goto(petition.get_absolute_url())
    expect(ana.locator("main")).not_to_contain_text("by June")

    log_in(mo, "mo")
    mo.goto("/admin/petitions/petition/?status=text_waiting")
    mo.get_by_role("link", name=petition.title).click()
    mo.get_by_role("link", name="Text change waiting").click()
    mo.wait_for_url("**/proposed-ask/")
    sound(mo, f"{own}/proposed-ask/")
    mo.get_by_role("button", name="Approve: show the new text").click()
    expect(mo.locator(".messagelist .success")).to_be_visible()
    ana.goto(petition.get_absolute_url())
    expect(ana.locator("main")).to_contain_text("by June")

    ana.goto(f"{own}/team/")
    ana.get_by_label("Email address").fill("bo@example.org")
    ana.get_by_role("button", name="Send the invitation").click()
    expect(ana.locator(".messagelist .success")).to_be_visible()
    sound(ana, f"{own}/team/")
    sound(ana, f"{own}/copy/")

    invitation = f"/accounts/invitation/{mails.token_of(Invitation.objects.get())}/"
    sound(bo, invitation)
    log_in(bo, "bo")
    sound(bo, invitation)
    bo.get_by_role("button", name="Join the team").click()
    expect(bo.locator("#content h1")).to_have_text("Team")

    ana.goto(f"{own}/team/")
    ana.get_by_role("button", name="Offer the petition").click()
    expect(ana.locator(".messagelist .success")).to_be_visible()
    sound(bo, f"{own}/team/")
    bo.get_by_role("button", name="Take the petition over").click()
    expect(bo.locator(".messagelist .success")).to_be_visible()
    assert Petition.objects.get().organizer == User.objects.get(username="bo")
    call_command("work", "--once")
    bo.goto(petition.get_absolute_url())
    expect(bo.locator("main")).to_contain_text("Bo Okoye")
