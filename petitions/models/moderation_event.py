from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.states import Outcome, RejectionReason, Status

from .append_only import AppendOnly


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

    class Meta:
        ordering = ["-at", "-id"]
        # The months of /transparency/ (supporters/transparency.py).
        indexes = [models.Index(fields=["at"], name="petitions_event_at")]
        verbose_name = _("moderation event")
        verbose_name_plural = _("moderation events")

    def __str__(self) -> str:
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"

    @property
    def reason_text(self) -> str:
        """The public wording of the coded reason, or '' (also for a code that is not known)."""
        if self.reason in RejectionReason.values:
            return str(RejectionReason(self.reason).label)
        return ""
