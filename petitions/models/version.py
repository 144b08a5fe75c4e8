import hashlib
import json

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions import text

TEXT_FIELDS = ("title", "summary", "body", "ask")


class PetitionVersion(models.Model):
    """The text of a petition at one time: what a signature was put under.

    `html` and `ask_html` are the body and the ask, rendered and sanitised once.
    """

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="versions", verbose_name=_("petition")
    )
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("body"), blank=True)
    ask = models.TextField(_("ask"), blank=True)
    html = models.TextField(_("HTML of the body"), blank=True)
    ask_html = models.TextField(_("HTML of the ask"), blank=True)
    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64)
    reason = models.TextField(_("reason"), blank=True)
    is_withheld = models.BooleanField(
        _("not shown to readers"),
        default=False,
        db_default=False,
        help_text=_("It said what must not be public. The text of today is shown all the same."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )

    class Meta:
        ordering = ["petition", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "number"], name="petitions_version_number_once"
            )
        ]
        verbose_name = _("version")
        verbose_name_plural = _("versions")

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


def values_of(title: str, summary: str, body: str, ask: str) -> dict[str, str]:
    """What a version holds of the four texts: themselves, their HTML and their hash."""
    texts = {"title": title, "summary": summary, "body": body, "ask": ask}
    # The ask stands under a heading of the page.
    rendered = {"html": text.render(body), "ask_html": text.render(ask, top=3)}
    return {**texts, **rendered, "sha256": digest(**texts)}


def digest(*, title: str, summary: str, body: str, ask: str) -> str:
    """SHA-256 (hex) over the four texts as a JSON array in this order, UTF-8, not ASCII-escaped."""
    joined = json.dumps([title, summary, body, ask], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()
