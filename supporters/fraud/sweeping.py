"""Sweeping: the worker removes what a rule means, batch by batch, and brings it back the same way.

Each batch is one transaction that leaves the count exact: the petition's row first, then the sweep,
then signatures by id; signing and confirming wait for none of it but the rows themselves. Whoever
is killed in the middle leaves whole batches, and the next worker goes on. Any number may run.
"""

import logging
import random
from collections import Counter
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from petitions.locks import one_by_one
from petitions.models import Petition
from supporters.models import CountAdjustment, Signature, Sweep, SweptSignature
from supporters.recalls import recall

from . import looking, restoring
from .rules import Rule, sweepable

logger = logging.getLogger(__name__)

BATCH = 1_000  # signatures a transaction
TURN = 0.5  # seconds, after which another sweep has its own

State = Sweep.State
Was = SweptSignature.Was


def run(*, go_on: Callable[[], bool] = lambda: True) -> int:
    """Go on with the sweeps that are at work, for TURN seconds each. Returns how many there were.

    Raises as petitions.locks.one_by_one does; and Failed, once the others had their turn.
    """
    at_work = dict(Sweep.objects.at_work().values_list("pk", "state"))
    # In any order, so that whom `go_on` leaves to the next time is not always the same.
    ids = random.sample(list(at_work), len(at_work))
    failed: list[int] = []

    def turn(sweep_id: int) -> int:
        step = remove_some if at_work[sweep_id] == State.RUNNING else restoring.restore_some
        until = monotonic() + TURN
        try:
            while monotonic() < until and go_on() and step(sweep_id):
                pass
        except (OperationalError, InterfaceError):
            raise  # a lock or the connection, nothing of this sweep's
        except Exception as error:  # noqa: BLE001 (one sweep must not stop the others)
            # Not what it says: the database's own words may hold an address.
            logger.error("Sweep %s failed: %s", sweep_id, type(error).__name__)  # noqa: TRY400
            failed.append(sweep_id)
        return 1

    number = one_by_one(ids, turn)
    if failed:
        raise Failed(f"Sweeps that failed: {sorted(failed)}")
    return number


class Failed(Exception):
    """Some sweeps did; each was logged."""


def remove_some(sweep_id: int) -> bool:
    """Look at the next signatures and remove those that are meant. False when it is over."""
    sweep = Sweep.objects.filter(pk=sweep_id, state=State.RUNNING).first()
    if sweep is None:
        return False
    here = looking.step(
        sweep.petition_id, Rule.read(sweep.rule), newest_id=sweep.newest_id, after=sweep.cursor
    )
    if here.last is None:
        mine = Sweep.objects.filter(pk=sweep_id, state=State.RUNNING, cursor=sweep.cursor)
        mine.update(state=State.FINISHED, cursor="", changed_at=timezone.now())
        return False
    batches = [here.ids[start : start + BATCH] for start in range(0, len(here.ids), BATCH)] or [[]]
    for ids in batches[:-1]:
        if not _take(sweep, ids):
            return False
    # Only with the last of them it moves on: what a kill left over is looked at again.
    return _take(sweep, batches[-1], cursor=here.last, looked_at=F("looked_at") + here.looked_at)


def _take(sweep: Sweep, ids: list[int], **further: Any) -> bool:
    """Remove these, as far as they are still there. False where the sweep is not ours any more."""
    with transaction.atomic():
        Petition.objects.lock().only("pk").get(pk=sweep.petition_id)
        mine = Sweep.objects.select_for_update(no_key=True).filter(
            pk=sweep.pk, state=State.RUNNING, cursor=sweep.cursor
        )
        if not list(mine.values_list("pk")):
            return False
        # What it took before and is there again, somebody brought back who meant it.
        before = SweptSignature.objects.filter(sweep=sweep, signature_id__in=ids)
        ids = list(set(ids).difference(before.values_list("signature_id", flat=True)))
        rows = list(
            sweepable(sweep.petition_id)
            .filter(pk__in=ids)
            .select_for_update(no_key=True)
            .order_by("pk")
            .values_list("pk", "status", "position")
        )
        if not sweep.needs_second and len(rows) > (room := _room(sweep)):
            # More than one moderator may have meant: it stops, and the rest is for a new one.
            rows, further = rows[:room], {"state": State.CANCELLED, "cursor": ""}
        found = {pk: _was(status, position) for pk, status, position in rows}
        counted = Counter(found.values())[Was.COUNTED]
        SweptSignature.objects.bulk_create(
            SweptSignature(sweep=sweep, signature_id=pk, was=was) for pk, was in found.items()
        )
        # The person stays for as long as it can be undone (erasing.py); their mails, when their
        # turn comes, have nothing to say (mails.py).
        Signature.objects.filter(pk__in=found).update(
            status=Signature.Status.REMOVED, ended_at=timezone.now()
        )
        if counted:
            CountAdjustment.objects.create(
                petition_id=sweep.petition_id,
                kind=CountAdjustment.Kind.REMOVED,
                quantity=-counted,
                reason=sweep.note,
                recorded_by_id=sweep.approved_by_id or sweep.asked_by_id,
                sweep=sweep,
            )
        Sweep.objects.filter(pk=sweep.pk).update(
            taken=F("taken") + len(found),
            taken_counted=F("taken_counted") + counted + Counter(found.values())[Was.CONFIRMED],
            changed_at=timezone.now(),
            **further,
        )
        if found:  # at the end: behind those that others make while this waits for rows
            recall(sweep.petition_id)
    return "state" not in further


def _room(sweep: Sweep) -> int:
    """How many a sweep of one moderator may take still: no more than were found for it."""
    taken = Sweep.objects.values_list("taken", flat=True).get(pk=sweep.pk)
    return max(0, sweep.found - taken)


def _was(status: str, position: int | None) -> SweptSignature.Was:
    if status == Signature.Status.PENDING:
        return Was.PENDING
    return Was.CONFIRMED if position is None else Was.COUNTED
