from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition


class Suspicion(models.Model):
    """Something unusual about a petition's latest signatures, once a day (fraud/watching.py)."""

    class Kind(models.TextChoices):
        DOMAIN = "domain", _("Many addresses of one domain")
        NETWORK = "network", _("Many from one network")
        RATE = "rate", _("Many more than usual")
        NAME = "name", _("The same name again and again")

    petition = models.ForeignKey(
        Petition, models.CASCADE, related_name="+", verbose_name=_("petition")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    # The domain, the hash of the network, the name; '' of a rate. Never in a mail.
    value = models.CharField(_("what"), max_length=254, blank=True)
    number = models.PositiveIntegerField(_("signatures"))
    looked_at = models.PositiveIntegerField(_("of so many"))
    on = models.DateField(_("date"), default=timezone.localdate)
    noted_at = models.DateTimeField(_("noted"), default=timezone.now)
    is_mailed = models.BooleanField(_("mailed"), default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "kind", "value", "on"], name="supporters_suspicion_once_a_day"
            )
        ]
        verbose_name = _("suspicion")
        verbose_name_plural = _("suspicions")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number}"


class Watch(models.Model):
    """One row: how far the watch over signatures is, and when moderators were last mailed."""

    mailed_at = models.DateTimeField(null=True)
    # Networks of signatures up to this one are forgotten (fraud/erasing.py).
    networks_forgotten_to = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("watch over signatures")
        verbose_name_plural = _("watch over signatures")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name}"
