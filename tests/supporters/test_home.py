"""The first page."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition, PetitionTarget
from tests.factories import PetitionFactory, SignatureFactory, TargetFactory

pytestmark = pytest.mark.django_db

BLOCKS = ("featured", "growing", "newest", "victories")


def blocks(client) -> dict[str, list[str]]:
    context = client.get("/").context
    return {name: [petition.title for petition in context[name]] for name in BLOCKS}


def opened(title: str, *, days_ago: int, trend: int = 0, **more: object) -> Petition:
    at = timezone.now() - timedelta(days=days_ago)
    row = PetitionFactory(title=title, status="open", opened_at=at, **more)
    Petition.objects.filter(pk=row.pk).update(trend=trend)
    return row


def test_an_empty_site_says_so(client) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert "There is no petition yet." in response.content.decode()
    assert blocks(client) == {name: [] for name in BLOCKS}
    assert response.context["total_open"] == 0


def test_the_fastest_is_featured_then_come_growing_and_new_ones(client) -> None:
    opened("Fast", days_ago=3, trend=90)
    opened("Slow", days_ago=2, trend=5)
    opened("Still", days_ago=1)
    opened("Old", days_ago=9)
    assert blocks(client) == {
        "featured": ["Fast"],
        "growing": ["Slow"],
        "newest": ["Still", "Old"],
        "victories": [],
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
    assert blocks(client) == {"featured": [], "growing": [], "newest": [], "victories": ["Won"]}
    assert client.get("/").context["total_open"] == 0


def test_the_link_to_open_petitions_leads_to_as_many(client) -> None:
    for n in range(3):
        opened(f"Number {n}", days_ago=n)
    PetitionFactory(title="Closed", is_closed=True)
    html = client.get("/").content.decode()
    assert re.search(r'<a href="/petitions/\?status=open">\s*See all 3 open petitions\s*</a>', html)
    assert client.get("/petitions/?status=open").context["total"] == 3


def test_nobody_is_shown_twice_and_every_block_ends(client) -> None:
    for n in range(20):
        opened(f"Number {n}", days_ago=n, trend=n % 3)
    for n in range(5):
        PetitionFactory(title=f"Won {n}", is_closed=True, outcome="victory")
    found = blocks(client)
    shown = [title for block in found.values() for title in block]
    assert len(set(shown)) == len(shown)
    assert [len(found[name]) for name in BLOCKS] == [1, 5, 5, 3]


def test_the_number_holds_what_is_not_folded_yet(client) -> None:
    row = opened("Fast", days_ago=1)
    SignatureFactory.create_batch(2, petition=row, is_confirmed=True)
    assert [petition.live_count for petition in client.get("/").context["featured"]] == [2]


def test_six_statements_no_cookie_and_a_second_in_any_cache(client, count_queries) -> None:
    for n in range(12):
        row = opened(f"Number {n}", days_ago=n, trend=n)
        PetitionTarget.objects.create(petition=row, target=TargetFactory())
    PetitionFactory(is_closed=True, outcome="victory")
    with count_queries() as queries:
        response = client.get("/")
    assert len(queries) <= 6, queries
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Cache-Control"].startswith("public, max-age=1,")


def test_it_is_only_read(client) -> None:
    assert client.post("/").status_code == 405
    assert client.head("/").status_code == 200
