import hashlib

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ProposedAsk(models.Model):
    """A changed ask that waits for moderators, while people read and sign the old one.

    There is a row as long as it waits. `sha256` (hex, of the ask in UTF-8) tells one proposal from
    the next, since a new one replaces the one before.
    """

    petition = models.OneToOneField(
        "Petition", models.CASCADE, related_name="proposed_ask", verbose_name=_("petition")
    )
    ask = models.TextField(_("what we ask"))
    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64)
    reason = models.TextField(_("reason"), blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)

    class Meta:
        verbose_name = _("proposed ask")
        verbose_name_plural = _("proposed asks")

    def __str__(self) -> str:
        return f"{self.pk}"

    @staticmethod
    def digest(ask: str) -> str:
        return hashlib.sha256(ask.encode("utf-8", "surrogatepass")).hexdigest()
