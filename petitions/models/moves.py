"""The moves of a petition between its states: each guarded, each recorded."""

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions import clock, search
from petitions.signals import petition_opened
from petitions.states import (
    CLOSABLE,
    HIDEABLE,
    REOPENABLE,
    REVIEWABLE,
    REVIEWABLE_AGAIN,
    SUBMITTABLE,
    NotReady,
    Outcome,
    StateConflict,
    Status,
)

from . import impartial
from .decision_reason import DecisionReason
from .moderation_event import ModerationEvent
from .submitted_text import SubmittedText

if TYPE_CHECKING:
    from .user import User


class Moves(models.Model):
    """Mixed into Petition. Every method raises StateConflict when somebody else got there first.

    submit() and publish() raise NotReady for a picture that has no words beside it.

    Every move but submit() raises impartial.OwnPetition where `by` works on the petition. Who else
    may make one is decided in the admin and in views; `by` is None when the site itself acts.
    """

    outcome_on = models.DateField(_("date of the outcome"), null=True, blank=True)
    # Rejected for a reason that hides the text: readers see the title, who asks, and the reason.
    is_text_withheld = models.BooleanField(
        _("text not shown"), default=False, db_default=False, editable=False
    )

    class Meta:
        abstract = True

    # What a petition brings along.
    claim_organizer_page: Any

    def submit(self, *, by: "User | None") -> ModerationEvent:
        with transaction.atomic():
            event = self._move(
                by=by,
                allowed=SUBMITTABLE,
                to=Status.IN_REVIEW,
                changes={"submitted_at": timezone.now()},
                complete=True,
                is_decision=False,
            )
            texts = self._rows().values("title", "summary", "body", "ask").get(pk=self.pk)
            SubmittedText.keep(self.pk, texts)
        return event

    def send_back(self, *, by: "User | None", note: str = "") -> ModerationEvent:
        return self._move(
            by=by,
            allowed=REVIEWABLE,
            to=Status.DRAFT,
            changes={"submitted_at": None},
            public_note=note,
        )

    def publish(self, *, by: "User | None") -> ModerationEvent:
        """Open the petition for signing. The first time, petition_opened is sent."""
        with transaction.atomic():
            first = self._current()["opened_at"] is None
            event = self._move(
                by=by,
                allowed=REVIEWABLE,
                to=Status.OPEN,
                changes={"opened_at": timezone.now()} if first else {},
                complete=True,
            )
            self.claim_organizer_page()
            if first:
                petition_opened.send(sender=type(self), petition=self, by=by)
        return event

    def reject(self, *, by: "User | None", reason: str, note: str = "") -> ModerationEvent:
        """`reason` is a code of DecisionReason; `note` is public too."""
        with transaction.atomic():
            self._current()
            event = self._move(
                by=by,
                allowed=REVIEWABLE,
                to=Status.REJECTED,
                changes={"is_text_withheld": _hides_text(reason)},
                reason=reason,
                public_note=note,
            )
            self._index_again()
        return event

    def review_again(self, *, by: "User | None", note: str = "") -> ModerationEvent:
        """Back into review from rejected, with its text as before: an appeal was granted."""
        with transaction.atomic():
            event = self._move(
                by=by,
                allowed=REVIEWABLE_AGAIN,
                to=Status.IN_REVIEW,
                changes={"submitted_at": timezone.now(), "is_text_withheld": False},
                public_note=note,
            )
            self._index_again()
        return event

    def close(
        self,
        *,
        by: "User | None",
        outcome: str = Outcome.NONE,
        note: str = "",
        source: str = "",
        happened_on: date | None = None,
        at: datetime | None = None,
        private_note: str = "",
    ) -> ModerationEvent:
        """End signing. `at` defaults to now, or to a closing date that has passed already.

        `happened_on`: the date of the outcome; None where there is none, or it is not known.
        """
        now = clock.now()
        with transaction.atomic():
            closes_at = self._current()["closes_at"]
            if at is None:
                at = min(now, closes_at) if closes_at else now
            return self._move(
                by=by,
                allowed=CLOSABLE,
                to=Status.CLOSED,
                changes={
                    "closed_at": at,
                    "outcome": Outcome(outcome),
                    "outcome_note": note,
                    "outcome_source": source,
                    "outcome_on": happened_on if outcome != Outcome.NONE else None,
                },
                public_note=note,
                private_note=private_note,
                outcome=outcome,
            )

    def reopen(self, *, by: "User | None", note: str = "") -> ModerationEvent:
        """Open it again; a closing date in the past is dropped, and so is the outcome."""
        with transaction.atomic():
            closes_at = self._current()["closes_at"]
            changes: dict[str, Any] = {
                "closed_at": None,
                "outcome": Outcome.NONE,
                "outcome_note": "",
                "outcome_source": "",
                "outcome_on": None,
            }
            if closes_at and closes_at <= clock.now():
                changes["closes_at"] = None
            event = self._move(
                by=by, allowed=REOPENABLE, to=Status.OPEN, changes=changes, public_note=note
            )
            self.claim_organizer_page()
        return event

    def hide(
        self, *, by: "User | None", reason: str = "", note: str = "", private_note: str = ""
    ) -> ModerationEvent:
        return self._move(
            by=by,
            allowed=HIDEABLE,
            to=Status.HIDDEN,
            reason=reason,
            public_note=note,
            private_note=private_note,
        )

    def restore(self, *, by: "User | None", note: str = "") -> ModerationEvent:
        """Back to the state that it was hidden from."""
        with transaction.atomic():
            self._current()
            to = self.status_before_hiding()
            changes = {}
            if to == Status.REJECTED:  # what its reason says may be another by now
                changes["is_text_withheld"] = _hides_text(self._rejected_for())
            event = self._move(
                by=by, allowed=(Status.HIDDEN,), to=to, changes=changes, public_note=note
            )
            if changes:
                self._index_again()
            self.claim_organizer_page()
        return event

    def status_before_hiding(self) -> Status:
        """What restore() leads back to."""
        hidden = ModerationEvent.objects.filter(petition_id=self.pk, to_status=Status.HIDDEN)
        before = hidden.order_by("-id").values_list("from_status", flat=True).first()
        # A row that a script stored as hidden has no event: closed can be read and harms least.
        return Status(before) if before else Status.CLOSED

    def _rejected_for(self) -> str:
        """The code of the last rejection, or ''."""
        rejections = ModerationEvent.objects.filter(petition_id=self.pk, to_status=Status.REJECTED)
        return rejections.order_by("-id").values_list("reason", flat=True).first() or ""

    def withhold_text_as_told(self) -> bool:
        """Show the text of a rejected one or not, as its reason says now. True for a change."""
        with transaction.atomic():
            if self._current()["status"] != Status.REJECTED:
                return False
            withheld = _hides_text(self._rejected_for())
            rows = self._rows().filter(pk=self.pk, is_text_withheld=not withheld)
            if not rows.update(is_text_withheld=withheld):
                return False
            self._index_again()
        self.is_text_withheld = withheld
        return True

    def _index_again(self) -> None:
        """Write its search document: what may be found of it has changed."""
        search.index(self._rows().select_related("organizer").get(pk=self.pk))

    def _current(self) -> dict[str, Any]:
        """The stored status and dates. Locks the row, so a transaction must be open."""
        rows = self._rows().lock()
        names = ("status", "opened_at", "closes_at", "picture", "picture_alt")
        current: dict[str, Any] = rows.values(*names).get(pk=self.pk)
        return current

    def _rows(self) -> Any:
        return type(self)._default_manager.all()  # noqa: SLF001

    def _move(  # noqa: PLR0913 — what an event holds
        self,
        *,
        by: "User | None",
        allowed: Collection[str],
        to: Status,
        changes: dict[str, Any] | None = None,
        reason: str = "",
        public_note: str = "",
        private_note: str = "",
        outcome: str = "",
        complete: bool = False,
        is_decision: bool = True,
    ) -> ModerationEvent:
        with transaction.atomic():
            current = self._current()
            if is_decision:
                impartial.check(self, by=by)
            found = current["status"]
            if complete and found in allowed and current["picture"]:
                _check_alternative(current["picture_alt"])
            if reason:  # not to be deleted meanwhile
                DecisionReason.objects.select_for_update(no_key=True).filter(code=reason).first()
            values = {"status": to, **(changes or {})}
            rows = self._rows().filter(pk=self.pk, status=found)
            if found not in allowed or not rows.update(**values):
                raise StateConflict(petition_id=self.pk, found=found, wanted=to)
            event = ModerationEvent.objects.create(
                petition_id=self.pk,
                actor=by,
                from_status=found,
                to_status=to,
                reason=reason,
                outcome=outcome,
                public_note=public_note,
                private_note=private_note,
            )
        for name, value in values.items():
            setattr(self, name, value)
        return event


def _hides_text(code: str) -> bool:
    return DecisionReason.objects.filter(code=code, hides_text=True).exists()


def _check_alternative(text: str) -> None:
    if not text.strip():
        raise NotReady(
            _("Say in words what the picture shows, for people who cannot see it. Without that it "
              "cannot be published.")
        )  # fmt: skip
