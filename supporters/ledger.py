"""How a petition's number comes about: what was counted, what no longer is, and every batch."""

from dataclasses import dataclass

from django.db.models import F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from petitions.models import Petition
from supporters.models import CountAdjustment

SHOWN = 200  # batches, newest first; the sums are of all

Kind = CountAdjustment.Kind

# What signers ended themselves: an entry of one, without a reason. It is told as a sum alone, since
# a date for each would tell who it was.
_BY_SIGNER = Q(kind__in=[Kind.WITHDRAWN, Kind.REMOVED], quantity=-1, reason="", recorded_by=None)
_DISOWNED = "disowned"  # removed as "this was not me"
_SIGNED = "signed"
_ORDER = [_SIGNED, *Kind.values, _DISOWNED]


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
    """The lines add up to `total`."""

    lines: list[Line]
    total: int
    batches: list[CountAdjustment]  # not to be saved: some stand for several entries
    has_more: bool


def ledger_of(petition: Petition) -> Ledger:
    """In two statements, however many have signed; `petition` has its live count."""
    entries = CountAdjustment.objects.filter(petition=petition)
    grouped = entries.order_by().annotate(by_signer=_BY_SIGNER).values_list("kind", "by_signer")
    sums: dict[str, int] = {}
    for kind, by_signer, quantity in grouped.annotate(Sum("quantity")):
        word = _DISOWNED if by_signer and kind == Kind.REMOVED else kind
        sums[word] = sums.get(word, 0) + quantity
    total: int = petition.live_count  # type: ignore[attr-defined]  # annotated
    sums[_SIGNED] = total - sum(sums.values())
    batches = _batches(entries)
    return Ledger(
        lines=[Line(kind=kind, quantity=sums[kind]) for kind in _ORDER if kind in sums],
        total=total,
        batches=batches[:SHOWN],
        has_more=len(batches) > SHOWN,
    )


def _batches(entries: QuerySet[CountAdjustment]) -> list[CountAdjustment]:
    """Newest first, one more than SHOWN. What a sweep took in many entries is one of its day."""
    as_told = ("kind", "reason", "source", "happened_on")
    found = (
        entries.exclude(_BY_SIGNER)
        .order_by()
        .annotate(correction=Coalesce(F("sweep_id"), -F("id")))
        .values("correction", *as_told)
        .annotate(sum=Sum("quantity"), last=Max("id"))
        .order_by("-happened_on", "-last")[: SHOWN + 1]
    )
    return [
        CountAdjustment(quantity=row["sum"], **{name: row[name] for name in as_told})
        for row in found
    ]
