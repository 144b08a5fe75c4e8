"""Closing dates: the organizer is told a week before one comes, once for each date; and on it the
petition is closed.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from petitions.locks import one_by_one
from petitions.models import Petition
from petitions.states import StateConflict
from supporters import answers, outbox
from supporters.models import GrowthFigures

BEFORE = timedelta(days=7)
BATCH = 500  # petitions a turn


def close_due() -> int:
    """Close the petitions whose closing date has passed, at that date. Returns how many.

    Raises as petitions.locks.one_by_one does.
    """
    due = Petition.objects.due_to_close().values_list("pk", flat=True)
    return one_by_one(list(due), _close_if_due)


def _close_if_due(petition_id: int) -> bool:
    with transaction.atomic():
        # Looked at again under the lock: the date may have been moved a moment ago.
        petition = Petition.objects.due_to_close().lock().filter(pk=petition_id).first()
        if petition is None:
            return False
        try:
            event = petition.close(by=None, at=petition.closes_at)
        except StateConflict:
            return False
        outbox.decision(event)
    return True


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
