"""The trend: the last day's signatures of a petition."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from petitions.models import Petition
from supporters import trend
from supporters.fold import fold
from supporters.models import CountAdjustment, HourlyCount
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db


def count(petition, hours_ago: float, quantity: int) -> None:
    hour = timezone.now() - timedelta(hours=hours_ago)
    HourlyCount.objects.create(petition=petition, hour=hour, quantity=quantity)


def trends() -> list[int]:
    return list(Petition.objects.order_by("pk").values_list("trend", flat=True))


def test_the_last_day_is_summed_for_each_petition():
    grows, rests, _ = (PetitionFactory(is_open=True) for _ in range(3))
    count(grows, 0, 3)
    count(grows, 23.5, 4)
    count(grows, 24.5, 100)
    count(rests, 30, 7)
    assert trend.refresh() == 1
    assert trends() == [7, 0, 0]


def test_what_no_longer_grows_falls_back():
    petition = PetitionFactory(is_open=True)
    Petition.objects.filter(pk=petition.pk).update(trend=9)
    assert trend.refresh() == 1
    assert trends() == [0]


def test_unchanged_rows_are_not_written(count_queries):
    petition = PetitionFactory(is_open=True)
    count(petition, 1, 5)
    trend.refresh()
    with count_queries() as queries:
        assert trend.refresh() == 0
    assert [statement.split()[0] for statement in queries.statements] == ["SELECT"] * 3


def test_many_petitions_take_few_statements(count_queries):
    for _ in range(30):
        count(PetitionFactory(is_open=True), 1, 2)
    with count_queries() as queries:
        assert trend.refresh() == 30
    assert len(queries) == 5, queries


def leave(petition, hours_ago: float, quantity: int, kind: str = "withdrawn") -> None:
    at = timezone.now() - timedelta(hours=hours_ago)
    CountAdjustment.objects.create(petition=petition, kind=kind, quantity=-quantity, recorded_at=at)


def test_who_signed_and_left_adds_nothing():
    pumped, left_before = PetitionFactory(is_open=True), PetitionFactory(is_open=True)
    Petition.objects.update(supporter_count=100)
    count(pumped, 1, 9)
    leave(pumped, 0.5, 6)
    leave(pumped, 0.4, 2, kind="removed")
    count(left_before, 1, 9)
    leave(left_before, 30, 6)
    trend.refresh()
    assert trends() == [1, 9]


def test_what_was_put_back_counts_again():
    petition = PetitionFactory(is_open=True)
    Petition.objects.update(supporter_count=100)
    count(petition, 1, 9)
    leave(petition, 0.5, 6, kind="removed")
    leave(petition, 0.4, -6, kind="restored")
    trend.refresh()
    assert trends() == [9]


def test_a_trend_is_never_below_nothing():
    shrinks = PetitionFactory(is_open=True)
    Petition.objects.update(supporter_count=100)
    count(shrinks, 1, 2)
    leave(shrinks, 0.5, 6)
    trend.refresh()
    assert trends() == [0]


def test_a_signature_that_is_withdrawn_at_once_moves_nobody_up():
    petition = PetitionFactory(is_open=True)
    signature = SignatureFactory(petition=petition, is_confirmed=True)
    fold(petition.pk)
    trend.refresh()
    assert trends() == [1]
    withdraw(signature.pk)
    trend.refresh()
    assert trends() == [0]


@pytest.mark.parametrize("status", ["closed", "hidden"])
def test_it_falls_back_in_every_state(status):
    petition = PetitionFactory(status=status)
    Petition.objects.filter(pk=petition.pk).update(trend=9)
    trend.refresh()
    assert trends() == [0]


class TestProgress:
    @pytest.mark.parametrize(
        ("goal", "count", "percent"),
        [
            (None, 50, 0),
            (100, 0, 0),
            (100, 80, 80),
            (3, 2, 66),
            (1_000, 999, 99),
            (10, 10, 100),
            (10, 500, 100),
            (2**31 - 1, 2**31 - 1, 100),
        ],
    )
    def test_percent_of_the_goal_rounded_down(self, goal, count, percent):
        petition = PetitionFactory(is_open=True, goal=goal)
        Petition.objects.filter(pk=petition.pk).update(supporter_count=count)
        trend.refresh_progress()
        petition.refresh_from_db()
        assert petition.progress == percent
        assert trend.refresh_progress() == 0

    def test_a_goal_that_is_dropped_is_forgotten(self):
        petition = PetitionFactory(is_open=True, goal=10)
        Petition.objects.filter(pk=petition.pk).update(supporter_count=9)
        trend.refresh_progress()
        petition.refresh_from_db()
        petition.goal = None
        petition.save()
        assert trend.refresh_progress() == 1
        assert Petition.objects.get().progress == 0

    def test_a_plain_save_changes_neither(self):
        petition = PetitionFactory(is_open=True, goal=10)
        Petition.objects.filter(pk=petition.pk).update(trend=3, progress=90)
        petition.save()
        assert Petition.objects.values_list("trend", "progress").get() == (3, 90)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestLocks:
    """SQLite has one writer anyway, who waits for the other."""

    @pytest.fixture
    def busy(self):
        """Two petitions whose progress is stale; the first is left to whoever locks it."""
        busy, idle = PetitionFactory(is_open=True, goal=10), PetitionFactory(is_open=True, goal=10)
        Petition.objects.update(supporter_count=5)
        return busy, idle

    def refresh_beside(self, act) -> int:
        """refresh_progress() while the transaction of `act` is open."""
        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            act()
            return pool.submit(self.refresh).result(timeout=30)

    @staticmethod
    def refresh() -> int:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            return trend.refresh_progress()
        finally:
            connection.close()

    def test_what_is_being_folded_is_left_for_the_next_minute(self, busy):
        rows = Petition.objects.select_for_update(no_key=True)
        assert self.refresh_beside(lambda: rows.get(pk=busy[0].pk)) == 1
        assert list(Petition.objects.order_by("pk").values_list("progress", flat=True)) == [0, 50]
        assert trend.refresh_progress() == 1

    def test_who_signs_keeps_nobody_from_it(self, busy):
        """A row that refers to a petition locks its key, and the key alone."""

        def refer() -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT FROM petitions_petition WHERE id = %s FOR KEY SHARE", [busy[0].pk]
                )

        assert self.refresh_beside(refer) == 2
