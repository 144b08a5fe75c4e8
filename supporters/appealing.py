"""Appeals: another look at a decision, with a mail to the organizer about what came of it."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

from petitions.groups import MODERATORS, may_moderate
from petitions.models import Appeal, ModerationEvent, Petition
from supporters import answers


def decision_of(petition: Petition) -> ModerationEvent | None:
    """The decision that its organizer may appeal or has appealed: the last one, or None."""
    events = ModerationEvent.objects.with_words().select_related("petition", "appeal")
    last = events.filter(petition=petition).order_by("-id").first()
    return last if last and last.is_appealable else None


def appeal_of(decision: ModerationEvent | None) -> Appeal | None:
    return getattr(decision, "appeal", None) if decision else None


def grant(appeal: Appeal, *, by: Any, answer: str) -> ModerationEvent | None:
    """Reverse the decision and tell the organizer, both or neither. Raises as Appeal.grant()."""
    with transaction.atomic():
        event = appeal.grant(by=by, answer=answer)
        answers.appeal_decided(appeal, became=event.to_status if event else "")
    return event


def refuse(appeal: Appeal, *, by: Any, answer: str) -> None:
    """Let it stand and tell the organizer, both or neither. Raises as Appeal.refuse()."""
    with transaction.atomic():
        appeal.refuse(by=by, answer=answer)
        answers.appeal_decided(appeal, became="")


def has_judge(appeal: Appeal) -> bool:
    """Whether there is anybody who may decide it."""
    in_group = Q(groups__in=Group.objects.filter(name=MODERATORS)) | Q(is_superuser=True)
    users = get_user_model().objects.filter(in_group, is_active=True, is_staff=True).distinct()
    return any(appeal.may_be_judged_by(user) and may_moderate(user) for user in users[:100])
