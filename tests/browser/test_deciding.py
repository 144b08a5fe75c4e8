"""Moderators decide: a rejection is appealed, a report is answered, a petition ends as a victory."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from petitions.models import Appeal, Petition
from supporters.models import Report
from tests.browser.test_admin import log_in, member
from tests.browser.test_updates import sound  # noqa: F401 — a fixture
from tests.factories import SignatureFactory

pytestmark = pytest.mark.journeys

Sound = Callable[[Page], None]


@pytest.fixture
def petition(petition: Petition, smtp_server) -> Petition:
    """The one of all browser tests, with Ana as its organizer; Mo and Lu moderate."""
    ana = member("Organizers", "ana", first_name="Ana", last_name="Ferreira")
    member("Moderators", "mo", first_name="Mo", last_name="Lindqvist")
    member("Moderators", "lu", first_name="Lu", last_name="Okafor")
    Petition.objects.filter(pk=petition.pk).update(organizer=ana)
    return Petition.objects.get(pk=petition.pk)


def own(petition: Petition, page: str) -> str:
    return f"/admin/petitions/petition/{petition.pk}/{page}/"


def work() -> None:
    call_command("work", once=True)


def test_rejected_appealed_and_granted_by_another(petition, new_page, sound, smtp_server):  # noqa: F811
    Petition.objects.filter(pk=petition.pk).update(status="in_review", opened_at=None)
    ana, mo, lu = new_page(), new_page(), new_page()
    log_in(mo, "mo")
    mo.goto(own(petition, "move/reject"))
    mo.get_by_label("Reason").select_option("private_person")
    mo.get_by_label("Note").fill("Leave the neighbour out.")
    mo.get_by_role("button", name="Preview").click()
    letter = mo.locator(".letter")
    expect(letter).to_contain_text("It is about a private person")
    expect(letter).to_contain_text("Leave the neighbour out.")
    sound(mo)
    mo.get_by_role("button", name="Reject").click()
    expect(mo.locator(".messagelist .success")).to_contain_text("is now: Rejected")

    ana.goto(petition.get_absolute_url())
    expect(ana.locator("main")).to_contain_text("Its text is not shown")
    sound(ana)
    work()
    mail = next(each for each in smtp_server.messages if "not published" in str(each["Subject"]))
    assert own(petition, "appeal") in mail.get_body(("plain",)).get_content()
    log_in(ana, "ana")
    ana.goto(own(petition, "change"))
    ana.locator(".object-tools").get_by_role("link", name="Appeal").click()
    ana.wait_for_url("**/appeal/")
    sound(ana)
    ana.get_by_label("Why you think").fill("The neighbour is the mayor.")
    ana.get_by_role("button", name="Send the appeal").click()
    expect(ana.locator("#content")).to_contain_text("An appeal that waits")
    sound(ana)

    judged = f"/admin/petitions/appeal/{Appeal.objects.get().pk}/change/"
    mo.goto(judged)
    expect(mo.locator("#content")).to_contain_text("another moderator decides")
    log_in(lu, "lu")
    lu.goto("/admin/petitions/appeal/")
    lu.goto(judged)
    sound(lu)
    lu.get_by_label("Answer").fill("A mayor is no private person.")
    lu.get_by_role("button", name="Grant: review it again").click()
    expect(lu.locator(".messagelist .success")).to_contain_text("is now: In review")
    work()
    assert any("appeal was granted" in str(each["Subject"]) for each in smtp_server.messages)
    ana.goto(own(petition, "appeal"))
    expect(ana.locator("#content")).to_contain_text("A mayor is no private person.")


def test_from_a_report_to_its_answer(petition, new_page, sound, smtp_server):  # noqa: F811
    SignatureFactory(petition=petition, is_confirmed=True, reason="They are all liars.", position=1)
    Petition.objects.filter(pk=petition.pk).update(supporter_count=1)
    rae, mo = new_page(), new_page()
    rae.goto(petition.get_absolute_url() + "supporters/")
    rae.get_by_role("link", name="Report what Sam").click()
    rae.wait_for_url("**/report/**")
    sound(rae)
    rae.get_by_role("button", name="Send the report").click()
    expect(rae.locator(".errors")).to_contain_text("Choose what is wrong")
    expect(rae.get_by_label("What is it about?")).to_have_value("reason-1")
    sound(rae)
    rae.get_by_label("It attacks people").check()
    rae.get_by_label("Email").fill("rae@example.org")
    rae.get_by_role("button", name="Send the report").click()
    expect(rae.get_by_role("heading", level=1)).to_have_text("We received your report.")
    sound(rae)
    receipt = rae.url

    log_in(mo, "mo")
    mo.goto("/admin/supporters/report/")
    mo.goto(f"/admin/supporters/report/{Report.objects.get().pk}/change/")
    expect(mo.locator("#content")).to_contain_text("They are all liars.")
    sound(mo)
    mo.get_by_label("Answer").fill("It is off the page.")
    mo.get_by_role("button", name="Uphold").click()
    expect(mo.locator(".messagelist .success")).to_contain_text("1 report was upheld.")
    sound(mo)
    work()
    assert str(smtp_server.messages[-1]["To"]) == "rae@example.org"
    rae.goto(receipt)
    expect(rae.locator("main")).to_contain_text("It is off the page.")
    sound(rae)
    rae.goto(petition.get_absolute_url() + "supporters/")
    expect(rae.locator("main")).not_to_contain_text("liars")


def test_closed_as_a_victory_with_a_last_mailing(petition, new_page, sound, smtp_server):  # noqa: F811
    SignatureFactory(
        petition=petition, is_confirmed=True, wants_updates=True, email="sam@example.org"
    )
    mo, reader = new_page(), new_page()
    log_in(mo, "mo")
    mo.goto(own(petition, "move/close"))
    sound(mo)
    mo.get_by_label("Outcome", exact=False).first.select_option("victory")
    mo.get_by_label("Date of the outcome").fill("2026-01-02")
    mo.get_by_label("Public statement").fill("The board will mend it.")
    mo.get_by_label("Source").fill("https://board.example/7")
    mo.get_by_label("Email supporters a last time").check()
    mo.get_by_role("button", name="Close").click()
    expect(mo.locator("#content")).to_contain_text("Say it to supporters.")
    mo.get_by_label("Title of the update").fill("We won")
    mo.get_by_label("Text of the update").fill("Thank you.")
    mo.get_by_role("button", name="Preview").click()
    expect(mo.locator(".letter").nth(1)).to_contain_text("Thank you.")
    sound(mo)
    mo.get_by_role("button", name="Close").click()
    expect(mo.locator(".messagelist .success")).to_contain_text("is now: Closed")
    work()
    assert "sam@example.org" in {str(each["To"]) for each in smtp_server.messages}
    reader.goto(petition.get_absolute_url())
    ended = reader.locator("#ended")
    expect(ended).to_contain_text("Victory, 2 January 2026")
    expect(ended).to_contain_text("The board will mend it.")
    expect(reader.locator("main")).to_contain_text("We won")
    sound(reader)
