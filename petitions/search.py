"""Full-text search of petitions: a tsvector with GIN on PostgreSQL, FTS5 on SQLite.

Words are cut here, once for both: letters, digits and marks of any script, lower case, Latin
accents folded. Every word of a query must begin a word of the text; a title weighs more.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.expressions import RawSQL

from petitions.text import plain

if TYPE_CHECKING:
    from petitions.models import Petition

MAX_WORD = 64  # characters; PostgreSQL refuses lexemes over 2 KB
MAX_QUERY_WORDS = 12
MAX_POSITION = 16_383  # PostgreSQL's highest word position
_ACCENTS = re.compile("[\u0300-\u036f]")


def words(text: str) -> Iterator[str]:
    """The words of a text in order, as they are indexed and searched."""
    folded = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    word: list[str] = []
    for character in unicodedata.normalize("NFC", folded):
        if unicodedata.category(character)[0] in "LNM":
            word.append(character)
        elif word:
            yield "".join(word)[:MAX_WORD]
            word = []
    if word:
        yield "".join(word)[:MAX_WORD]


def index(petition: "Petition") -> None:
    """Write the search document of one petition. Called whenever its text changes."""
    title = list(words(petition.title))
    rest = list(words(" ".join([petition.summary, plain(petition.ask), plain(petition.body)])))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO petitions_petitionsearch (petition_id, vector)"
                " VALUES (%s, %s::tsvector)"
                " ON CONFLICT (petition_id) DO UPDATE SET vector = EXCLUDED.vector",
                [petition.pk, _tsvector(title, rest)],
            )
        else:
            cursor.execute("DELETE FROM petitions_fts WHERE rowid = %s", [petition.pk])
            cursor.execute(
                "INSERT INTO petitions_fts (rowid, title, rest) VALUES (%s, %s, %s)",
                [petition.pk, " ".join(title), " ".join(rest)],
            )


def matching(petitions: "QuerySet[Petition]", query: str) -> "QuerySet[Petition]":
    """The petitions that hold every word of the query, annotated with `rank` (higher is better).

    A query without a word (only signs) matches nothing.
    """
    wanted = list(dict.fromkeys(words(query)))[:MAX_QUERY_WORDS]
    if not wanted:
        return petitions.none().annotate(rank=Value(0.0, FloatField()))
    if connection.vendor == "postgresql":
        text = " & ".join(f"'{word}':*" for word in wanted)
        return petitions.filter(
            pk__in=RawSQL(  # noqa: S611 — the query text is a parameter
                "SELECT petition_id FROM petitions_petitionsearch WHERE vector @@ %s::tsquery",
                [text],
            )
        ).annotate(
            rank=RawSQL(  # noqa: S611
                "(SELECT ts_rank(vector, %s::tsquery) FROM petitions_petitionsearch"
                " WHERE petition_id = petitions_petition.id)",
                [text],
                output_field=FloatField(),
            )
        )
    text = " AND ".join(f'"{word}"*' for word in wanted)
    return petitions.filter(
        pk__in=RawSQL(  # noqa: S611
            "SELECT rowid FROM petitions_fts WHERE petitions_fts MATCH %s", [text]
        )
    ).annotate(
        rank=-RawSQL(  # noqa: S611
            "(SELECT bm25(petitions_fts, 10.0, 1.0) FROM petitions_fts"
            " WHERE petitions_fts MATCH %s AND rowid = petitions_petition.id)",
            [text],
            output_field=FloatField(),
        )
    )


BEST_FIRST = (F("rank").desc(), "-supporter_count", "-id")


def _tsvector(title: list[str], rest: list[str]) -> str:
    """The text form of a tsvector: quoted words with positions; A for the title, D for the rest."""
    places: dict[str, list[str]] = {}
    for position, word in enumerate([*title, *rest], start=1):
        found = places.setdefault(word, [])
        if len(found) < 8:  # noqa: PLR2004 — enough to rank by; keeps long texts small
            weight = "A" if position <= len(title) else ""
            found.append(f"{min(position, MAX_POSITION)}{weight}")
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())
