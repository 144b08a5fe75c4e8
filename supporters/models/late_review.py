from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition


class LateReview(models.Model):
    """That an organizer was told that moderators need longer: once for each submission."""

    petition = models.OneToOneField(
        Petition, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("petition")
    )
    told_at = models.DateTimeField(_("told"))

    class Meta:
        verbose_name = _("late review")
        verbose_name_plural = _("late reviews")

    def __str__(self) -> str:
        return f"{self.pk}"
