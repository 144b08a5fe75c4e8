"""The first page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition, PetitionTarget, Topic
from supporters.trend import refresh_progress
from tests.factories import PetitionFactory, SignatureFactory, TargetFactory, UserFactory

pytestmark = pytest.mark.django_db

BLOCKS = ("featured", "growing", "nearly", "newest", "victories")
NOTHING: dict[str, list[str]] = {name: [] for name in BLOCKS}


def blocks(client) -> dict[str, list[str]]:
    context = client.get("/").context
    return {name: [petition.title for petition in context[name]] for name in BLOCKS}


def opened(
    title: str, *, days_ago: int = 1, trend: int = 0, count: int = 0, **more: object
) -> Petition:
    at = timezone.now() - timedelta(days=days_ago)
    row = PetitionFactory(title=title, status="open", opened_at=at, **more)
    Petition.objects.filter(pk=row.pk).update(trend=trend, supporter_count=count)
    return row


def test_an_empty_site_says_so(client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "There is no petition yet." in response.content.decode()
    assert blocks(client) == NOTHING
    assert response.context["total_open"] == 0
    assert "See all petitions" not in response.content.decode()


def test_where_all_have_ended_they_can_still_be_read(client) -> None:
    PetitionFactory(is_closed=True)
    html = client.get("/").content.decode()
    assert "No petition is open at the moment." in html
    assert "See all petitions" in html


def test_the_fastest_is_featured_then_come_growing_and_new_ones(client) -> None:
    opened("Fast", days_ago=3, trend=90)
    opened("Slow", days_ago=2, trend=5)
    opened("Still", days_ago=1)
    opened("Old", days_ago=9)
    assert blocks(client) == NOTHING | {
        "featured": ["Fast"],
        "growing": ["Slow"],
        "newest": ["Still", "Old"],
    }


def test_where_nothing_grows_the_newest_is_featured(client) -> None:
    opened("Old", days_ago=9)
    opened("New", days_ago=1)
    assert blocks(client)["featured"] == ["New"]
    assert blocks(client)["newest"] == ["Old"]


def test_only_what_can_be_signed_now_and_victories(client) -> None:
    opened("Due", days_ago=2, trend=50, closes_at=timezone.now() - timedelta(hours=1))
    PetitionFactory(title="Draft")
    PetitionFactory(title="Hidden", status="hidden")
    PetitionFactory(title="Rejected", status="rejected")
    PetitionFactory(title="Closed", is_closed=True)
    PetitionFactory(title="Won", is_closed=True, outcome="victory")
    PetitionFactory(title="Partly", is_closed=True, outcome="partial")
    assert blocks(client) == NOTHING | {"victories": ["Won"]}
    assert client.get("/").context["total_open"] == 0
    assert "No petition is open at the moment." in client.get("/").content.decode()


def test_the_link_to_open_petitions_leads_to_as_many(client) -> None:
    for n in range(3):
        opened(f"Number {n}", days_ago=n)
    PetitionFactory(title="Closed", is_closed=True)
    html = client.get("/").content.decode()
    assert re.search(r'<a href="/petitions/\?status=open">\s*See all 3 open petitions\s*</a>', html)
    assert client.get("/petitions/?status=open").context["total"] == 3


def test_nobody_is_shown_twice_and_every_block_ends(client) -> None:
    for n in range(20):
        opened(f"Number {n}", days_ago=n, trend=n % 3, count=80 + n, goal=100)
    for n in range(5):
        PetitionFactory(title=f"Won {n}", is_closed=True, outcome="victory")
    Petition.objects.filter(title__in=["Number 1", "Number 2"]).feature()
    refresh_progress()
    found = blocks(client)
    shown = [title for block in found.values() for title in block]
    assert len(set(shown)) == len(shown)
    assert [len(found[name]) for name in BLOCKS] == [2, 4, 4, 4, 3]
    assert set(found["featured"]) == {"Number 1", "Number 2"}


def test_what_staff_chose_is_featured_the_last_choice_first(client) -> None:
    opened("Fast", trend=90)
    for title in ("First", "Second", "Third", "Fourth"):
        opened(title, days_ago=9)
        assert Petition.objects.filter(title=title).feature() == 1
    assert blocks(client)["featured"] == ["Fourth", "Third", "Second"]
    assert blocks(client)["growing"] == ["Fast"]
    assert Petition.objects.filter(title="Fourth").feature() == 0  # it is already
    assert Petition.objects.filter(title="Fourth").unfeature() == 1
    assert blocks(client)["featured"] == ["Third", "Second", "First"]


@pytest.mark.parametrize("act", ["close", "hide"])
def test_a_choice_that_is_no_longer_open_gives_way(client, act: str) -> None:
    chosen = opened("Chosen")
    opened("Other", days_ago=9)
    Petition.objects.filter(title="Chosen").feature()
    getattr(chosen, act)(by=None)
    assert blocks(client)["featured"] == ["Other"]


def test_a_plain_save_neither_chooses_nor_forgets(client) -> None:
    row = opened("Chosen")
    Petition.objects.filter(pk=row.pk).feature()
    row.save()
    assert Petition.objects.get().featured_at is not None
    assert row.featured_at is None  # a copy read before


def test_nearly_at_their_goal_the_nearest_first(client) -> None:
    for title, count, goal in [
        ("Half", 50, 100),
        ("Four fifths", 80, 100),
        ("Almost", 999, 1_000),
        ("There", 100, 100),
        ("Without", 90, None),
        ("Newest", 0, 100),
    ]:
        opened(title, count=count, goal=goal)
    refresh_progress()
    assert blocks(client)["nearly"] == ["Almost", "Four fifths"]
    assert "Goal: 1,000, 1 to go" in client.get("/").content.decode()


def test_a_goal_that_was_reached_since_is_not_near(client) -> None:
    row = opened("Almost", count=9, goal=10)
    opened("Newest", days_ago=0)
    refresh_progress()
    SignatureFactory(petition=row, is_confirmed=True)  # not folded
    assert blocks(client)["nearly"] == []
    assert "Almost" in blocks(client)["newest"]


def test_how_much_the_last_day_brought(client) -> None:
    opened("Fast", trend=1_041)
    opened("Slow", trend=2)
    html = client.get("/").content.decode()
    assert "+1,041 in the last day" in html
    assert "+2 in the last day" not in html  # one of two could be told apart


def test_a_victory_says_how_it_ended(client) -> None:
    row = opened("Won", count=41)
    row.close(by=None, outcome="victory", note="The board mended the bridge. <b>")
    html = client.get("/").content.decode()
    assert "The board mended the bridge. &lt;b&gt;" in html
    assert "with 41 supporters" in html


def test_topics_lead_to_their_pages_with_how_many_are_open(client) -> None:
    roads, _empty = (
        Topic.objects.create(name=name, slug=name.lower()) for name in ("Roads", "Empty")
    )
    opened("Open").topics.add(roads)
    PetitionFactory(is_closed=True).topics.add(roads)
    assert client.get("/").context["topics"] == [("roads", "Roads", 1)]
    assert 'href="/topics/roads/"' in client.get("/").content.decode()


def test_the_number_holds_what_is_not_folded_yet(client) -> None:
    row = opened("Fast", days_ago=1)
    SignatureFactory.create_batch(2, petition=row, is_confirmed=True)
    assert [petition.live_count for petition in client.get("/").context["featured"]] == [2]


def test_four_statements_no_cookie_and_a_second_in_any_cache(client, count_queries) -> None:
    for n in range(12):
        row = opened(f"Number {n}", days_ago=n, trend=n, organizer=UserFactory())
        PetitionTarget.objects.create(petition=row, target=TargetFactory())
    PetitionFactory(is_closed=True, outcome="victory")
    with count_queries() as queries:
        response = client.get("/")
    assert len(queries) <= 4, queries
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Cache-Control"].startswith("public, max-age=1,")


def test_it_is_only_read(client) -> None:
    assert client.post("/").status_code == 405
    assert client.head("/").status_code == 200
