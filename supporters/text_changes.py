"""How the text of a petition changed while people signed it, as readers may see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from petitions.differences import Paragraph, compare
from petitions.models import Petition, PetitionVersion

# In the order of the page.
_PARTS = {"title": _("Title"), "summary": _("Summary"), "body": _("Story"), "ask": _("What we ask")}
MOST = 50  # of a list; earlier ones keep their addresses


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    label: Any
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A text that took the place of the one before. `parts` is empty where one is not shown."""

    number: int
    changed_at: datetime
    reason: str
    is_withheld: bool
    parts: list[Part]


def changes_of(petition: Petition) -> list[PetitionVersion]:
    """The texts that replaced one that people may have signed, newest first, without the texts."""
    rows = PetitionVersion.objects.filter(petition=petition, number__gt=1)
    return list(
        rows.only("number", "created_at", "reason", "is_withheld").order_by("-number")[:MOST]
    )


def change(petition: Petition, number: int) -> Change | None:
    """What version `number` changed in the one before it; None where there is no such change."""
    rows = PetitionVersion.objects.filter(petition=petition, number__lte=number)
    pair = list(rows.defer("html", "ask_html").order_by("-number")[:2])
    if len(pair) < 2 or pair[0].number != number:  # noqa: PLR2004
        return None
    after, before = pair
    is_withheld = after.is_withheld or before.is_withheld
    parts = []
    for name, label in _PARTS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new and not is_withheld:
            parts.append(Part(label=label, paragraphs=compare(old, new)))
    return Change(
        number=number,
        changed_at=after.created_at,
        reason=after.reason,
        is_withheld=is_withheld,
        parts=parts,
    )
