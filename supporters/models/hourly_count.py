from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition


class HourlyCount(models.Model):
    """How many signatures were folded in one hour: for "trending" and for charts.

    Written by the fold, so that nothing has to read signatures again by date.
    """

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="+", db_index=False)
    hour = models.DateTimeField(help_text=_("Its beginning."))
    quantity = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["petition", "hour"], name="supporters_hour_once")
        ]
        indexes = [
            # The worker's sum over the last day, for all petitions.
            models.Index(fields=["hour"], name="supporters_hour"),
        ]
        verbose_name = _("hourly count")
        verbose_name_plural = _("hourly counts")

    def __str__(self) -> str:
        return f"{self.hour:%Y-%m-%d %H:00} {self.quantity}"
