"""How many petitions each choice of a list holds: counted now, or kept by the worker."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition, Topic
from supporters import browse, tallies
from supporters.models import ListTally
from supporters.worker import Worker
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def water() -> Topic:
    """With one petition of each kind; two more without a topic."""
    water = Topic.objects.create(name="Water", slug="water")
    Topic.objects.create(name="Empty", slug="empty")
    an_hour_ago = timezone.now() - timedelta(hours=1)
    for fields in (
        {"status": "open"},
        {"status": "open", "closes_at": an_hour_ago},
        {"status": "closed"},
        {"status": "closed", "outcome": "victory"},
        {"status": "rejected"},
        {"status": "draft"},
        {"status": "hidden"},
    ):
        PetitionFactory(**fields).topics.add(water)
    PetitionFactory(status="open")
    PetitionFactory(status="closed", outcome="partial")
    return water


EXPECTED = {
    "": {"": 7, "open": 2, "closed": 4, "victory": 1, "rejected": 1},
    "water": {"": 5, "open": 1, "closed": 3, "victory": 1, "rejected": 1},
    "empty": {"": 0, "open": 0, "closed": 0, "victory": 0, "rejected": 0},
}


def numbers(tally: tallies.Facets) -> dict[str, dict[str, int]]:
    return {topic: tally.kinds(topic=topic) for topic in ("", *tally.names)}


def test_its_kinds_are_the_choices_of_a_list() -> None:
    assert tuple(browse.STATUSES) == tallies.KINDS


@pytest.mark.usefixtures("water")
class TestFacets:
    def test_counted_in_one_statement(self, count_queries) -> None:
        with count_queries() as queries:
            found = tallies.count()
        assert len(queries) == 1, queries
        assert numbers(found) == EXPECTED
        assert found.topics(kind="open") == [("empty", "Empty", 0), ("water", "Water", 1)]

    def test_what_the_worker_keeps_is_the_same(self, monkeypatch, count_queries) -> None:
        monkeypatch.setattr(tallies, "MANY", 3)
        assert tallies.refresh() == tallies.refresh() == 15
        with count_queries() as queries:
            found = tallies.tally()
        assert len(queries) == 1, queries
        assert numbers(found) == EXPECTED

    def test_two_workers_at_once_double_nothing(self, monkeypatch) -> None:
        monkeypatch.setattr(tallies, "MANY", 3)
        tallies.refresh()
        rows = [*ListTally.objects.all()]
        for row in rows:
            row.pk, row.counted_at = None, row.counted_at + timedelta(seconds=1)
        ListTally.objects.bulk_create(rows)
        assert numbers(tallies.tally()) == EXPECTED
        later = timezone.now() + timedelta(seconds=9)
        monkeypatch.setattr(tallies.timezone, "now", lambda: later)
        assert tallies.refresh() == ListTally.objects.count() == 15

    def test_a_small_site_keeps_none(self, monkeypatch) -> None:
        monkeypatch.setattr(tallies, "MANY", 3)
        tallies.refresh()
        monkeypatch.setattr(tallies, "MANY", 100)
        assert tallies.refresh() == 0
        assert not ListTally.objects.exists()

    def test_a_dead_workers_figures_are_not_believed(self, monkeypatch) -> None:
        monkeypatch.setattr(tallies, "MANY", 3)
        tallies.refresh()
        ListTally.objects.update(number=99)
        assert tallies.tally().of() == 99
        ListTally.objects.update(counted_at=timezone.now() - timedelta(minutes=11))
        assert numbers(tallies.tally()) == EXPECTED

    def test_the_worker_does_it(self, monkeypatch) -> None:
        monkeypatch.setattr(tallies, "MANY", 3)
        assert Worker().once()
        assert ListTally.objects.exists()

    def test_a_renamed_topic_has_its_new_name_at_once(self, monkeypatch, water) -> None:
        monkeypatch.setattr(tallies, "MANY", 3)
        tallies.refresh()
        water.name = "Rivers"
        water.save()
        assert tallies.tally().names == {"water": "Rivers", "empty": "Empty"}
        water.delete()
        assert "water" not in tallies.tally().names

    def test_a_list_that_shrank_since_ends_where_it_ends(self, client, monkeypatch) -> None:
        monkeypatch.setattr(tallies, "MANY", 3)
        for _ in range(20):
            PetitionFactory(status="open")
        tallies.refresh()
        assert client.get("/petitions/?status=open&page=2").status_code == 200
        Petition.objects.filter(pk__in=Petition.objects.open().values("pk")[:5]).update(
            status="hidden"
        )
        response = client.get("/petitions/?status=open&page=2")
        assert response.status_code == 404
        assert 'href="/petitions/?status=open"' in response.content.decode()


def test_an_empty_site(client) -> None:
    assert tallies.count().kinds() == {"": 0, "open": 0, "closed": 0, "victory": 0, "rejected": 0}
    assert client.get("/petitions/").status_code == 200
