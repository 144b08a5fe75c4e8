from django.db import models
from django.utils.translation import gettext_lazy as _


class MonthlyFigures(models.Model):
    """What moderators did in a month of the site's time zone, as the worker last counted it.

    Only where there is so much that counting it takes a reader's time (transparency.py). `numbers`
    has the shape of transparency.Month.
    """

    month = models.DateField(_("month"), unique=True)  # its first day
    numbers = models.JSONField(default=dict)
    as_of = models.DateTimeField()

    class Meta:
        verbose_name = _("figures of a month")
        verbose_name_plural = _("figures of months")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
