"""What moderators did, month by month: computed from the rows that tell it, never typed in.

Months are those of the site's time zone. Small sites count at every request. From MANY events on
the worker counts once a minute the months that still change and once a day all of them, and readers
get its figures: all events of 100,000 petitions take seconds to read (docs/performance.md).
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from heapq import merge
from statistics import median
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, F, Max, Min, OuterRef, Subquery, Sum
from django.db.models.expressions import RawSQL
from django.utils import timezone

from petitions.models import Appeal, ModerationEvent, Petition
from petitions.states import Status
from supporters.ledger import CORRECTION
from supporters.models import CountAdjustment, MonthlyFigures, Report

MANY = 2_000
FRESH = dt.timedelta(minutes=10)  # older ones are a dead worker's: a slow answer is better
_WHOLE = dt.timedelta(days=1)  # between two counts of all months
_STEP = 20_000  # events read at a time
CORRECTIONS = 200  # that are listed one by one

# The index's condition word for word: SQLite knows its index again only without parameters.
_WITH_REASON = RawSQL(
    "supporters_countadjustment.kind IN ('removed', 'restored')"
    " AND NOT supporters_countadjustment.reason = ''",
    [],
    output_field=BooleanField(),
)
# Beside hiding and showing again. What is in review again because an appeal was granted was not
# submitted: rejected ones are not here, and drafts are left out by _re_entries().
_MOVES: dict[tuple[str, str], str] = {
    (Status.DRAFT, Status.IN_REVIEW): "submitted",
    (Status.IN_REVIEW, Status.DRAFT): "sent_back",
    (Status.IN_REVIEW, Status.OPEN): "published",
    (Status.IN_REVIEW, Status.REJECTED): "rejected",
    (Status.OPEN, Status.CLOSED): "closed",
    (Status.CLOSED, Status.OPEN): "reopened",
}
# (id, petition, from, to, reason, outcome, the petition's outcome, at)
Event = tuple[int, int, str, str, str, str, str, dt.datetime]


@dataclass(slots=True, kw_only=True)
class Month:
    """The figures of one month. Numbers of acts, not of petitions: one can be hidden twice.

    Hours are medians, to a tenth; None where nothing was decided.
    """

    month: str  # 2026-11
    submitted: int = 0
    published: int = 0
    sent_back: int = 0
    rejected: int = 0
    rejected_by_reason: dict[str, int] = field(default_factory=dict)
    hours_to_decision: float | None = None
    hidden: int = 0
    shown_again: int = 0
    closed: int = 0
    closed_by_outcome: dict[str, int] = field(default_factory=dict)
    reopened: int = 0
    reports_received: int = 0
    reports_upheld: int = 0
    reports_dismissed: int = 0
    hours_to_report_decision: float | None = None
    appeals_received: int = 0
    appeals_granted: int = 0
    appeals_refused: int = 0
    hours_to_appeal_decision: float | None = None
    corrections: int = 0  # entries of ledgers, with a reason
    signatures_removed: int = 0
    signatures_restored: int = 0

    @property
    def first_day(self) -> dt.date:
        return dt.date.fromisoformat(f"{self.month}-01")

    @property
    def year(self) -> int:
        return self.first_day.year


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """`months`, the newest first, without a gap; empty where nothing ever happened."""

    months: list[Month]
    as_of: dt.datetime


def figures() -> Figures:
    """The worker's where it keeps some, else counted now."""
    kept = list(MonthlyFigures.objects.order_by("-month"))
    now = timezone.now()
    if kept and (as_of := kept[0].as_of) > now - FRESH:
        return Figures(months=[Month(**row.numbers) for row in kept], as_of=as_of)
    return Figures(months=count(), as_of=now)


def corrections(*, year: int | None = None) -> list[CountAdjustment]:
    """The newest with a reason, of petitions that everybody may read; of all years or one. Not to
    be saved: as in the ledger, what a sweep took in many entries is one of its day."""
    published = (Status.OPEN, Status.CLOSED)
    rows = CountAdjustment.objects.filter(_WITH_REASON, petition__status__in=published)
    if year:
        begun, ended = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
        rows = rows.filter(recorded_at__gte=_start(begun), recorded_at__lt=_start(ended))
    told = ("petition", "kind", "reason", "source", "happened_on")
    grouped = (
        rows.order_by()
        .annotate(correction=CORRECTION)
        .values("correction", *told)
        .annotate(sum=Sum("quantity"), last=Max("pk"), at=Max("recorded_at"))
        .order_by("-at", "-last")[:CORRECTIONS]
    )
    found = list(grouped)
    petitions = Petition.objects.defer("body", "ask").in_bulk({row["petition"] for row in found})
    return [
        CountAdjustment(
            pk=row["last"],
            petition=petitions[row["petition"]],
            quantity=row["sum"],
            recorded_at=row["at"],
            **{name: row[name] for name in told[1:]},
        )
        for row in found
        if row["petition"] in petitions
    ]


