"""What moderators decide about a sweep. Each is a guarded UPDATE that leaves its act of the staff;
`False` says that somebody else got there first. Who works on the petition gets OwnPetition.

A claim stops none of it: false signatures do not wait, the number is not what is being read, and a
second moderator is asked where it matters.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from petitions import claims
from petitions.models import Petition, StaffAct, User, impartial
from supporters.count import live_count
from supporters.models import Sweep
from supporters.models.sweep import RESTORABLE

from .looking import Preview
from .rules import Rule

# What one moderator may remove alone: of a petition, in a day. Up to FEW of a small one.
ALONE, ALONE_PERCENT, FEW = 100, 1, 10
_DAY = timedelta(days=1)

State = Sweep.State
Verb = StaffAct.Verb


def needs_second(petition: Petition, preview: Preview, *, by: User) -> bool:
    """Whether another moderator has to agree. What was not looked at may be many."""
    if not preview.is_whole:
        return True
    total: int = petition.live_count  # type: ignore[attr-defined]  # annotated
    return _is_much(petition.pk, preview.found, total, by=by)


def _is_much(petition_id: int, found: int, total: int, *, by: User, but: int = 0) -> bool:
    """With all that they removed of it alone within a day, or went on removing."""
    alone = Sweep.objects.filter(
        petition=petition_id, needs_second=False, asked_by=by, changed_at__gt=timezone.now() - _DAY
    )
    others = alone.exclude(state=State.UNDONE).exclude(pk=but)
    size = found + (others.aggregate(sum=Sum("found"))["sum"] or 0)
    return size > ALONE or (size > FEW and size * 100 > total * ALONE_PERCENT)


def propose(
    petition: Petition, rule: Rule, preview: Preview, *, by: User, note: str, private_note: str = ""
) -> Sweep:
    """Begin it, or let it wait for a second moderator. `note` is public. `petition` has its live
    count."""
    with transaction.atomic():
        # Asked under the lock: of many at the same moment, each sees those before it.
        Petition.objects.lock().only("pk").get(pk=petition.pk)
        impartial.check(petition, by=by)
        claims.prolong(petition.pk, by=by)
        second = needs_second(petition, preview, by=by)
        sweep = Sweep.objects.create(
            petition=petition,
            rule=rule.as_stored(),
            newest_id=preview.newest_id,
            note=note,
            private_note=private_note,
            state=State.PROPOSED if second else State.RUNNING,
            needs_second=second,
            found=preview.found,
            found_all=preview.is_whole,
            to_look_at=max(preview.looked_at, 0 if preview.is_whole else petition.supporter_count),
            of_count=petition.live_count,  # type: ignore[attr-defined]  # annotated
            asked_by=by,
        )
        _record(sweep, by, Verb.PROPOSED if second else Verb.STARTED)
    return sweep


def approve(sweep: Sweep, *, by: User) -> bool:
    """Never by who proposed it."""
    free = Sweep.objects.filter(pk=sweep.pk, state=State.PROPOSED).exclude(asked_by=by)
    return _decide(sweep, free, by, Verb.APPROVED, state=State.RUNNING, approved_by=by)


def decline(sweep: Sweep, *, by: User) -> bool:
    """Also by who proposed it, who takes it back."""
    free = Sweep.objects.filter(pk=sweep.pk, state=State.PROPOSED)
    return _decide(sweep, free, by, Verb.REFUSED, state=State.DECLINED)


def cancel(sweep: Sweep, *, by: User) -> bool:
    """Stop after the batch in flight. What was removed stays removed, until it is brought back."""
    free = Sweep.objects.filter(pk=sweep.pk, state=State.RUNNING)
    return _decide(sweep, free, by, Verb.CANCELLED, state=State.CANCELLED, cursor="")


def resume(sweep: Sweep, *, by: User) -> bool:
    """Look from the beginning for what is left: what was removed is not met again."""
    free = Sweep.objects.filter(pk=sweep.pk, state=State.CANCELLED, erased_at=None)
    with transaction.atomic():
        Petition.objects.lock().only("pk").get(pk=sweep.petition_id)
        return may_resume(sweep, by=by) and _decide(
            sweep, free, by, Verb.RESUMED, state=State.RUNNING, cursor="", looked_at=0
        )


def may_resume(sweep: Sweep, *, by: User) -> bool:
    """Alone only within the limits that a new one would have."""
    if sweep.needs_second or sweep.asked_by_id != by.pk:
        return True
    total = max(sweep.of_count, live_count(sweep.petition_id))
    return not _is_much(sweep.petition_id, sweep.found, total, by=by, but=sweep.pk)


def undo(sweep: Sweep, *, by: User) -> bool:
    """Bring all of it back, as long as the persons are not erased."""
    free = Sweep.objects.filter(
        pk=sweep.pk,
        state__in=(State.CANCELLED, State.FINISHED),
        taken__gt=0,
        erased_at=None,
        changed_at__gt=timezone.now() - RESTORABLE,
    )
    return _decide(sweep, free, by, Verb.UNDID, state=State.UNDOING, undone_by=by)


def _decide(sweep: Sweep, free: Any, by: User, verb: str, **changes: Any) -> bool:
    with transaction.atomic():
        petition = Petition.objects.lock().only("pk").get(pk=sweep.petition_id)
        impartial.check(petition, by=by)
        claims.prolong(petition.pk, by=by)
        if not free.update(changed_at=timezone.now(), **changes):
            return False
        _record(sweep, by, verb)
    return True


def _record(sweep: Sweep, by: User, verb: str) -> None:
    StaffAct.record(by=by, verb=verb, subject=sweep, petition_id=sweep.petition_id, note=sweep.note)
