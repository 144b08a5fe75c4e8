"""The states of a petition, the moves between them, and why a petition may be rejected."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", _("Rejected")
    HIDDEN = "hidden", _("Hidden")


class Outcome(models.TextChoices):
    NONE = "none", _("No outcome recorded")
    VICTORY = "victory", _("Victory")
    PARTIAL = "partial", _("Partly agreed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn by the organizer")


class RejectionReason(models.TextChoices):
    """Codes are stored and stay; the words are what the public reads."""

    DUPLICATE = "duplicate", _("There is already an open petition with the same request.")
    UNCLEAR = "unclear", _("It is not clear what the petition asks for, or of whom.")
    NOT_RESPONSIBLE = (
        "not_responsible",
        _("It asks for something that the addressed office cannot decide."),
    )
    PRIVATE_PERSON = (
        "private_person",
        _("It is about a private person who has not agreed to be named."),
    )
    UNLAWFUL = "unlawful", _("It may break the law, or name a case that is before a court.")
    OFFENSIVE = "offensive", _("It attacks people or uses offensive language.")
    ADVERTISEMENT = "advertisement", _("It advertises goods, a service or a fundraiser.")
    OTHER = "other", _("It does not follow the rules for petitions.")


# Everybody may read these; the last is shown as rejected, with its reason.
PUBLIC = (Status.OPEN, Status.CLOSED, Status.REJECTED)

# Each move, and the states it may start from.
SUBMITTABLE = (Status.DRAFT,)
REVIEWABLE = (Status.IN_REVIEW,)
REVIEWABLE_AGAIN = (Status.REJECTED,)  # after an appeal
CLOSABLE = (Status.OPEN,)
REOPENABLE = (Status.CLOSED,)
HIDEABLE = PUBLIC

# Decisions that an organizer may appeal, from where to where.
APPEALABLE = frozenset(
    {
        (Status.IN_REVIEW, Status.REJECTED),
        (Status.IN_REVIEW, Status.DRAFT),
        (Status.OPEN, Status.CLOSED),
        *((status, Status.HIDDEN) for status in HIDEABLE),
    }
)


class StateConflict(Exception):
    """A move was refused because the petition is not (or no longer) in a state that allows it."""

    def __init__(self, *, petition_id: int, found: str, wanted: str) -> None:
        self.petition_id, self.found, self.wanted = petition_id, found, wanted
        super().__init__(f"Petition {petition_id} is {found}; it cannot become {wanted}.")


class NotReady(Exception):
    """A move was refused because something is missing. `text` says what, for its organizer."""

    def __init__(self, text: Any) -> None:
        self.text = text
        super().__init__(str(text))
