from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Update


class Mailing(models.Model):
    """One update on its way to the supporters who asked for updates."""

    update = models.OneToOneField(
        Update, models.PROTECT, related_name="+", verbose_name=_("update")
    )
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    # The last signature that has its outbox row: where filling the outbox goes on after a kill.
    filled_to = models.BigIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # Who ended the news after this one, by its link.
    unsubscribed = models.PositiveIntegerField(
        _("unsubscribed"), default=0, db_default=0, editable=False
    )
    # Of the mails that are no longer kept (erasure.py).
    forgotten_sent = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    forgotten_failed = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        indexes = [
            # The worker, every second: what is still to be filled into the outbox.
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at=None, cancelled_at=None),
                name="supporters_mailing_running",
            ),
        ]
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")

    def __str__(self) -> str:
        return str(self.update)
