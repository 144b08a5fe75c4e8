from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SubmittedText(models.Model):
    """The text as it was submitted for review, so that what a draft that was sent back says now can
    be compared with what it said then. A draft's versions replace each other (PetitionVersion).

    The last two of a petition are kept: for moderators alone, and no longer than they need it.
    """

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="submitted_texts", verbose_name=_("petition")
    )
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("body"), blank=True)
    ask = models.TextField(_("ask"), blank=True)
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("submitted text")
        verbose_name_plural = _("submitted texts")

    def __str__(self) -> str:
        return self.title

    @classmethod
    def keep(cls, petition_id: int, texts: dict[str, str]) -> None:
        """Write down what was submitted; call it in the transaction of the move."""
        rows = cls.objects.filter(petition_id=petition_id)
        before = rows.order_by("-pk").values_list("pk", flat=True)[:1]
        rows.exclude(pk__in=list(before)).delete()
        cls.objects.create(petition_id=petition_id, **texts)
