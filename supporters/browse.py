"""Lists of petitions: which ones, in which order, and their rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition, PetitionTarget
from petitions.models.petition_queryset import PetitionQuerySet
from petitions.states import PUBLIC, Status
from supporters.count import with_live_count
from supporters.trend import growth

Branches = list[PetitionQuerySet]

SUMMARY = 240  # characters of it in a row

# What readers may ask for; "" stands for everything that is public. A kind is one or more
# branches that have no petition in common, each of one status: so every index of petitions begins.
STATUSES: dict[str, tuple[Any, Callable[[PetitionQuerySet], Branches]]] = {
    "": (_("All"), lambda all_: [all_.filter(status=status) for status in PUBLIC]),
    "open": (_("Open"), lambda all_: [all_.open()]),
    "closed": (_("Closed"), lambda all_: [all_.filter(status=Status.CLOSED), all_.due_to_close()]),
    "victory": (_("Victory"), lambda all_: [all_.victories()]),
    "rejected": (_("Not published"), lambda all_: [all_.filter(status=Status.REJECTED)]),
}

# Highest first. By the folded count: what is folded a second later cannot move a row for long.
# Petitions without an opening date come last.
SORTS: dict[str, tuple[Any, Sequence[str]]] = {
    "trending": (_("Trending"), ("trend", "supporter_count", "id")),
    "newest": (_("Newest"), ("opened_at", "id")),
    "signatures": (_("Most supporters"), ("supporter_count", "id")),
}


def branches(petitions: PetitionQuerySet, *, status: str) -> Branches:
    return STATUSES[status][1](petitions)


def page_ids(
    found: Branches,
    *,
    sort: str,
    offset: int,
    limit: int,
    among: RawSQL | None = None,
    undated: bool = True,
) -> list[int]:
    """The ids of one page over all branches; one statement. Of those `among` whose ids it is.

    `undated`: by date, those without one too.

    Each branch walks its index as far as the page reaches, and what they found is merged. In one
    SELECT over several statuses, either database reads and sorts every petition instead. Ids
    alone, so that a deep page skips nothing heavy.
    """
    keys = SORTS[sort][1]
    before, params = "", []
    if among and connection.vendor == "sqlite":
        # Found once, not again for each branch. PostgreSQL knows how common a word is: it looks
        # into each row of its walk, where finding 46,000 first would take it 0.7 s.
        before, params = f"WITH among (id) AS ({among.sql}) ", [*among.params]
        among = RawSQL("SELECT id FROM among", [])
    if among:
        found = [each.filter(pk__in=among) for each in found]
    if "opened_at" in keys:
        # Apart, since PostgreSQL's index has them first, and no index of SQLite can have them last.
        found = [part for each in found for part in _dated_and_not(each)[: 1 + undated]]
    walks = [
        each.order_by(*(f"-{key}" for key in keys)).values_list(*keys)[: offset + limit]
        for each in found
    ]
    order = ", ".join(
        f"{key} DESC NULLS LAST" if key == "opened_at" else f"{key} DESC" for key in keys
    )
    sql, values = union_all(walks)
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"{before}SELECT id FROM ({sql}) AS merged ORDER BY {order} LIMIT %s OFFSET %s",  # noqa: S608
            [*params, *values, limit, offset],
        )
        return [pk for (pk,) in cursor.fetchall()]


def block_ids(blocks: Mapping[str, QuerySet[Petition]]) -> dict[str, list[int]]:
    """The ids of several short lists, which are limited already; one statement.

    In no order: whoever shows them has the rows to sort.
    """
    labelled = [
        each.annotate(block=Value(name)).values_list("block", "id") for name, each in blocks.items()
    ]
    sql, params = union_all(labelled)
    found: dict[str, list[int]] = {name: [] for name in blocks}
    if sql:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            for name, pk in cursor.fetchall():
                found[name].append(pk)
    return found


def rows(ids: Sequence[int]) -> list[Any]:
    """The petitions in this order, ready for a row of a list; one statement.

    With `live_count`, `growth` (in the last day), `to_go` (to the goal), `targets` (name and
    address), and `shown`: the words as they stand in the row. One that stopped being public a
    moment ago is left out.
    """
    if not ids:
        return []
    found: dict[int, Any] = {}
    # A petition comes once for each of its targets, at least once.
    each = (
        with_live_count(Petition.objects.public().filter(pk__in=ids))
        .annotate(
            target_name=F("target_links__target__name"),
            target_slug=F("target_links__target__slug"),
            relation=F("target_links__relation"),
        )
        .select_related("organizer")
        .order_by("target_links__id")
        .defer("body", "ask")
    )
    for row in each:
        petition = found.setdefault(row.pk, row)
        if petition is row:
            petition.targets = []
            petition.shown = Shown.of(petition)
            petition.growth = growth(petition)
            petition.to_go = max((petition.goal or 0) - petition.live_count, 0)
        if row.target_name and row.relation != PetitionTarget.Relation.CALLED:
            petition.targets.append((row.target_name, reverse("target", args=[row.target_slug])))
    return [found[pk] for pk in ids if pk in found]


@dataclass(slots=True)
class Shown:
    """The words of a row; a search marks in them what it found."""

    title: str
    summary: str
    passage: str = ""  # from the story, where only that holds what was searched

    @classmethod
    def of(cls, petition: Petition) -> "Shown":
        summary = "" if petition.is_text_withheld else petition.summary
        return cls(title=petition.title, summary=Truncator(summary).chars(SUMMARY))


def _dated_and_not(petitions: PetitionQuerySet) -> Branches:
    return [petitions.filter(opened_at__isnull=False), petitions.filter(opened_at=None)]


def union_all(parts: Sequence[QuerySet[Any, Any]]) -> tuple[str, list[Any]]:
    """SQL for all rows of several SELECTs with limits; '' where none can have any. Django's
    union() refuses a LIMIT in its parts on SQLite, which takes it in a subquery.
    """
    selects: list[str] = []
    params: list[Any] = []
    for number, part in enumerate(parts):
        try:
            sql, values = part.query.sql_with_params()
        except EmptyResultSet:
            continue
        selects.append(f"SELECT * FROM ({sql}) AS part{number}")  # noqa: S608 — Django's own SQL
        params += values
    return " UNION ALL ".join(selects), params
