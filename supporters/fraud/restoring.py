"""Bringing back what a sweep took: the old positions, and one entry of the ledger a batch.

Who signed again meanwhile stays counted once: a confirmed one stands as it is, and the old one is
left out; one that still waits to be confirmed gives way to one that had been confirmed.
"""

from collections import Counter

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from petitions.models import Petition
from supporters.models import CountAdjustment, OutgoingMail, Signature, Sweep, SweptSignature
from supporters.withdrawing import ERASED

from .rules import live as live_rows

# Signatures a transaction; the fewer, the more often somebody has just signed again. One of them in
# a batch of many is likely where a crowd does, in a batch of one hardly.
BATCHES = (1_000, 100, 10, 1, 1)

Was = SweptSignature.Was
_LIVE = (Signature.Status.PENDING, Signature.Status.CONFIRMED)


def restore_some(sweep_id: int) -> bool:
    """Bring back the next batch. False when it is over."""
    *first, last = BATCHES
    for batch in first:
        try:
            return _restore(sweep_id, batch)
        except IntegrityError:
            continue  # one of them signed again at this very moment: seen at the next try
    return _restore(sweep_id, last)


def _restore(sweep_id: int, batch: int) -> bool:
    sweep = Sweep.objects.filter(pk=sweep_id, state=Sweep.State.UNDOING).first()
    if sweep is None:
        return False
    with transaction.atomic():
        Petition.objects.lock().only("pk").get(pk=sweep.petition_id)
        mine = Sweep.objects.select_for_update(no_key=True).filter(
            pk=sweep_id, state=Sweep.State.UNDOING, undone_to_id=sweep.undone_to_id
        )
        if not list(mine.values_list("pk")):
            return False
        swept = list(
            SweptSignature.objects.filter(sweep=sweep, pk__gt=sweep.undone_to_id).order_by("pk")[
                :batch
            ]
        )
        if not swept:
            Sweep.objects.filter(pk=sweep_id).update(
                state=Sweep.State.UNDONE, changed_at=timezone.now()
            )
            return False
        back = _bring_back(sweep, swept)
        _record(sweep, swept, back)
    return True


def _bring_back(sweep: Sweep, swept: list[SweptSignature]) -> list[SweptSignature]:
    """Returns those that are there again."""
    ids = [each.signature_id for each in swept]
    found = Signature.objects.filter(pk__in=ids).values_list("email_key", flat=True)
    keys = [key for key in found if key]
    # The organizer's own, too: whom a sweep took may have become the organizer since.
    again = live_rows(sweep.petition_id).filter(email_key__in=keys)
    again_ids = again.values_list("pk", flat=True)
    rows = _locked([*ids, *again_ids])
    live = {row.email_key: row for row in rows if row.status in _LIVE and row.email_key}
    gone = {
        row.pk: row
        for row in rows
        # An erased one has nobody left to bring back.
        if row.status == Signature.Status.REMOVED and row.email_key
    }
    back, give_way = [], []
    for each in swept:
        row = gone.get(each.signature_id)
        # What was restored by hand and then removed by hand is no longer the sweep's.
        if row is None or each.is_restored:
            continue
        other = live.get(row.email_key or "")
        if other is not None:
            stands = other.status == Signature.Status.CONFIRMED or other.is_organizer
            if stands or each.was == Was.PENDING:
                continue
            give_way.append(other.pk)
        back.append(each)
    _end(give_way)
    now_confirmed = [each.signature_id for each in back if each.was != Was.PENDING]
    pending = [each.signature_id for each in back if each.was == Was.PENDING]
    removed = Signature.objects.filter(status=Signature.Status.REMOVED)
    removed.filter(pk__in=now_confirmed).update(status=Signature.Status.CONFIRMED, ended_at=None)
    removed.filter(pk__in=pending).update(status=Signature.Status.PENDING, ended_at=None)
    _ask_to_confirm(pending)
    return back


def _locked(ids: list[int]) -> QuerySet[Signature]:
    """By id, as everywhere; what they are is read once they are locked."""
    rows = Signature.objects.filter(pk__in=ids).order_by("pk")
    return rows.only("pk", "status", "email_key", "is_organizer").select_for_update(no_key=True)


def _end(ids: list[int]) -> None:
    """Of the same person, never counted: their old signature is."""
    if ids:
        OutgoingMail.objects.filter(signature_id__in=ids).delete()
        Signature.objects.filter(pk__in=ids).update(
            status=Signature.Status.REMOVED, ended_at=timezone.now(), **ERASED
        )


def _ask_to_confirm(ids: list[int]) -> None:
    """The mail of those whom none reached: dropped while they were removed."""
    mails = OutgoingMail.objects.filter(signature_id__in=ids)
    asked = set(mails.values_list("signature_id", flat=True))
    missing = Signature.objects.filter(pk__in=set(ids) - asked)
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            kind=OutgoingMail.Kind.SIGNATURE,
            recipient=email,
            petition_id=petition_id,
            signature_id=pk,
            payload={"language": language},
            not_before=Now(),
        )
        for pk, email, petition_id, language in missing.values_list(
            "pk", "email", "petition_id", "language"
        )
    )


def _record(sweep: Sweep, swept: list[SweptSignature], back: list[SweptSignature]) -> None:
    kinds = Counter(each.was for each in back)
    SweptSignature.objects.filter(pk__in=[each.pk for each in back]).update(is_restored=True)
    if kinds[Was.COUNTED]:
        CountAdjustment.objects.create(
            petition_id=sweep.petition_id,
            kind=CountAdjustment.Kind.RESTORED,
            quantity=kinds[Was.COUNTED],
            reason=sweep.note,
            recorded_by_id=sweep.undone_by_id,
            sweep=sweep,
        )
    Sweep.objects.filter(pk=sweep.pk).update(
        undone_to_id=swept[-1].pk,
        restored=F("restored") + len(back),
        restored_counted=F("restored_counted") + kinds[Was.COUNTED] + kinds[Was.CONFIRMED],
        left_out=F("left_out") + len(swept) - len(back),
        changed_at=timezone.now(),
    )
