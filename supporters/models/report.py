from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition, Update

from .signature import Signature


class Report(models.Model):
    """Somebody says that a petition, an update or a supporter's reason breaks the rules.

    Without an account. The address, where one was given for an answer, goes when it is decided and
    answered, and unanswered after 90 days; its mails are deleted soon after (reporting.py).
    """

    class Category(models.TextChoices):
        PRIVATE = "private", _("It names or shows a private person, or a child")
        OFFENSIVE = "offensive", _("It attacks people, or is offensive")
        UNLAWFUL = "unlawful", _("It breaks the law")
        UNTRUE = "untrue", _("It says something that is not true")
        ADVERTISEMENT = "advertisement", _("It advertises something, or collects money")
        RIGHTS = "rights", _("It uses my text or picture without my leave")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        UPHELD = "upheld", _("Upheld")
        DISMISSED = "dismissed", _("Dismissed")

    class About(models.TextChoices):
        PETITION = "petition", _("The petition")
        UPDATE = "update", _("An update")
        REASON = "reason", _("A supporter's reason")

    petition = models.ForeignKey(
        Petition, models.CASCADE, related_name="+", verbose_name=_("petition")
    )
    about = models.CharField(
        _("about"),
        max_length=10,
        choices=About.choices,
        default=About.PETITION,
        db_default=About.PETITION,
    )
    # What of it: an update or a supporter's reason; neither for the petition itself, nor once the
    # update or the signature is gone.
    update = models.ForeignKey(
        Update, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("update")
    )
    signature = models.ForeignKey(
        Signature,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("signature"),
    )
    category = models.CharField(_("what is wrong"), max_length=20, choices=Category.choices)
    text = models.TextField(_("in their words"), blank=True, max_length=2_000)
    email = models.CharField(_("email"), max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True, default="", db_default="")
    language = models.CharField(_("language"), max_length=12, blank=True)
    created_at = models.DateTimeField(_("received"), default=timezone.now)
    due_at = models.DateTimeField(_("to be decided by"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, max_length=2_000)
    # Moderators were told of it (moderation/telling.py).
    is_mailed = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="supporters_report_decided_has_date",
            ),
        ]
        indexes = [
            # The queue, most urgent first.
            models.Index(
                fields=["due_at", "id"],
                condition=Q(state="waiting"),
                name="supporters_report_waiting",
            ),
            # reporting.take(): how many wait that one address asked to be answered.
            models.Index(
                fields=["email_key"],
                condition=~Q(email_key=""),
                name="supporters_report_address",
            ),
            # A signature that is deleted is unset here: the worker deletes those that were never
            # confirmed by the thousand (erasure.py).
            models.Index(
                fields=["signature"],
                condition=Q(signature__isnull=False),
                name="supporters_report_signature",
            ),
        ]
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    @property
    def is_about_what_is_gone(self) -> bool:
        """An update or a signature that was deleted since."""
        is_of_petition = self.about == self.About.PETITION
        return not is_of_petition and self.update_id is None and self.signature_id is None

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.pk}"
