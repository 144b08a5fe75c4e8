"""The mails to an organizer about how a petition grows: queued here, worded when they are sent.

To the organizer alone: the team sees the same on its page, and whoever is not to be told would have
to switch off what they never asked for.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from petitions.models import Petition
from supporters import outbox
from supporters.models import GrowthFigures, MilestoneReached, OutgoingMail
from supporters.tokens import Purpose, make

MILESTONE, QUIET = "milestone", "quiet"

# By letter: the account's field that it is switched off by, and the purpose of the link.
SWITCHES = {
    MILESTONE: ("milestone_mails", Purpose.MILESTONE_MAILS),
    QUIET: ("quiet_mails", Purpose.QUIET_MAILS),
}


def milestone(petition: Petition, reached: MilestoneReached) -> None:
    _put(MILESTONE, petition, number=reached.number, was_goal=reached.was_goal)


def quiet(petition: Petition) -> None:
    _put(QUIET, petition)


def _put(letter: str, petition: Petition, **values: Any) -> None:
    organizer = petition.organizer
    field, _purpose = SWITCHES[letter]
    if organizer is not None and getattr(organizer, field):
        kind = OutgoingMail.Kind.GROWTH
        outbox.to_organizer(petition, kind, letter=letter, to=organizer.pk, **values)


def letter(mail: OutgoingMail) -> tuple[str, dict[str, Any]] | None:
    """The template's name and what fills it; None when nothing is to be said any more."""
    from .next_step import Facts, next_step  # noqa: PLC0415 — it reads milestones, which ask for mails

    name = mail.payload.get("letter", "")
    petition = Petition.objects.select_related("organizer").filter(pk=mail.petition_id or 0).first()
    if petition is None or name not in SWITCHES or not petition.is_signable:
        return None
    organizer = petition.organizer
    field, purpose = SWITCHES[name]
    if organizer is None or organizer.pk != mail.payload.get("to") or not getattr(organizer, field):
        return None
    figures = GrowthFigures.objects.filter(petition=petition).exclude(as_of=None).first()
    facts = Facts.of(petition, figures, petition.supporter_count)
    if name == QUIET and facts.has_come_since(timezone.now()):
        return None
    off = reverse("organizer_mail", args=[make(purpose, organizer.pk)])
    page = reverse("admin:petitions_petition_growth", args=[petition.pk])
    return name, {
        "petition": petition,
        "name": organizer.first_name,
        "number": mail.payload.get("number", 0),
        "was_goal": mail.payload.get("was_goal", False),
        "last_on": facts.last_supporter,
        "step": next_step(petition, facts),
        "growth_url": settings.SITE_URL + page,
        "account_url": settings.SITE_URL + reverse("account_mails"),
        "off_url": settings.SITE_URL + off,
    }
