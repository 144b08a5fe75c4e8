"""A moderator's way from the queue to a petition that is open, on a phone and at a desk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from petitions import claims
from petitions.models import Claim, Petition, StaffAct
from tests.browser.conftest import DESK, PHONE, Watch
from tests.browser.soundness import loose_ends, sideways, violations
from tests.browser.test_admin import log_in, member
from tests.factories import PetitionFactory

pytestmark = pytest.mark.journeys


@pytest.fixture
def sound(watch: Watch) -> Callable[[Page], None]:
    """Nothing that axe finds, light and dark, nothing wider than the window, no loose ends."""

    def look(page: Page) -> None:
        assert sideways(page) + loose_ends(page) == [], page.url
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # The admin's own links fade from one colour to the other.
            page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
            said = len(watch.complaints)
            assert violations(page) == [], (page.url, scheme)
            # axe tries styles out, which the policy of the admin's pages refuses to it.
            del watch.complaints[said:]

    return look


@pytest.fixture
def petition(transactional_db, live_server, settings):
    settings.SITE_URL = live_server.url
    organizer = member("Organizers", "ana", first_name="Ana", last_name="Ferreira")
    member("Moderators", "mo", first_name="Mo", last_name="Lindqvist")
    member("Moderators", "bo", first_name="Bo", last_name="Okoye")
    petition = PetitionFactory(
        title="Mend the bridge", slug="mend", organizer=organizer,
        body="It was shut after the flood. Ring me at 01632 960 147.",
    )  # fmt: skip
    petition.submit(by=organizer)
    Petition.objects.update(submitted_at=timezone.now() - timedelta(days=6))
    return petition


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_a_moderator_claims_reviews_and_publishes(petition, new_page, viewport, sound):
    page = new_page(viewport=viewport)
    log_in(page, "mo")
    page.get_by_role("link", name="What waits for moderators").click()
    line = page.locator(".lines .line").first
    expect(line).to_contain_text("Overdue")
    expect(line).to_contain_text("Ana Ferreira waits")
    sound(page)
    line.get_by_role("button", name="Claim “Mend the bridge”").click()
    expect(line).to_contain_text("You are at work on it until")
    line.get_by_role("link", name="Mend the bridge", exact=True).click()

    expect(page.get_by_role("heading", name="Review")).to_be_visible()
    expect(page.locator("mark")).to_have_text("01632 960 147")
    page.get_by_role("textbox", name="Private note").fill("The number is the organizer's own shop.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".note")).to_contain_text("Mo Lindqvist")
    sound(page)
    page.get_by_role("link", name="Publish", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist .success")).to_contain_text("is now: Open")
    page.goto("/petitions/mend/")
    expect(page.locator("form button[type=submit]")).to_be_visible()
    page.goto("/admin/queue/")
    expect(page.locator("#content-main")).to_contain_text("Nothing waits.")
    verbs = StaffAct.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["claimed", "noted"]


def test_without_script_a_claim_is_taken_over(petition, page_without_javascript):
    page = page_without_javascript
    bo = type(petition.organizer).objects.get(username="bo")
    claims.claim(petition.pk, by=bo)
    log_in(page, "mo")
    page.goto(f"/admin/petitions/petition/{petition.pk}/move/send-back/")
    page.get_by_label("Note").fill("Whom do you ask?")
    page.get_by_role("button", name="Send back").click()
    expect(page.locator(".errorlist")).to_contain_text("Bo Okoye is at work on this petition")
    expect(page.get_by_label("Note")).to_have_value("Whom do you ask?")
    page.goto("/admin/queue/")
    page.get_by_role("link", name="Take over “Mend the bridge”…").click()
    expect(page.locator(".claim")).to_contain_text("Bo Okoye")
    page.get_by_role("button", name="Take over").click()
    expect(page.locator(".messagelist .success")).to_contain_text("You have taken it over")
    assert Claim.objects.get().moderator.username == "mo"
