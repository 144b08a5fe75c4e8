"""The trend: by how many supporters a petition grew in its last day; what "trending" sorts by.

And the progress: how near it is to its goal. Both are columns that the worker writes once a
minute, so that a list sorts by an index.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Sum, Value, When
from django.db.models.functions import Cast, Least
from django.utils import timezone

from petitions.models import Petition
from petitions.states import Status
from supporters.models import CountAdjustment, HourlyCount

DAY = timedelta(hours=24)
BUSY_DAY = 5  # supporters more: fewer are no news, and one of them could be told apart
_BATCH = 500  # petitions a statement


def refresh() -> int:
    """Bring Petition.trend up to date with the hourly counts. Returns how many were changed.

    Who left in that day is taken away, whenever they signed: it is what the number grew by, and a
    mailbox that signs and withdraws in turns carries no petition to the top.
    """
    since = timezone.now() - DAY
    gained = HourlyCount.objects.filter(hour__gt=since).order_by().values_list("petition_id")
    sums = dict(gained.annotate(Sum("quantity")))
    # Added up here: grouped by petition, SQLite would read the entries of all years in that order.
    lost = CountAdjustment.objects.filter(
        kind__in=(
            CountAdjustment.Kind.WITHDRAWN,
            CountAdjustment.Kind.REMOVED,
            CountAdjustment.Kind.RESTORED,
        ),
        recorded_at__gt=since,
    ).order_by()
    for petition_id, quantity in lost.values_list("petition_id", "quantity") if sums else ():
        if petition_id in sums:
            sums[petition_id] += quantity
    sums = {petition_id: max(0, quantity) for petition_id, quantity in sums.items()}
    # Every status by name: the index begins with it.
    grew = Petition.objects.filter(status__in=Status.values, trend__gt=0).order_by()
    known = dict(grew.values_list("pk", "trend"))
    changed = sorted(pk for pk in sums.keys() | known.keys() if sums.get(pk, 0) != known.get(pk, 0))
    return _write("trend", {pk: sums.get(pk, 0) for pk in changed})


def refresh_progress() -> int:
    """Bring Petition.progress of open petitions up to date. Returns how many were changed."""
    reached = Cast("supporter_count", BigIntegerField()) * 100 / F("goal")
    stale = (
        Petition.objects.filter(status=Status.OPEN)
        .annotate(now=Case(When(goal__gt=0, then=Least(reached, Value(100))), default=Value(0)))
        .exclude(progress=F("now"))
        .order_by("pk")
    )
    return _write("progress", dict(stale.values_list("pk", "now")))


def growth(petition: Petition) -> int | None:
    """The trend, if it is news."""
    return petition.trend if petition.trend >= BUSY_DAY else None


def _write(column: str, values: Mapping[int, int]) -> int:
    """Returns how many rows were written."""
    ids, written = list(values), 0
    for start in range(0, len(ids), _BATCH):
        with transaction.atomic():
            # Whatever is being folded or moved is left for the next minute: many rows locked at
            # a time must not wait for others.
            rows = list(
                Petition.objects.select_for_update(skip_locked=True, no_key=True)
                .filter(pk__in=ids[start : start + _BATCH])
                .order_by("pk")
                .only("pk")
            )
            for petition in rows:
                setattr(petition, column, values[petition.pk])
            Petition.objects.bulk_update(rows, [column])
            written += len(rows)
    return written
