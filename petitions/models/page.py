from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from petitions import text
from petitions.slugs import validate_slug


class Page(models.Model):
    """A help page in the staff's own words, in one language; it wins over the shipped text.

    `html` is the body, rendered and sanitised once. Its {placeholders} are filled when it is
    shown, since what they stand for may change.
    """

    slug = models.CharField(_("slug"), max_length=80, validators=[validate_slug])
    language = models.CharField(_("language"), max_length=12)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), max_length=text.LONGEST_TRUSTED)
    html = models.TextField(editable=False, blank=True)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        ordering = ["slug", "language"]
        constraints = [
            models.UniqueConstraint(fields=["slug", "language"], name="petitions_page_once")
        ]
        verbose_name = _("help page")
        verbose_name_plural = _("help pages")

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.html = text.render(self.body, trusted=True)
        self.updated_at = timezone.now()
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "html", "updated_at"}
        super().save(*args, **kwargs)

    @property
    def safe_html(self) -> SafeString:
        return mark_safe(self.html)  # noqa: S308 — sanitised by text.render() in save()

    def get_absolute_url(self) -> str:
        with translation.override(self.language):
            return reverse("help", args=[self.slug])
