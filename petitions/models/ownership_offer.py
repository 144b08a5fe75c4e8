from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LASTS = timedelta(days=14)


def _end() -> datetime:
    return timezone.now() + LASTS


class OwnershipOfferQuerySet(models.QuerySet["OwnershipOffer"]):
    def open(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())


class OwnershipOffer(models.Model):
    """A petition that its organizer would hand over. There is a row as long as it stands; until
    it is accepted nothing changes."""

    petition = models.OneToOneField(
        "Petition", models.CASCADE, related_name="offer", verbose_name=_("petition")
    )
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("offered by")
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("offered to")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), default=_end)

    objects = OwnershipOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of a petition")
        verbose_name_plural = _("offers of petitions")

    def __str__(self) -> str:
        return f"{self.pk}"
