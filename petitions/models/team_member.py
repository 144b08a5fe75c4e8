from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.roles import Role


class TeamMember(models.Model):
    """Somebody who works on a petition beside its organizer, who is no row here."""

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="team", verbose_name=_("petition")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("member"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(fields=["petition", "user"], name="petitions_member_once")
        ]
        verbose_name = _("member of a team")
        verbose_name_plural = _("members of teams")

    def __str__(self) -> str:
        return f"{self.user.get_full_name()} ({self.get_role_display()})"
