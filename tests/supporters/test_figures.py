"""What the worker counts of a petition's signatures, for its organizer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters.confirming import confirm
from supporters.erasure import erase_unconfirmed
from supporters.fold import fold
from supporters.growth import figures
from supporters.growth.shown import late_rate, place_rows, rate, source_rows
from supporters.models import GrowthFigures
from supporters.withdrawing import withdraw
from supporters.worker import Worker
from tests.factories import PetitionFactory, SignatureFactory
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True)


def signed(petition, number=1, **values):
    return SignatureFactory.create_batch(number, petition=petition, is_confirmed=True, **values)


def counted(petition) -> GrowthFigures:
    """As counted now, however short ago it was counted before."""
    GrowthFigures.objects.filter(pk=petition.pk).update(as_of=None)
    assert figures.refresh_one(petition.pk) == 1
    return GrowthFigures.objects.get(pk=petition.pk)


def test_sources_places_and_who_confirmed(petition):
    signed(petition, 7, source="w", country="IE", postal_code="D02 AF30")
    signed(petition, 6, source="example.org", country="IE", postal_code="D04 X285")
    SignatureFactory(petition=petition, source="w", country="IE")
    found = counted(petition)
    assert found.numbers["sources"] == [["w", 7, 1], ["example.org", 6, 0]]
    assert found.numbers["places"] == [["IE", "D", 13]]
    assert (found.numbers["confirmed"], found.numbers["pending"], found.pending) == (13, 1, 1)
    assert rate(found).signed == 14
    assert round(rate(found).percent) == 93
    assert late_rate(found).waiting == 1


def test_a_petition_that_nobody_signed(petition):
    found = counted(petition)
    assert found.numbers["sources"] == found.numbers["places"] == []
    assert source_rows(found, merge=True) == place_rows(found, merge=True) == []
    assert rate(found).percent == 0


def test_who_leaves_is_in_it_no_more(petition):
    first, *_others = signed(petition, 6, source="w", country="IE", postal_code="D02 AF30")
    fold(petition.pk)
    assert counted(petition).numbers["sources"] == [["w", 6, 0]]
    withdraw(first.pk)
    found = counted(petition)
    assert found.numbers["sources"] == [["w", 5, 0]]
    assert found.numbers["places"] == [["IE", "D", 5]]
    assert rate(found).confirmed == 6  # she had confirmed


def test_what_is_erased_unconfirmed_stays_as_a_number(petition, settings):
    signed(petition)
    long_ago = timezone.now() - timedelta(days=settings.PETITIONS_UNCONFIRMED_DAYS + 1)
    SignatureFactory.create_batch(3, petition=petition, created_at=long_ago)
    assert erase_unconfirmed() == 3
    assert erase_unconfirmed() == 0
    found = counted(petition)
    assert found.lapsed == rate(found).unconfirmed == 3
    assert rate(found).percent == 25


def test_the_organizers_own_was_not_asked(petition):
    signed(petition, is_organizer=True)
    assert rate(counted(petition)).signed == 0


@pytest.mark.parametrize(
    ("postal_code", "area"),
    [("SW1A 1AA", "SW"), ("M1 1AE", "M"), ("D02 AF30", "D"), ("28013", "28"), ("1012 AB", "10"),
     ("k1a 0b1", "K"), ("", ""), ("7", "7")],
)  # fmt: skip
def test_areas_of_postcodes(postal_code, area):
    assert figures.area_of(postal_code[:2]) == area


def test_places_without_a_postcode_by_their_name(petition):
    signed(petition, 5, country="MT", locality="Valletta", kind="paper")
    assert [row.label for row in place_rows(counted(petition), merge=True)] == ["Malta, Valletta"]


def test_small_places_go_together_and_none_is_told_apart(petition):
    for code, number in {"10115": 9, "20095": 3, "80331": 2}.items():
        signed(petition, number, country="DE", postal_code=code)
    signed(petition, country="FR", postal_code="75001")
    rows = place_rows(counted(petition), merge=True)
    assert [(str(row.label), row.confirmed) for row in rows] == [
        ("Germany, 10", 9),
        ("Others, taken together", 6),  # France alone could be told
    ]
    every = place_rows(counted(petition), merge=False)
    assert [row.confirmed for row in every] == [9, 3, 2, 1]


def test_only_so_many_are_kept_by_name(petition, monkeypatch):
    monkeypatch.setattr(figures, "SHOWN", 2)
    for source, number in {"a": 8, "b": 7, "c": 6, "d": 5}.items():
        signed(petition, number, source=source, country="ES", postal_code=f"{number}0001")
    found = counted(petition)
    assert [row[0] for row in found.numbers["sources"]] == ["a", "b"]
    assert found.numbers["more_sources"] == [2, 11, 0]
    assert found.numbers["more_places"] == [2, 11]
    assert sum(row.confirmed for row in source_rows(found, merge=False)) == 26


@pytest.fixture
def no_rest(monkeypatch):
    """Whatever changed is due at once."""
    monkeypatch.setattr(figures, "REST", timedelta(0))
    monkeypatch.setattr(figures, "SHARE", 0)


def test_whatever_changes_is_counted_again(petition, no_rest):
    assert figures.due() == [petition.pk]
    assert figures.refresh() == 1
    assert figures.refresh() == 0
    [signature] = SignatureFactory.create_batch(1, petition=petition)
    assert figures.refresh() == 1
    assert confirm(signature.pk) == "confirmed"
    fold(petition.pk)
    assert figures.refresh() == 1
    withdraw(signature.pk)
    assert figures.refresh() == 1
    assert GrowthFigures.objects.get().numbers["confirmed"] == 0


def test_one_comes_while_another_leaves(petition, no_rest):
    """The number is as before; what it is made of is not."""
    [one] = signed(petition, source="w")
    fold(petition.pk)
    figures.refresh()
    signed(petition, source="f")
    withdraw(one.pk)
    fold(petition.pk)
    assert Petition.objects.get().supporter_count == 1
    assert figures.refresh() == 1
    assert GrowthFigures.objects.get().numbers["sources"] == [["f", 1, 0]]


def test_a_large_petition_is_counted_less_often(petition):
    figures.refresh()
    signed(petition)
    fold(petition.pk)
    row = GrowthFigures.objects.filter(pk=petition.pk)
    row.update(as_of=timezone.now() - timedelta(seconds=90), took_ms=10)
    assert figures.due() == [petition.pk]
    row.update(took_ms=1_500)
    assert figures.due() == []
    row.update(as_of=timezone.now() - timedelta(seconds=151))
    assert figures.due() == [petition.pk]


def test_once_a_day_whatever_happens(petition):
    closed = PetitionFactory(is_closed=True)
    figures.refresh()
    GrowthFigures.objects.update(as_of=timezone.now() - timedelta(hours=25))
    assert figures.due() == [petition.pk]
    GrowthFigures.objects.filter(pk=closed.pk).update(pending=2)
    assert set(figures.due()) == {petition.pk, closed.pk}


@pytest.mark.parametrize("status", ["draft", "in_review", "rejected", "hidden"])
def test_what_is_not_public_is_not_counted(status):
    PetitionFactory(status=status)
    assert figures.due() == []


def test_who_was_killed_while_counting_holds_nobody_up_for_long(petition):
    claim = timezone.now() + figures.LEASE
    GrowthFigures.objects.create(petition=petition, claimed_until=claim)
    assert figures.refresh() == 0
    GrowthFigures.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert figures.refresh() == 1


def test_what_another_counted_meanwhile_is_not_counted_again(petition):
    figures.refresh()
    seen = GrowthFigures.objects.get().as_of
    assert figures.refresh_one(petition.pk, seen=seen) == 1
    assert figures.refresh_one(petition.pk, seen=seen) == 0


def test_a_failure_lets_the_next_worker_try(petition, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(figures, "count", fails)
        with pytest.raises(RuntimeError):
            figures.refresh()
    assert figures.refresh() == 1


def test_it_stops_when_it_is_told_to(petition):
    assert figures.refresh(go_on=lambda: False) == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_counts():
    petition = PetitionFactory(is_open=True)
    signed(petition, 3)
    assert sum(together(*[figures.refresh] * 4)) == 1
    assert GrowthFigures.objects.get().numbers["confirmed"] == 3
    assert GrowthFigures.objects.get().claimed_until is None


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it():
    petition = PetitionFactory(is_open=True)
    signed(petition, 2)
    assert Worker().once()
    assert GrowthFigures.objects.get(pk=petition.pk).numbers["confirmed"] == 2


def test_counting_reads_in_few_statements(petition, count_queries):
    signed(petition, 3)
    figures.refresh()
    signed(petition, 3)
    fold(petition.pk)
    with count_queries() as queries:
        figures.refresh_one(petition.pk)
    assert len(queries) <= 12, queries


def test_no_name_or_address_is_kept(petition):
    signed(petition, 5, country="GB", postal_code="SW1A 1AA")
    text = str(counted(petition).numbers)
    for said in ("Sam", "example.org", "1AA", "SW1"):
        assert said not in text
