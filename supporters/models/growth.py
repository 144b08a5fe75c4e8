from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition


class GrowthFigures(models.Model):
    """A petition's signatures as the worker last counted them (growth/figures.py).

    Never the number itself, which is exact at every moment: where supporters came from, where they
    live, how many confirm. `numbers` has the shape of growth.figures.Numbers.
    """

    petition = models.OneToOneField(
        Petition, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("petition")
    )
    numbers = models.JSONField(default=dict)
    # Of Petition, when the counting began: another one there means that something changed.
    supporter_count = models.BigIntegerField(default=0)
    pending = models.PositiveIntegerField(default=0)
    as_of = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)  # by the worker that counts
    # Signatures that were erased unconfirmed, since this was begun to be kept.
    lapsed = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(default=timezone.now)
    # When the organizer was last told that nobody signs: the record that keeps it at one mail.
    quiet_told_at = models.DateTimeField(null=True)
    # The closing date that the organizer was told of before it came: one mail for each.
    closing_told_for = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("figures of growth")
        verbose_name_plural = _("figures of growth")

    def __str__(self) -> str:
        return f"{self.petition_id} {self.as_of:%Y-%m-%d %H:%M}" if self.as_of else "–"


class MilestoneReached(models.Model):
    """A number of supporters that a petition has reached. Stays when the number falls again.

    Also the record that its mail was asked for: there is one row, so there is one mail.
    """

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    was_goal = models.BooleanField(default=False)
    # Empty: brought along from elsewhere, nobody knows when.
    reached_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["petition", "number"], name="supporters_milestone_once")
        ]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")

    def __str__(self) -> str:
        return str(self.number)
