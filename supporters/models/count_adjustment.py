from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from petitions.locks import bound_waiting
from petitions.models import Petition
from petitions.models.append_only import AppendOnly


class CountAdjustment(AppendOnly):
    """A dated entry of a petition's ledger: supporters counted, or no longer, without a fold.

    Saving one changes the petition's supporter_count in the same transaction. Entries are never
    changed or removed: a mistake is corrected by another entry.
    """

    class Kind(models.TextChoices):
        PAPER = "paper", _("On paper")
        CARRIED_OVER = "carried_over", _("Carried over")
        WITHDRAWN = "withdrawn", pgettext_lazy("signatures", "Withdrawn")
        REMOVED = "removed", pgettext_lazy("signatures", "Removed")
        RESTORED = "restored", pgettext_lazy("signatures", "Restored")

    petition = models.ForeignKey(
        Petition, models.PROTECT, related_name="+", verbose_name=_("petition")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    quantity = models.IntegerField(_("quantity"), help_text=_("Negative where supporters go."))
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    happened_on = models.DateField(_("date"), default=timezone.localdate)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    # The sweep that it is a batch of: the ledger shows those of a day as one.
    sweep = models.ForeignKey(
        "supporters.Sweep", models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        db_index=False, verbose_name=_("sweep"),
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["withdrawn", "removed"], quantity__lt=0)
                | Q(kind="restored", quantity__gt=0)
                | (Q(kind__in=["paper", "carried_over"]) & ~Q(quantity=0)),
                name="supporters_adjustment_sign_fits_kind",
            ),
        ]
        indexes = [
            # What was removed and restored with a reason, by month (transparency.py). The many
            # that signers withdraw are not in it.
            models.Index(
                fields=["recorded_at"],
                condition=Q(kind__in=["removed", "restored"]) & ~Q(reason=""),
                name="supporters_adjustment_reasons",
            ),
            # Who left in the last day (trend.py), once a minute.
            models.Index(fields=["recorded_at"], name="supporters_adjustment_recorded"),
        ]
        verbose_name = _("count adjustment")
        verbose_name_plural = _("count adjustments")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.quantity:+}"

    @property
    def size(self) -> int:
        """How many supporters it is about, whether they come or go."""
        return abs(self.quantity)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A count adjustment is never changed; record another one.")
        with transaction.atomic():
            # The petition row first: the lock order of fold, withdraw and removal.
            bound_waiting()
            Petition.objects.filter(pk=self.petition_id).update(
                supporter_count=F("supporter_count") + self.quantity
            )
            super().save(*args, **kwargs)
