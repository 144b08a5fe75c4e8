"""Who may do what with a petition in the admin, from its state and its organizer.

Moderators may edit every petition. Organizers see their own; its text is theirs in a draft and
while it is open, its updates as long as it is public, the rest only in a draft.
"""

from typing import Any

from petitions.groups import may_moderate
from petitions.models import Petition
from petitions.states import Status


def is_theirs(user: Any, petition: Petition) -> bool:
    """Whether this user may see the petition here at all."""
    return may_moderate(user) or petition.organizer_id == user.pk


def may_edit(user: Any, petition: Petition | None, *states: Status) -> bool:
    """Moderators always; an organizer while their own petition is in one of these states."""
    if may_moderate(user):
        return True
    if petition is None or petition.pk is None:  # about to be added: a draft of their own
        return Status.DRAFT in states
    return petition.organizer_id == user.pk and petition.status in states
