"""The trend: how many signatures a petition's last day brought; what "trending" sorts by."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from petitions.models import Petition
from supporters.models import HourlyCount

DAY = timedelta(hours=24)
_BATCH = 500  # petitions a statement


def refresh() -> int:
    """Bring Petition.trend up to date with the hourly counts. Returns how many were changed."""
    recent = HourlyCount.objects.filter(hour__gt=timezone.now() - DAY)
    sums = dict(recent.order_by().values_list("petition_id").annotate(Sum("quantity")))
    known = dict(Petition.objects.filter(trend__gt=0).order_by().values_list("pk", "trend"))
    changed = sorted(pk for pk in sums.keys() | known.keys() if sums.get(pk, 0) != known.get(pk, 0))
    for start in range(0, len(changed), _BATCH):
        with transaction.atomic():
            # Whatever is being folded or moved is left for the next minute: many rows locked at
            # a time must not wait for others.
            rows = list(
                Petition.objects.select_for_update(skip_locked=True, no_key=True)
                .filter(pk__in=changed[start : start + _BATCH])
                .order_by("pk")
                .only("pk")
            )
            for petition in rows:
                petition.trend = sums.get(petition.pk, 0)
            Petition.objects.bulk_update(rows, ["trend"])
    return len(changed)
