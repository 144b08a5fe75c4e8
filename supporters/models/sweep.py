from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition

from .signature import Signature

# For so long after the last change the signatures can be brought back; then they are erased.
RESTORABLE = timedelta(days=30)


class SweepQuerySet(models.QuerySet["Sweep"]):
    def at_work(self) -> Self:
        """Those that the worker goes on with."""
        return self.filter(state__in=Sweep.AT_WORK)


class Sweep(models.Model):
    """The removal of a petition's signatures by a rule, and its undoing. See supporters/fraud.

    Written by guarded UPDATEs (fraud/decisions.py, sweeping.py, restoring.py).
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second moderator")
        DECLINED = "declined", _("Not approved")
        RUNNING = "running", _("Removing")
        CANCELLED = "cancelled", _("Cancelled")
        FINISHED = "finished", _("Finished")
        UNDOING = "undoing", _("Bringing back")
        UNDONE = "undone", _("Brought back")

    AT_WORK = (State.RUNNING, State.UNDOING)

    petition = models.ForeignKey(
        Petition, models.PROTECT, related_name="+", verbose_name=_("petition")
    )
    # The shape is fraud.rules.Rule's.
    rule = models.JSONField(_("rule"))
    # Signatures up to this one, the newest when it was proposed: what comes later is not looked at.
    newest_id = models.BigIntegerField()
    note = models.CharField(_("public reason"), max_length=500)
    private_note = models.CharField(_("private note"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    needs_second = models.BooleanField(_("needs a second moderator"), default=False)

    # What the preview found, and whether it had looked at all of them.
    found = models.PositiveIntegerField(_("found"), default=0)
    found_all = models.BooleanField(default=True)
    of_count = models.PositiveIntegerField(_("of so many supporters"), default=0)

    # How far it is: the last key that was looked at, while it runs; how many were, and of how many.
    cursor = models.CharField(max_length=254, default="", blank=True)
    looked_at = models.PositiveIntegerField(_("looked at"), default=0)
    to_look_at = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(_("removed"), default=0)
    taken_counted = models.PositiveIntegerField(_("of them counted"), default=0)
    # And of the undoing: rows of SweptSignature.
    undone_to_id = models.BigIntegerField(default=0)
    restored = models.PositiveIntegerField(_("brought back"), default=0)
    restored_counted = models.PositiveIntegerField(_("of them counted"), default=0)
    left_out = models.PositiveIntegerField(_("left out"), default=0)

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    asked_at = models.DateTimeField(_("proposed"), default=timezone.now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("brought back by"),
    )
    changed_at = models.DateTimeField(_("last change"), default=timezone.now)
    # Moderators were told that it waits for one of them (moderation/telling.py).
    is_mailed = models.BooleanField(default=False, db_default=False, editable=False)
    # From then on nothing can be brought back (erasing.py).
    erased_at = models.DateTimeField(_("erased"), null=True)

    objects = SweepQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "proposed", "declined", "running", "cancelled", "finished", "undoing",
                        "undone",
                    ]
                ),
                name="supporters_sweep_state",
            ),
            models.CheckConstraint(
                condition=Q(needs_second=False)
                | Q(state__in=["proposed", "declined"])
                | Q(approved_by__isnull=False),
                name="supporters_sweep_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("asked_by")),
                name="supporters_sweep_by_another",
            ),
        ]  # fmt: skip
        indexes = [
            # The worker's look each second; holds what is at work.
            models.Index(
                fields=["id"],
                condition=Q(state__in=["running", "undoing"]),
                name="supporters_sweep_at_work",
            ),
            # The queue, most urgent first.
            models.Index(
                fields=["asked_at", "id"],
                condition=Q(state="proposed"),
                name="supporters_sweep_proposed",
            ),
        ]
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def percent(self) -> int:
        """How much of the way is done."""
        if self.state in {Sweep.State.UNDOING, Sweep.State.UNDONE}:
            done, whole = self.restored + self.left_out, self.taken
        else:
            done, whole = self.looked_at, self.to_look_at
        return min(100, 100 * done // whole) if whole > 0 else 100

    @property
    def restorable_until(self) -> datetime:
        return self.changed_at + RESTORABLE

    @property
    def is_restorable(self) -> bool:
        ended = {Sweep.State.CANCELLED, Sweep.State.FINISHED}
        return bool(
            self.state in ended
            and self.taken
            and self.erased_at is None
            and timezone.now() < self.restorable_until
        )


class SweptSignature(models.Model):
    """A signature that a sweep took. Goes when the person is erased."""

    class Was(models.TextChoices):
        COUNTED = "counted", _("Counted")  # it had a position
        CONFIRMED = "confirmed", _("Confirmed")  # it was in the tail
        PENDING = "pending", _("Pending")

    sweep = models.ForeignKey(Sweep, models.CASCADE, related_name="+", db_index=False)
    # Indexed: a signature that is deleted asks for those that refer to it.
    signature = models.ForeignKey(Signature, models.CASCADE, related_name="+")
    was = models.CharField(max_length=9, choices=Was.choices)
    is_restored = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sweep", "signature"], name="supporters_swept_once_a_sweep"
            )
        ]
        indexes = [
            # Restoring and erasing go through them in this order.
            models.Index(fields=["sweep", "id"], name="supporters_swept_in_order"),
        ]
        verbose_name = _("swept signature")
        verbose_name_plural = _("swept signatures")

    def __str__(self) -> str:
        return f"{self.signature_id} {self.was}"
