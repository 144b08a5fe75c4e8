from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from petitions import clock, text
from petitions.clock import Moment
from petitions.signals import update_published

_READ = frozenset({"kind", "title", "body", "happened_on"})  # by readers


class UpdateQuerySet(models.QuerySet["Update"]):
    def published(self, now: datetime | None = None) -> Self:
        return self.filter(published_at__lte=now or timezone.now())

    def due(self) -> Self:
        """Scheduled, and the moment has come by the database's clock; the earliest first."""
        due = self.filter(published_at=None, scheduled_for__lte=Moment())
        return due.order_by("scheduled_for", "pk")

    def newest_first(self) -> Self:
        """By the date of the event, which is the date readers see."""
        return self.order_by("-happened_on", "-id")


class Update(models.Model):
    """Dated news under a petition. A draft until it has a `published_at`."""

    class Kind(models.TextChoices):
        NEWS = "news", _("News")
        RESPONSE = "response", _("Response")
        MILESTONE = "milestone", _("Milestone")
        VICTORY = "victory", _("Victory")
        CORRECTION = "correction", _("Correction")

    class Held(models.TextChoices):
        """Why a scheduled update did not come out, and is a draft again."""

        NOT_PUBLIC = "not_public", _("The petition was not public when the moment came.")
        NO_ROLE = "no_role", _("Who scheduled it may not write updates any more.")

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="updates", verbose_name=_("petition")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NEWS)
    title = models.CharField(_("title"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=20_000, help_text=_("Markdown."))
    html = models.TextField(editable=False, blank=True)
    happened_on = models.DateField(
        _("date of the event"), default=timezone.localdate, help_text=_("Readers see this date.")
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True, editable=False)
    # The worker publishes it then. Both are empty in a draft, and once it is published.
    scheduled_for = models.DateTimeField(_("scheduled for"), null=True, blank=True, editable=False)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("scheduled by"),
    )
    held = models.CharField(
        max_length=12, choices=Held.choices, blank=True, default="", db_default="", editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="updates",
        verbose_name=_("author"),
    )
    email_supporters = models.BooleanField(
        _("email this to supporters"),
        default=False,
        help_text=_("Only to those who asked for updates, once, when it is published."),
    )

    objects = UpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-id"]
        indexes = [
            # The timeline of a page and its feed: newest_first() of one petition.
            models.Index(
                fields=["petition", "-happened_on", "-id"], name="petitions_update_timeline"
            ),
            # The worker, every second: due(). Only what is scheduled pays for it.
            models.Index(
                fields=["scheduled_for", "id"],
                condition=models.Q(scheduled_for__isnull=False),
                name="petitions_update_scheduled",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scheduled_for=None) | models.Q(published_at=None),
                name="petitions_update_scheduled_is_draft",
            ),
        ]
        verbose_name = _("update")
        verbose_name_plural = _("updates")

    def __str__(self) -> str:
        return self.title or f"{self.happened_on:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.html = text.render(self.body, top=4)
        fields = kwargs.get("update_fields")
        if fields is not None and "body" in fields:
            kwargs["update_fields"] = {*fields, "html"}
        super().save(*args, **kwargs)

    @property
    def safe_html(self) -> SafeString:
        return mark_safe(self.html)  # noqa: S308 — sanitised by text.render() in save()

    def save_edited(self, changed: Collection[str]) -> None:
        """Store these fields alone, and that they were edited, if readers have seen them before."""
        self.save(update_fields=changed)
        if not _READ.isdisjoint(changed):
            own = Update.objects.filter(pk=self.pk)
            own.published(clock.now()).update(edited_at=clock.now())

    def choose_mail(self, *, wanted: bool) -> None:
        """Whether it is to be mailed; of a draft alone, since it is too late afterwards."""
        drafts = Update.objects.filter(pk=self.pk, published_at=None)
        drafts.update(email_supporters=wanted)

    def publish(self) -> bool:
        """Make the update public and announce it. False when it was public already."""
        now = clock.now()
        with transaction.atomic():
            if not self._change_draft(published_at=now):
                return False
            update_published.send(sender=Update, update=self)
        return True

    def schedule(self, *, at: datetime, by: Any) -> bool:
        """Let the worker publish it then, instead of at another moment. False when it is public."""
        return bool(self._change_draft(scheduled_for=at, scheduled_by=by))

    def unschedule(self, *, held: str = "") -> bool:
        """Make it a plain draft again; `held` says why, if nobody asked. False when it is public.

        Whoever looks at it and leaves it a draft has read the reason, so that it goes.
        """
        return bool(self._change_draft(held=held))

    def _change_draft(self, **values: Any) -> int:
        """How many were changed, 1 or 0; what says when it comes out is emptied but for these."""
        plain: dict[str, Any] = {"scheduled_for": None, "scheduled_by": None, "held": ""}
        values = {**plain, **values}
        changed: int = Update.objects.filter(pk=self.pk, published_at=None).update(**values)
        if changed:
            for name, value in values.items():
                setattr(self, name, value)
        return changed
