"""What somebody has typed on the way to a petition, before their address is confirmed."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions import pictures

from .petition import Petition

MOST_KEPT = 40_000  # characters of one field: twice what any of them takes
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class PetitionDraftQuerySet(models.QuerySet["PetitionDraft"]):
    def alive(self) -> Self:
        """Changed within PETITIONS_DRAFT_DAYS: its link works, worker or not."""
        return self.filter(changed_at__gt=self._oldest())

    def stale(self) -> Self:
        return self.filter(changed_at__lte=self._oldest())

    def with_picture(self, name: str) -> Self:
        return self.filter(~models.Q(picture=""), picture=name)

    @staticmethod
    def _oldest() -> Any:
        return timezone.now() - timedelta(days=settings.PETITIONS_DRAFT_DAYS)


class PetitionDraft(models.Model):
    """No petition yet: it has no address, names no target and is in nobody's list.

    Who has its link reads and changes it. `typed` holds every field as it was typed, right or
    wrong, so that nothing has to be typed again; forms judge it whenever it is used.
    """

    typed = models.JSONField(default=dict, blank=True)
    # Counts the changes: what somebody confirms is what they have seen.
    revision = models.PositiveIntegerField(default=1, validators=[MinValueValidator(1)])
    language = models.CharField(_("language"), max_length=12, blank=True)
    picture = models.CharField(_("picture"), max_length=100, blank=True)
    picture_renditions = models.JSONField(default=dict, blank=True)
    # Whom mails were asked for (the key is for counting, the address is where the last one goes:
    # who has that mailbox may not have another of the same key), and how many.
    email_key = models.CharField(max_length=254, blank=True)
    address = models.CharField(max_length=254, blank=True)
    mails_asked = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    # What became of it. Then nothing of `typed` is left here.
    petition = models.OneToOneField(
        Petition, models.CASCADE, null=True, related_name="+", verbose_name=_("petition")
    )

    objects = PetitionDraftQuerySet.as_manager()

    class Meta:
        indexes = [
            # The worker's erasure.
            models.Index(fields=["changed_at"], name="petitions_draft_changed"),
            # How many mails an address was sent, over all drafts.
            models.Index(
                fields=["email_key"], condition=~models.Q(email_key=""), name="petitions_draft_mail"
            ),
            # Whose picture a file is.
            models.Index(
                fields=["picture"], condition=~models.Q(picture=""), name="petitions_draft_picture"
            ),
        ]
        verbose_name = _("draft of a petition")
        verbose_name_plural = _("drafts of petitions")

    def __str__(self) -> str:
        return str(self.typed.get("title", "")) or str(self.pk)

    def keep(self, typed: Mapping[str, str]) -> None:
        """Store what was typed into some fields; other fields, of other windows, stay."""
        with transaction.atomic():
            row = self._locked()
            if row is None:
                return
            kept = {**row.typed, **{name: storable(text) for name, text in typed.items()}}
            if kept != row.typed:
                self.typed, self.revision = kept, row.revision + 1
                self._write("typed", "revision")

    def change_picture(self, picture: "pictures.Picture | None") -> None:
        """Show this one from now on, or none. The old files go when the transaction is through."""
        with transaction.atomic():
            row = self._locked()
            if row is None:
                return
            if picture is not None:
                pictures.store(picture)
            self.picture = picture.name if picture else ""
            self.picture_renditions = picture.renditions if picture else {}
            self.revision = row.revision + 1
            self._write("picture", "picture_renditions", "revision")
            row.remove_picture()

    def hand_over(self, petition: Petition) -> None:
        """It has become this petition, which has the picture now; forget the rest."""
        if self.picture:
            Petition.objects.filter(pk=petition.pk).update(
                picture=self.picture, picture_renditions=self.picture_renditions
            )
            petition.picture, petition.picture_renditions = self.picture, self.picture_renditions
        self.petition, self.typed = petition, {}
        self.picture, self.picture_renditions = "", {}
        self._write("petition", "typed", "picture", "picture_renditions")

    def remove_picture(self) -> None:
        """Its files, once the transaction is through."""
        if self.picture:
            remove = partial(_remove_unless_shown, self.picture, self.picture_renditions)
            transaction.on_commit(remove, robust=True)

    def _locked(self) -> "PetitionDraft | None":
        """The row as it is now, until the transaction ends; None once it is a petition, or gone."""
        rows = PetitionDraft.objects.select_for_update()
        return rows.filter(pk=self.pk, petition=None).first()

    def _write(self, *names: str) -> None:
        self.changed_at = timezone.now()
        self.save(update_fields=[*names, "changed_at"])


def storable(text: str) -> str:
    """Without what no database takes or nobody sees, and no longer than MOST_KEPT."""
    return _UNSTORABLE.sub("", text[:MOST_KEPT].replace("\r\n", "\n"))


def _remove_unless_shown(name: str, renditions: dict[str, Any]) -> None:
    if not PetitionDraft.objects.with_picture(name).exists():
        Petition.remove_unless_shown(name, renditions)
