"""The moves of a petition between its states: each guarded, each recorded."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions import clock
from petitions.signals import petition_opened
from petitions.states import (
    CLOSABLE,
    HIDEABLE,
    REOPENABLE,
    REVIEWABLE,
    SUBMITTABLE,
    NotReady,
    Outcome,
    StateConflict,
    Status,
)

from .moderation_event import ModerationEvent

if TYPE_CHECKING:
    from .user import User


class Moves(models.Model):
    """Mixed into Petition. Every method raises StateConflict when somebody else got there first.

    submit() and publish() raise NotReady for a picture that has no words beside it.

    Who may make a move is decided in the admin and in views, not here; `by` is None when the site
    itself acts.
    """

    class Meta:
        abstract = True

    # What a petition brings along.
    claim_organizer_page: Any

    def submit(self, *, by: "User | None") -> ModerationEvent:
        return self._move(
            by=by,
            allowed=SUBMITTABLE,
            to=Status.IN_REVIEW,
            changes={"submitted_at": timezone.now()},
            complete=True,
        )

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
        """`reason` is a code of RejectionReason; `note` is public too."""
        return self._move(
            by=by, allowed=REVIEWABLE, to=Status.REJECTED, reason=reason, public_note=note
        )

    def close(
        self,
        *,
        by: "User | None",
        outcome: str = Outcome.NONE,
        note: str = "",
        source: str = "",
        at: datetime | None = None,
        private_note: str = "",
    ) -> ModerationEvent:
        """End signing. `at` defaults to now, or to a closing date that has passed already."""
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
            hidden = (
                ModerationEvent.objects.filter(petition_id=self.pk, to_status=Status.HIDDEN)
                .order_by("-id")
                .first()
            )
            # A row that a script stored as hidden has no event: closed can be read and harms least.
            to = Status(hidden.from_status) if hidden else Status.CLOSED
            event = self._move(by=by, allowed=(Status.HIDDEN,), to=to, public_note=note)
            self.claim_organizer_page()
        return event

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
    ) -> ModerationEvent:
        with transaction.atomic():
            current = self._current()
            found = current["status"]
            if complete and found in allowed and current["picture"]:
                _check_alternative(current["picture_alt"])
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


def _check_alternative(text: str) -> None:
    if not text.strip():
        raise NotReady(
            _("Say in words what the picture shows, for people who cannot see it. Without that it "
              "cannot be published.")
        )  # fmt: skip
