"""Who works on a petition, or did, decides nothing about it: superusers neither, nor where nobody
else moderates."""

from typing import Any

from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from petitions.states import NotReady

from .petition_event import PetitionEvent
from .team_member import TeamMember

# Whoever is named by one of these was in the team, or owned the petition. Leaving it for a minute
# is no way to decide.
_INSIDE = (
    PetitionEvent.Kind.JOINED,
    PetitionEvent.Kind.LEFT,
    PetitionEvent.Kind.REMOVED,
    PetitionEvent.Kind.HANDED_OVER,
)


class OwnPetition(NotReady):
    """Who asks for a decision works on the petition. `text` says who can decide."""

    def __init__(self, petition: Any, *, by: Any) -> None:
        super().__init__(why_not(petition, by=by))


def works_on(user: Any, petition: Any) -> bool:
    """Whether this user is its organizer, or is or was in its team. One statement."""
    team = TeamMember.objects.filter(petition_id=petition.pk, user_id=user.pk)
    once = PetitionEvent.objects.filter(
        petition_id=petition.pk, person_id=user.pk, kind__in=_INSIDE
    )
    rows = type(petition)._base_manager.filter(pk=petition.pk)  # noqa: SLF001
    found: bool = rows.filter(Q(organizer_id=user.pk) | Exists(team) | Exists(once)).exists()
    return found


def works_on_which(user: Any) -> Any:
    """The ids of all of them, for a statement."""
    once = PetitionEvent.objects.filter(person_id=user.pk, kind__in=_INSIDE)
    team = TeamMember.objects.filter(user_id=user.pk)
    petitions: Any = TeamMember._meta.get_field("petition").related_model  # noqa: SLF001
    return petitions._base_manager.filter(  # noqa: SLF001
        Q(organizer_id=user.pk)
        | Q(pk__in=team.order_by().values("petition"))
        | Q(pk__in=once.order_by().values("petition"))
    ).values("pk")


def check(petition: Any, *, by: Any) -> None:
    """Call it under the petition's lock, before what moderators alone decide. Raises OwnPetition.
    `by` is None where the site itself acts."""
    if by is not None and works_on(by, petition):
        raise OwnPetition(petition, by=by)


def why_not(petition: Any, *, by: Any) -> Any:
    """In words, with who can."""
    from petitions.moderators import moderators  # noqa: PLC0415 (it reads the models)

    others = (each for each in moderators() if each.pk != by.pk)
    if any(not works_on(each, petition) for each in others):
        return _(
            "You work on this petition, or did, and so decide nothing about it. Another moderator "
            "can."
        )
    return _(
        "You work on this petition, or did, and so decide nothing about it. Nobody else moderates "
        "here who could: whoever runs the site makes another account, and puts it into the group "
        "of moderators."
    )
