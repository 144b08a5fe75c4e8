"""What a search of petitions finds: which, in which order, how many of each kind, and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from petitions import highlight, search
from petitions.models import Petition, PetitionVersion, Target, Topic
from petitions.states import Status
from petitions.text import words_of
from supporters import browse
from supporters.tallies import Facets, kinds_of

# Of so many matches everything is known: they are read once, and counted and sorted here. Of more,
# which only the commonest words of a large site have, one page at a time is read.
COUNTED = 5_000
NAMED = 5  # topics and targets that a search is said to be the name of

_BEST = ("rank", "supporter_count", "id")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`tally` is None where there are more than COUNTED matches. `more`: there is a next page."""

    ids: list[int]
    tally: Facets | None
    topics: dict[str, str]  # slug → name, of every topic
    named: list[tuple[str, str]]  # name and address of topics and targets that are called so
    more: bool


def find(q: str, *, topic: str, status: str, sort: str, offset: int, limit: int) -> Found:
    """One page of a search, in three statements at most."""
    topics, slugs, named = _names(q)
    matches = _matches(q, sort)
    if matches is None:
        ids = _walk(q, topic=topic, status=status, sort=sort, offset=offset, limit=limit + 1)
        return Found(ids=ids[:limit], tally=None, topics=topics, named=named, more=len(ids) > limit)
    tally = Facets(names=topics)
    of_topic: defaultdict[int, set[str]] = defaultdict(set)
    tally.add("", ())
    if matches and slugs:
        links = Petition.topics.through.objects.filter(petition__in=search.ids(q))
        for petition_id, topic_id in links.values_list("petition_id", "topic_id"):
            if topic_id in slugs:
                of_topic[petition_id].add(slugs[topic_id])
    chosen = []
    for match in matches:
        mine = of_topic[match.pk]
        tally.add("", match.kinds)
        for slug in mine:
            tally.add(slug, match.kinds)
        if status in match.kinds and (not topic or topic in mine):
            chosen.append(match)
    chosen.sort(key=lambda match: match.order, reverse=True)
    ids = [match.pk for match in chosen[offset : offset + limit]]
    return Found(
        ids=ids, tally=tally, topics=topics, named=named, more=len(chosen) > offset + limit
    )


@dataclass(frozen=True, slots=True)
class _Match:
    pk: int
    kinds: tuple[str, ...]
    order: tuple[Any, ...]


def _matches(q: str, sort: str) -> list[_Match] | None:
    """None where there are more than COUNTED."""
    keys = browse.SORTS[sort][1] if sort else _BEST
    is_due = Case(
        When(Q(status=Status.OPEN, closes_at__lte=timezone.now()), then=Value(True)),  # noqa: FBT003
        default=Value(False),  # noqa: FBT003
        output_field=BooleanField(),
    )
    found = search.ranked(Petition.objects.public(), q).annotate(is_due=is_due).order_by()
    if not search.query_words(q):
        return []
    columns = list(found.values_list("pk", "status", "outcome", "is_due", *keys)[: COUNTED + 1])
    if len(columns) > COUNTED:
        return None
    return [
        _Match(
            pk,
            kinds_of(status, outcome, is_due=bool(due)),
            tuple(_LONG_AGO if key is None else key for key in order),
        )
        for pk, status, outcome, due, *order in columns
    ]


def _walk(q: str, *, topic: str, status: str, sort: str, offset: int, limit: int) -> list[int]:
    petitions = Petition.objects.all()
    if topic:
        petitions = petitions.filter(topics__slug=topic)
    return browse.page_ids(
        browse.branches(petitions, status=status),
        sort=sort or "trending",
        offset=offset,
        limit=limit,
        among=search.ids(q),
    )


def _names(q: str) -> tuple[dict[str, str], dict[int, str], list[tuple[str, str]]]:
    """All topics, by slug and by id; and what is called like the search. One statement.

    Targets are named only where a published petition is addressed to them.
    """
    wanted = search.query_words(q)
    columns = ("is_target", "id", "slug", "name")
    targets = Target.objects.with_page().called(q).order_by("name", "id")
    sql, params = browse.union_all(
        [
            Topic.objects.order_by().annotate(is_target=Value(0)).values_list(*columns),
            targets.annotate(is_target=Value(1)).values_list(*columns)[:NAMED],
        ]
    )
    by_slug: dict[str, str] = {}
    by_id: dict[int, str] = {}
    named: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for is_target, pk, slug, name in cursor.fetchall():
            if not is_target:
                by_slug[slug], by_id[pk] = name, slug
            if is_target or (wanted and highlight.found_in(name, wanted) == set(wanted)):
                page = "target" if is_target else "topic"
                named.append((name, reverse(page, args=[slug])))
    return by_slug, by_id, named[:NAMED]


def explain(rows: Sequence[Any], q: str) -> None:
    """Mark in each row what was found. Words that neither title nor summary holds are looked for
    in the rest: one statement for the stories of the rows that need it.
    """
    wanted = search.query_words(q)
    missing: dict[int, set[str]] = {}
    for row in rows:
        shown = row.shown
        here = highlight.found_in(f"{shown.title}\n{shown.summary}", wanted)
        if left := set(wanted) - here:
            missing[row.version_id] = left
        shown.title = highlight.mark(shown.title, wanted)
        shown.summary = highlight.mark(shown.summary, wanted)
    if not missing:
        return
    versions = PetitionVersion.objects.filter(pk__in=missing).order_by()
    stories = {
        pk: f"{words_of(ask)}\n{words_of(story)}"
        for pk, ask, story in versions.values_list("pk", "ask_html", "html")
    }
    for row in rows:
        if row.version_id in missing:
            story = f"{row.summary}\n{stories.get(row.version_id, '')}"
            text = f"{'' if row.is_text_withheld else story}\n{_by(row)}"
            row.shown.passage = highlight.snippet(text, missing[row.version_id]) or ""


def _by(petition: Petition) -> str:
    name, group = petition.organizer_display, petition.on_behalf_of
    if name and group:
        return _("Started by {name} for {group}").format(name=name, group=group)
    if name:
        return _("Started by {name}").format(name=name)
    return _("Started for {group}").format(group=group) if group else ""
