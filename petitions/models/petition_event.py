from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.roles import Role

from .append_only import AppendOnly


def keep_moderators(collector: Any, field: Any, events: Any, using: str) -> None:
    """Who acted as a moderator is never deleted, since their acts name them; organizers may be."""
    if acted := events.filter(by_moderators=True):
        models.PROTECT(collector, field, acted, using)
    models.SET_NULL(collector, field, events, using)


class PetitionEvent(AppendOnly):
    """What happened to a petition beside its moves (ModerationEvent): its team, its owner, what
    became of a changed ask, which reasons are shown. Never changed or removed; holds no address."""

    class Kind(models.TextChoices):
        INVITED = "invited", _("invited somebody")
        REVOKED = "revoked", _("took an invitation back")
        JOINED = "joined", _("joined")
        DECLINED = "declined", _("declined an invitation")
        ROLE = "role", _("changed a role")
        REMOVED = "removed", _("removed a member")
        LEFT = "left", _("left")
        OFFERED = "offered", _("offered the petition")
        OFFER_ENDED = "offer_ended", _("ended the offer of the petition")
        HANDED_OVER = "handed_over", _("took the petition over")
        PROPOSED = "proposed", _("asked for a change of the ask")
        TAKEN_BACK = "taken_back", _("took the change of the ask back")
        APPROVED = "approved", _("approved the change of the ask")
        REFUSED = "refused", _("refused the change of the ask")
        HIGHLIGHTED = "highlighted", _("put a supporter's reason first")
        HID = "hid", _("took a supporter's reason off the page")
        AS_OTHERS = "as_others", _("shows a supporter's reason as all others")

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="happenings", verbose_name=_("petition")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        keep_moderators,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("actor"),
    )
    by_moderators = models.BooleanField(
        _("by moderators"), default=False, help_text=_("Organizers do not see which one it was.")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("about whom"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, blank=True)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            # The admin's list, newest first, of one actor or one kind.
            models.Index(fields=["actor", "-id"], name="petitions_happening_actor"),
            models.Index(fields=["kind", "-id"], name="petitions_happening_kind"),
        ]
        verbose_name = _("event of a team")
        verbose_name_plural = _("events of teams")

    def __str__(self) -> str:
        return str(self.get_kind_display())
