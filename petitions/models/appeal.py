from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .moderation_event import ModerationEvent


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
