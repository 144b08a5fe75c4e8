from django.db import models
from django.utils.translation import gettext_lazy as _

from petitions.slugs import validate_slug


class Target(models.Model):
    """Who a petition is addressed to: an office or a person in office."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.CharField(_("slug"), max_length=80, unique=True, validators=[validate_slug])
    role = models.CharField(_("role"), max_length=200, blank=True)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")

    def __str__(self) -> str:
        return self.name


class PetitionTarget(models.Model):
    class Relation(models.TextChoices):
        DECIDES = "decides", _("decides")
        INFLUENCES = "influences", _("influences the decision")
        CALLED = "called", _("is to be called")

    petition = models.ForeignKey(
        "Petition", models.CASCADE, related_name="target_links", verbose_name=_("petition")
    )
    target = models.ForeignKey(
        Target, models.PROTECT, related_name="petition_links", verbose_name=_("target")
    )
    relation = models.CharField(
        _("relation"), max_length=12, choices=Relation.choices, default=Relation.DECIDES
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["petition", "target"], name="petitions_petition_target_once"
            )
        ]
        verbose_name = _("target of a petition")
        verbose_name_plural = _("targets of a petition")

    def __str__(self) -> str:
        return f"{self.target} ({self.get_relation_display()})"
