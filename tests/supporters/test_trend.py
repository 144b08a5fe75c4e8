"""The trend: the last day's signatures of a petition."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters import trend
from supporters.models import HourlyCount
from tests.factories import PetitionFactory

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
    assert [statement.split()[0] for statement in queries.statements] == ["SELECT", "SELECT"]


def test_many_petitions_take_few_statements(count_queries):
    for _ in range(30):
        count(PetitionFactory(is_open=True), 1, 2)
    with count_queries() as queries:
        assert trend.refresh() == 30
    assert len(queries) == 4, queries
