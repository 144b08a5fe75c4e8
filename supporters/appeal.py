"""The organizer's personal appeal at the end of an open petition's page."""

from dataclasses import dataclass

from petitions.models import Petition


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """`others` is how many supporters there are besides the organizer."""

    first: str
    full_name: str
    title: str
    total: int
    has_organizer: bool

    @property
    def others(self) -> int:
        return self.total - 1 if self.has_organizer else self.total


def appeal(petition: Petition, *, total: int, has_organizer: bool) -> Appeal | None:
    """None when the petition cannot be signed or its organizer has no name."""
    first = petition.organizer_first_name
    if not petition.is_signable or not first:
        return None
    return Appeal(
        first=first,
        full_name=petition.organizer_display or first,
        title=petition.title,
        total=total,
        has_organizer=has_organizer and total > 0,
    )
