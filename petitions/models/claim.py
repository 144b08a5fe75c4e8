from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Claim(models.Model):
    """A moderator is at work on this petition until then. One a petition; others may take over."""

    petition = models.OneToOneField(
        "Petition", models.CASCADE, related_name="claim", verbose_name=_("petition")
    )
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("moderator")
    )
    claimed_at = models.DateTimeField(_("claimed"), default=timezone.now)
    expires_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return f"{self.petition_id}: {self.moderator_id}"
