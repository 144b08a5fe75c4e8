"""How a petition's number comes about: what was counted, what no longer is, and every batch."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from petitions.clock import Moment
from petitions.models import Petition
from supporters.models import CountAdjustment, Signature

SHOWN = 200  # batches of a page, newest first; the sums are of all

Kind = CountAdjustment.Kind

# What signers ended themselves: an entry of one, without a reason. It is told as a sum alone, since
# a date for each would tell who it was.
_BY_SIGNER = Q(kind__in=[Kind.WITHDRAWN, Kind.REMOVED], quantity=-1, reason="", recorded_by=None)
_DISOWNED = "disowned"  # removed as "this was not me"
_SIGNED = "signed"
_ORDER = [_SIGNED, *Kind.values, _DISOWNED]

# What tells corrections apart: all entries of a sweep have the same.
CORRECTION = Coalesce(F("sweep_id"), -F("id"))

_CURSOR = re.compile(r"(\d{4}-\d\d-\d\d)\.(\d{1,9})", re.ASCII)
_AS_TOLD = ("kind", "reason", "source", "happened_on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One term of the sum. `kind` is one of _ORDER; `quantity` is negative where supporters go."""

    kind: str
    quantity: int

    @property
    def size(self) -> int:
        return abs(self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The lines add up to `total`, as of `as_of`. `further` begins the next page of batches."""

    lines: list[Line]
    total: int
    as_of: dt.datetime
    batches: list[CountAdjustment]  # not to be saved: some stand for several entries
    further: str = ""


def ledger_of(petition: Petition, *, before: str = "") -> Ledger:
    """In two statements, however many have signed; `petition` has its live count. One more for a
    page that is not the first, and one for a page that is not the last.

    Batches below `before`, which is the `further` of another page; what is none counts for nothing.
    """
    total, as_of, sums = _sums(petition)
    sums[_SIGNED] = total - sum(sums.values())
    found = _batches(petition, before)
    batches = found[:SHOWN]
    last = batches[-1] if len(found) > SHOWN else None
    return Ledger(
        lines=[Line(kind=kind, quantity=sums[kind]) for kind in _ORDER if kind in sums],
        total=total,
        as_of=as_of,
        batches=batches,
        further=_further(petition, last) if last else "",
    )


def _batches(petition: Petition, before: str) -> list[CountAdjustment]:
    """Newest first, one more than SHOWN. What a sweep took in many entries is one of its day, under
    the newest one's id."""
    rows = _grouped(petition).annotate(sum=Sum("quantity"))
    if point := _point(before):
        day, number = point
        of_day = _grouped(petition).filter(happened_on=day).order_by("last")
        last = of_day.values_list("last", flat=True)[max(number - 1, 0) :].first()
        later = Q(happened_on__lt=day)
        rows = rows.filter(later | Q(happened_on=day, last__lt=last) if last else later)
    return [
        CountAdjustment(
            pk=row["last"], quantity=row["sum"], **{name: row[name] for name in _AS_TOLD}
        )
        for row in rows.order_by("-happened_on", "-last")[: SHOWN + 1]
    ]


def _grouped(petition: Petition) -> Any:
    rows = CountAdjustment.objects.filter(petition=petition).exclude(_BY_SIGNER).order_by()
    told = rows.annotate(correction=CORRECTION).values("correction", *_AS_TOLD)
    return told.annotate(last=Max("id"))


def _further(petition: Petition, last: CountAdjustment) -> str:
    """Its day, and which of that day's batches it is. Not its id: that would tell how many entries
    the whole site has."""
    of_day = _grouped(petition).filter(happened_on=last.happened_on, last__lte=last.pk)
    return f"{last.happened_on}.{of_day.count()}"


def _sums(petition: Petition) -> tuple[int, dt.datetime, dict[str, int]]:
    """The number and its terms but one, of one snapshot: in two statements, who withdraws between
    them would be missing from the number and not from the terms.
    """
    tail = Signature.objects.filter(petition_id=petition.pk).tail().order_by().values("petition")
    # Asked for once, not joined to each of a hundred thousand entries.
    own = Petition.objects.filter(pk=petition.pk).order_by().values("supporter_count")
    grouped = (
        CountAdjustment.objects.filter(petition=petition)
        .order_by()
        .annotate(by_signer=_BY_SIGNER)
        .values("kind", "by_signer")
        .annotate(
            quantity=Sum("quantity"),
            given=Subquery(own),
            tail=Coalesce(Subquery(tail.annotate(size=Count("pk")).values("size")), 0),
            counted_at=Moment(),
        )
        .values_list("kind", "by_signer", "quantity", "given", "tail", "counted_at")
    )
    # Without an entry there is one term, and no snapshot to miss.
    total, as_of = petition.live_count, petition.counted_at  # type: ignore[attr-defined]
    sums: dict[str, int] = {}
    for kind, by_signer, quantity, given, unfolded, now in grouped:
        word = _DISOWNED if by_signer and kind == Kind.REMOVED else kind
        sums[word] = sums.get(word, 0) + quantity
        total, as_of = given + unfolded, now
    return total, as_of, sums


def _point(cursor: str) -> tuple[dt.date, int] | None:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        return None
    try:
        return dt.date.fromisoformat(found[1]), int(found[2])
    except ValueError:
        return None
