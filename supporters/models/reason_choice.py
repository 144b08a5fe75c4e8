from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition

from .signature import Signature


class ReasonChoice(models.Model):
    """A supporter's reason that an organizer or a moderator put first, or does not show.

    The signature counts as before, and its signer is told on their own page. Not a column there:
    few have one, and every signature would pay for it.
    """

    class Kind(models.TextChoices):
        HIGHLIGHTED = "highlighted", _("Shown first")
        HIDDEN = "hidden", _("Not shown")

    signature = models.OneToOneField(
        Signature, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("signature")
    )
    # Its own column, so that the page finds those to be shown first by one index.
    petition = models.ForeignKey(Petition, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    by_moderators = models.BooleanField(_("by moderators"), default=False)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        indexes = [
            # What is shown first on the petition's page.
            models.Index(fields=["petition", "kind", "-at"], name="supporters_reason_choice")
        ]
        verbose_name = _("choice of a reason")
        verbose_name_plural = _("choices of reasons")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"
