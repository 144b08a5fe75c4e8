"""Withdrawing: the signature stops counting, the person is erased, the ledger says so."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from petitions.models import Petition
from supporters.blocking import block
from supporters.models import CountAdjustment, OutgoingMail, ReasonChoice, Signature
from supporters.recalls import recall

# What is known of the person. The row, its position, status and dates stay: they are the count.
ERASED = {
    "given_name": "",
    "family_name": "",
    "email": "",
    "email_key": None,
    "country": "",
    "postal_code": "",
    "locality": "",
    "reason": "",
    "network": None,
    "wants_updates": False,
    "consent": None,
}

# Nothing of the person is left: withdrawn, "this was not me", or erased on request.
FORGOTTEN = Q(given_name="", family_name="", email="", email_key=None)


def withdraw(signature_id: int) -> bool:
    """End a signature at its signer's wish. False when it had ended before, or never was.

    One that moderators removed stays removed, but its person is erased, so that nobody can bring
    it back.
    """
    return _end(signature_id, Signature.Status.WITHDRAWN, CountAdjustment.Kind.WITHDRAWN)


def disown(signature_id: int) -> bool:
    """ "This was not me": end the signature and send that address no more mail about it."""
    with transaction.atomic():
        found = (
            Signature.objects.filter(pk=signature_id)
            .values_list("petition_id", "email_key")
            .first()
        )
        if not _end(signature_id, Signature.Status.REMOVED, CountAdjustment.Kind.REMOVED):
            return False
        petition_id, email_key = found or (0, None)
        if email_key:
            block(petition_id, email_key)
    return True


def _end(signature_id: int, status: Signature.Status, kind: CountAdjustment.Kind) -> bool:
    petition_id = (
        Signature.objects.filter(pk=signature_id).values_list("petition_id", flat=True).first()
    )
    if petition_id is None:
        return False
    ended = {"status": status, "ended_at": timezone.now(), **ERASED}
    with transaction.atomic():
        # The petition row first, then the signature. And counted ones first: the other order
        # deadlocked with the fold.
        Petition.objects.lock().only("pk").get(pk=petition_id)
        row = Signature.objects.filter(pk=signature_id)
        # Locked, so that nobody is shown otherwise meanwhile.
        was = row.select_for_update(no_key=True).only("status", "display").first()
        confirmed = row.filter(status=Signature.Status.CONFIRMED)
        live = (Signature.Status.CONFIRMED, Signature.Status.PENDING)
        if confirmed.filter(position__isnull=False).update(**ended):
            CountAdjustment.objects.create(petition_id=petition_id, kind=kind, quantity=-1)
        elif not (
            row.filter(position=None, status__in=live).update(**ended)
            or row.filter(status=Signature.Status.REMOVED).exclude(FORGOTTEN).update(**ERASED)
        ):
            return False
        forget_beside([signature_id])
        if was and was.is_named:
            recall(petition_id)
    return True


def forget_beside(ids: Collection[int]) -> None:
    """Delete what else tells of who was erased: mails, which hold the address, sent or not; and
    what was decided about their reasons."""
    OutgoingMail.objects.filter(signature_id__in=ids).delete()
    ReasonChoice.objects.filter(pk__in=ids).delete()
