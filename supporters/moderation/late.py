"""Reviews that take longer than was promised: the organizer is told, once for each submission."""

from datetime import timedelta

from django.db import transaction
from django.db.models import BooleanField, Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from petitions.locks import one_by_one
from petitions.models import Petition
from supporters.models import LateReview
from supporters.starting import mails

from .deadlines import late

# Who has waited for longer is not told any more: above all not all at once, by the first worker
# that can.
LONGEST = timedelta(days=60)
BATCH = 500  # petitions a turn

_IN_REVIEW = RawSQL("petitions_petition.status = 'in_review'", [], output_field=BooleanField())


def tell() -> int:
    """Ask for the mails that are due. Returns how many; any number may run it.

    Raises as petitions.locks.one_by_one does.
    """
    ids = list(_late().order_by("submitted_at", "pk").values_list("pk", flat=True)[:BATCH])
    return one_by_one(ids, _tell_one)


def _late() -> QuerySet[Petition]:
    now = timezone.now()
    said = LateReview.objects.filter(pk=OuterRef("pk"), told_at__gte=OuterRef("submitted_at"))
    return Petition.objects.filter(
        _IN_REVIEW,
        ~Exists(said),
        organizer__isnull=False,
        submitted_at__lte=now - late(),
        submitted_at__gt=now - LONGEST - late(),
    )


def _tell_one(petition_id: int) -> int:
    with transaction.atomic():
        petition = Petition.objects.lock().get(pk=petition_id)
        # Looked at again under the lock: another worker may have told it, a moderator decided.
        if not _late().filter(pk=petition_id).exists():
            return 0
        values = {"told_at": timezone.now()}
        LateReview.objects.update_or_create(petition_id=petition_id, defaults=values)
        mails.takes_longer(petition)
    return 1
