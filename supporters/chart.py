"""How a petition's number came to be what it is, over time: a line, and a table of the same.

From the sums of each hour (HourlyCount) and the entries of the ledger; no signature is read.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from petitions.models import Petition
from supporters.models import CountAdjustment, HourlyCount

MOST = 60  # periods
RECENT = dt.timedelta(hours=48)
# Fewer signatures than this in one period are put together with the next: it could be told whose
# they are.
FEWEST = 5

WIDTH, HEIGHT = 600, 200  # of the drawing, in its own units; the page stretches it

_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A kind of period, by the clock of the site. `longest` is more than one, less than two."""

    name: str
    starts: Callable[[dt.datetime], dt.datetime]
    length: dt.timedelta
    longest: dt.timedelta

    def following(self, start: dt.datetime) -> dt.datetime:
        return self.starts(start + self.longest)


def _hour(moment: dt.datetime) -> dt.datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _day(moment: dt.datetime) -> dt.datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _week(moment: dt.datetime) -> dt.datetime:
    return _day(moment) - moment.weekday() * _DAY


def _month(moment: dt.datetime) -> dt.datetime:
    return _day(moment).replace(day=1)


def _year(moment: dt.datetime) -> dt.datetime:
    return _month(moment).replace(month=1)


STEPS = (
    Step(name="hour", starts=_hour, length=_HOUR, longest=1.5 * _HOUR),
    Step(name="day", starts=_day, length=_DAY, longest=1.5 * _DAY),
    Step(name="week", starts=_week, length=7 * _DAY, longest=8 * _DAY),
    Step(name="month", starts=_month, length=30 * _DAY, longest=32 * _DAY),
    Step(name="year", starts=_year, length=365 * _DAY, longest=370 * _DAY),
)


@dataclass(slots=True, kw_only=True)
class Period:
    """From `start` to before `end`: how many signed, and the number at its end."""

    start: dt.datetime
    end: dt.datetime
    signed: int = 0
    other: int = 0  # on paper, carried over, withdrawn, removed, restored
    total: int = 0

    @property
    def other_size(self) -> int:
        """How many of `other`, without the sign."""
        return abs(self.other)

    @property
    def last_day(self) -> dt.date:
        return (self.end - dt.timedelta(microseconds=1)).date()

    def take_in(self, later: "Period") -> None:
        self.end = later.end
        self.signed += later.signed
        self.other += later.other


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """`periods` in the order of time; `before` is the number at their beginning."""

    step: str
    periods: list[Period]
    before: int
    end: dt.datetime

    @property
    def start(self) -> dt.datetime:
        return self.periods[0].start

    @property
    def has_other(self) -> bool:
        """Whether the numbers of some period come from more than those who signed in it."""
        return any(period.other for period in self.periods)

    @property
    def total(self) -> int:
        return self.periods[-1].total

    @property
    def top(self) -> int:
        """Where the scale ends."""
        return _round_up(max(self.before, *(period.total for period in self.periods)))

    @property
    def half(self) -> int:
        return self.top // 2

    @property
    def view_box(self) -> str:
        return f"0 0 {WIDTH} {HEIGHT}"

    @property
    def line(self) -> str:
        """The line as a path of SVG."""
        ends = [(min(period.end, self.end), period.total) for period in self.periods]
        top = self.top
        return "M" + "L".join(
            f"{(moment - self.start) / (self.end - self.start) * WIDTH:.1f}"
            f" {HEIGHT - number / top * HEIGHT:.1f}"
            for moment, number in [(self.start, self.before), *ends]
        )

    @property
    def area(self) -> str:
        """What lies below the line, as a path."""
        return f"{self.line}V{HEIGHT}H0Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The sums of a petition's hours, in their order, and of the days of its ledger."""

    hours: list[tuple[dt.datetime, int]]
    entries: list[tuple[dt.date, int]]

    @classmethod
    def of(cls, petition: Petition) -> "Noted":
        """In two statements. The tail, a second's worth, is not in it yet."""
        noted = HourlyCount.objects.filter(petition=petition).order_by("hour")
        recorded = CountAdjustment.objects.filter(petition=petition).order_by()
        return cls(
            hours=list(noted.values_list("hour", "quantity")),
            entries=list(recorded.values_list("happened_on").annotate(Sum("quantity"))),
        )

    def signed_since(self, moment: dt.datetime) -> int:
        return sum(quantity for hour, quantity in self.hours if hour > moment)


