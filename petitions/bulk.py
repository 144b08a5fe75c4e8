"""Storing many new petitions at once: what Petition.save() does, in a few statements for all."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery

from petitions import search
from petitions.models import Petition, PetitionSlug, PetitionVersion
from petitions.models.version import TEXT_FIELDS, values_of
from petitions.slugs import candidates

_NUMBERED = 3  # how many candidates come before the random ones


def save_new(petitions: Sequence[Petition]) -> None:
    """Store new petitions with slug, version 1 and search document; all of them or none.

    Fifteen statements for a petition are too many for thousands. IntegrityError where save()
    would raise it, and also when somebody else takes one of the slugs meanwhile: try again.
    """
    with transaction.atomic():
        _choose_slugs(petitions)
        for petition in petitions:
            petition.language = petition.language or settings.LANGUAGE_CODE
        Petition.objects.bulk_create(petitions)
        PetitionSlug.objects.bulk_create(
            PetitionSlug(petition=petition, slug=petition.slug) for petition in petitions
        )
        versions = PetitionVersion.objects.bulk_create(_version(petition) for petition in petitions)
        own = PetitionVersion.objects.filter(petition=OuterRef("pk")).values("pk")
        Petition.objects.filter(pk__in=[petition.pk for petition in petitions]).update(
            version=Subquery(own)
        )
        search.index(*petitions)
    for petition, version in zip(petitions, versions, strict=True):
        petition.version = version


def _choose_slugs(petitions: Sequence[Petition]) -> None:
    """The first candidate that neither a stored petition nor an earlier one of these has."""
    wanted = {petition.slug for petition in petitions if petition.slug}
    for petition in petitions:
        if not petition.slug:
            named = candidates(petition.title)
            wanted.update(next(named) for _ in range(_NUMBERED))
    taken = set(PetitionSlug.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    taken.update(petition.slug for petition in petitions if petition.slug)
    for petition in petitions:
        if not petition.slug:
            petition.slug = next(slug for slug in candidates(petition.title) if slug not in taken)
            taken.add(petition.slug)


def _version(petition: Petition) -> PetitionVersion:
    texts = {name: getattr(petition, name) for name in TEXT_FIELDS}
    return PetitionVersion(petition=petition, number=1, **values_of(**texts))
