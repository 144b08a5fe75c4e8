"""Lists of petitions: which ones, in which order, how many of each kind, and their rows."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions import search
from petitions.models import Petition, PetitionTarget, Topic
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
    """The petitions in this order, with `live_count` and `target_names`: two statements.

    One that stopped being public a moment ago is left out.
    """
    if not ids:
        return []
    found = with_live_count(Petition.objects.public().defer("body", "ask")).in_bulk(ids)
    petitions = [found[pk] for pk in ids if pk in found]
    names: dict[int, list[str]] = {pk: [] for pk in ids}
    links = PetitionTarget.objects.filter(petition__in=ids).order_by("id")
    for pk, name in links.values_list("petition", "target__name"):
        names[pk].append(name)
    for petition in petitions:
        petition.target_names = names[petition.pk]
    return petitions


def count_by_status(*, topic: str, q: str) -> dict[str, int]:
    """How many petitions each status would show: {"": 12, "open": 5, …}; one statement."""
    groups = (
        select(status="", topic=topic, q=q)
        .order_by()
        .values_list("status", "outcome")
        .annotate(
            number=Count("pk"),
            due=Count("pk", filter=Q(status=Status.OPEN, closes_at__lte=timezone.now())),
        )
    )
    counts = dict.fromkeys(STATUSES, 0)
    for status, outcome, number, due in groups:
        counts[""] += number
        if status == Status.OPEN:
            counts["open"] += number - due
        counts["closed"] += number if status == Status.CLOSED else due
        if (status, outcome) == (Status.CLOSED, Outcome.VICTORY):
            counts["victory"] += number
    return counts


def count_by_topic(*, status: str, q: str) -> list[tuple[str, str, int]]:
    """(slug, name, petitions) of every topic, by name; one statement."""
    among = select(status=status, topic="", q=q).order_by()
    topics = Topic.objects.annotate(
        number=Count("petitions", filter=Q(petitions__in=among.values("pk")))
    )
    return list(topics.order_by("name").values_list("slug", "name", "number"))
