from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SuppressedAddress(models.Model):
    """An address that mailings leave out, whatever the petition: a keyed hash of it, and why.

    An address may have a row for each reason. See supporters.suppression.
    """

    class Why(models.TextChoices):
        BOUNCE = "bounce", _("The mailbox does not exist")
        COMPLAINT = "complaint", _("Reported as spam")
        UNSUBSCRIBED = "unsubscribed", _("Wants no more mail from this site")

    key_hash = models.CharField(_("hash of the address"), max_length=64)
    why = models.CharField(_("reason"), max_length=12, choices=Why.choices)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        constraints = [
            # Looked up for each batch of a mailing, and for each of its mails before it goes.
            models.UniqueConstraint(fields=["key_hash", "why"], name="supporters_suppressed_once")
        ]
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")

    def __str__(self) -> str:
        return self.key_hash[:12]
