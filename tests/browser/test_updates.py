"""An organizer writes updates: sees one while it is typed, tests it, mails it, stops another."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from petitions.models import Petition, Update
from supporters import mailings, progress
from supporters.delivery import deliver
from supporters.models import OutgoingMail
from tests.browser.conftest import Watch
from tests.browser.soundness import loose_ends, sideways, violations
from tests.browser.test_admin import log_in, member
from tests.supporters.outbox_rows import supporter

pytestmark = pytest.mark.journeys


@pytest.fixture
def petition(petition: Petition, smtp_server) -> Petition:
    """The one of all browser tests, with Ana as its organizer and six who want updates."""
    ana = member("Organizers", "ana", first_name="Ana", last_name="Ferreira")
    Petition.objects.filter(pk=petition.pk).update(organizer=ana)
    for _ in range(6):
        supporter(petition)
    return Petition.objects.get(pk=petition.pk)


@pytest.fixture
def sound(watch: Watch) -> Callable[[Page], None]:
    """Nothing that axe finds, light and dark, nothing wider than the window, on phone and desk."""

    def look(page: Page) -> None:
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert sideways(page) == [], page.url
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                # The admin's own links fade from one colour to the other.
                page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
                said = len(watch.complaints)
                assert violations(page) == [], (page.url, scheme)
                # axe tries styles out, which the policy of the admin's pages refuses to it.
                del watch.complaints[said:]
            assert loose_ends(page) == [], page.url

    return look


def start_writing(page: Page, petition: Petition) -> None:
    page.goto(f"/admin/petitions/petition/{petition.pk}/updates/")
    page.get_by_role("link", name="Write an update").click()


def publish_by_mail(page: Page) -> None:
    page.get_by_label("Email this to supporters").check()
    page.get_by_label("Now, when it is saved").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_contain_text("published")


def test_written_seen_tested_mailed_and_watched(petition, page, sound, smtp_server):
    log_in(page, "ana")
    page.goto(f"/admin/petitions/petition/{petition.pk}/updates/")
    expect(page.locator("#content")).to_contain_text("Nothing has been written yet.")
    sound(page)
    start_writing(page, petition)
    expect(page.locator("#content")).to_contain_text("It would reach 6 supporters now.")
    sound(page)

    preview = page.locator(".preview")
    page.get_by_label("Title").fill("The board answered")
    page.get_by_label("Text").press_sequentially("In **March**. <b>Loud</b>")
    expect(preview.locator("h3")).to_have_text("The board answered")
    expect(preview.locator("strong")).to_have_text("March")
    expect(preview.locator("b")).to_have_count(0)
    sound(page)

    page.get_by_role("button", name="Send a test to myself").click()
    expect(page.locator(".messagelist")).to_contain_text("on its way to ana@example.org")
    expect(preview.locator("strong")).to_have_text("March")
    call_command("work", "--once")
    [test] = smtp_server.deliveries
    assert test.recipients == ["ana@example.org"]

    publish_by_mail(page)
    page.get_by_role("link", name="The mailing begins").click()
    numbers = page.locator("[data-numbers]")
    expect(numbers).to_contain_text("On its way")
    for sent in (2, 4):
        mailings.fill()
        deliver(limit=2)
        progress.refresh(at_once=True)
        expect(numbers).to_contain_text(f"Sent {sent} of 6")
        if sent == 2:
            sound(page)
    call_command("work", "--once")
    expect(numbers).to_contain_text("Done")
    expect(page.get_by_role("button", name="Stop the mailing", exact=True)).to_have_count(0)
    assert len(smtp_server.deliveries) == 7


def test_a_mailing_is_stopped(petition, page, sound, smtp_server):
    log_in(page, "ana")
    start_writing(page, petition)
    page.get_by_label("Text").fill("It rained.")
    publish_by_mail(page)
    mailings.fill()
    deliver(limit=1)
    progress.refresh(at_once=True)
    page.reload()
    page.get_by_role("link", name="Sent 1 of 6").click()
    page.get_by_role("button", name="Stop the mailing…").click()
    really = page.get_by_role("button", name="Stop the mailing", exact=True)
    expect(really).to_be_visible()
    sound(page)
    really.click()
    expect(page.locator(".messagelist .success")).to_contain_text("1 mail had been sent already")
    expect(page.locator("#content")).to_contain_text("Stopped on")
    sound(page)
    call_command("work", "--once")
    assert len(smtp_server.deliveries) == 1
    page.goto(f"/admin/petitions/petition/{petition.pk}/updates/")
    expect(page.locator(".rows")).to_contain_text("Sent 1 of 6")
    sound(page)


def test_a_preview_that_cannot_be_had_says_so(petition, page, watch):
    log_in(page, "ana")
    start_writing(page, petition)
    watch.expect("preview")
    page.route("**/preview/", lambda route: route.abort())
    page.get_by_label("Text").fill("Lost.")
    late = page.locator(".preview [data-late]")
    expect(late).to_be_visible()
    page.unroute("**/preview/")
    page.get_by_label("Text").fill("Found.")
    expect(page.locator(".preview .shown")).to_contain_text("Found.")
    expect(late).to_be_hidden()


def test_all_of_it_works_without_script(petition, page_without_javascript, smtp_server):
    page = page_without_javascript
    log_in(page, "ana")
    start_writing(page, petition)
    page.get_by_label("Text").fill("In **March**.")
    page.get_by_role("button", name="See it before").click()
    expect(page.locator(".preview strong")).to_have_text("March")
    assert not Update.objects.exists()
    page.get_by_label("Later, at this moment").check()
    page.get_by_label("Moment", exact=True).fill("2020-01-01T09:30")
    page.get_by_label("Email this to supporters").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errorlist")).to_contain_text("This moment has passed.")
    expect(page.get_by_label("Text")).to_have_value("In **March**.")
    page.get_by_label("Now, when it is saved").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name="The mailing begins").click()
    mailings.fill()
    progress.refresh(at_once=True)
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("[data-numbers]")).to_contain_text("Sent 0 of 6")
    page.get_by_role("button", name="Stop the mailing…").click()
    page.get_by_role("button", name="Stop the mailing", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert not OutgoingMail.objects.filter(sent_at=None).exists()
