"""How a petition grows, as its organizer sees it; and how the page learns which site they came from."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from petitions.models import Petition, User
from supporters.growth.figures import refresh_one
from supporters.models import HourlyCount, MilestoneReached, ReasonChoice, Signature
from supporters.tokens import Purpose, make
from tests.browser.test_admin import log_in, member
from tests.browser.test_team import sound  # noqa: F401 — a fixture
from tests.factories import SignatureFactory

pytestmark = pytest.mark.journeys


@pytest.fixture
def grown(petition: Petition) -> Petition:
    """Ana's, with two charts, sources, places, a milestone and reasons."""
    ana = member("Organizers", "ana", first_name="Ana", last_name="Ferreira")
    now = timezone.now()
    for ago, quantity in ((200, 20), (90, 9), (30, 8), (3, 7)):
        HourlyCount.objects.create(
            petition=petition, hour=now - timedelta(hours=ago), quantity=quantity
        )
    Petition.objects.filter(pk=petition.pk).update(
        organizer=ana, supporter_count=45, opened_at=now - timedelta(days=10), goal=100
    )
    for source, number in {"w": 7, "a-rather-long-host-name.news.example.org": 6, "": 5}.items():
        SignatureFactory.create_batch(
            number, petition=petition, is_confirmed=True, source=source, country="IE",
            postal_code="D02 AF30", reason="I cross it every day.",
        )  # fmt: skip
    MilestoneReached.objects.create(
        petition=petition, number=25, reached_at=now - timedelta(days=5)
    )
    refresh_one(petition.pk)
    return petition


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_organizers_pages(grown, new_page, sound, scheme):  # noqa: F811
    own = f"/admin/petitions/petition/{grown.pk}"
    page = new_page(color_scheme=scheme)
    log_in(page, "ana")
    sound(page, f"{own}/growth/")
    expect(page.locator("svg[role=img]")).to_have_count(2)
    page.locator("summary").first.click()
    expect(page.locator("details[open] table")).to_be_visible()
    sound(page, f"{own}/sources/?code=leaflet")
    sound(page, f"{own}/reasons/")
    page.locator(".reasons li").first.get_by_role("button", name="Show first").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    sound(page, f"{own}/reasons/")
    assert ReasonChoice.objects.get().kind == "highlighted"
    sound(page, "/accounts/mails/")
    page.get_by_label("Mail at milestones").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Saved.")
    expect(page.get_by_label("Mail at milestones")).not_to_be_checked()
    ana = User.objects.get(username="ana")
    assert (ana.milestone_mails, ana.quiet_mails) == (False, True)
    sound(page, f"/organizer-mail/{make(Purpose.QUIET_MAILS, ana.pk)}/")
    page.get_by_role("button", name="End these mails").click()
    expect(page.locator("h1")).to_have_text("You get these mails no more.")


def fill(page) -> None:
    form = page.locator("form.sign, form[action$='/sign/']").first
    form.locator("[name=given_name]").fill("Noor")
    form.locator("[name=family_name]").fill("Haddad")
    form.locator("[name=email]").fill("noor@example.org")
    form.locator("[name=country]").select_option("IE")
    form.get_by_role("button", name="Sign this petition").click()
    expect(page.locator("h1")).to_contain_text("check your email")


@pytest.mark.parametrize(
    ("path", "referrer", "kept"),
    [
        ("/petitions/mend/", "https://news.example/2026/a-story?to=noor", "news.example"),
        ("/petitions/mend/?via=leaflet", "https://news.example/", "leaflet"),
        ("/petitions/mend/", None, ""),
    ],
)
def test_the_other_sites_host_comes_with_the_form(petition, page, path, referrer, kept):
    page.goto(path, referer=referrer)
    fill(page)
    assert Signature.objects.get(given_name="Noor").source == kept


def test_without_script_it_is_not_known(petition, page_without_javascript):
    page_without_javascript.goto("/petitions/mend/", referer="https://news.example/")
    fill(page_without_javascript)
    assert Signature.objects.get(given_name="Noor").source == ""


def test_our_own_pages_are_no_other_site(petition, page):
    page.goto("/petitions/mend/")
    page.goto("/petitions/mend/sign/", referer=page.url)
    fill(page)
    assert Signature.objects.get(given_name="Noor").source == ""
