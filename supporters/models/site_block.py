from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SiteBlockQuerySet(models.QuerySet["SiteBlock"]):
    def standing(self) -> Self:
        """Those that have not expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


class SiteBlock(models.Model):
    """An address, a domain or a network that cannot sign on this site, and is not told so.

    `value`: a keyed hash of an address (blocking.py), a domain in ASCII, which stands for all
    below it too, or a network in CIDR's way.
    """

    class Kind(models.TextChoices):
        ADDRESS = "address", _("Address")
        DOMAIN = "domain", _("Domain")
        NETWORK = "network", _("Network")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    value = models.CharField(_("value"), max_length=253)
    # "kind:value", as signing looks it up.
    key = models.CharField(max_length=262, editable=False)
    reason = models.CharField(_("reason"), max_length=500)
    expires_at = models.DateTimeField(
        _("ends"), null=True, blank=True, help_text=_("Empty: until somebody ends it.")
    )
    # From a list that the site loads as a whole (block_domains), not by somebody's decision.
    is_listed = models.BooleanField(_("from a list"), default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("blocked by"),
    )
    created_at = models.DateTimeField(_("blocked"), default=timezone.now, editable=False)

    objects = SiteBlockQuerySet.as_manager()

    class Meta:
        constraints = [
            # Looked up by every signing.
            models.UniqueConstraint(fields=["key"], name="supporters_siteblock_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["address", "domain", "network"]),
                name="supporters_siteblock_kind",
            ),
        ]
        verbose_name = _("block")
        verbose_name_plural = _("blocks")

    def __str__(self) -> str:
        shown = self.value[:12] if self.kind == self.Kind.ADDRESS else self.value
        return f"{self.get_kind_display()} {shown}"

    @property
    def is_standing(self) -> bool:
        return self.expires_at is None or self.expires_at > timezone.now()
