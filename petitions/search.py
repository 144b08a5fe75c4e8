"""Full-text search of petitions: a tsvector with GIN on PostgreSQL, FTS5 on SQLite.

Words are cut here, once for both: letters, digits and marks of any script, lower case, Latin
accents folded. Every word of a query must begin a word of the text; a title weighs more.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from petitions.text import plain

if TYPE_CHECKING:
    from petitions.models import Petition

# Characters normalised at once: the time goes with the square of a run of combining marks.
MAX_RUN = 256
MAX_WORD = 64  # characters; PostgreSQL refuses lexemes over 2 KB
MAX_QUERY_WORDS = 12
MAX_POSITION = 16_383  # PostgreSQL's highest word position
_ACCENTS = re.compile("[\u0300-\u036f]")


def words(text: str) -> Iterator[str]:
    """The words of a text in order, as they are indexed and searched."""
    for run in text.split():
        for start in range(0, len(run), MAX_RUN):
            yield from _words_of(run[start : start + MAX_RUN])


def fold(text: str) -> str:
    """Lower case, compatibility forms and accents undone, not composed again."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def _words_of(run: str) -> Iterator[str]:
    word: list[str] = []
    for character in unicodedata.normalize("NFC", fold(run)):
        if unicodedata.category(character)[0] in "LNM":
            word.append(character)
        elif word:
            yield "".join(word)[:MAX_WORD]
            word = []
    if word:
        yield "".join(word)[:MAX_WORD]


def query_words(query: str) -> list[str]:
    """What a search looks for: its first words, each once."""
    return list(dict.fromkeys(words(query)))[:MAX_QUERY_WORDS]


def index(*petitions: "Petition") -> None:
    """Write the search documents of petitions. Called whenever a text or a public name changes.

    Of the names, those of who asks. The targets' are searched beside (Target.objects.called()):
    a new name of an office would mean writing the documents of a thousand petitions.
    """
    documents = [
        (petition.pk, list(words(petition.title)), list(words(_rest(petition))))
        for petition in petitions
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                "INSERT INTO petitions_petitionsearch (petition_id, vector)"
                " VALUES (%s, %s::tsvector)"
                " ON CONFLICT (petition_id) DO UPDATE SET vector = EXCLUDED.vector",
                [(pk, _tsvector(title, rest)) for pk, title, rest in documents],
            )
        else:
            # Without REPLACE, which FTS5 takes but which costs a read of every old document.
            cursor.executemany(
                "DELETE FROM petitions_fts WHERE rowid = %s", [(pk,) for pk, *_words in documents]
            )
            cursor.executemany(
                "INSERT INTO petitions_fts (rowid, title, rest) VALUES (%s, %s, %s)",
                [(pk, " ".join(title), " ".join(rest)) for pk, title, rest in documents],
            )


def _rest(petition: "Petition") -> str:
    if petition.is_text_withheld:  # or a search would tell word by word what is in it
        texts: tuple[str, ...] = ()
    else:
        texts = (petition.summary, plain(petition.ask), plain(petition.body))
    return " ".join([*texts, petition.organizer_display, petition.on_behalf_of])


def drop_stale() -> int:
    """Remove the documents of petitions that are no more. Returns how many there were."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return 0  # the foreign key saw to it
        cursor.execute(
            "DELETE FROM petitions_fts WHERE rowid NOT IN (SELECT id FROM petitions_petition)"
        )
        return int(cursor.rowcount)


def matching(petitions: "QuerySet[Petition]", query: str) -> "QuerySet[Petition]":
    """The petitions that hold every word of the query, in the order that they had.

    A query without a word (only signs) matches nothing.
    """
    return petitions.filter(pk__in=ids(query)) if _match(query) else petitions.none()


def ids(query: str) -> RawSQL:
    """A subquery: the ids of the petitions that hold every word. The query must have a word."""
    if connection.vendor == "postgresql":
        found = "SELECT petition_id FROM petitions_petitionsearch WHERE vector @@ %s::tsquery"
    else:
        found = "SELECT rowid FROM petitions_fts WHERE petitions_fts MATCH %s"
    return RawSQL(found, [_match(query)])  # noqa: S611 — the query is a parameter


def ids_of_any(beginnings: list[str]) -> RawSQL:
    """A subquery: the ids of the petitions whose title has a word that begins so.

    `beginnings`: at least one, as query_words() gives them.
    """
    if connection.vendor == "postgresql":
        any_of = " | ".join(f"'{word}':*" for word in beginnings)
        found = "SELECT petition_id FROM petitions_petitionsearch WHERE vector @@ %s::tsquery"
        # A for the title: the weights that _tsvector() gives.
        return RawSQL(found, [any_of.replace(":*", ":*A")])  # noqa: S611 — a parameter
    any_of = " OR ".join(f'"{word}"*' for word in beginnings)
    found = "SELECT rowid FROM petitions_fts WHERE petitions_fts MATCH %s"
    return RawSQL(found, [f"title : ({any_of})"])  # noqa: S611 — a parameter


def ranked(petitions: "QuerySet[Petition]", query: str) -> "QuerySet[Petition]":
    """As matching(), with `rank`: the higher, the better. For the outermost SELECT alone."""
    text = _match(query)
    if not text:
        return petitions.none()
    if connection.vendor == "postgresql":
        # Of the title alone: long stories lie outside their row, and 5,000 of them took 0.3 s.
        rank = RawSQL(
            "(SELECT ts_rank(title, %s::tsquery) FROM petitions_petitionsearch"
            " WHERE petition_id = petitions_petition.id)",
            [text],
        )
        return matching(petitions, query).annotate(rank=rank)
    # A join: bm25() in a subquery for each row would read all matches for each of them
    # (23 s for a word that 6,000 petitions hold). A lower bm25 is a better match.
    return petitions.annotate(rank=RawSQL("-bm25(petitions_fts, 10.0, 1.0)", [])).extra(
        tables=["petitions_fts"],
        where=["petitions_fts.rowid = petitions_petition.id", "petitions_fts MATCH %s"],
        params=[text],
    )


def _match(query: str) -> str:
    """The query in the database's own words, each quoted, or '' if it holds none."""
    wanted = query_words(query)
    if connection.vendor == "postgresql":
        return " & ".join(f"'{word}':*" for word in wanted)
    return " AND ".join(f'"{word}"*' for word in wanted)


def _tsvector(title: list[str], rest: list[str]) -> str:
    """The text form of a tsvector: quoted words with positions; A for the title, D for the rest."""
    places: dict[str, list[str]] = {}
    for position, word in enumerate([*title, *rest], start=1):
        found = places.setdefault(word, [])
        if len(found) < 8:  # noqa: PLR2004 — enough to rank by; keeps long texts small
            weight = "A" if position <= len(title) else ""
            found.append(f"{min(position, MAX_POSITION)}{weight}")
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())
