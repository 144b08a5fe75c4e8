"""Who may do what with a petition, in the admin and by the worker: the one place that says so.

By role, each with what the one before it may: a member of its team who may `view` sees the
petition, its figures and its supporters' reasons; `update` writes updates and mails them; `edit`
changes the petition, and which reasons are shown; the organizer, who owns it, alone deletes a
draft, chooses the team and hands the petition over.
Moderators may do all of it with every petition, as long as it is no act of the owner's own. With
one that they work on themselves, or did, they may what anybody in their place may, and look.

The text is to be changed in a draft and while it is open, updates as long as it is public, the rest
only in a draft: hence the states that these functions are asked for. Without states any will do.
"""

from typing import Any

from petitions.groups import may_moderate
from petitions.models import Petition, TeamMember, impartial
from petitions.roles import Role
from petitions.states import Status

NEWSWORTHY = (Status.OPEN, Status.CLOSED)


def may_view(user: Any, petition: Petition) -> bool:
    """Whether this user may see the petition here at all, with its figures."""
    return _may(user, petition, Role.VIEW)


def may_update(user: Any, petition: Petition | None, *states: Status) -> bool:
    """Whether this user may write updates, and mail them, in one of these states."""
    return _may(user, petition, Role.UPDATE, *states)


def may_post(user: Any, petition: Petition) -> bool:
    """Whether this user may write an update now. Before there are readers there is no news, not
    even by moderators."""
    return (
        petition.status in NEWSWORTHY
        and user.is_active
        and user.has_perm("petitions.add_update")
        and may_update(user, petition, *NEWSWORTHY)
    )


def may_correct(user: Any, petition: Petition) -> bool:
    """Whether this user may change updates that are there; moderators also while it is hidden."""
    has_right: bool = user.has_perm("petitions.change_update")
    return has_right and may_update(user, petition, *NEWSWORTHY)


def may_edit(user: Any, petition: Petition | None, *states: Status) -> bool:
    """Whether this user may change the petition in one of these states; moderators in all."""
    return _may(user, petition, Role.EDIT, *states)


def may_download(user: Any, petition: Petition) -> bool:
    """Whether this user may have what supporters agreed to share with those who run it.

    Not moderators: nobody agreed to that. What they need to see they see in the admin.
    """
    return owns(user, petition) or role_of(user, petition) == Role.EDIT


def moderates(user: Any, petition: Petition) -> bool:
    """Whether this user decides about this petition as a moderator. Asked once for this copy."""
    if not may_moderate(user):
        return False
    known: dict[Any, bool] = petition.__dict__.setdefault("_works", {})
    if user.pk not in known:
        known[user.pk] = impartial.works_on(user, petition)
    return not known[user.pk]


def owns(user: Any, petition: Petition | None) -> bool:
    """Whether this user is the petition's organizer. A moderator does not own what others do."""
    return petition is not None and petition.organizer_id == user.pk


def may_manage(user: Any, petition: Petition) -> bool:
    """Whether this user chooses who is in the team."""
    return owns(user, petition) or may_moderate(user)


def role_of(user: Any, petition: Petition) -> Role | None:
    """The role of a member of the team, or None: also for the organizer, who needs none.

    Asked once for this copy of the petition, which lives as long as a request: who was removed
    has no role in the next one.
    """
    known: dict[Any, Role | None] = petition.__dict__.setdefault("_roles", {})
    if user.pk not in known:
        rows = TeamMember.objects.filter(petition_id=petition.pk, user_id=user.pk)
        found = rows.values_list("role", flat=True).first()
        known[user.pk] = Role(found) if found else None
    return known[user.pk]


def _may(user: Any, petition: Petition | None, wanted: Role, *states: Status) -> bool:
    if petition is None or petition.pk is None:  # about to be added: a draft of their own
        return may_moderate(user) or not states or Status.DRAFT in states
    if moderates(user, petition) or (wanted == Role.VIEW and may_moderate(user)):
        return True
    if states and petition.status not in states:
        return False
    if owns(user, petition):
        return True
    role = role_of(user, petition)
    return role is not None and role.includes(wanted)
