"""The line of a petition's number over time, and its table."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters.chart import FEWEST, HEIGHT, MOST, WIDTH, Chart, Period, chart_of
from supporters.models import CountAdjustment, HourlyCount
from tests.factories import PetitionFactory

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC)  # a Monday


def grown(*hours: tuple[float, int], days: float = 30, **changes) -> Petition:
    """A petition opened at START and closed `days` later, with (days after START, signatures)."""
    petition = PetitionFactory(
        status="closed", opened_at=START, closed_at=START + dt.timedelta(days=days), **changes
    )
    for after, quantity in hours:
        hour = (START + dt.timedelta(days=after)).replace(minute=0)
        HourlyCount.objects.create(petition=petition, hour=hour, quantity=quantity)
    Petition.objects.filter(pk=petition.pk).update(supporter_count=sum(q for _, q in hours))
    return Petition.objects.get(pk=petition.pk)


def signed(chart) -> list[int]:
    return [period.signed for period in chart.periods]


def period(total: int) -> Period:
    return Period(start=START, end=START + dt.timedelta(days=1), total=total)


def test_nothing_to_draw():
    assert chart_of(grown()) is None  # a copy: nobody signed here
    assert chart_of(grown((0, 3), (20, 1))) is None  # told apart: one period is left


def test_days_with_their_sums():
    chart = chart_of(grown((0, 7), (0.2, 5), (3, 20), (9, 8), days=10))
    assert chart.step == "day"
    assert signed(chart) == [12, 0, 0, 20, 0, 0, 0, 0, 0, 8, 0]
    assert [period.total for period in chart.periods][-3:] == [32, 40, 40]
    assert chart.periods[0].start.isoformat() == "2026-03-02T00:00:00+00:00"
    assert chart.periods[0].last_day == dt.date(2026, 3, 2)


def test_weeks_begin_with_the_petition():
    petition = grown((4, 7), (80, 5), days=90)
    opened_at = START + dt.timedelta(days=3)
    Petition.objects.filter(pk=petition.pk).update(opened_at=opened_at)
    chart = chart_of(Petition.objects.get())
    assert chart.step == "week"
    assert chart.periods[0].start.isoformat() == "2026-03-05T00:00:00+00:00"
    assert chart.periods[-1].end == chart.end


def test_small_numbers_are_put_together():
    chart = chart_of(grown((0, 30), (1, 1), (2, 2), (4, 3), (6, 9), (9, 1), days=10))
    assert signed(chart) == [30, 6, 0, 10]
    assert not [number for number in signed(chart) if 0 < number < FEWEST]
    assert sum(signed(chart)) == 46
    assert chart.periods[-1].last_day == dt.date(2026, 3, 12)
    for before, after in zip(chart.periods, chart.periods[1:], strict=False):
        assert before.end == after.start


@pytest.mark.parametrize(
    ("days", "step"),
    [
        (1, "hour"),
        (2, "hour"),
        (5, "day"),
        (50, "day"),
        (300, "week"),
        (1500, "month"),
        (9000, "year"),
    ],
)
def test_the_step_fits_the_time(days, step):
    chart = chart_of(grown(*[(days * n / 12, 10) for n in range(12)], days=days))
    assert chart.step == step
    assert 2 <= len(chart.periods) <= MOST
    assert sum(signed(chart)) == 120


@pytest.mark.parametrize("name", ["Europe/London", "America/Sao_Paulo", "Asia/Kolkata", "UTC"])
def test_clocks_that_are_changed(settings, name):
    """Every hour of a year stands in one day, also the hour that comes twice."""
    settings.TIME_ZONE = name
    with timezone.override(name):
        for days in (2, 40, 380):
            hours = [(hour / 24, 5) for hour in range(24 * days)]
            petition = PetitionFactory(
                status="closed", opened_at=START + dt.timedelta(days=26),
                closed_at=START + dt.timedelta(days=26 + days),
            )  # fmt: skip
            HourlyCount.objects.bulk_create(
                HourlyCount(
                    petition=petition,
                    hour=(petition.opened_at + dt.timedelta(days=after)).replace(minute=0),
                    quantity=quantity,
                )
                for after, quantity in hours
            )
            assert sum(signed(chart_of(petition))) == 5 * 24 * days


def test_entries_of_the_ledger_count_on_their_day():
    petition = grown((0, 10), (8, 10), days=10)
    CountAdjustment.objects.create(
        petition=petition, kind="paper", quantity=100, happened_on=dt.date(2026, 3, 5)
    )
    CountAdjustment.objects.create(
        petition=petition, kind="withdrawn", quantity=-1
    )  # after closing
    petition.refresh_from_db()
    chart = chart_of(petition)
    assert [period.total for period in chart.periods] == [10, 10, 10, *[110] * 5, 120, 120, 119]
    assert (chart.before, chart.total) == (0, petition.supporter_count)


def test_what_was_counted_before_hours_were_noted_is_where_it_begins():
    petition = grown((2, 10), (5, 10), days=10)
    Petition.objects.update(supporter_count=1_020)
    petition.refresh_from_db()
    chart = chart_of(petition)
    assert (chart.before, chart.total) == (1_000, 1_020)


def test_the_line_stays_in_its_frame():
    chart = chart_of(grown((0, 7), (3, 20), (9, 800), days=10))
    points = [tuple(map(float, pair.split())) for pair in re.split("[ML]", chart.line)[1:]]
    assert points[0] == (0, HEIGHT)
    assert points[-1][0] == WIDTH
    assert points[-1][1] == pytest.approx(HEIGHT * (1 - 827 / chart.top), abs=0.1)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert [x for x, _y in points] == sorted(x for x, _y in points)


@pytest.mark.parametrize(
    ("number", "top"), [(5, 6), (9, 10), (41, 60), (100, 100), (130, 160), (1_234_567, 1_600_000)]
)
def test_the_scale_is_even(number, top):
    chart = Chart(step="day", periods=[period(number), period(1)], before=0, end=START)
    assert (chart.top, chart.half) == (top, top // 2)
    assert top % 2 == 0


def test_an_open_petition_ends_now(count_queries):
    petition = PetitionFactory(status="open", opened_at=timezone.now() - dt.timedelta(days=9))
    for days in (8, 1):
        hour = timezone.now() - dt.timedelta(days=days)
        HourlyCount.objects.create(petition=petition, hour=hour, quantity=6)
    with count_queries() as queries:
        chart = chart_of(petition)
    assert len(queries) == 2, queries
    assert abs(timezone.now() - chart.end) < dt.timedelta(minutes=1)
    assert chart.periods[-1].end == chart.end
