from django.core.validators import MaxLengthValidator
from django.db import models
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from petitions import text
from petitions.slugs import validate_slug


class Topic(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.CharField(_("slug"), max_length=80, unique=True, validators=[validate_slug])
    description = models.TextField(
        _("description"),
        blank=True,
        default="",
        db_default="",
        validators=[MaxLengthValidator(2_000)],
        help_text=_("Markdown. Shown on the topic's page."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])

    @property
    def description_html(self) -> SafeString:
        return text.render(self.description)
