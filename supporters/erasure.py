"""Erasure: what was never confirmed, and mails whose work is done, are not kept.

In steps of BATCH rows (steps.py): a function that returns a number may have left something. Rows
that another worker is at are passed by, so that two share the work and neither waits.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.utils import timezone

from petitions.models import Invitation, PetitionDraft
from supporters.growth.figures import note_lapsed
from supporters.models import Mailing, OutgoingMail, Signature
from supporters.steps import always, delete_in_steps, in_steps

BATCH = 1_000
SENT_MAILS_KEPT = timedelta(days=30)
FAILED_MAILS_KEPT = timedelta(days=90)


def erase_unconfirmed(*, go_on: Callable[[], bool] = always) -> int:
    """Delete pending signatures, and their mails, after PETITIONS_UNCONFIRMED_DAYS days."""
    before = timezone.now() - timedelta(days=settings.PETITIONS_UNCONFIRMED_DAYS)
    return in_steps(partial(_erase_batch, before), go_on=go_on)


def _erase_batch(before: datetime) -> int:
    pending = Signature.objects.filter(status=Signature.Status.PENDING)
    # The newest mail promised as many days again.
    asked_again = Exists(
        OutgoingMail.objects.filter(signature=OuterRef("pk"), created_at__gte=before)
    )
    with transaction.atomic():
        # Locked, so that one that is being confirmed right now is either left alone or gone
        # before it could be: PostgreSQL looks at the status again once it has the lock.
        found = list(
            pending.filter(~asked_again, created_at__lt=before)
            .select_for_update(skip_locked=True)
            .order_by("created_at")
            .values_list("pk", "petition_id", "kind")[:BATCH]
        )
        gone = [pk for pk, _petition, _kind in found]
        asked = Counter(petition for _pk, petition, kind in found if kind == Signature.Kind.ONLINE)
        note_lapsed(asked.items())
        OutgoingMail.objects.filter(signature_id__in=gone).delete()
        pending.filter(pk__in=gone).delete()
    return len(gone)


def erase_stale_drafts(*, go_on: Callable[[], bool] = always) -> int:
    """Delete drafts, and their pictures, PETITIONS_DRAFT_DAYS days after their last change.

    Also what is left of those that became petitions: nobody needs it by then.
    """
    return in_steps(_erase_drafts, go_on=go_on)


def _erase_drafts() -> int:
    stale = PetitionDraft.objects.stale()
    with transaction.atomic():
        # Locked, so that one that is being confirmed right now is left alone.
        drafts = list(
            stale.select_for_update(skip_locked=True).order_by("changed_at").defer("typed")[:BATCH]
        )
        for draft in drafts:
            draft.remove_picture()
        PetitionDraft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    return len(drafts)


def forget_invitations(*, go_on: Callable[[], bool] = always) -> int:
    """Delete invitations once they are too old to be accepted, and with them their addresses."""
    return delete_in_steps(Invitation.objects.forgettable(), go_on=go_on)


def forget_mails(*, go_on: Callable[[], bool] = always) -> int:
    """Delete sent mails after 30 days, but none of a mailing being filled; failed ones after 90."""
    now = timezone.now()
    filling = {
        "mailing__isnull": False,
        "mailing__finished_at": None,
        "mailing__cancelled_at": None,
    }
    sent = OutgoingMail.objects.filter(sent_at__lt=now - SENT_MAILS_KEPT).exclude(**filling)
    failed = OutgoingMail.objects.filter(failed_at__lt=now - FAILED_MAILS_KEPT)
    # In the order of an index each, so that the last look ends where the young ones begin.
    return in_steps(
        lambda: _forget(sent.order_by("sent_at")) or _forget(failed.order_by("failed_at")),
        go_on=go_on,
    )


def _forget(mails: QuerySet[OutgoingMail]) -> int:
    """The first of them. Their numbers stay with the mailing that they belonged to."""
    with transaction.atomic():
        # Two workers that count the same mail would add it to its mailing twice.
        found = mails.select_for_update(skip_locked=True, of=("self",)).only("pk")[:BATCH]
        ids = [mail.pk for mail in found]
        gone = OutgoingMail.objects.filter(pk__in=ids)
        of_mailings = gone.exclude(mailing=None).order_by("mailing").values_list("mailing")
        counted = of_mailings.annotate(sent=Count("sent_at"), failed=Count("failed_at"))
        for mailing, sent, failed in counted:
            Mailing.objects.filter(pk=mailing).update(
                forgotten_sent=F("forgotten_sent") + sent,
                forgotten_failed=F("forgotten_failed") + failed,
            )
        return gone.delete()[0]
