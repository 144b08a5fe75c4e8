"""A moderator finds a wave and proposes a sweep; another approves it, and brings it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from petitions.models import Petition
from supporters.fold import fold
from supporters.models import Sweep
from tests.browser.conftest import Watch
from tests.browser.soundness import loose_ends, sideways, violations
from tests.browser.test_admin import PASSWORD, log_in, member
from tests.supporters.fraud_world import check, sign, work

pytestmark = pytest.mark.journeys


@pytest.fixture
def petition(petition: Petition) -> Petition:
    """The one of all browser tests, with twelve of a wave among twenty others."""
    member("Moderators", "mo", first_name="Mo")
    member("Moderators", "lee", first_name="Lee")
    sign(petition, 20, domain="example.org", given_name="Ida")
    sign(petition, 12, network="0123456789abcdef", country="FR")
    fold(petition.pk)
    return petition


@pytest.fixture
def sound(watch: Watch) -> Callable[[Page], None]:
    """Nothing that axe finds, light and dark, and nothing wider than the window."""

    def look(page: Page) -> None:
        assert sideways(page) == [], page.url
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
            said = len(watch.complaints)
            assert violations(page) == [], (page.url, scheme)
            # axe tries styles out, which the policy of the admin's pages refuses to it.
            del watch.complaints[said:]
        assert loose_ends(page) == [], page.url

    return look


def type_password_again(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_a_sweep_with_a_second_approval(petition, new_page, viewport, sound):
    mo, lee = new_page(viewport=viewport), new_page(viewport=viewport)
    number = check(petition)

    log_in(mo, "mo")
    mo.goto(f"/admin/petitions/petition/{petition.pk}/change/")
    mo.get_by_role("link", name="Irregularities").click()
    expect(mo.get_by_role("heading", name="Domain", exact=True)).to_be_visible()
    sound(mo)
    mo.get_by_role("link", name="Preview a sweep of wave.example", exact=True).click()
    type_password_again(mo)
    expect(mo.locator(".total")).to_contain_text("12 signatures")
    sample = mo.locator("#sample-title + .results")
    expect(sample.locator("tbody tr")).to_have_count(12)
    assert sample.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    sound(mo)
    mo.get_by_role("button", name="Propose the sweep").click()
    expect(mo.locator(".errorlist")).to_contain_text("This field is required.")
    mo.get_by_label("Public reason").fill("Twelve from one mail host.")
    mo.get_by_role("button", name="Propose the sweep").click()
    expect(mo.locator("#state-title")).to_have_text("Waits for a second moderator")
    expect(mo.get_by_role("button", name="Approve")).to_have_count(0)
    sound(mo)

    log_in(lee, "lee")
    lee.goto(mo.url)
    sound(lee)
    lee.get_by_role("button", name="Approve and remove").click()
    type_password_again(lee)
    expect(lee.locator(".messagelist .success")).to_contain_text("Approved")
    expect(lee.locator("progress")).to_be_visible()
    work(Sweep.objects.get())
    expect(lee.locator("#state-title")).to_have_text("Finished")  # the page reads itself again
    sound(lee)
    assert check(petition) == number - 12

    lee.get_by_role("link", name="The page about the count").click()
    expect(lee.locator(".dated")).to_contain_text("−12 Removed")
    expect(lee.locator(".dated")).to_contain_text("Twelve from one mail host.")
    lee.go_back()
    lee.get_by_role("button", name="Bring all of it back").click()
    work(Sweep.objects.get())
    expect(lee.locator("#state-title")).to_have_text("Brought back")
    sound(lee)
    assert check(petition) == number
    lee.goto("/petitions/mend/count/")
    expect(lee.locator(".dated li").first).to_contain_text("+12 Restored")
