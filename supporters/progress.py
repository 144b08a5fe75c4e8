"""How far mailings are: counted by the worker every few seconds, so that pages only read it.

Counting a million mails takes a good part of a second, and people watch a mailing with several
windows open; a counter written with each mail would be a row that all workers wait for.
"""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from petitions import clock
from petitions.clock import Moment
from supporters.models import Mailing, OutgoingMail
from supporters.steps import always

SOON = timedelta(seconds=2)
LATER = timedelta(seconds=30)  # where nothing moved
MOST = 20  # mailings a turn, the newest first: after an upgrade all are to be counted once
PAUSE = 20  # times as long as counting took
_LEASE = timedelta(minutes=2)  # that one worker counts, and no other


def refresh(*, at_once: bool = False, go_on: Callable[[], bool] = always) -> int:
    """Count the mails of each mailing that is on its way. Returns how many were counted.

    With `at_once` also those that were counted a moment ago.
    """
    unsettled = Mailing.objects.filter(settled_at=None).order_by("-pk")
    if not at_once:
        due = Q(count_again_at=None) | Q(count_again_at__lte=Moment())
        unsettled = unsettled.filter(due)[:MOST]
    return sum(_count(mailing) for mailing in list(unsettled) if go_on())


def _count(mailing: Mailing) -> bool:
    ours = clock.now() + _LEASE
    unclaimed = Mailing.objects.filter(
        pk=mailing.pk, settled_at=None, count_again_at=mailing.count_again_at
    )
    if not unclaimed.update(count_again_at=ours):
        return False
    mailing.refresh_from_db()
    before = (mailing.sent, mailing.failed, mailing.waiting)
    began = time.monotonic()
    sent, failed, waiting = numbers(mailing)
    took = timedelta(seconds=time.monotonic() - began)
    # Over before the counting began: nothing can have come since.
    over = bool(mailing.finished_at or mailing.cancelled_at) and not waiting
    pause = max(SOON if (sent, failed, waiting) != before else LATER, PAUSE * took)
    # A mail that is to be tried again, or a cancelling, has asked for another count.
    claimed = Mailing.objects.filter(pk=mailing.pk, count_again_at=ours)
    return bool(
        claimed.update(
            sent=sent,
            failed=failed,
            waiting=waiting,
            count_again_at=clock.now() + pause,
            settled_at=timezone.now() if over else None,
        )
    )


def numbers(mailing: Mailing) -> tuple[int, int, int]:
    """Sent, failed, waiting at this moment, with what is no longer kept (erasure.py)."""
    found = OutgoingMail.objects.filter(mailing=mailing).aggregate(
        rows=Count("pk"), sent=Count("sent_at"), failed=Count("failed_at")
    )
    sent, failed = found["sent"], found["failed"]
    waiting = found["rows"] - sent - failed
    return mailing.forgotten_sent + sent, mailing.forgotten_failed + failed, waiting
