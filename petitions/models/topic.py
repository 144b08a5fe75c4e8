from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.slugs import validate_slug


class Topic(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.CharField(_("slug"), max_length=80, unique=True, validators=[validate_slug])

    class Meta:
        ordering = ["name"]
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    def __str__(self) -> str:
        return self.name
