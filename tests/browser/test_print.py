"""On paper: what is read, and nothing that is pressed, followed or soon untrue."""

from datetime import UTC, datetime, timedelta

import pytest

from petitions.models import Petition, Topic
from supporters.models import HourlyCount
from tests.factories import PetitionFactory, SignatureFactory

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def shown(page, *selectors: str) -> dict[str, bool]:
    return {
        each: page.locator(each).first.evaluate("e => e.checkVisibility()") for each in selectors
    }


@pytest.fixture
def paper(new_page):
    page = new_page()
    page.emulate_media(media="print")
    return page


def test_an_open_petition(transactional_db, settings, live_server, paper):
    settings.SITE_URL = live_server.url
    petition = PetitionFactory(is_open=True, slug="мост", goal=10)
    SignatureFactory(petition=petition, is_confirmed=True)
    paper.goto("/petitions/мост/")
    assert all(shown(paper, "h1", ".count", ".prose", ".printed").values())
    assert not any(shown(paper, "nav", ".sign", ".share", ".bar", ".latest", ".foot").values())
    assert paper.locator(".printed").inner_text().startswith(f"{live_server.url}/petitions/мост/ ·")


def test_a_closed_petition_leads_to_no_other(transactional_db, paper):
    topic = Topic.objects.create(name="Water", slug="water")
    PetitionFactory(is_open=True).topics.add(topic)
    petition = PetitionFactory(
        is_closed=True, slug="mend", outcome="victory", outcome_note="They agreed."
    )
    petition.topics.add(topic)
    paper.goto("/petitions/mend/")
    assert all(shown(paper, ".band strong", "#ended", ".printed").values())
    assert not any(shown(paper, ".band a", "#related-title").values())


def test_the_chart_has_no_closed_table_below_it(transactional_db, paper):
    petition = PetitionFactory(
        status="closed", slug="mend", opened_at=START, closed_at=START + timedelta(days=9)
    )
    for days in (0, 3, 8):
        HourlyCount.objects.create(
            petition=petition, hour=START + timedelta(days=days), quantity=10
        )
    Petition.objects.filter(pk=petition.pk).update(supporter_count=30)
    paper.goto("/petitions/mend/count/")
    assert shown(paper, ".chart", ".chart + details") == {".chart": True, ".chart + details": False}
    paper.locator("summary").evaluate("element => { element.parentElement.open = true }")
    assert shown(paper, ".chart + details table") == {".chart + details table": True}
