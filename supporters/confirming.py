"""Confirming: one guarded UPDATE of the signer's own row. Repeating it changes nothing."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from petitions.models import Petition
from petitions.states import Status
from supporters.compiled import CompiledUpdate
from supporters.database_functions import NOW, call
from supporters.models import Signature
from supporters.turns import Unconfirmed

GRACE = timedelta(hours=24)  # for who signed before the closing and reads the mail after it


class Answer(StrEnum):
    """What became of a confirmation."""

    CONFIRMED = "confirmed"  # just now
    BEFORE = "before"  # it was confirmed already, and still is
    CLOSED = "closed"  # too late
    GONE = "gone"  # the petition is hidden or was rejected
    ENDED = "ended"  # withdrawn or removed
    UNKNOWN = "unknown"  # erased, or never there


def confirm(signature_id: int) -> Answer:
    """Confirm a pending signature if its petition still takes it."""
    if _confirmed(signature_id):
        return Answer.CONFIRMED
    found = (
        Signature.objects.filter(pk=signature_id).values_list("status", "petition__status").first()
    )
    if found is None:
        return Answer.UNKNOWN
    status, petition_status = found
    if petition_status not in (Status.OPEN, Status.CLOSED):
        return Answer.GONE
    if status == Signature.Status.PENDING:
        return Answer.CLOSED
    return Answer.BEFORE if status == Signature.Status.CONFIRMED else Answer.ENDED


def _confirmed(signature_id: int) -> bool:
    if connection.vendor == "postgresql":
        # With the same rules; planned once a connection.
        return bool(call("supporters_confirm_1", signature_id, NOW, GRACE))
    now = timezone.now()
    return bool(_confirm(signature=signature_id, now=now, cutoff=now - GRACE))


def can_be_confirmed(signature: Signature | Unconfirmed) -> bool:
    """Whether confirm() would take this pending signature now; for the page that asks."""
    now = timezone.now()
    petition = signature.petition
    if petition.is_open:
        return True
    ended = {Status.OPEN: petition.closes_at, Status.CLOSED: petition.closed_at}.get(
        Status(petition.status)
    )
    return ended is not None and signature.created_at <= ended > now - GRACE


def _takes(now: Any, cutoff: Any) -> Q:
    """A petition that takes a confirmation: open, or closed since the cutoff, after signing.

    Closed means closed_at, or a closing date that has passed whether or not the worker saw it.
    """
    signed_at = OuterRef("created_at")
    return (
        Q(status=Status.OPEN, closes_at=None)
        | Q(status=Status.OPEN, closes_at__gt=now)
        | Q(status=Status.OPEN, closes_at__gt=cutoff, closes_at__gte=signed_at)
        | Q(status=Status.CLOSED, closed_at__gt=cutoff, closed_at__gte=signed_at)
    )


def _guarded(signature: int, now: Any, cutoff: Any) -> tuple[QuerySet[Signature], dict[str, Any]]:
    taking = Petition.objects.filter(_takes(now, cutoff), pk=OuterRef("petition"))
    rows = Signature.objects.filter(Exists(taking), pk=signature, status=Signature.Status.PENDING)
    return rows, {"status": Signature.Status.CONFIRMED, "confirmed_at": now}


_confirm = CompiledUpdate(
    _guarded,
    signature=-9_999,
    now=datetime(1, 2, 3, tzinfo=UTC),
    cutoff=datetime(1, 2, 4, tzinfo=UTC),
)
