"""All that happened to one petition, in order of time: decisions, events, acts of the staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from petitions import claims
from petitions.models import ModerationEvent, Petition, PetitionEvent, StaffAct

MOST = 300  # of each; the admin's lists have all


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`who` is '' where the site itself acted. `public_note` is what the organizer or everybody
    reads, `private_note` what moderators alone do."""

    at: datetime
    who: str
    what: str
    reason: str = ""
    public_note: str = ""
    private_note: str = ""


def history(petition: Petition) -> list[Entry]:
    """Oldest first, the newest MOST of each."""
    found = [*_decisions(petition), *_events(petition), *_acts(petition)]
    return sorted(found, key=lambda entry: entry.at)


def notes(petition: Petition) -> list[Entry]:
    """What moderators noted for each other, newest first."""
    return list(_acts(petition, verb=StaffAct.Verb.NOTED))


def _decisions(petition: Petition) -> Iterator[Entry]:
    rows = ModerationEvent.objects.filter(petition=petition).select_related("actor")
    for row in rows.order_by("-id")[:MOST]:
        yield Entry(
            at=row.at,
            who=_name(row.actor),
            what=str(row),
            reason=row.reason_text or row.reason,
            public_note=row.public_note,
            private_note=row.private_note,
        )


def _events(petition: Petition) -> Iterator[Entry]:
    rows = PetitionEvent.objects.filter(petition=petition).select_related("actor", "person")
    for row in rows.order_by("-id")[:MOST]:
        about = [row.get_role_display() if row.role else "", _name(row.person)]
        what = " · ".join(filter(None, [str(row), *about]))
        yield Entry(at=row.at, who=_name(row.actor), what=what, public_note=row.note)


def _acts(petition: Petition, **limit: str) -> Iterator[Entry]:
    rows = StaffAct.objects.filter(petition=petition, **limit).select_related("actor")
    for row in rows.order_by("-id")[:MOST]:
        thing = "" if row.subject_type == "petitions.petition" else row.subject_type
        what = " ".join(filter(None, [row.get_verb_display(), thing]))
        yield Entry(at=row.at, who=_name(row.actor), what=what, private_note=row.note)


def _name(person: Any) -> str:
    if person is None:
        return ""
    return claims.name_of(person) or _("Somebody without a name")
