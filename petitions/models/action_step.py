import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActionStep(models.Model):
    """What supporters can do besides signing: call an office, write, visit, share."""

    class Kind(models.TextChoices):
        CALL = "call", _("Call")
        WRITE = "write", _("Write")
        VISIT = "visit", _("Visit")
        SHARE = "share", _("Share")
        OTHER = "other", _("Other")

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="steps", verbose_name=_("petition")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.CALL)
    contact = models.CharField(
        _("contact"), max_length=200, blank=True, help_text=_("The office or person.")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("email"), blank=True)
    link = models.URLField(_("link"), blank=True)
    instruction = models.TextField(_("instruction"), max_length=2000, blank=True)
    script = models.TextField(
        _("script"), max_length=4000, blank=True, help_text=_("Words to read out or to send.")
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("second step")
        verbose_name_plural = _("second steps")

    def __str__(self) -> str:
        return " ".join(filter(None, [self.get_kind_display(), self.contact]))

    @property
    def safe_link(self) -> str:
        """The address where it is one of the web's, else '': scripts store what they like."""
        return self.link if self.link.startswith(("https://", "http://")) else ""

    @property
    def phone_uri(self) -> str:
        """`tel:` and the digits (with a leading +), or '' when no number was given (RFC 3966)."""
        digits = re.sub(r"[^0-9+]", "", self.phone)
        digits = digits[:1] + digits[1:].replace("+", "")
        return f"tel:{digits}" if re.search(r"[0-9]", digits) else ""