def chart_of(petition: Petition, noted: Noted | None = None) -> Chart | None:
    """The chart of all its time; None where there is nothing to draw.

    Nothing to draw: no hour was noted (copies from elsewhere), or less than two periods are left.
    """
    noted = noted or Noted.of(petition)
    if not noted.hours:
        return None
    start, end = _span(petition, noted.hours[0][0], noted.hours[-1][0])
    step = next((step for step in STEPS if end - start <= step.length * (MOST - 2)), STEPS[-1])
    return _drawn(petition, step, start, end, noted)


def recent_chart_of(petition: Petition, noted: Noted) -> Chart | None:
    """The last RECENT by the hour; None where there is nothing to draw, or it is younger."""
    now = timezone.localtime()
    since = _hour(now - RECENT)
    within = Noted(
        hours=[pair for pair in noted.hours if pair[0] >= since],
        entries=[pair for pair in noted.entries if _noon(pair[0], now) >= since],
    )
    begun = petition.opened_at is None or petition.opened_at < since
    if not within.hours or not begun:
        return None
    return _drawn(petition, STEPS[0], since, now, within)


def _drawn(
    petition: Petition, step: Step, start: dt.datetime, end: dt.datetime, noted: Noted
) -> Chart | None:
    periods = _merged(_periods(step, start, end, noted.hours, noted.entries))
    if len(periods) < 2:  # noqa: PLR2004
        return None
    # What was counted before: usually nothing, where it is all its time.
    number = before = petition.supporter_count - sum(p.signed + p.other for p in periods)
    for period in periods:
        number += period.signed + period.other
        period.total = number
    # The first week and the last, but for the days in which there was no petition.
    periods[0].start = max(periods[0].start, _day(start))
    periods[-1].end = min(periods[-1].end, end)
    return Chart(step=step.name, periods=periods, before=before, end=end)


def _noon(day: dt.date, like: dt.datetime) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), like.tzinfo)


def _span(
    petition: Petition, first: dt.datetime, last: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    """From the opening to now, or to the closing (and the confirmations in the day after it)."""
    start = min(petition.opened_at or first, first)
    end = timezone.now()
    if petition.is_closed:
        end = max(petition.ended_at or last, last + _HOUR)
    return timezone.localtime(start), timezone.localtime(end)


def _periods(
    step: Step,
    start: dt.datetime,
    end: dt.datetime,
    hours: Iterable[tuple[dt.datetime, int]],
    entries: Iterable[tuple[dt.date, int]],
) -> list[Period]:
    periods: list[Period] = []
    begin = step.starts(start)
    while begin <= end:
        following = step.following(begin)
        periods.append(Period(start=begin, end=following))
        begin = following
    # A busy petition has 9,000 hours a year: they are compared, not converted one by one.
    starts = [period.start.astimezone(dt.UTC) for period in periods]
    for hour, quantity in hours:
        periods[_last_from(starts, hour)].signed += quantity
    for day, quantity in entries:
        periods[_last_from(starts, _noon(day, start))].other += quantity
    return periods


def _last_from(starts: list[dt.datetime], moment: dt.datetime) -> int:
    """The index of the period that holds the moment; of the nearest one, before and after all."""
    return max(bisect_right(starts, moment) - 1, 0)


def _merged(periods: Iterable[Period]) -> list[Period]:
    """The same, with none of 1 to 4 signatures: such a one is put together with the next.

    Periods without any stay: they tell of nobody, and the line is flat there.
    """
    merged: list[Period] = []
    rest: Period | None = None
    for period in periods:
        if rest is None:
            rest = period
        else:
            rest.take_in(period)
        if not 0 < rest.signed < FEWEST:
            merged.append(rest)
            rest = None
    # Too few at the end are put together with what went before.
    while rest and merged:
        before = merged.pop()
        before.take_in(rest)
        rest = before
        if rest.signed >= FEWEST:
            return [*merged, rest]
    return [rest] if rest else merged


def _round_up(number: int) -> int:
    """The next number that makes an even scale: 2, 4, 6, 8, 10, 12, 16, 20, 30, 40, 60, 80, 100…"""
    size: int = 10 ** (len(str(number)) - 1)
    scale = (round(size * factor) for factor in (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10))
    return next(top for top in scale if top >= max(number, 2) and top % 2 == 0)
