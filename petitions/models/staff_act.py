from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .append_only import AppendOnly

if TYPE_CHECKING:
    from .user import User


class StaffAct(AppendOnly):
    """What somebody of the staff did, where it is no move of a petition (ModerationEvent) and
    nothing about its team (PetitionEvent). Never changed or removed; holds no signer's data.
    """

    class Verb(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        CLAIMED = "claimed", _("claimed")
        TOOK_OVER = "took_over", _("took over")
        RELEASED = "released", _("released")
        NOTED = "noted", _("noted")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        STARTED = "started", _("started")
        CANCELLED = "cancelled", _("cancelled")
        RESUMED = "resumed", _("resumed")
        UNDID = "undid", _("undid")
        BLOCKED = "blocked", _("blocked")
        UNBLOCKED = "unblocked", _("unblocked")
        SEARCHED = "searched", _("searched")
        LOOKED_AT = "looked_at", _("looked at")
        CONFIRMED = "confirmed", _("confirmed")
        REMOVED = "removed", _("removed")
        RESTORED = "restored", _("restored")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")
        ERASED = "erased", _("erased")
        EXPORTED = "exported", _("exported")
        TURNED = "turned", _("turned")

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("actor"),
        help_text=_("Empty when the site itself acted."),
    )
    verb = models.CharField(_("act"), max_length=20, choices=Verb.choices)
    # What it was done to: "app_label.model_name" and the primary key; both may be gone since.
    subject_type = models.CharField(_("kind of thing"), max_length=100, blank=True)
    subject_id = models.CharField(_("number"), max_length=40, blank=True)
    petition = models.ForeignKey(
        "Petition",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("petition"),
    )
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The admin's list, newest first, of one actor, one petition or one kind of act.
            models.Index(fields=["actor", "-id"], name="petitions_act_actor"),
            models.Index(fields=["petition", "-id"], name="petitions_act_petition"),
            models.Index(fields=["verb", "-id"], name="petitions_act_verb"),
        ]
        verbose_name = _("act of the staff")
        verbose_name_plural = _("acts of the staff")

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.subject_type} {self.subject_id}".strip()

    @classmethod
    def record(
        cls,
        *,
        by: "User | None",
        verb: str,
        subject: models.Model | None = None,
        petition_id: int | None = None,
        note: str = "",
    ) -> "StaffAct":
        """Write it down; call it in the transaction of the act. `note`: nothing about signers."""
        act: StaffAct = cls.objects.create(
            actor=by,
            verb=cls.Verb(verb),
            subject_type=subject._meta.label_lower if subject is not None else "",  # noqa: SLF001
            subject_id=str(subject.pk) if subject is not None else "",
            petition_id=petition_id,
            note=note,
        )
        return act
