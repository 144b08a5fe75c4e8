"""Moderators are told what is new: reports, appeals, sweeps that want a second one, suspicions.

One mail an hour at most, for the whole site and to each of them, so that a flood of reports is no
flood of mails. Each row is told once. What a mail says is looked up when it is sent (mails.py).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from petitions import clock
from petitions.models import Appeal
from petitions.moderators import moderators
from supporters.addresses import InvalidAddress, check_address
from supporters.models import OutgoingMail, Report, Suspicion, Sweep, Watch

EVERY = timedelta(hours=1)
LETTER = "waiting"
# Of a kind, that one mail is about. More came at once only where somebody floods the site: the
# mail says how many wait in all.
MOST = 500


def tell() -> int:
    """Ask for the mails when it is time. Returns how many."""
    if not any(rows.exists() for rows in _new().values()):
        return 0
    Watch.objects.get_or_create(pk=1)
    with transaction.atomic():
        return _tell(clock.now())


def _tell(now: datetime) -> int:
    due = Q(mailed_at=None) | Q(mailed_at__lte=now - EVERY)
    if not Watch.objects.filter(due, pk=1).update(mailed_at=now):
        return 0
    told = {}
    for name, rows in _new().items():
        told[name] = sorted(rows.values_list("pk", flat=True))
        rows.filter(pk__in=told[name]).update(is_mailed=True)
    mails = OutgoingMail.objects.bulk_create(
        OutgoingMail(
            kind=OutgoingMail.Kind.MODERATORS,
            recipient=address,
            payload={
                "letter": LETTER,
                "to": pk,
                **{name: ids[-MOST:] for name, ids in told.items()},
                "language": settings.LANGUAGE_CODE,
            },
            not_before=Now(),
        )
        for pk, address in _moderators()
    )
    return len(mails)


def _new() -> dict[str, QuerySet[Any]]:
    """What nobody was told of, under the names that a payload has."""
    return {
        "reports": Report.objects.filter(state=Report.State.WAITING, is_mailed=False),
        "appeals": Appeal.objects.filter(state=Appeal.State.WAITING, is_mailed=False),
        "sweeps": Sweep.objects.filter(state=Sweep.State.PROPOSED, is_mailed=False),
        "suspicions": Suspicion.objects.filter(is_mailed=False),
    }


def _moderators() -> Iterable[tuple[int, str]]:
    """Whose account has an address."""
    for user in moderators():
        try:
            yield user.pk, check_address(user.email)
        except InvalidAddress:
            continue
