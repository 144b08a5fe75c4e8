"""What moderators do with one signature, by name and with a reason. Each act is written down.

Guarded like what signers do themselves, in the same lock order: the petition row, then signatures.
False or an Answer says that somebody else got there first, or that the state allows no such thing.
What changes the number raises impartial.OwnPetition.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from petitions.models import Petition, StaffAct, impartial
from supporters.confirming import Answer, confirm
from supporters.fold import fold
from supporters.models import (
    CountAdjustment,
    Signature,
    SweptSignature,
)
from supporters.suppression import Why, is_unsubscribed, suppress
from supporters.withdrawing import ERASED, FORGOTTEN, forget_beside, withdraw

_Status = Signature.Status
LIVE = (_Status.PENDING, _Status.CONFIRMED)


class SignedAgain(Exception):
    """The address has signed again since; both would be counted."""


def look_at(signature: Signature, *, by: Any) -> None:
    """Before everything that is known of a signer is shown."""
    _record(StaffAct.Verb.LOOKED_AT, signature, by=by)


def confirm_by_hand(signature: Signature, *, by: Any, reason: str) -> Answer:
    """As pressing the button behind the mail would, with the same limits."""
    with transaction.atomic():
        _check(signature, by=by)
        answer = confirm(signature.pk)
        if answer == Answer.CONFIRMED:
            _record(StaffAct.Verb.CONFIRMED, signature, by=by, note=reason)
    return answer


def remove(signature: Signature, *, by: Any, reason: str) -> bool:
    """No longer count a confirmed signature. `reason` is public: an entry of the ledger.

    What is known of the person stays until it is restored or erased.
    """
    with transaction.atomic():
        # Locks the petition row. With a position it can be restored to its place.
        fold(signature.petition_id)
        _check(signature, by=by)
        counted = _row(signature).filter(status=_Status.CONFIRMED, position__isnull=False)
        if not counted.update(status=_Status.REMOVED, ended_at=timezone.now()):
            return False
        CountAdjustment.objects.create(
            petition_id=signature.petition_id,
            kind=CountAdjustment.Kind.REMOVED,
            quantity=-1,
            reason=reason,
            recorded_by=by,
        )
        _record(StaffAct.Verb.REMOVED, signature, by=by, note=reason)
    return True


def restore(signature: Signature, *, by: Any, reason: str) -> bool:
    """Count again what was removed, in its old place. Raises SignedAgain."""
    try:
        with transaction.atomic():
            Petition.objects.lock().only("pk").get(pk=signature.petition_id)
            _check(signature, by=by)
            removed = _row(signature).filter(status=_Status.REMOVED, position__isnull=False)
            if not removed.exclude(FORGOTTEN).update(status=_Status.CONFIRMED, ended_at=None):
                return False
            # It is no sweep's any more: none brings back, or erases, what is removed after this.
            SweptSignature.objects.filter(signature_id=signature.pk).update(is_restored=True)
            CountAdjustment.objects.create(
                petition_id=signature.petition_id,
                kind=CountAdjustment.Kind.RESTORED,
                quantity=1,
                reason=reason,
                recorded_by=by,
            )
            _record(StaffAct.Verb.RESTORED, signature, by=by, note=reason)
    except IntegrityError as error:
        raise SignedAgain from error
    return True


def unsubscribe(signature: Signature, *, by: Any, reason: str, everywhere: bool) -> bool:
    """No more updates of this petition by mail; `everywhere`: no mailings of this site at all."""
    with transaction.atomic():
        changed = bool(_row(signature).filter(wants_updates=True).update(wants_updates=False))
        if everywhere and signature.email and not is_unsubscribed(signature.email):
            changed = suppress(signature.email, Why.UNSUBSCRIBED) or changed
        if changed:
            _record(StaffAct.Verb.UNSUBSCRIBED, signature, by=by, note=reason)
    return changed


def erase(signature: Signature, *, by: Any, reason: str) -> bool:
    """Forget who signed. One that counts is withdrawn by it; place, dates and state stay."""
    with transaction.atomic():
        if not (withdraw(signature.pk) or _forget(signature)):
            return False
        _record(StaffAct.Verb.ERASED, signature, by=by, note=reason)
    return True


def _forget(signature: Signature) -> bool:
    """Of one that has ended already: removed ones keep their person until now."""
    Petition.objects.lock().only("pk").get(pk=signature.petition_id)
    ended = _row(signature).exclude(status__in=LIVE).exclude(FORGOTTEN)
    if not ended.update(**ERASED):
        return False
    forget_beside([signature.pk])
    return True


def _check(signature: Signature, *, by: Any) -> None:
    """Nobody decides what counts on a petition that they work on. Unsubscribing and erasing are not
    asked: signers want them, and wait for them."""
    impartial.check(Petition(pk=signature.petition_id), by=by)


def _row(signature: Signature) -> Any:
    return Signature.objects.filter(pk=signature.pk)


def _record(verb: str, signature: Signature, *, by: Any, note: str = "") -> None:
    StaffAct.record(
        by=by, verb=verb, subject=signature, petition_id=signature.petition_id, note=note
    )
