"""An organizer posts news and a moderator closes a petition, in the admin as it is."""

import re

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from tests.factories import PetitionFactory, UserFactory

PASSWORD = "only-for-tests-7"


def member(group: str, username: str, **names: str):
    user = UserFactory(username=username, is_staff=True, **names)
    user.set_password(PASSWORD)
    user.save()
    user.trust_email()
    # Flushing the tables takes the groups along; the receiver that makes them runs after migrate.
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def petition(transactional_db, live_server, settings):
    settings.SITE_URL = live_server.url
    organizer = member("Organizers", "ana", first_name="Ana", last_name="Ferreira")
    member("Moderators", "mo", first_name="Mo", last_name="Lindqvist")
    petition = PetitionFactory(
        in_review=True, slug="mend", title="Mend the bridge", organizer=organizer
    )
    petition.publish(by=None)
    return petition


def log_in(page: Page, username: str) -> None:
    page.goto("/admin/")
    page.locator("#id_login").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form:has(#id_login) .button").click()
    expect(page.locator("#user-tools")).to_be_visible()


def test_an_update_posted_in_the_admin_appears_on_the_page(petition, page):
    log_in(page, "ana")
    page.goto(f"/admin/petitions/petition/{petition.pk}/change/")
    page.get_by_role("link", name="Write an update").click()
    page.get_by_label("Title").fill("The board answered")
    page.get_by_label("Text").fill("It will decide in **March**.")
    page.get_by_label("Date of the event").fill("2012-08-17")
    page.get_by_label("Now, when it is saved").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    page.goto("/petitions/mend/")
    timeline = page.locator("ol.dated")
    expect(timeline).to_contain_text("17 August 2012")
    expect(timeline).to_contain_text("The board answered")
    expect(timeline.locator("strong")).to_have_text("March")


def test_a_moderator_closes_and_the_page_says_so(petition, page):
    page.goto("/petitions/mend/")
    expect(page.locator("form")).to_have_count(1)
    log_in(page, "mo")
    page.goto(f"/admin/petitions/petition/{petition.pk}/change/")
    page.get_by_role("link", name="Close", exact=True).click()
    page.get_by_role("button", name="Close").click()
    page.goto("/petitions/mend/")
    expect(page.locator(".band")).to_contain_text("Petition closed")
    expect(page.locator("form")).to_have_count(0)
    expect(page.locator(".count")).to_have_text(re.compile(r"This petition had\s+1\s+supporter"))


@pytest.mark.parametrize("width", [390, 1280])
def test_many_buttons_leave_a_long_title_readable(petition, new_page, width):
    title = "Mend the bridge on Weir Lane before the winter, and say what it costs " * 4
    type(petition).objects.filter(pk=petition.pk).update(title=title)
    page = new_page(viewport={"width": width, "height": 900}, locale="es-ES")
    log_in(page, "mo")
    page.goto(f"/admin/petitions/petition/{petition.pk}/change/")
    expect(page.locator("#content h2").first).to_contain_text("Mend the bridge")
    covered = page.evaluate("""() => {
        const words = ["#content h1", "#content h2"].map(  // the first of each is the heading
            selector => document.querySelector(selector).getBoundingClientRect());
        const buttons = [...document.querySelectorAll(".object-tools a")].map(
            e => e.getBoundingClientRect());
        const meet = (a, b) => a.left < b.right && b.left < a.right
            && a.top < b.bottom && b.top < a.bottom;
        return [buttons.length, buttons.filter((a, n) =>
            words.some(b => meet(a, b)) || buttons.slice(n + 1).some(b => meet(a, b))).length];
    }""")
    assert covered[0] >= 6
    assert covered[1] == 0


def test_a_moderator_pauses_signing_and_the_page_says_so(petition, page):
    log_in(page, "mo")
    page.get_by_role("link", name="Site switches", exact=True).first.click()
    page.get_by_label("Pause signing").check()
    page.get_by_role("group", name="Signing").get_by_label("Message in English").fill(
        "Back at noon."
    )
    page.locator("[name=_save]").click()
    expect(page.locator(".success")).to_be_visible()
    page.goto("/petitions/mend/")
    expect(page.get_by_role("heading", name="Signing is paused")).to_be_visible()
    expect(page.locator(".side")).to_contain_text("Back at noon.")
    expect(page.locator("[name=email]")).to_have_count(0)