def refresh() -> int:
    """Write the figures where there are many events, else keep none. Returns how many months."""
    if not _is_large():
        if MonthlyFigures.objects.exists():
            MonthlyFigures.objects.all().delete()
        return 0
    now = timezone.now()
    oldest = MonthlyFigures.objects.aggregate(oldest=Min("as_of"))["oldest"]
    # This month and the one before: an act may be written down a moment after its month.
    since = None if oldest is None or oldest < now - _WHOLE else _before(_first_day(now))
    months = count(since=since)
    rows = [MonthlyFigures(month=m.first_day, numbers=asdict(m), as_of=now) for m in months]
    with transaction.atomic():
        MonthlyFigures.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["month"],
            update_fields=["numbers", "as_of"],
        )
        if since is None:
            MonthlyFigures.objects.exclude(month__in=[row.month for row in rows]).delete()
    return len(rows)


def count(*, since: dt.date | None = None) -> list[Month]:
    """From the rows: all months, or those from the one that begins at `since`. Newest first."""
    start = _start(since) if since else None
    found: dict[dt.date, Month] = {}
    hours = _Hours()
    re_entries = _re_entries(start)
    for event in _events(start):
        _add_event(found, hours, event, start, re_entries)
    _add_decided(
        found, hours, Report, start,
        received="reports_received", hours_name="hours_to_report_decision",
        states={"upheld": "reports_upheld", "dismissed": "reports_dismissed"},
    )  # fmt: skip
    _add_decided(
        found, hours, Appeal, start,
        received="appeals_received", hours_name="hours_to_appeal_decision",
        states={"granted": "appeals_granted", "refused": "appeals_refused"},
    )  # fmt: skip
    _add_corrections(found, start)
    hours.write(found)
    if since:
        _month(found, since)
    return _without_gaps(found)


class _Hours:
    """Hours between two moments, gathered for the medians of each month."""

    def __init__(self) -> None:
        self.submitted: dict[int, dt.datetime] = {}  # petition → when it was last handed in
        self._gathered: dict[tuple[dt.date, str], list[float]] = {}

    def add(self, day: dt.date, name: str, begun: dt.datetime, ended: dt.datetime) -> None:
        taken = max((ended - begun).total_seconds(), 0.0) / 3600
        self._gathered.setdefault((day, name), []).append(taken)

    def write(self, found: dict[dt.date, Month]) -> None:
        for (day, name), taken in self._gathered.items():
            setattr(found[day], name, round(median(taken), 1))


def _add_event(
    found: dict[dt.date, Month],
    hours: _Hours,
    event: Event,
    start: dt.datetime | None,
    re_entries: set[int],
) -> None:
    pk, petition, before, after, reason, outcome, present_outcome, at = event
    if after == Status.IN_REVIEW:
        hours.submitted[petition] = at
    if (start and at < start) or pk in re_entries or not (name := _name_of(before, after)):
        return
    month = _month(found, day := _first_day(at))
    _raise(month, name)
    if name == "rejected":
        _add(month.rejected_by_reason, reason or "other")
    elif name == "closed":
        _add(month.closed_by_outcome, outcome or present_outcome)
    if before == Status.IN_REVIEW and (begun := hours.submitted.get(petition)):
        hours.add(day, "hours_to_decision", begun, at)


def _name_of(before: str, after: str) -> str:
    if after == Status.HIDDEN:
        return "hidden"
    if before == Status.HIDDEN:
        return "shown_again"
    return _MOVES.get((before, after), "")


def _events(start: dt.datetime | None) -> Iterator[Event]:
    """In the order in which they were written. Of earlier ones, where only the months from `start`
    are asked for, when the petitions decided since were handed in.
    """
    columns = ("pk", "petition", "from_status", "to_status", "reason", "outcome",
               "petition__outcome", "at")  # fmt: skip
    events = ModerationEvent.objects.order_by("pk")
    if start:
        since = events.filter(at__gte=start)
        decided = since.order_by().filter(from_status=Status.IN_REVIEW).values("petition")
        earlier = events.filter(at__lt=start, to_status=Status.IN_REVIEW, petition__in=decided)
        yield from merge(earlier.values_list(*columns), since.values_list(*columns))
        return
    last = 0
    while rows := list(events.filter(pk__gt=last).values_list(*columns)[:_STEP]):
        yield from rows
        last = rows[-1][0]


