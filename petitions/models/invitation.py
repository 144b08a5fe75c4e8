from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.roles import Role

LASTS = timedelta(days=14)


def _end() -> datetime:
    return timezone.now() + LASTS


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> Self:
        """To be accepted still: not ended, and not too old."""
        return self.filter(ended_at=None, expires_at__gt=timezone.now())

    def forgettable(self) -> Self:
        """Too old to matter, even for the limits: the addresses in them are not kept."""
        return self.filter(expires_at__lte=timezone.now())


class Invitation(models.Model):
    """A place in a petition's team, for whoever proves that this address is theirs."""

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="invitations", verbose_name=_("petition")
    )
    address = models.CharField(_("address"), max_length=254)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), default=_end)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Mails to get in, for who is not logged in; each makes the link of the one before useless.
    keys_sent = models.PositiveSmallIntegerField(_("keys sent"), default=0)
    key_sent_at = models.DateTimeField(_("key sent"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "address"],
                condition=Q(ended_at=None),
                name="petitions_invited_once",
            )
        ]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.pk} ({self.get_role_display()})"
