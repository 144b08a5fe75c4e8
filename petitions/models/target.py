from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions import search
from petitions.slugs import validate_slug
from petitions.states import Status


class TargetQuerySet(models.QuerySet["Target"]):
    def with_page(self) -> Self:
        """Those that a published petition is addressed to. Others may stand in a draft alone."""
        addressed = PetitionTarget.objects.addressed().published()
        return self.filter(models.Exists(addressed.filter(target=models.OuterRef("pk"))))

    def called(self, query: str) -> Self:
        """Those whose name has every word of a search; a word may be a beginning."""
        wanted = search.query_words(query)
        if not wanted:
            return self.none()
        found = self
        for word in wanted:
            found = found.filter(words__contains=f" {word}")
        return found


class Target(models.Model):
    """Who a petition is addressed to: an office or a person in office."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.CharField(_("slug"), max_length=80, unique=True, validators=[validate_slug])
    role = models.CharField(_("role"), max_length=200, blank=True)
    organization = models.CharField(_("organization"), max_length=200, blank=True)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.URLField(_("website"), blank=True)
    # The words of the name as the search cuts them, each after a space. Thousands of names are
    # read in two milliseconds; a document of its own would have to follow every petition's.
    words = models.TextField(editable=False, default="", db_default="")

    objects = TargetQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("target")
        verbose_name_plural = _("targets")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("target", args=[self.slug])

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.words = "".join(f" {word}" for word in search.words(self.name))
        if update_fields is not None and "name" in (update_fields := set(update_fields)):
            update_fields.add("words")
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def safe_website(self) -> str:
        """The address where it is one of the web's, else '': scripts store what they like."""
        return self.website if self.website.startswith(("https://", "http://")) else ""


class PetitionTargetQuerySet(models.QuerySet["PetitionTarget"]):
    def addressed(self) -> Self:
        """Without those who are only to be called."""
        return self.exclude(relation=PetitionTarget.Relation.CALLED)

    def published(self) -> Self:
        # Said by what it is not: with a status to begin with, SQLite would read all petitions of it
        # for each target (5 s for a list of 400 among 100,000 petitions).
        return self.exclude(petition__status__in=set(Status) - {Status.OPEN, Status.CLOSED})


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

    objects = PetitionTargetQuerySet.as_manager()

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
