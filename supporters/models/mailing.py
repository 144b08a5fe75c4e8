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
    # What filling has come to: mails that were made, addresses that get no mailings (suppression).
    queued = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    left_out = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    # Who ended the news after this one, by its link.
    unsubscribed = models.PositiveIntegerField(
        _("unsubscribed"), default=0, db_default=0, editable=False
    )
    # Of the mails that are no longer kept (erasure.py).
    forgotten_sent = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    forgotten_failed = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    # As the worker counted them a moment ago (progress.py), so that looking costs nothing however
    # many mails there are; final, and counted no more, once it is settled.
    sent = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    failed = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    waiting = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    count_again_at = models.DateTimeField(null=True, blank=True, editable=False)  # None: at once
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [
            # The worker, every second: what is still to be filled into the outbox.
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at=None, cancelled_at=None),
                name="supporters_mailing_running",
            ),
            # The worker, every second: whose numbers are to be counted, and what a cancelled one
            # has still to remove.
            models.Index(
                fields=["id"],
                condition=models.Q(settled_at=None),
                name="supporters_mailing_unsettled",
            ),
        ]
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")

    def __str__(self) -> str:
        return str(self.update)

    @property
    def reaches_nobody(self) -> bool:
        """All who asked for updates were looked for, and there are none."""
        return self.finished_at is not None and not self.recipients + self.left_out

    @property
    def recipients(self) -> int:
        """How many mails were made for it until now; all of them, once it is finished."""
        return max(self.queued, self.sent + self.failed + self.waiting)

    @property
    def dropped(self) -> int:
        """Mails that were made and not tried: cancelled, withdrawn, or no longer wanted."""
        return self.recipients - self.sent - self.failed - self.waiting
