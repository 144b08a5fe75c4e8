"""What waits for moderators, of five kinds, in one list: what is due first comes first.

Each kind is read by its own index in the order of that list, a page's worth of it after the last
line of the page before, and the five are merged: so a page costs the same however much waits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Appeal, Claim, Petition, ProposedAsk
from petitions.states import Status
from supporters.models import Report, Sweep

from .deadlines import SWEEPS_WITHIN, promised

# The index's condition word for word: SQLite knows its index again only without parameters.
_IN_REVIEW = RawSQL("petitions_petition.status = 'in_review'", [], output_field=BooleanField())


class Kind(models.TextChoices):
    """In the order of what is due at the same moment."""

    SUBMITTED = "submitted", _("Submitted")
    CHANGED = "changed", _("Text change")
    REPORTED = "reported", _("Report")
    APPEALED = "appealed", _("Appeal")
    SWEPT = "swept", _("Sweep")


_RANKS = {kind: rank for rank, kind in enumerate(Kind)}


class Place(NamedTuple):
    """Of a line in the list; `rank` is that of its kind and `row` its id."""

    due: datetime
    rank: int
    row: int

    def __str__(self) -> str:
        return f"{int(self.due.timestamp() * 1_000_000)}.{self.rank}.{self.row}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for what str() did not write."""
        parts = text.split(".")
        plain = all(part.isascii() and part.isdigit() and len(part) <= 18 for part in parts)  # noqa: PLR2004
        if len(parts) != 3 or not plain:  # noqa: PLR2004
            return None
        moment, rank, row = map(int, parts)
        try:
            due = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment)
        except OverflowError:
            return None
        return cls(due, rank, row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """One line. `number`: reports of the same thing; `since` is when the first of it came."""

    place: Place
    kind: Kind
    petition_id: int
    since: datetime
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """What of it is asked for. `mine` and `unclaimed` go by the claims that are in force."""

    kind: Kind | None = None
    overdue: bool = False
    mine: Any = None
    unclaimed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    kind: Kind
    number: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Rows of a kind. `at` and `row` are what they are ordered by, `lead` how long after `at` they
    are due; `petition` and `since` name columns."""

    kind: Kind
    rows: QuerySet[Any]
    at: str
    row: str = "pk"
    petition: str = "petition_id"
    since: str
    lead: timedelta = timedelta(0)
    number: str | None = None

    def kept(self, condition: Q) -> "_Source":
        return replace(self, rows=self.rows.filter(condition))

    def overdue(self, now: datetime) -> "_Source":
        return self.kept(Q(**{f"{self.at}__lte": now - self.lead}))

    def after(self, place: Place) -> "_Source":
        at, rank = place.due - self.lead, _RANKS[self.kind]
        rest = self.kept(Q(**{f"{self.at}__gte": at}))  # for the index
        if rank == place.rank:
            tie = Q(**{self.at: at, f"{self.row}__gt": place.row})
            return rest.kept(Q(**{f"{self.at}__gt": at}) | tie)
        return rest if rank > place.rank else rest.kept(Q(**{f"{self.at}__gt": at}))

    def first(self, limit: int) -> Iterator[Waits]:
        names = [self.at, self.row, self.petition, self.since]
        names += [self.number] if self.number else []
        for at, row, petition_id, since, *number in self.rows.order_by(
            self.at, self.row
        ).values_list(*names)[:limit]:
            yield Waits(
                place=Place(at + self.lead, _RANKS[self.kind], row),
                kind=self.kind,
                petition_id=petition_id,
                since=since,
                number=number[0] if number else 1,
            )


def page(which: Which, *, after: Place | None, size: int) -> tuple[list[Waits], Place | None]:
    """So many lines after that place, and where the next page begins, or None."""
    now = timezone.now()
    found: list[Waits] = []
    for source in _sources(which):
        chosen = source.overdue(now) if which.overdue else source
        chosen = chosen.after(after) if after else chosen
        found += chosen.first(size + 1)
    found.sort(key=lambda line: line.place)
    return found[:size], found[size - 1].place if len(found) > size else None


def tallies() -> list[Tally]:
    """How much of each kind waits, and how much of that is overdue; kinds without any too."""
    now = timezone.now()
    sums = {kind: [0, 0] for kind in Kind}
    for source in _sources(Which()):
        overdue = Q(**{f"{source.at}__lte": now - source.lead})
        counted = source.rows.order_by().aggregate(
            all_of_them=Count(source.row), late=Count(source.row, filter=overdue)
        )
        sums[source.kind][0] += counted["all_of_them"]
        sums[source.kind][1] += counted["late"]
    return [Tally(kind=kind, number=all_, overdue=late) for kind, (all_, late) in sums.items()]


def _sources(which: Which) -> Iterator[_Source]:
    """Of each kind that is asked for, limited to the petitions that are."""
    now = timezone.now()
    submitted = Petition.objects.filter(_IN_REVIEW)
    changed = ProposedAsk.objects.filter(petition__status=Status.OPEN)
    reports = Report.objects.filter(state=Report.State.WAITING)
    appeals = Appeal.objects.filter(state=Appeal.State.WAITING)
    sweeps = Sweep.objects.filter(state=Sweep.State.PROPOSED)
    kinds = {
        Kind.SUBMITTED: (submitted, "pk"),
        Kind.CHANGED: (changed, "petition_id"),
        Kind.REPORTED: (reports, "petition_id"),
        Kind.APPEALED: (appeals, "petition_id"),
        Kind.SWEPT: (sweeps, "petition_id"),
    }
    for kind, (rows, petition) in kinds.items():
        if which.kind in {None, kind}:
            yield from _of_kind(kind, _by_claim(rows, petition, which, now))


def _by_claim(rows: Any, petition: str, which: Which, now: datetime) -> QuerySet[Any]:
    claims = Claim.objects.filter(expires_at__gt=now)
    if which.mine is not None:
        ids = list(claims.filter(moderator=which.mine).values_list("petition_id", flat=True))
        rows = rows.filter(**{f"{petition}__in": ids})
    if which.unclaimed:
        rows = rows.filter(~Exists(claims.filter(petition_id=OuterRef(petition))))
    found: QuerySet[Any] = rows
    return found


def _of_kind(kind: Kind, rows: Any) -> Iterator[_Source]:
    if kind == Kind.SUBMITTED:
        dated = rows.filter(submitted_at__isnull=False)
        yield _Source(kind=kind, rows=dated, at="submitted_at", since="submitted_at",
                      petition="pk", lead=promised())  # fmt: skip
        # A row that a script stored as submitted has no date of that.
        undated = rows.filter(submitted_at=None)
        yield _Source(kind=kind, rows=undated, at="created_at", since="created_at",
                      petition="pk", lead=promised())  # fmt: skip
    elif kind == Kind.CHANGED:
        yield _Source(kind=kind, rows=rows, at="proposed_at", since="proposed_at", lead=promised())
    elif kind == Kind.REPORTED:
        # Several of the same thing are one line: that of the first. What is gone is none
        # (reporting.waiting_about_the_same()).
        is_gone = Q(update=None, signature=None) & ~Q(about=Report.About.PETITION)
        grouped = (
            rows.order_by()
            .annotate(alone=Case(When(is_gone, then=F("pk")), default=Value(0)))
            .values("petition_id", "update_id", "signature_id", "alone")
            .annotate(first=Min("pk"), due=Min("due_at"), came=Min("created_at"), of=Count("pk"))
        )
        yield _Source(kind=kind, rows=grouped, at="due", row="first", since="came", number="of")
    elif kind == Kind.SWEPT:
        yield _Source(kind=kind, rows=rows, at="asked_at", since="asked_at", lead=SWEEPS_WITHIN)
    else:
        yield _Source(kind=kind, rows=rows, at="due_at", since="created_at")
