"""What the fraud tools know of persons ends after 30 days: who was swept, networks, suspicions.

In steps (supporters/steps.py): what takes longer than a turn goes on at the next one.
"""

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from petitions.models import Petition
from supporters.models import (
    Signature,
    Suspicion,
    Sweep,
    SweptSignature,
    Watch,
)
from supporters.models.sweep import RESTORABLE
from supporters.steps import always, delete_in_steps, in_steps
from supporters.withdrawing import ERASED, forget_beside

BATCH = 1_000
SPAN = 50_000  # ids that are looked at together for networks
OF_PERSONS = {"address", "name", "network"}  # what a rule may say of them
NETWORKS_KEPT = SUSPICIONS_KEPT = timedelta(days=30)


def erase_swept(*, go_on: Callable[[], bool] = always) -> int:
    """Erase the persons of sweeps that can no longer be undone, or were never begun. Their rows
    stay: they are the count. Returns how many sweeps are through with, those restored included."""
    ended = (
        Sweep.State.DECLINED,
        Sweep.State.CANCELLED,
        Sweep.State.FINISHED,
        Sweep.State.UNDONE,
    )
    over = Sweep.objects.filter(
        state__in=ended, erased_at=None, changed_at__lte=timezone.now() - RESTORABLE
    )
    # What nobody agreed to for so long is declined by it, or its rule would be kept for ever.
    unasked = Sweep.objects.filter(
        state=Sweep.State.PROPOSED, changed_at__lte=timezone.now() - RESTORABLE
    )
    unasked.update(state=Sweep.State.DECLINED)
    for sweep in over.only("pk", "rule"):
        # From here on neither undone nor resumed; and its rule names nobody any more.
        rule = {name: said for name, said in sweep.rule.items() if name not in OF_PERSONS}
        over.filter(pk=sweep.pk).update(erased_at=timezone.now(), rule=rule)
    return in_steps(_erase, go_on=go_on)


def _erase() -> int:
    left = SweptSignature.objects.exclude(sweep__erased_at=None)
    batch = list(left.order_by("pk")[:BATCH])
    ids = [each.signature_id for each in batch if not each.is_restored]
    # What another sweep took since has that one's time.
    held = SweptSignature.objects.filter(
        signature_id__in=ids, is_restored=False, sweep__erased_at=None
    )
    with transaction.atomic():
        removed = Signature.objects.filter(pk__in=ids, status=Signature.Status.REMOVED)
        petitions = removed.order_by().values_list("petition_id", flat=True).distinct()
        # The rows of petitions first, in one order, then signatures by id.
        list(Petition.objects.lock().filter(pk__in=list(petitions)).order_by("pk").values("pk"))
        locked = removed.select_for_update(no_key=True).order_by("pk")
        gone = set(locked.values_list("pk", flat=True))
        gone.difference_update(held.values_list("signature_id", flat=True))
        Signature.objects.filter(pk__in=gone).update(**ERASED)
        forget_beside(gone)
        SweptSignature.objects.filter(pk__in=[each.pk for each in batch]).delete()
    return len(batch)


def forget_networks(*, go_on: Callable[[], bool] = always) -> int:
    """Forget the network of signatures that are older than 30 days. Returns how many ids it passed.

    In the order in which they were made, from where it stopped: no index is needed, and each row is
    written once. Many that have none are passed by at once.
    """
    Watch.objects.get_or_create(pk=1)
    return in_steps(_forget_networks, go_on=go_on)


def _forget_networks() -> int:
    with transaction.atomic():
        watch = Watch.objects.select_for_update(no_key=True).get(pk=1)
        old = _old_after(watch.networks_forgotten_to)
        newest = old.aggregate(pk=Max("pk"))["pk"]
        if newest is None:
            return 0
        known = old.exclude(network=None).select_for_update(no_key=True).order_by("pk")
        ids = list(known.values_list("pk", flat=True)[:BATCH])
        Signature.objects.filter(pk__in=ids).update(network=None)
        to: int = ids[-1] if len(ids) == BATCH else newest
        Watch.objects.filter(pk=1).update(networks_forgotten_to=to)
    return to - watch.networks_forgotten_to


def _old_after(last: int) -> QuerySet[Signature]:
    """The next SPAN ids, up to the first that is not old."""
    ahead = Signature.objects.filter(pk__gt=last)
    first = ahead.order_by("pk").values_list("pk", flat=True).first()
    span = ahead.filter(pk__lt=(first or 0) + SPAN)
    young = span.filter(created_at__gte=timezone.now() - NETWORKS_KEPT)
    end = young.aggregate(pk=Min("pk"))["pk"]
    return span if end is None else span.filter(pk__lt=end)


def forget_suspicions(*, go_on: Callable[[], bool] = always) -> int:
    """Delete them after 30 days. Returns how many."""
    old = Suspicion.objects.filter(noted_at__lt=timezone.now() - SUSPICIONS_KEPT)
    return delete_in_steps(old, go_on=go_on)
