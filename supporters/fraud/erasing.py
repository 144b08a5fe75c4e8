"""What the fraud tools know of persons ends after 30 days: who was swept, networks, suspicions."""

from datetime import timedelta
from itertools import takewhile
from time import monotonic

from django.db import transaction
from django.utils import timezone

from petitions.models import Petition
from supporters.models import (
    OutgoingMail,
    ReasonChoice,
    Signature,
    Suspicion,
    Sweep,
    SweptSignature,
    Watch,
)
from supporters.models.sweep import RESTORABLE
from supporters.withdrawing import ERASED

BATCH = 1_000
TURN = 5.0  # seconds of the worker's
NETWORKS_KEPT = SUSPICIONS_KEPT = timedelta(days=30)


def erase_swept() -> int:
    """Erase the persons of sweeps that can no longer be undone. Their rows stay: they are the
    count. Returns how many."""
    ended = (Sweep.State.CANCELLED, Sweep.State.FINISHED, Sweep.State.UNDONE)
    over = Sweep.objects.filter(
        state__in=ended, erased_at=None, changed_at__lte=timezone.now() - RESTORABLE
    )
    over.update(erased_at=timezone.now())  # from here on neither undone nor resumed
    left = SweptSignature.objects.exclude(sweep__erased_at=None)
    erased = 0
    while batch := list(left.order_by("pk")[:BATCH]):
        erased += _erase(batch)
    return erased


def _erase(batch: list[SweptSignature]) -> int:
    ids = [each.signature_id for each in batch if not each.is_restored]
    with transaction.atomic():
        removed = Signature.objects.filter(pk__in=ids, status=Signature.Status.REMOVED)
        petitions = removed.order_by().values_list("petition_id", flat=True).distinct()
        # The rows of petitions first, in one order, then signatures by id.
        list(Petition.objects.lock().filter(pk__in=list(petitions)).order_by("pk").values("pk"))
        list(removed.select_for_update(no_key=True).order_by("pk").values("pk"))
        erased: int = removed.update(**ERASED)
        OutgoingMail.objects.filter(signature_id__in=ids).delete()
        ReasonChoice.objects.filter(pk__in=ids).delete()
        SweptSignature.objects.filter(pk__in=[each.pk for each in batch]).delete()
    return erased


def forget_networks() -> int:
    """Forget the network of signatures that are older than 30 days. Returns how many.

    In the order in which they were made, from where it stopped: no index is needed, and each row is
    written once. What takes longer than TURN goes on at the next one.
    """
    began, before = monotonic(), timezone.now() - NETWORKS_KEPT
    forgotten = 0
    Watch.objects.get_or_create(pk=1)
    while monotonic() - began < TURN:
        with transaction.atomic():
            watch = Watch.objects.select_for_update(no_key=True).get(pk=1)
            rows = list(
                Signature.objects.filter(pk__gt=watch.networks_forgotten_to)
                .order_by("pk")
                .values_list("pk", "created_at", "network")[:BATCH]
            )
            old = list(takewhile(lambda row: row[1] < before, rows))
            if not old:
                break
            known = Signature.objects.filter(pk__in=[pk for pk, _at, network in old if network])
            list(known.select_for_update(no_key=True).order_by("pk").values("pk"))
            forgotten += known.update(network=None)
            Watch.objects.filter(pk=1).update(networks_forgotten_to=old[-1][0])
    return forgotten


def forget_suspicions() -> int:
    """Delete them after 30 days. Returns how many."""
    old = Suspicion.objects.filter(noted_at__lt=timezone.now() - SUSPICIONS_KEPT)
    return old.delete()[0]
