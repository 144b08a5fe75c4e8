from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition


class Download(models.Model):
    """One download of a petition's supporters: who, when, and how many rows went out.

    Written before the first row leaves. `rows` is empty where the end was never reached: the
    process died in the middle of it.
    """

    petition = models.ForeignKey(
        Petition, models.PROTECT, related_name="+", verbose_name=_("petition")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("downloaded by"),
    )
    # What the account was called; it may be gone.
    by_name = models.CharField(_("name of the account"), max_length=150)
    at = models.DateTimeField(_("downloaded"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    rows = models.PositiveIntegerField(_("rows"), null=True)
    addresses = models.PositiveIntegerField(_("addresses"), null=True)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_name}"

    def end(self, *, rows: int, addresses: int) -> None:
        """Note once how many rows went out."""
        values: dict[str, Any] = {"rows": rows, "addresses": addresses, "ended_at": timezone.now()}
        Download.objects.filter(pk=self.pk, ended_at=None).update(**values)
