from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition


class BlockedAddress(models.Model):
    """An address whose owner said "this was not me" about a petition: no more mail about it.

    Kept as a keyed hash (supporters.blocking), since the address itself was erased.
    """

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="+", db_index=False)
    key_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        constraints = [
            # Looked up by every signing.
            models.UniqueConstraint(fields=["petition", "key_hash"], name="supporters_blocked_once")
        ]
        verbose_name = _("blocked address")
        verbose_name_plural = _("blocked addresses")

    def __str__(self) -> str:
        return self.key_hash[:12]
