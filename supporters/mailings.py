"""Mailings: one update to all supporters who asked for updates, through the outbox."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import ngettext

from petitions import clock
from petitions.models import Update
from supporters import switches
from supporters.models import Mailing, OutgoingMail, Signature
from supporters.steps import always
from supporters.suppression import Why, suppress, suppressed

WEEK = timedelta(days=7)
BATCH = 1_000  # outbox rows a transaction
REMOVED = 5_000  # of a cancelled mailing, a transaction


def begun_this_week(petition_id: int) -> int:
    """In the last seven days. Cancelled ones count: some may have had the mail."""
    since = clock.now() - WEEK
    return Mailing.objects.filter(update__petition_id=petition_id, started_at__gt=since).count()


def has_room(petition_id: int, *, at: datetime, beside: int | None = None) -> bool:
    """Whether one more may begin then: of PETITIONS_MAILINGS_PER_WEEK in any seven days.

    To be asked with the petition's row locked, when one is published or scheduled: what is
    scheduled has its place from then on. `beside`: the update that asks, which is not counted.
    """
    near = (at - WEEK, at + WEEK)
    begun = Mailing.objects.filter(update__petition_id=petition_id, started_at__range=near)
    promised = Update.objects.filter(
        petition_id=petition_id, email_supporters=True, scheduled_for__range=near
    )
    if beside:
        promised = promised.exclude(pk=beside)
    moments = [*begun.values_list("started_at", flat=True)]
    moments += [at for at in promised.values_list("scheduled_for", flat=True) if at]
    moments.sort()
    most = settings.PETITIONS_MAILINGS_PER_WEEK
    full = zip(moments, moments[most - 1 :], strict=False)  # the first and last of so many
    return not any(max(last, at) - min(first, at) < WEEK for first, last in full)


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


def fill(*, go_on: Callable[[], bool] = always) -> int:
    """Add a batch of outbox rows for every running mailing. Returns how many it looked at.

    Goes on where it stopped, by `filled_to`; 0 means that all are filled, or that mailings are
    paused. Any number may run.
    """
    if switches.current().mailings_paused:
        return 0
    running = Mailing.objects.filter(finished_at=None, cancelled_at=None).order_by("pk")
    ids = list(running.values_list("pk", flat=True))
    # In any order, so that whom `go_on` leaves to the next time is not always the same.
    return sum(_fill(pk) for pk in random.sample(ids, len(ids)) if go_on())


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
        wanting = Signature.objects.wanting_updates().filter(
            petition_id=petition_id, pk__gt=mailing.filled_to
        )
        found = list(wanting.order_by("pk").values_list("pk", "email")[:BATCH])
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
        mailing.queued += len(mails)
        mailing.left_out += len(found) - len(mails)
        if len(found) < BATCH:
            mailing.finished_at = timezone.now()
        mailing.save(update_fields=["filled_to", "queued", "left_out", "finished_at"])
    return len(found)


def cancel(mailing_id: int) -> bool:
    """Stop a mailing. False when it was cancelled before, or all of it had been sent.

    Nothing is sent from then on but the mail in flight: each is looked at again before it goes.
    """
    unsent = _unsent().filter(mailing=OuterRef("pk"))
    with transaction.atomic():
        # First waits for who fills the last of it: what they made must be seen below.
        list(Mailing.objects.select_for_update(no_key=True).filter(pk=mailing_id).values("pk"))
        running = Mailing.objects.filter(pk=mailing_id, cancelled_at=None)
        running = running.filter(Q(finished_at=None) | Exists(unsent))
        stopped = {"cancelled_at": timezone.now(), "count_again_at": None, "settled_at": None}
        if not running.update(**stopped):
            return False
        _remove(mailing_id)
    return True


def remove_cancelled(*, go_on: Callable[[], bool] = always) -> int:
    """Remove a batch of what each cancelled mailing has not sent. Returns how many.

    In another order each time, so that none of them keeps the others waiting for ever.
    """
    cancelled = Mailing.objects.filter(settled_at=None).exclude(cancelled_at=None)
    ids = list(cancelled.values_list("pk", flat=True))
    return sum(_remove(pk) for pk in random.sample(ids, len(ids)) if go_on())


def _remove(mailing_id: int) -> int:
    # What is leased is left to its worker, which drops it, or has just sent it and stamps it.
    free = Q(leased_until=None) | Q(leased_until__lte=Now())
    unsent = _unsent().filter(free, mailing_id=mailing_id)
    ids = list(unsent.order_by("not_before", "pk").values_list("pk", flat=True)[:REMOVED])
    removed: int = unsent.filter(pk__in=ids).delete()[0] if ids else 0
    return removed


def _unsent() -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(sent_at=None, failed_at=None)


def unsubscribe(signature_id: int) -> bool:
    """No more updates for this signature. True also when repeated; False when there is none."""
    row = Signature.objects.filter(pk=signature_id)
    if not row.filter(wants_updates=True).update(wants_updates=False):
        return row.exists()
    # Counted with the last one that they got; by its age, not by which of several was filled first.
    last = OutgoingMail.objects.filter(signature_id=signature_id, mailing__isnull=False)
    last = last.exclude(sent_at=None).order_by("-mailing_id")
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
