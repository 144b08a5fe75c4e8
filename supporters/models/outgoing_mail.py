from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition

from .mailing import Mailing
from .signature import Signature


class OutgoingMail(models.Model):
    """A mail to be sent: the outbox. Holds what the mail is about, never its rendered text."""

    class Kind(models.TextChoices):
        SIGNATURE = "signature", _("Asked for by signing")
        UPDATE = "update", _("Update to supporters")
        DECISION = "decision", _("Decision to the organizer")
        ACCOUNT = "account", _("About an account")
        START = "start", _("About starting a petition")
        TEAM = "team", _("About working together")
        TEST = "test", _("Test of an update")
        GROWTH = "growth", _("How a petition grows")
        REPORT = "report", _("About a report, an appeal or a closing date")
        MODERATORS = "moderators", _("To moderators")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    recipient = models.CharField(_("recipient"), max_length=254)
    petition = models.ForeignKey(
        Petition,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("petition"),
    )
    signature = models.ForeignKey(
        Signature,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("signature"),
    )
    mailing = models.ForeignKey(
        Mailing,
        models.CASCADE,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("mailing"),
    )
    payload = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    failure = models.CharField(_("failure"), max_length=500, blank=True)

    class Meta:
        constraints = [
            # Nobody gets the same mailing twice, however often its filling starts again.
            models.UniqueConstraint(
                fields=["mailing", "signature"], name="supporters_mail_once_per_mailing"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(failed_at=None), name="supporters_mail_sent_or_failed"
            ),
        ]
        indexes = [
            # The worker's claim: what waits, in order; and how old the oldest is.
            models.Index(
                fields=["not_before", "id"],
                condition=Q(sent_at=None, failed_at=None),
                name="supporters_mail_waiting",
            ),
            # The same claim's first part, what belongs to no mailing: without it, each would walk
            # past a million waiting updates. Also what a cancelled mailing has not sent.
            models.Index(
                fields=["mailing", "not_before", "id"],
                condition=Q(sent_at=None, failed_at=None),
                name="supporters_mail_by_mailing",
            ),
            # The admin's list of what failed, newest first; only failures pay for it.
            models.Index(
                fields=["failed_at", "id"],
                condition=Q(failed_at__isnull=False),
                name="supporters_mail_failed",
            ),
            # What was sent so long ago that it is deleted (erasure.py): once an hour, without
            # reading the mails of a month.
            models.Index(
                fields=["sent_at"],
                condition=Q(sent_at__isnull=False),
                name="supporters_mail_sent",
            ),
            # A signature that is erased takes its mails along.
            models.Index(fields=["signature"], name="supporters_mail_signature"),
            # answers.py: those that are deleted before the others, for the address that they hold.
            models.Index(
                fields=["petition"], condition=Q(kind="report"), name="supporters_mail_report"
            ),
        ]
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
