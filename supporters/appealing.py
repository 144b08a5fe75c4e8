"""Appeals: another look at a decision, with a mail to the organizer about what came of it."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from petitions import claims
from petitions.models import Appeal, ModerationEvent, Petition
from petitions.moderators import moderators
from petitions.states import Status
from supporters import answers
from supporters.models import Mailing

_AT_ONCE = timedelta(minutes=1)


def decision_of(petition: Petition) -> ModerationEvent | None:
    """The decision that its organizer may appeal or has appealed: the last one, or None."""
    events = ModerationEvent.objects.with_words().select_related("petition", "appeal")
    last = events.filter(petition=petition).order_by("-id").first()
    return last if last and last.is_appealable else None


def appeal_of(decision: ModerationEvent | None) -> Appeal | None:
    return getattr(decision, "appeal", None) if decision else None


def grant(appeal: Appeal, *, by: Any, answer: str) -> ModerationEvent | None:
    """Reverse the decision and tell the organizer, both or neither. Raises as Appeal.grant(), and
    claims.Held where another moderator is at work on it."""
    with transaction.atomic():
        claims.act(appeal.petition, by=by, is_move=False)
        event = appeal.grant(by=by, answer=answer)
        answers.appeal_decided(appeal, became=event.to_status if event else "")
    return event


def refuse(appeal: Appeal, *, by: Any, answer: str) -> None:
    """Let it stand and tell the organizer, both or neither. Raises as Appeal.refuse(), and
    claims.Held."""
    with transaction.atomic():
        claims.act(appeal.petition, by=by, is_move=False)
        appeal.refuse(by=by, answer=answer)
        answers.appeal_decided(appeal, became="")


def last_mailing(appeal: Appeal) -> Mailing | None:
    """Of the update that was published with a closing; it stays, whatever becomes of the appeal."""
    decision = appeal.decision
    if decision.to_status != Status.CLOSED:
        return None
    # The form published it at once (Close.act).
    moment = decision.at - _AT_ONCE, decision.at + _AT_ONCE
    rows = Mailing.objects.filter(
        update__petition=appeal.petition_id,
        update__author=decision.actor_id,
        update__published_at__range=moment,
    )
    return rows.order_by("pk").first()


def has_judge(appeal: Appeal) -> bool:
    """Whether there is anybody who may decide it."""
    return any(map(appeal.may_be_judged_by, moderators()))
