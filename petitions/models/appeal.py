from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.deciding import APPEALS_WITHIN, AlreadyDecided
from petitions.states import Status

from . import impartial
from .moderation_event import ModerationEvent
from .staff_act import StaffAct


class NotAppealable(Exception):
    """There is no decision (any more) that could be appealed, or it was."""


class NotTheirs(Exception):
    """Who took the decision, or asks for another, does not judge it."""


class Appeal(models.Model):
    """An organizer asks for another look at a decision. One a decision, decided once, by another
    moderator than the first."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="appeals", verbose_name=_("petition")
    )
    decision = models.OneToOneField(
        ModerationEvent, models.CASCADE, related_name="appeal", verbose_name=_("decision")
    )
    appellant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("appeal by"),
    )
    text = models.TextField(_("appeal"), max_length=5_000)
    created_at = models.DateTimeField(_("received"), default=timezone.now)
    due_at = models.DateTimeField(_("to be decided by"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=2_000)
    # Moderators were told of it.
    is_mailed = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="petitions_appeal_decided_has_date",
            ),
        ]
        indexes = [
            # The queue, most urgent first.
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state="waiting"),
                name="petitions_appeal_waiting",
            ),
        ]
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.decided_by_id is not None:
            self._check_judge(self.decided_by)
        super().save(*args, **kwargs)

    @classmethod
    def file(cls, decision: ModerationEvent, *, by: Any, text: str) -> "Appeal":
        """Raises NotAppealable, also where the decision was appealed before."""
        now = timezone.now()
        with transaction.atomic():
            _lock(decision.petition)
            if not decision.is_appealable or not stands(decision):
                raise NotAppealable
            try:
                with transaction.atomic():
                    return cls.objects.create(
                        petition_id=decision.petition_id,
                        decision=decision,
                        appellant=by,
                        text=text,
                        created_at=now,
                        due_at=now + APPEALS_WITHIN,
                    )
            except IntegrityError as error:
                raise NotAppealable from error

    def may_be_judged_by(self, user: Any) -> bool:
        """Another moderator than the first; nobody judges what they work on themselves."""
        theirs = {self.decision.actor_id, self.appellant_id}
        return user.pk not in theirs and not impartial.works_on(user, self.petition)

    def grant(self, *, by: Any, answer: str) -> ModerationEvent | None:
        """Reverse the decision. None where the petition has moved on, so that there is nothing to
        reverse. Raises AlreadyDecided and NotTheirs; and NotReady, as the moves do."""
        with transaction.atomic():
            self._decide(self.State.GRANTED, StaffAct.Verb.GRANTED, by=by, answer=answer)
            return self._reverse(by=by) if stands(self.decision) else None

    def refuse(self, *, by: Any, answer: str) -> None:
        """Raises AlreadyDecided and NotTheirs."""
        with transaction.atomic():
            self._decide(self.State.REFUSED, StaffAct.Verb.REFUSED, by=by, answer=answer)

    def _decide(self, state: str, verb: str, *, by: Any, answer: str) -> None:
        _lock(self.petition)  # the row first, as everywhere
        self._check_judge(by)
        values = {"state": state, "decided_by": by, "decided_at": timezone.now(), "answer": answer}
        own = Appeal.objects.filter(pk=self.pk)
        if not own.filter(state=self.State.WAITING).update(**values):
            raise AlreadyDecided(own.values_list("state", flat=True).get())
        for name, value in values.items():
            setattr(self, name, value)
        StaffAct.record(by=by, verb=verb, subject=self, petition_id=self.petition_id)

    def _reverse(self, *, by: Any) -> ModerationEvent:
        petition, was = self.petition, self.decision.to_status
        if was == Status.REJECTED:
            return petition.review_again(by=by)
        if was == Status.HIDDEN:
            return petition.restore(by=by)
        if was == Status.CLOSED:
            return petition.reopen(by=by)
        return petition.submit(by=by)  # sent back: in review again, as its organizer has it

    def _check_judge(self, user: Any) -> None:
        if not self.may_be_judged_by(user):
            raise NotTheirs


def stands(decision: ModerationEvent) -> bool:
    """Whether nothing was decided on the petition since."""
    later = ModerationEvent.objects.filter(petition_id=decision.petition_id, pk__gt=decision.pk)
    return not later.exists()


def _lock(petition: Any) -> None:
    type(petition).objects.lock().only("pk").get(pk=petition.pk)
