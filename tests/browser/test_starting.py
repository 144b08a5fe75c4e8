"""Starting a petition in three sittings, from the link on the first page to the checklist."""

import re
import time

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from petitions.models import Petition, PetitionDraft, User
from tests.browser.signer import link_in
from tests.browser.soundness import (
    loose_ends,
    sideways_when_narrow,
    small_targets,
    small_text,
    violations,
)
from tests.supporters.starting.flow import TITLE, at, draft

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journeys]


@pytest.fixture(autouse=True)
def _site(transactional_db, live_server, settings):
    settings.SITE_URL = live_server.url


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def say_who(page: Page) -> None:
    """From everything at a glance, and back to it."""
    page.get_by_role("link", name="Change “Who are you?”").click()
    for label, text in (
        ("First name", "Noor"),
        ("Last name", "Haddad"),
        ("Email", "noor@example.org"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    go_on(page)


def keep_link(page: Page) -> str:
    return page.get_by_role("region", name="Go on another time").get_by_role("link").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_three_sittings_then_the_mail_then_the_admin(new_page, javascript, smtp_server):
    # The first: a title and a story, then the tab is closed.
    page = new_page(javascript=javascript)
    page.goto("/")
    page.get_by_role("navigation", name="Site", exact=True).get_by_role(
        "link", name="Start a petition"
    ).click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The story").fill("It was shut after the flood.")
    go_on(page)
    expect(page.get_by_role("alert")).to_contain_text("Say what you ask for")
    expect(page.get_by_label("The story")).to_have_value("It was shut after the flood.")
    link = keep_link(page)
    page.context.close()

    # The second, on a telephone: what was there is there.
    page = new_page(javascript=javascript, viewport={"width": 390, "height": 844})
    page.goto(link)
    expect(page.get_by_text("It was shut after the flood.")).to_be_visible()
    page.get_by_role("link", name="Change “The story and what you ask”").click()
    page.get_by_label("What we ask").fill("Mend it before winter.")
    go_on(page)
    page.get_by_label("Name").first.fill("Vale Transport Board")
    go_on(page)
    expect(page).to_have_url(re.compile("/steps/$"))
    page.go_back()
    expect(page.get_by_label("Name").first).to_have_value("Vale Transport Board")
    page.context.close()

    # The third: the rest, everything at a glance, and the mail.
    page = new_page(javascript=javascript)
    page.goto(link)
    say_who(page)
    page.get_by_role("link", name="See it as a page").click()
    expect(page).to_have_url(re.compile("/petitions/preview/"))
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Confirm by mail").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("check your email")
    assert page.context.cookies() == []
    assert not Petition.objects.exists()

    call_command("work", "--once")
    page.goto(link_in(smtp_server, "accounts/start/confirm"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    assert not User.objects.exists()
    page.get_by_role("button", name="Send my petition").click()
    expect(page.get_by_role("heading", name="What comes next")).to_be_visible()
    assert page.url.endswith(f"/admin/petitions/petition/{Petition.objects.get().pk}/change/")
    checklist = page.get_by_role("region", name="What comes next")
    expect(checklist.get_by_role("listitem")).to_have_count(6)
    expect(checklist).to_contain_text("Done: Who it is addressed to")
    checklist.get_by_role("link", name="A password").click()
    expect(page.get_by_label("New password", exact=True)).to_be_visible()


def test_what_is_typed_survives_a_tab_that_is_closed_without_a_button(new_page):
    row = PetitionDraft.objects.create(typed={"title": TITLE})
    page = new_page()
    page.goto(at(row, "story"))
    with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        page.get_by_label("The story").fill("Half a sentence")
    assert kept.value.status == 204
    row.refresh_from_db()
    page.get_by_label("The story").press_sequentially(", then")
    page.goto("/")  # before the pause is over
    deadline = time.monotonic() + 15  # what a page says as it goes may come after the next is shown
    while "then" not in row.typed["body"] and time.monotonic() < deadline:
        page.wait_for_timeout(50)
        row.refresh_from_db()
    page.goto(at(row, "story"))
    expect(page.get_by_label("The story")).to_have_value("Half a sentence, then")


@pytest.mark.parametrize("stage", ["", "story", "steps", "targets", "who"])
def test_each_page_is_sound(sized_page, stage):
    page = sized_page
    page.goto(at(draft(body="Call me on +34 600 123 456."), stage))
    for question in (violations, loose_ends, small_targets, small_text, sideways_when_narrow):
        assert question(page) == [], question.__name__
