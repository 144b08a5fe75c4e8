from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    """Words that signers agreed to, and what for: stored once, signatures point to them.

    Never changed: other words are another row, so that what somebody agreed to stays on record.
    """

    class Purpose(models.TextChoices):
        ORGANIZER_WRITES = "organizer_writes", _("the organizer may write")

    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    language = models.CharField(_("language"), max_length=12)
    wording = models.CharField(_("wording"), max_length=500)
    created_at = models.DateTimeField(_("first used"), default=timezone.now, editable=False)

    class Meta:
        constraints = [
            # Signing finds its row by it.
            models.UniqueConstraint(
                fields=["purpose", "language", "wording"], name="supporters_consent_once"
            ),
        ]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")

    def __str__(self) -> str:
        return self.wording
