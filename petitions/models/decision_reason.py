from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from petitions.states import RejectionReason


class DecisionReason(models.Model):
    """Why a petition may be rejected or hidden: a code, which is stored, and its public wording.

    The codes that are shipped (RejectionReason) have words in every language of ours; what a site
    writes itself (DecisionWording) goes before them.
    """

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        help_text=_("Stored with each decision; it stays as it is."),
    )
    hides_text = models.BooleanField(
        _("hide the text"),
        default=False,
        help_text=_("A petition rejected for this reason stays listed, but its text is not shown."),
    )
    is_offered = models.BooleanField(
        _("offered to moderators"),
        default=True,
        help_text=_("Off: for decisions of the past alone."),
    )
    rank = models.PositiveSmallIntegerField(_("place in the list"), default=100)

    class Meta:
        ordering = ["rank", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(code=""), name="petitions_decisionreason_has_code"
            ),
        ]
        verbose_name = _("reason of a decision")
        verbose_name_plural = _("reasons of decisions")

    def __str__(self) -> str:
        return self.text or self.code

    @property
    def text(self) -> str:
        """The public wording in the present language; else the shipped one, else any, else ''."""
        words = {each.language: each.text for each in self.wordings.all()}
        language = get_language() or settings.LANGUAGE_CODE
        if language in words:
            return words[language]
        if self.code in RejectionReason.values:
            return str(RejectionReason(self.code).label)
        return words.get(settings.LANGUAGE_CODE) or next(iter(words.values()), "")


class DecisionWording(models.Model):
    """The public wording of a reason in one language."""

    reason = models.ForeignKey(
        DecisionReason, models.CASCADE, related_name="wordings", verbose_name=_("reason")
    )
    language = models.CharField(_("language"), max_length=10)
    text = models.CharField(_("public wording"), max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reason", "language"], name="petitions_decisionwording_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(text=""), name="petitions_decisionwording_has_text"
            ),
        ]
        verbose_name = _("public wording")
        verbose_name_plural = _("public wordings")

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.text = self.text.strip()
        super().save(*args, **kwargs)
