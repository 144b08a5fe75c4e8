"""Who is at work on a petition: one moderator at a time, for half an hour or until they act again.

A claim keeps other moderators from deciding, not from reading, and they can take it over. One that
has expired stops nobody. Every function locks the petition's row first, so that of two who come at
the same moment one is told what the other did; times are the database's.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from petitions import clock
from petitions.groups import may_moderate
from petitions.models import Claim, Petition, StaffAct, User, impartial
from petitions.states import NotReady, Status

LASTS = timedelta(minutes=30)


class Held(NotReady):
    """Another moderator is at work on it, or got there first: `claim` says who, until when."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        say = _("%(who)s is at work on this petition until %(until)s. Nothing was changed.")
        until = time_format(timezone.localtime(claim.expires_at))
        super().__init__(say % {"who": name_of(claim.moderator), "until": until})


def name_of(moderator: User) -> str:
    return moderator.get_full_name() or moderator.get_username()


def mark(claim: Claim | None) -> str:
    """What tells this claim from the next one on the same petition; '' for none."""
    if claim is None:
        return ""
    return f"{claim.moderator_id}-{int(claim.claimed_at.timestamp() * 1_000_000)}"


def of(petition_id: int) -> Claim | None:
    """The claim in force, for pages."""
    return _in_force(petition_id, clock.Moment())


def claim(petition_id: int, *, by: User) -> Claim:
    """Begin, or prolong one's own. Raises Held, impartial.OwnPetition and
    Petition.DoesNotExist."""
    with transaction.atomic():
        now = _lock(petition_id)
        impartial.check(Petition(pk=petition_id), by=by)
        found = _in_force(petition_id, now)
        if found and found.moderator_id != by.pk:
            raise Held(found)
        if found:
            return _prolong(found, now)
        return _put(petition_id, by, now, StaffAct.Verb.CLAIMED)


def take_over(petition_id: int, *, by: User, seen: str) -> Claim:
    """Put one's own claim in the place of the one that was `seen` (its mark).

    Raises Held when that has passed to somebody else meanwhile, and otherwise as claim(). One
    that has ended is claimed.
    """
    with transaction.atomic():
        now = _lock(petition_id)
        impartial.check(Petition(pk=petition_id), by=by)
        found = _in_force(petition_id, now)
        if found is None:
            return _put(petition_id, by, now, StaffAct.Verb.CLAIMED)
        if found.moderator_id == by.pk:
            return _prolong(found, now)
        if mark(found) != seen:
            raise Held(found)
        note = found.moderator.get_username()
        return _put(petition_id, by, now, StaffAct.Verb.TOOK_OVER, note)


def release(petition_id: int, *, by: User) -> bool:
    """End one's own claim. False when there was none (any more)."""
    with transaction.atomic():
        now = _lock(petition_id)
        found = _in_force(petition_id, now)
        if found is None or found.moderator_id != by.pk:
            return False
        found.delete()
        _record(petition_id, by, StaffAct.Verb.RELEASED)
        return True


def act(petition: Petition, *, by: Any, is_move: bool = True) -> None:
    """Call it first in the transaction of a move, and of what is decided about a changed ask, a
    report or an appeal. Raises Held.

    One's own claim is prolonged; that of who decides by a move about a submission ends with it,
    since it no longer waits. Whoever does not moderate decides about what is their own, whoever
    reads it; so do moderators who work on it, as its organizers.
    """
    if by is None or not may_moderate(by) or impartial.works_on(by, petition):
        return
    now = _lock(petition.pk)
    found = _in_force(petition.pk, now)
    if found is None:
        return
    if found.moderator_id != by.pk:
        raise Held(found)
    stored = Petition.objects.values_list("status", flat=True).get(pk=petition.pk)
    if is_move and stored == Status.IN_REVIEW:
        found.delete()
    else:
        _prolong(found, now)


def prolong(petition_id: int, *, by: User) -> None:
    """One's own, if there is one: for what others may do at the same time."""
    with transaction.atomic():
        now = _lock(petition_id)
        found = _in_force(petition_id, now)
        if found and found.moderator_id == by.pk:
            _prolong(found, now)


def _lock(petition_id: int) -> datetime:
    Petition.objects.lock().only("pk").get(pk=petition_id)
    return clock.now()


def _in_force(petition_id: int, now: datetime | clock.Moment) -> Claim | None:
    rows = Claim.objects.select_related("moderator")
    return rows.filter(petition_id=petition_id, expires_at__gt=now).first()


def _prolong(found: Claim, now: datetime) -> Claim:
    found.expires_at = now + LASTS
    found.save(update_fields=["expires_at"])
    return found


def _put(petition_id: int, by: User, now: datetime, verb: str, note: str = "") -> Claim:
    values = {"moderator": by, "claimed_at": now, "expires_at": now + LASTS}
    row, _created = Claim.objects.update_or_create(petition_id=petition_id, defaults=values)
    _record(petition_id, by, verb, note)
    return row


def _record(petition_id: int, by: User, verb: str, note: str = "") -> None:
    subject = Petition(pk=petition_id)
    StaffAct.record(by=by, verb=verb, subject=subject, petition_id=petition_id, note=note)
