"""Closing dates: the organizer is told a week before one comes, once for each date."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from petitions.locks import one_by_one
from petitions.models import Petition
from supporters import answers
from supporters.models import GrowthFigures

BEFORE = timedelta(days=7)
BATCH = 500  # petitions a turn


def announce() -> int:
    """Ask for the mails that are due. Returns how many; any number may run it.

    Raises as petitions.locks.one_by_one does.
    """
    ids = list(_due().order_by("closes_at", "pk").values_list("pk", flat=True)[:BATCH])
    return one_by_one(ids, _announce_one)


def _due() -> QuerySet[Petition]:
    """Open, closing within a week, with an organizer who was not told of this very date."""
    now = timezone.now()
    told = GrowthFigures.objects.filter(pk=OuterRef("pk"), closing_told_for=OuterRef("closes_at"))
    return (
        Petition.objects.open()
        .filter(closes_at__lte=now + BEFORE, organizer__isnull=False)
        .filter(~Exists(told))
    )


def _announce_one(petition_id: int) -> int:
    GrowthFigures.objects.bulk_create(
        [GrowthFigures(petition_id=petition_id)], ignore_conflicts=True
    )
    with transaction.atomic():
        petition = Petition.objects.lock().get(pk=petition_id)
        # Looked at again under the lock: another worker may have told it, or the date have moved.
        if petition.closes_at is None or not _due().filter(pk=petition_id).exists():
            return 0
        GrowthFigures.objects.filter(pk=petition_id).update(closing_told_for=petition.closes_at)
        answers.closing_soon(petition, at=petition.closes_at)
    return 1
