"""Tables on a phone: what belongs together is seen together, and no word is broken in two."""

import pytest

from petitions.models import Appeal
from supporters.fold import fold
from supporters.models import Report, Suspicion
from tests.browser.test_admin import log_in, member
from tests.factories import PetitionFactory
from tests.supporters.fraud_world import sign

PHONE = {"width": 390, "height": 844}
WIDER = "tables => tables.map(each => each.scrollWidth - each.clientWidth)"


@pytest.fixture
def moderator(petition, new_page):
    """A moderator with a telephone; something of each kind is there to be looked at."""
    mo = member("Moderators", "mo", first_name="Mo")
    sign(petition, 20, domain="example.org", given_name="Ida")
    sign(petition, 12, network="0123456789abcdef", source="a-leaflet-with-a-long-name")
    fold(petition.pk)
    Suspicion.objects.create(
        petition=petition, kind="domain", value=f"{'long-' * 12}name.example", number=1_200,
        looked_at=20_000,
    )  # fmt: skip
    Report.objects.create(petition=petition, category="rights", due_at=petition.opened_at)
    rejected = PetitionFactory(in_review=True, title="A title of a length that is usual " * 2)
    Appeal.file(rejected.reject(by=mo, reason="unclear"), by=rejected.organizer, text="It is.")
    page = new_page(viewport=PHONE)
    log_in(page, "mo")
    return page


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_moderators_look_through_fits(moderator, petition, language):
    moderator.set_extra_http_headers({"Accept-Language": language})
    for address in (
        f"/admin/petitions/petition/{petition.pk}/fraud/",
        "/admin/supporters/suspicion/",
        "/admin/supporters/report/",
        "/admin/petitions/appeal/",
    ):
        moderator.goto(address)
        wider = moderator.eval_on_selector_all(".results", WIDER)
        assert wider, address
        assert set(wider) == {0}, (address, wider)


def test_fields_of_a_rule_end_inside_their_frame(moderator, petition):
    moderator.goto(f"/admin/petitions/petition/{petition.pk}/fraud/")
    beyond = moderator.eval_on_selector_all(
        "fieldset.module",
        """frames => frames.flatMap(frame => [...frame.querySelectorAll('input, select')]
            .map(each => each.getBoundingClientRect().right - frame.getBoundingClientRect().right))""",
    )
    assert beyond
    assert max(beyond) <= 0, beyond


@pytest.mark.parametrize("address", ["/transparency/", "/es/transparency/"])
def test_the_heads_of_the_columns_stand_on_one_line(moderator, address):
    moderator.goto(address)
    heads = moderator.locator(".ledger thead th")
    assert heads.count()
    lines = heads.evaluate_all(
        """heads => heads.map(each => {
            const words = document.createRange();
            words.selectNodeContents(each);
            return words.getClientRects().length;
        })"""
    )
    assert set(lines) == {1}, lines