def _re_entries(start: dt.datetime | None) -> set[int]:
    """The events by which drafts are in review again since an appeal was granted: each is the next
    one after the decision, made at once by who granted it."""
    later = ModerationEvent.objects.filter(
        petition=OuterRef("petition"), pk__gt=OuterRef("decision")
    ).order_by("pk")
    granted = Appeal.objects.filter(
        state=Appeal.State.GRANTED, decision__to_status=Status.DRAFT
    ).order_by()
    if start:
        granted = granted.filter(decided_at__gte=start - dt.timedelta(days=1))
    next_ones = granted.annotate(
        event=Subquery(later.values("pk")[:1]),
        event_by=Subquery(later.values("actor")[:1]),
        event_at=Subquery(later.values("at")[:1]),
    )
    made_by_it = next_ones.filter(event_by=F("decided_by"), event_at__gte=F("decided_at"))
    return set(made_by_it.values_list("event", flat=True))


def _add_decided(
    found: dict[dt.date, Month],
    hours: _Hours,
    model: type[Report] | type[Appeal],
    start: dt.datetime | None,
    *,
    received: str,
    hours_name: str,
    states: dict[str, str],
) -> None:
    rows: Any = model._default_manager.order_by("pk")  # noqa: SLF001
    came, decided = rows, rows.filter(decided_at__isnull=False)
    if start:
        came, decided = came.filter(created_at__gte=start), decided.filter(decided_at__gte=start)
    for at in came.values_list("created_at", flat=True):
        _raise(_month(found, _first_day(at)), received)
    for state, begun, at in decided.values_list("state", "created_at", "decided_at"):
        day = _first_day(at)
        month = _month(found, day)
        if state in states:
            _raise(month, states[state])
            hours.add(day, hours_name, begun, at)


def _add_corrections(found: dict[dt.date, Month], start: dt.datetime | None) -> None:
    rows = CountAdjustment.objects.filter(_WITH_REASON).order_by("recorded_at")
    if start:
        rows = rows.filter(recorded_at__gte=start)
    seen = set()
    columns = ("kind", "quantity", "recorded_at", "sweep", "petition", "happened_on")
    for kind, quantity, at, *batch in rows.values_list(*columns):
        month = _month(found, _first_day(at))
        # As in corrections(): a sweep has one reason, and no entry has two.
        one = (month.month, kind, *batch)
        month.corrections += batch[0] is None or one not in seen
        if batch[0] is not None:
            seen.add(one)
        if kind == CountAdjustment.Kind.REMOVED:
            month.signatures_removed -= quantity
        else:
            month.signatures_restored += quantity


def total(months: Iterable[Month]) -> Month:
    """The sums of some months, without hours, which do not add up. `month` is the first one's."""
    rows = [asdict(month) for month in months]
    summed: dict[str, Any] = {"month": rows[0]["month"]}
    for name, value in rows[0].items():
        if isinstance(value, int):
            summed[name] = sum(row[name] for row in rows)
        elif isinstance(value, dict):
            summed[name] = dict(sum((Counter(row[name]) for row in rows), Counter()))
    return Month(**summed)


# Months


def _month(found: dict[dt.date, Month], day: dt.date) -> Month:
    if day not in found:
        found[day] = Month(month=f"{day:%Y-%m}")
    return found[day]


def _without_gaps(found: dict[dt.date, Month]) -> list[Month]:
    """From the newest, at least this month, down to the oldest."""
    if not found:
        return []
    day, oldest = max(_first_day(timezone.now()), *found), min(found)
    months = []
    while day >= oldest:
        months.append(_month(found, day))
        day = _before(day)
    return months


def _first_day(at: dt.datetime) -> dt.date:
    return at.astimezone(timezone.get_default_timezone()).date().replace(day=1)


def _before(day: dt.date) -> dt.date:
    return (day - dt.timedelta(days=1)).replace(day=1)


def _start(day: dt.date) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time())
    return timezone.make_aware(midnight, timezone.get_default_timezone())


# Small things


def _is_large() -> bool:
    return any(
        model._default_manager.order_by()[MANY : MANY + 1].exists()  # noqa: SLF001
        for model in (ModerationEvent, Report)
    )


def _add(numbers: dict[str, int], name: str) -> None:
    numbers[name] = numbers.get(name, 0) + 1


def _raise(month: Month, name: str) -> None:
    setattr(month, name, getattr(month, name) + 1)
