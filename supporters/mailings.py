"""Mailings: one update to all supporters who asked for updates, through the outbox."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import ngettext

from petitions import clock
from supporters import switches
from supporters.models import Mailing, OutgoingMail, Signature
from supporters.suppression import Why, suppress, suppressed

WEEK = timedelta(days=7)
BATCH = 1_000  # outbox rows a transaction


def left_this_week(petition_id: int) -> int:
    """How many more may begin now for this petition, of PETITIONS_MAILINGS_PER_WEEK in seven days.

    To be asked with the petition's row locked. Cancelled ones count: some may have had the mail.
    """
    since = clock.now() - WEEK
    begun = Mailing.objects.filter(update__petition_id=petition_id, started_at__gt=since).count()
    return max(0, settings.PETITIONS_MAILINGS_PER_WEEK - begun)


def too_many() -> str:
    """What an organizer is told then."""
    most = settings.PETITIONS_MAILINGS_PER_WEEK
    say = ngettext(
        "Supporters get %d mailing in seven days at most. Publish this without mail, wait with it,"
        " or ask a moderator, who may send more.",
        "Supporters get %d mailings in seven days at most. Publish this without mail, wait with it,"
        " or ask a moderator, who may send more.",
        most,
    )
    return say % most


def fill() -> int:
    """Add a batch of outbox rows for every running mailing. Returns how many it looked at.

    Goes on where it stopped, by `filled_to`; 0 means that all are filled, or that mailings are
    paused. Any number may run.
    """
    if switches.current().mailings_paused:
        return 0
    running = Mailing.objects.filter(finished_at=None, cancelled_at=None).order_by("pk")
    return sum(_fill(pk) for pk in list(running.values_list("pk", flat=True)))


def _fill(mailing_id: int) -> int:
    with transaction.atomic():
        mailing = (
            Mailing.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("update")
            .filter(pk=mailing_id, finished_at=None, cancelled_at=None)
            .first()
        )
        if mailing is None:
            return 0
        petition_id = mailing.update.petition_id
        wanting = (
            Signature.objects.confirmed()
            .filter(petition_id=petition_id, wants_updates=True, is_organizer=False)
            .exclude(email="")
            .filter(pk__gt=mailing.filled_to)
            .order_by("pk")
            .values_list("pk", "email")[:BATCH]
        )
        found = list(wanting)
        left_out = suppressed(email for _pk, email in found)
        mails = [
            OutgoingMail(
                kind=OutgoingMail.Kind.UPDATE,
                recipient=email,
                petition_id=petition_id,
                signature_id=pk,
                mailing=mailing,
                not_before=Now(),
            )
            for pk, email in found
            if email not in left_out
        ]
        # A row that is there already is one of ours (supporters_mail_once_per_mailing).
        OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
        if found:
            mailing.filled_to = found[-1][0]
        if len(found) < BATCH:
            mailing.finished_at = timezone.now()
        mailing.save(update_fields=["filled_to", "finished_at"])
    return len(found)


def cancel(mailing_id: int) -> bool:
    """Stop a mailing; what has not been sent is removed. False when it was cancelled before."""
    with transaction.atomic():
        running = Mailing.objects.filter(pk=mailing_id, cancelled_at=None)
        if not running.update(cancelled_at=timezone.now()):
            return False
        OutgoingMail.objects.filter(mailing_id=mailing_id, sent_at=None, failed_at=None).delete()
    return True


def unsubscribe(signature_id: int) -> bool:
    """No more updates for this signature. True also when repeated; False when there is none."""
    row = Signature.objects.filter(pk=signature_id)
    if not row.filter(wants_updates=True).update(wants_updates=False):
        return row.exists()
    # Counted with the last one that they got.
    last = OutgoingMail.objects.filter(signature_id=signature_id, mailing__isnull=False)
    last = last.exclude(sent_at=None).order_by("-pk")
    Mailing.objects.filter(pk__in=list(last.values_list("mailing", flat=True)[:1])).update(
        unsubscribed=F("unsubscribed") + 1
    )
    return True


def unsubscribe_from_all(signature_id: int) -> bool:
    """No more mailings of this site to the address of this signature.

    False when there is no such signature, or its address was erased.
    """
    with transaction.atomic():
        address = Signature.objects.filter(pk=signature_id).values_list("email", flat=True).first()
        if not address:
            return False
        unsubscribe(signature_id)
        suppress(address, Why.UNSUBSCRIBED)
    return True
