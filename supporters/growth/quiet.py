"""Petitions that have gone quiet: their organizer is told once, with a step that helps."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from petitions.locks import one_by_one
from petitions.models import ModerationEvent, Petition
from supporters import switches
from supporters.models import GrowthFigures, HourlyCount

from . import mails
from .next_step import QUIET

MONTH = timedelta(days=30)  # between two such mails
# Who has been quiet for longer is not told any more: above all not of all old petitions at once, by
# the first worker that can.
LONGEST = timedelta(days=60)
_HOUR = timedelta(hours=1)  # that an hour's sum may be younger than its beginning
BATCH = 500  # petitions a turn


def tell() -> int:
    """Ask for the mails that are due. Returns how many; any number may run it.

    Raises as petitions.locks.one_by_one does.
    """
    on = switches.current()
    if on.signing_paused or on.mailings_paused:
        return 0
    ids = list(_quiet().order_by("pk").values_list("pk", flat=True)[:BATCH])
    return one_by_one(ids, _tell_one)


def _quiet() -> QuerySet[Petition]:
    """Open, somebody has signed, nobody for two weeks, and nothing was said of it since."""
    now = timezone.now()
    newest = HourlyCount.objects.filter(petition=OuterRef("pk")).order_by("-hour").values("hour")
    moved = ModerationEvent.objects.filter(petition=OuterRef("pk"), at__gt=now - QUIET)
    said = GrowthFigures.objects.filter(pk=OuterRef("pk")).exclude(quiet_told_at=None)
    return (
        Petition.objects.open()
        .filter(read_only=False, organizer__quiet_mails=True)
        .annotate(last=Subquery(newest[:1]), told=Subquery(said.values("quiet_told_at")))
        .filter(~Exists(moved), last__lte=now - QUIET - _HOUR, last__gt=now - LONGEST)
        .filter(Q(told=None) | Q(told__lt=now - MONTH, last__gt=F("told")))
    )


def _tell_one(petition_id: int) -> int:
    GrowthFigures.objects.bulk_create(
        [GrowthFigures(petition_id=petition_id)], ignore_conflicts=True
    )
    with transaction.atomic():
        petition = Petition.objects.lock().get(pk=petition_id)
        # Looked at again under the lock: another worker may have told it, somebody have signed.
        if not _quiet().filter(pk=petition_id).exists():
            return 0
        GrowthFigures.objects.filter(pk=petition_id).update(quiet_told_at=timezone.now())
        mails.quiet(petition)
    return 1
