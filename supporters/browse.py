"""Lists of petitions: which ones, in which order, how many of each kind, and their rows."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions import search
from petitions.models import Petition, Topic
from petitions.models.petition import PetitionQuerySet
from petitions.states import Outcome, Status
from supporters.count import with_live_count

# What readers may ask for; "" stands for everything that is public.
STATUSES: dict[str, tuple[Any, Callable[[PetitionQuerySet], PetitionQuerySet]]] = {
    "": (_("All"), PetitionQuerySet.public),
    "open": (_("Open"), PetitionQuerySet.open),
    "closed": (_("Closed"), PetitionQuerySet.closed),
    "victory": (_("Victory"), PetitionQuerySet.victories),
}

# Petitions without an opening date come last; PostgreSQL would put them first.
NEWEST = (F("opened_at").desc(nulls_last=True), "-id")
# By the folded count: what is folded a second later cannot move a row for long, and the index
# petitions_most serves it.
MOST = ("-supporter_count", "-id")
TRENDING = ("-trend", *MOST)
SORTS: dict[str, tuple[Any, Sequence[Any]]] = {
    "trending": (_("Trending"), TRENDING),
    "newest": (_("Newest"), NEWEST),
    "signatures": (_("Most supporters"), MOST),
}


def select(*, status: str, topic: str, q: str) -> QuerySet[Petition]:
    """The public petitions of one kind; "" leaves a choice open."""
    _label, of_status = STATUSES[status]
    petitions: QuerySet[Petition] = of_status(Petition.objects.all())
    if topic:
        petitions = petitions.filter(topics__slug=topic)
    return search.matching(petitions, q) if q else petitions


def page_ids(
    petitions: QuerySet[Petition], *, q: str, sort: str, offset: int, limit: int
) -> list[int]:
    """The ids of one page. Ids alone, so that a deep page sorts and skips nothing heavy.

    Without a sort, the best match of a search comes first, else what is trending.
    """
    if q and not sort:
        ordered = search.best_first(petitions, q)
    else:
        _label, order = SORTS[sort or "trending"]
        ordered = petitions.order_by(*order)
    return list(ordered.values_list("pk", flat=True)[offset : offset + limit])


def rows(ids: Sequence[int]) -> list[Any]:
    """The petitions in this order, with `live_count` and `target_names`; one statement.

    One that stopped being public a moment ago is left out.
    """
    if not ids:
        return []
    found: dict[int, Any] = {}
    # A petition comes once for each of its targets, at least once.
    each = (
        with_live_count(Petition.objects.public().filter(pk__in=ids))
        .annotate(target_name=F("target_links__target__name"))
        .order_by("target_links__id")
        .defer("body", "ask")
    )
    for row in each:
        petition = found.setdefault(row.pk, row)
        if petition is row:
            petition.target_names = []
        if row.target_name:
            petition.target_names.append(row.target_name)
    return [found[pk] for pk in ids if pk in found]


def count(*, status: str, topic: str, q: str) -> tuple[dict[str, int], list[tuple[str, str, int]]]:
    """How many petitions each other choice would show; one statement.

    By status: {"": 12, "open": 5, …}; by topic, every one by name: [(slug, name, 3), …].
    """
    by_status = (
        select(status="", topic=topic, q=q)
        .order_by()
        .values("status", "outcome")
        .annotate(
            kind=Value("status"),
            number=Count("pk"),
            due=Count("pk", filter=Q(status=Status.OPEN, closes_at__lte=timezone.now())),
        )
        .values_list("kind", "status", "outcome", "number", "due")
    )
    among = select(status=status, topic="", q=q).order_by().values("pk")
    by_topic = (
        Topic.objects.order_by()
        .annotate(
            kind=Value("topic"),
            number=Count("petitions", filter=Q(petitions__in=among)),
            due=Value(0),
        )
        .values_list("kind", "slug", "name", "number", "due")
    )
    statuses = dict.fromkeys(STATUSES, 0)
    topics = []
    for kind, first, second, number, due in by_status.union(by_topic, all=True):
        if kind == "topic":
            topics.append((first, second, number))
        else:
            _add(statuses, status=first, outcome=second, number=number, due=due)
    return statuses, sorted(topics, key=lambda topic: topic[1].casefold())


def _add(statuses: dict[str, int], *, status: str, outcome: str, number: int, due: int) -> None:
    statuses[""] += number
    if status == Status.OPEN:
        statuses["open"] += number - due
    statuses["closed"] += number if status == Status.CLOSED else due
    if (status, outcome) == (Status.CLOSED, Outcome.VICTORY):
        statuses["victory"] += number
