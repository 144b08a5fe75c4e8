"""The whole way of an organizer: from a first idea to a petition that somebody else goes on with."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from petitions.models import Invitation, Petition, User
from supporters.models import Download, Signature
from supporters.teams import mails
from tests.browser.signer import fill, link_in
from tests.browser.test_admin import log_in, member
from tests.browser.test_starting import go_on, keep_link, say_who
from tests.browser.test_updates import publish_by_mail
from tests.smtp import Inbox
from tests.supporters.starting.flow import TITLE

pytestmark = pytest.mark.journeys

PASSWORD = "a-password-of-noors-8"
BOX = "Give the organizer my email address, country and postcode, so that they may write to me"
SIGNERS = (("Uma", "uma@example.org"), ("Vic", "vic@example.org"), ("Wen", "wen@example.org"))


@pytest.fixture
def site(transactional_db, live_server, settings) -> None:
    settings.SITE_URL = live_server.url
    settings.PETITIONS_ASK_TO_SHARE = True
    member("Moderators", "mo", first_name="Mo", last_name="Lindqvist")
    member("Organizers", "bo", first_name="Bo", last_name="Okoye")


def test_from_a_first_idea_to_a_new_organizer(site, new_page, smtp_server):
    started_in_three_sittings(new_page)
    noor = new_page()
    confirmed_by_mail(noor, smtp_server)
    petition = Petition.objects.get()
    own = f"/admin/petitions/petition/{petition.pk}"
    published_by_a_moderator(new_page(), own)
    for number, (name, email) in enumerate(SIGNERS):
        signed(new_page(), smtp_server, petition, name, email, agrees=number < 2)
    expect_number(noor, petition, 4)  # with the organizer's own

    an_update_is_mailed(noor, own, smtp_server)
    the_text_changes(noor, own, petition)
    rows = downloaded(noor, own)
    assert {row["email"] for row in rows if row["email_opt_in"] == "true"} == {
        "uma@example.org",
        "vic@example.org",
    }
    assert "wen@example.org" not in str(rows)
    assert Download.objects.get(petition=petition).rows == len(rows)

    handed_over(noor, new_page(), own)
    petition.refresh_from_db()
    assert petition.organizer == User.objects.get(username="bo")
    expect_number(noor, petition, 4)
    expect(noor.locator("main")).to_contain_text("Bo Okoye")


def started_in_three_sittings(new_page) -> None:
    page: Page = new_page()
    page.goto("/petitions/start/")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The story").fill("It was shut after the flood.")
    page.get_by_label("What we ask").fill("Mend it before winter.")
    go_on(page)
    link = keep_link(page)
    page.context.close()

    page = new_page()
    page.goto(link)
    page.get_by_role("link", name="Change “Who can decide it?”").click()
    page.get_by_label("Name").first.fill("Vale Transport Board")
    go_on(page)
    page.context.close()

    page = new_page()
    page.goto(link)
    say_who(page)
    page.get_by_role("button", name="Confirm by mail").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("check your email")
    page.context.close()


def confirmed_by_mail(page: Page, inbox: Inbox) -> None:
    """The account is made, and has a password."""
    call_command("work", "--once")
    page.goto(link_in(inbox, "accounts/start/confirm"))
    page.get_by_role("button", name="Send my petition").click()
    checklist = page.get_by_role("region", name="What comes next")
    checklist.get_by_role("link", name="A password").click()
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_label("New password again", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/$"))


def published_by_a_moderator(page: Page, own: str) -> None:
    log_in(page, "mo")
    page.goto(f"{own}/change/")
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def signed(
    page: Page, inbox: Inbox, petition: Petition, name: str, email: str, *, agrees: bool
) -> None:
    page.goto(petition.get_absolute_url())
    fill(page, **{"First name": name, "Email": email})
    page.get_by_label("Email me when there is news about this petition").check()
    if agrees:
        page.get_by_label(BOX).check()
    page.locator("form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text("One step left: check your email.")
    call_command("work", "--once")
    page.goto(link_in(inbox, "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    expect(page.locator("h1")).to_have_text(f"Thank you, {name}. You are counted.")


def expect_number(page: Page, petition: Petition, number: int) -> None:
    page.goto(petition.get_absolute_url())
    expect(page.locator(".count data").first).to_have_attribute("value", str(number))


def an_update_is_mailed(page: Page, own: str, inbox: Inbox) -> None:
    page.goto(f"{own}/updates/")
    page.get_by_role("link", name="Write an update").click()
    page.get_by_label("Title").fill("The board answered")
    page.locator("[name=body]").fill("It will decide in **March**.")
    expect(page.get_by_text(f"It would reach {len(SIGNERS)} supporters now.")).to_be_visible()
    publish_by_mail(page)
    inbox.clear()
    call_command("work", "--once")
    got = sorted(recipient for each in inbox.deliveries for recipient in each.recipients)
    assert got == sorted(email for _name, email in SIGNERS)
    for message in inbox.messages:
        assert "It will decide in" in message.get_body(("plain",)).get_content()
    call_command("work", "--once")
    assert len(inbox.deliveries) == len(SIGNERS)


def the_text_changes(page: Page, own: str, petition: Petition) -> None:
    page.goto(f"{own}/change/")
    page.locator("[name=ask]").fill("Mend it before winter, and say what it costs.")
    page.locator("[name=change_reason]").fill("Neighbours asked what it costs.")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success").first).to_be_visible()
    page.goto(petition.get_absolute_url())
    expect(page.locator("main")).to_contain_text("and say what it costs")
    page.get_by_role("link", name="See what changed").click()
    page.get_by_role("listitem").get_by_role("link", name="See what changed").click()
    expect(page.locator(".compared ins")).to_contain_text("and say what it costs")
    expect(page.locator("main")).to_contain_text("Neighbours asked what it costs.")
    signed_under = set(Signature.objects.values_list("version__number", flat=True))
    assert signed_under == {1}


def downloaded(page: Page, own: str) -> list[dict[str, str]]:
    page.goto(f"{own}/download/")
    if page.locator("#id_password").count():  # unless the password was typed a moment ago
        page.locator("#id_password").fill(PASSWORD)
        page.keyboard.press("Enter")
    with page.expect_download() as file:
        page.get_by_role("button", name="Download").click()
    text = Path(file.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def handed_over(noor: Page, bo: Page, own: str) -> None:
    noor.goto(f"{own}/team/")
    noor.get_by_label("Email address").fill("bo@example.org")
    noor.get_by_role("button", name="Send the invitation").click()
    expect(noor.locator(".messagelist .success")).to_be_visible()
    log_in(bo, "bo")
    bo.goto(f"/accounts/invitation/{mails.token_of(Invitation.objects.get())}/")
    bo.get_by_role("button", name="Join the team").click()
    expect(bo.locator("#content h1")).to_have_text("Team")
    noor.goto(f"{own}/team/")
    noor.get_by_role("button", name="Offer the petition").click()
    expect(noor.locator(".messagelist .success")).to_be_visible()
    bo.goto(f"{own}/team/")
    bo.get_by_role("button", name="Take the petition over").click()
    expect(bo.locator(".messagelist .success")).to_be_visible()
