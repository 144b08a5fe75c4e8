from django.db import models
from django.utils.translation import gettext_lazy as _


class PetitionSlug(models.Model):
    """Every slug that a petition has or had. The old ones redirect for ever.

    The present one is here too, so that one unique constraint keeps a new petition from taking
    an address that another one gave up, however close together the two happen.
    """

    petition = models.ForeignKey("Petition", models.CASCADE, related_name="slugs")
    slug = models.CharField(max_length=80, unique=True)

    class Meta:
        verbose_name = _("slug")
        verbose_name_plural = _("slugs")

    def __str__(self) -> str:
        return self.slug
