from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, OuterRef, Subquery, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from petitions.states import APPEALABLE, Outcome, Status

from .append_only import AppendOnly, AppendOnlyQuerySet
from .decision_reason import DecisionWording, wording_of


class ModerationEventQuerySet(AppendOnlyQuerySet):
    def with_words(self) -> Self:
        """With the words of their reasons in the present language: no statement more."""
        words = best_words(OuterRef("reason"))
        return self.annotate(
            wording=Subquery(words.values("text")[:1]),
            wording_language=Subquery(words.values("language")[:1]),
        )


def best_words(code: Any) -> "models.QuerySet[DecisionWording]":
    """What a site wrote for a code, that of the present language first, then the site's own."""
    language = get_language() or settings.LANGUAGE_CODE
    near = Case(
        When(language=language, then=0), When(language=settings.LANGUAGE_CODE, then=1), default=2
    )
    return DecisionWording.objects.filter(reason__code=code).order_by(near, "id")


class ModerationEvent(AppendOnly):
    """One decision about a petition, written by Petition's methods; never changed or removed."""

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="events", verbose_name=_("petition")
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="moderation_events",
        db_index=False,
        verbose_name=_("actor"),
        help_text=_("Empty when the site itself acted, as at a closing date."),
    )
    from_status = models.CharField(_("from"), max_length=10, choices=Status.choices)
    to_status = models.CharField(_("to"), max_length=10, choices=Status.choices)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    # Of a closing. Empty in events that are older than this field.
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, blank=True, default="", db_default=""
    )
    public_note = models.TextField(_("public note"), blank=True)
    private_note = models.TextField(_("private note"), blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects: ClassVar[Any] = ModerationEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            # The admin's list, newest first, of one actor or of what petitions became.
            models.Index(fields=["actor", "-id"], name="petitions_event_actor"),
            models.Index(fields=["to_status", "-id"], name="petitions_event_to"),
            # The months of /transparency/ (supporters/transparency.py).
            models.Index(fields=["at"], name="petitions_event_at"),
        ]
        verbose_name = _("moderation event")
        verbose_name_plural = _("moderation events")

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"

    @property
    def record(self) -> str:
        """For the records, which are in one language."""
        who = self.actor or "–"
        return f"{self.at:%Y-%m-%d %H:%M} {who}: {self.from_status} → {self.to_status}"

    @property
    def reason_text(self) -> str:
        """The public wording of the coded reason, or '' (also for a code that is not known).

        One statement, unless the event was read with_words() in the present language.
        """
        if not self.reason:
            return ""
        if hasattr(self, "wording"):
            words = {self.wording_language: self.wording} if self.wording else {}  # type: ignore[attr-defined]
        else:
            words = dict(best_words(self.reason).values_list("language", "text")[:1])
        return wording_of(self.reason, words)

    @property
    def is_appealable(self) -> bool:
        """Whether its organizer may ask for another look: it went against the petition, and it was
        neither a date that closed it nor the organizer themselves."""
        if (self.from_status, self.to_status) not in APPEALABLE:
            return False
        if self.actor_id is None:
            return self.to_status != Status.CLOSED
        organizer_id: int | None = self.petition.organizer_id
        return self.actor_id != organizer_id
