"""Open petitions that may ask for the same as one that somebody is about to start.

Some words are enough, where a search wants all of them: candidates come from the full-text search,
and on PostgreSQL with pg_trgm also by the letters of their titles, so that a word written otherwise
is found. They are put in order by how many trigrams the titles share, counted as pg_trgm does.
"""

from functools import cache
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models.expressions import RawSQL

from petitions import search

if TYPE_CHECKING:
    from petitions.models import Petition

SHOWN = 5
LEAST = 0.2  # of the trigrams of both titles
_LEAST_OF_LETTERS = 0.3  # where letters alone brought it here
_CANDIDATES = 100
_STEM = 5  # letters that two forms of a word share: bus, buses; library, libraries
_SHORTEST = 4  # letters; shorter words are in every title
_TRIGRAM = 3


def similar(title: str, *, limit: int = SHOWN) -> "list[Petition]":
    """The open petitions most like this title, the most alike first; none rather than unlike."""
    from petitions.models import Petition  # noqa: PLC0415 - models use the search beside

    wanted = _trigrams(title)
    if not wanted:
        return []
    petitions = Petition.objects.open().filter(read_only=False)
    ids: set[int] = set()
    for condition in filter(None, (_by_words(title), _by_letters(title))):
        ids.update(
            petitions.filter(pk__in=condition)
            .order_by("-supporter_count", "-id")
            .values_list("pk", flat=True)[:_CANDIDATES]
        )
    titles = Petition.objects.filter(pk__in=ids).values_list("pk", "title")
    alike = {pk: _likeness(wanted, _trigrams(other)) for pk, other in titles}
    best = sorted((pk for pk in alike if alike[pk] >= LEAST), key=lambda pk: (-alike[pk], -pk))
    found = Petition.objects.select_related("organizer", "version").in_bulk(best[:limit])
    return [found[pk] for pk in best[:limit] if pk in found]


def _by_words(title: str) -> RawSQL | None:
    stems = [word[:_STEM] for word in search.query_words(title) if len(word) >= _SHORTEST]
    return search.ids_of_any(stems) if stems else None


def _by_letters(title: str) -> RawSQL | None:
    if connection.vendor != "postgresql" or not has_trigrams():
        return None
    return RawSQL(
        "SELECT id FROM petitions_petition WHERE status = 'open' AND similarity(title, %s) >= %s",
        [" ".join(search.query_words(title)), _LEAST_OF_LETTERS],
    )


@cache
def has_trigrams() -> bool:
    """Whether PostgreSQL has pg_trgm here. Without it, whoever is found shares a word's stem."""
    with connection.cursor() as cursor:
        # Not whether it is installed: it may be in a schema that is not looked into.
        cursor.execute("SELECT to_regprocedure('similarity(text, text)') IS NOT NULL")
        return bool(cursor.fetchone()[0])


def _trigrams(text: str) -> set[str]:
    """Of each word, two spaces before it and one behind, as pg_trgm cuts them."""
    padded = (f"  {word} " for word in search.query_words(text))
    return {word[at : at + _TRIGRAM] for word in padded for at in range(len(word) - _TRIGRAM + 1)}


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
