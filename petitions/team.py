"""A petition's team: who comes into it, with which role, who leaves, and who owns the petition.

Every function locks the petition's row first and looks again under the lock at who may act: pages
asked before, and in the meantime somebody was removed or took the petition over. NoLonger is
raised where that is so, TooMany where a limit is reached; each act leaves a PetitionEvent.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from petitions.groups import may_moderate
from petitions.locks import one_at_a_time
from petitions.models import (
    Invitation,
    OwnershipOffer,
    Petition,
    PetitionEvent,
    TeamMember,
    User,
)
from petitions.roles import Role

Kind = PetitionEvent.Kind

MOST_IN_TEAM = 20  # members and open invitations of one petition
MOST_A_DAY = 10  # invitations of one petition
MOST_BY_ONE = 20  # invitations of one person a day, to any petitions: whoever wants makes more
MOST_TO_ONE = 3  # invitations of any petitions to one address, within two weeks


class NoLonger(Exception):
    """Somebody else was quicker, or whoever acts may not (or no longer)."""


class TooMany(Exception):
    """A limit of invitations is reached."""


def invite(petition: Petition, *, address: str, role: Role, by: User) -> Invitation:
    """`address` as check_address() gives it. One that is invited already is invited anew."""
    address = address.lower()
    with transaction.atomic():
        petition = _managed(petition, by)
        one_at_a_time(f"invitations by: {by.pk}")  # to several petitions, before the next one
        one_at_a_time(f"invitations: {address}")  # of several petitions
        now = timezone.now()
        day_ago = now - timedelta(days=1)
        mine = Invitation.objects.filter(petition=petition)
        before = mine.filter(address=address, ended_at=None)
        before.update(ended_at=now)
        if mine.open().count() + petition.team.count() >= MOST_IN_TEAM:
            raise TooMany
        if mine.filter(created_at__gt=day_ago).count() >= MOST_A_DAY:
            raise TooMany
        by_them = Invitation.objects.filter(invited_by=by, created_at__gt=day_ago)
        if by_them.count() >= MOST_BY_ONE:
            raise TooMany
        if Invitation.objects.filter(address=address).count() >= MOST_TO_ONE:
            raise TooMany
        invitation = Invitation.objects.create(
            petition=petition, address=address, role=role, invited_by=by
        )
        _record(petition, Kind.INVITED, by=by, role=role)
    return invitation


def revoke(invitation: Invitation, *, by: User) -> None:
    with transaction.atomic():
        petition = _managed(invitation.petition, by)
        _end(invitation)
        _record(petition, Kind.REVOKED, by=by, role=Role(invitation.role))


def accept(invitation: Invitation, *, user: User) -> Petition:
    """Whether the address is this user's is for the caller to know."""
    with transaction.atomic():
        petition = _locked(invitation.petition)
        _end(invitation)
        if petition.organizer_id == user.pk:
            raise NoLonger
        TeamMember.objects.update_or_create(
            petition=petition, user=user, defaults={"role": invitation.role}
        )
        _record(petition, Kind.JOINED, by=user, person=user, role=Role(invitation.role))
    return petition


def decline(invitation: Invitation, *, user: User) -> None:
    with transaction.atomic():
        petition = _locked(invitation.petition)
        _end(invitation)
        _record(petition, Kind.DECLINED)  # without a name: it was an address that was invited


def change_role(member: TeamMember, role: Role, *, by: User) -> None:
    with transaction.atomic():
        petition = _managed(member.petition, by)
        rows = TeamMember.objects.filter(pk=member.pk).exclude(role=role)
        if not rows.update(role=role):
            raise NoLonger
        _record(petition, Kind.ROLE, by=by, person=member.user, role=role)


def remove(member: TeamMember, *, by: User) -> None:
    with transaction.atomic():
        petition = _managed(member.petition, by)
        _take_out(petition, member.user)
        _record(petition, Kind.REMOVED, by=by, person=member.user)


def leave(petition: Petition, *, user: User) -> None:
    with transaction.atomic():
        petition = _locked(petition)
        _take_out(petition, user)
        _record(petition, Kind.LEFT, by=user, person=user)


def offer(petition: Petition, *, to: User, by: User) -> OwnershipOffer:
    """Offer a petition to a member of its team, in place of an offer before."""
    with transaction.atomic():
        petition = _locked(petition)
        if petition.organizer_id != by.pk or not petition.team.filter(user=to).exists():
            raise NoLonger
        OwnershipOffer.objects.filter(petition=petition).delete()
        offered = OwnershipOffer.objects.create(petition=petition, offered_by=by, offered_to=to)
        _record(petition, Kind.OFFERED, by=by, person=to)
    return offered


def end_offer(offered: OwnershipOffer, *, by: User) -> None:
    """By who made it, or by who does not want the petition."""
    with transaction.atomic():
        petition = _locked(offered.petition)
        if by.pk not in {offered.offered_by_id, offered.offered_to_id}:
            raise NoLonger
        if not OwnershipOffer.objects.filter(pk=offered.pk).delete()[0]:
            raise NoLonger
        _record(petition, Kind.OFFER_ENDED, by=by, person=offered.offered_to)


def take_over(offered: OwnershipOffer, *, by: User) -> Petition:
    """Make who accepts the organizer, and who offered a member that may edit.

    Returns the petition as it is then. Nothing happens if it changed hands, if who was asked is no
    longer in the team, or if the offer was taken back or is too old.
    """
    with transaction.atomic():
        petition = _locked(offered.petition)
        stands = OwnershipOffer.objects.open().filter(pk=offered.pk, offered_to=by)
        is_same = petition.organizer_id == offered.offered_by_id
        member = petition.team.filter(user=by)
        if not (is_same and stands.exists() and member.exists()):
            raise NoLonger
        former = offered.offered_by
        member.delete()
        OwnershipOffer.objects.filter(petition=petition).delete()
        TeamMember.objects.create(petition=petition, user=former, role=Role.EDIT)
        petition.organizer = by
        if petition.organizer_name == former.get_full_name():
            petition.organizer_name = ""  # theirs, and no longer who asks
        petition.save(update_fields=["organizer", "organizer_name"])
        _record(petition, Kind.HANDED_OVER, by=by, person=by)
    return petition


def may_run(user: Any, petition: Petition) -> bool:
    """Whether this user chooses who is in the team: the organizer and moderators."""
    return petition.organizer_id == user.pk or may_moderate(user)


def _locked(petition: Petition) -> Petition:
    return Petition.objects.lock().get(pk=petition.pk)


def _managed(petition: Petition, by: User) -> Petition:
    petition = _locked(petition)
    if not may_run(by, petition):
        raise NoLonger
    return petition


def _end(invitation: Invitation) -> None:
    if not Invitation.objects.open().filter(pk=invitation.pk).update(ended_at=timezone.now()):
        raise NoLonger


def _take_out(petition: Petition, user: User) -> None:
    if not TeamMember.objects.filter(petition=petition, user=user).delete()[0]:
        raise NoLonger
    offers = OwnershipOffer.objects.filter(petition=petition)
    offers.filter(Q(offered_to=user) | Q(offered_by=user)).delete()


def _record(
    petition: Petition,
    kind: PetitionEvent.Kind,
    *,
    by: User | None = None,
    person: User | None = None,
    role: Role | None = None,
) -> None:
    outside = by is not None and petition.organizer_id != by.pk and by != person
    PetitionEvent.objects.create(
        petition=petition,
        kind=kind,
        actor=by,
        by_moderators=outside and not petition.team.filter(user=by).exists(),
        person=person,
        role=role or "",
    )
