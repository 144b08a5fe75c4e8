from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from petitions.states import RejectionReason


def wording_of(code: str, words: Mapping[str, str]) -> str:
    """The public words of a code, of those in some languages: in the present one; else those that
    are shipped; else any; '' for a code that nobody gave words."""
    language = get_language() or settings.LANGUAGE_CODE
    if language in words:
        return words[language]
    if code in RejectionReason.values:
        return str(RejectionReason(code).label)
    return words.get(settings.LANGUAGE_CODE) or next(iter(words.values()), "")


class StillNeeded(Exception):
    """A reason is not deleted. `text` says why."""

    def __init__(self, text: Any) -> None:
        self.text = text
        super().__init__(str(text))


class DecisionReasonQuerySet(models.QuerySet["DecisionReason"]):
    def offered_words(self) -> list[tuple[str, str]]:
        """Code and words of what moderators choose from, in its order; one statement."""
        rows = self.filter(is_offered=True).order_by("rank", "id")
        words: dict[str, dict[str, str]] = {}
        for code, language, text in rows.values_list(
            "code", "wordings__language", "wordings__text"
        ):
            found = words.setdefault(code, {})
            if language:
                found[language] = text
        return [(code, wording_of(code, found) or code) for code, found in words.items()]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises StillNeeded, and deletes none, where one of them is needed."""
        with transaction.atomic():
            # Locked, so that a decision that is being made with one of them waits, or is found.
            # Alone: PostgreSQL locks no rows of a query that counts or sorts by another table.
            rows = list(self.select_for_update(no_key=True).order_by("pk"))
            for row in rows:
                row.check_deletable()
            found: Any = self.model._base_manager.filter(pk__in=[row.pk for row in rows])  # noqa: SLF001
            deleted: tuple[int, dict[str, int]] = found.delete()
            return deleted


class DecisionReason(models.Model):
    """Why a petition may be rejected or hidden: a code, which is stored, and its public wording.

    The codes that are shipped (RejectionReason) have words in every language of ours; what a site
    writes itself (DecisionWording) goes before them. None that a decision names is ever deleted.
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

    objects = DecisionReasonQuerySet.as_manager()

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
        return wording_of(self.code, {each.language: each.text for each in self.wordings.all()})

    @property
    def is_shipped(self) -> bool:
        return self.code in RejectionReason.values

    def check_deletable(self) -> None:
        """Raises StillNeeded."""
        from .moderation_event import ModerationEvent  # noqa: PLC0415 - which reads the words here

        if self.is_shipped:
            raise StillNeeded(
                _("“%(code)s” comes with the site. Stop offering it instead.") % {"code": self.code}
            )
        if ModerationEvent.objects.filter(reason=self.code).exists():
            raise StillNeeded(
                _("“%(code)s” was given for a decision, whose readers need its words. "
                  "Stop offering it instead.") % {"code": self.code}
            )  # fmt: skip

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises StillNeeded."""
        deleted: tuple[int, dict[str, int]] = DecisionReason.objects.filter(pk=self.pk).delete()
        return deleted


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
