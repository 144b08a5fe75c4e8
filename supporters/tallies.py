"""How many petitions each choice of a list holds: by kind (browse.STATUSES) and by topic.

Small sites count at every request. From MANY petitions on the worker counts once a minute, and
readers get its figures: the topics of 100,000 petitions take half a second to count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, F, Q, Subquery, Value
from django.utils import timezone

from petitions.models import Petition, Topic
from petitions.states import PUBLIC, Outcome, Status
from supporters.models import ListTally

MANY = 10_000
FRESH = timedelta(minutes=10)  # older ones are a dead worker's: a slow answer is better

KINDS = ("", "open", "closed", "victory", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """`numbers[topic's slug or ""][kind]`; `names[slug]` of every topic there is."""

    names: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, *, topic: str = "", kind: str = "") -> int:
        return self.numbers.get(topic, {}).get(kind, 0)

    def kinds(self, *, topic: str = "") -> dict[str, int]:
        return {kind: self.of(topic=topic, kind=kind) for kind in KINDS}

    def topics(self, *, kind: str = "") -> list[tuple[str, str, int]]:
        """(slug, name, number), by name."""
        named = sorted(self.names.items(), key=lambda pair: pair[1].casefold())
        return [(slug, name, self.of(topic=slug, kind=kind)) for slug, name in named]

    def add(self, topic: str, kinds: Iterable[str], number: int = 1) -> None:
        mine = self.numbers.setdefault(topic, dict.fromkeys(KINDS, 0))
        for kind in kinds:
            mine[kind] += number


def kinds_of(status: str, outcome: str, *, is_due: bool) -> tuple[str, ...]:
    """The lists that a public petition stands in."""
    if status == Status.OPEN and not is_due:
        return ("", "open")
    if status == Status.REJECTED:
        return ("", "rejected")
    if (status, outcome) == (Status.CLOSED, Outcome.VICTORY):
        return ("", "closed", "victory")
    return ("", "closed")


def tally() -> Facets:
    """The worker's figures where it keeps some, else counted now: one or two statements."""
    # Of the newest count alone: two workers may have counted at once.
    newest = ListTally.objects.order_by("-counted_at").values("counted_at")[:1]
    kept = ListTally.objects.filter(
        counted_at__gt=timezone.now() - FRESH, counted_at=Subquery(newest)
    ).order_by()
    found = Facets()
    for slug, name, kind, number in kept.values_list(
        "topic__slug", "topic__name", "kind", "number"
    ):
        if slug:
            found.names[slug] = name
        found.add(slug or "", [kind], number)
    return found if found.numbers else count()


def count() -> Facets:
    """One statement over every public petition."""
    now = timezone.now()
    columns = ("topic_slug", "topic_name", "status_", "outcome_", "number", "due")
    public = (
        Petition.objects.public()
        .order_by()
        .values("status", "outcome")
        .annotate(
            topic_slug=Value(""),
            topic_name=Value(""),
            status_=F("status"),
            outcome_=F("outcome"),
            number=Count("pk"),
            due=Count("pk", filter=Q(status=Status.OPEN, closes_at__lte=now)),
        )
    )
    due = Q(petitions__status=Status.OPEN, petitions__closes_at__lte=now)
    topics = (
        Topic.objects.order_by()
        .values("pk", "petitions__status", "petitions__outcome")
        .annotate(
            topic_slug=F("slug"),
            topic_name=F("name"),
            status_=F("petitions__status"),
            outcome_=F("petitions__outcome"),
            number=Count("petitions"),
            due=Count("petitions", filter=due),
        )
    )
    rows = public.values_list(*columns).union(topics.values_list(*columns), all=True)
    found = Facets()
    found.add("", (), 0)
    for slug, name, status, outcome, number, is_due in rows:
        if slug:
            found.names[slug] = name
        if status in PUBLIC:
            found.add(slug, kinds_of(status, outcome, is_due=False), number - is_due)
            found.add(slug, kinds_of(status, outcome, is_due=True), is_due)
    return found


def refresh() -> int:
    """Write the figures where there are many petitions, else keep none. Returns how many rows."""
    if not Petition.objects.order_by()[MANY : MANY + 1].exists():
        if ListTally.objects.exists():
            ListTally.objects.all().delete()
        return 0
    found, now = count(), timezone.now()
    ids = dict(Topic.objects.order_by().values_list("slug", "pk"))
    rows = [
        ListTally(kind=kind, number=number, counted_at=now)
        for kind, number in found.kinds().items()
    ]
    rows += [
        ListTally(topic_id=ids[slug], kind=kind, number=number, counted_at=now)
        for slug in found.names.keys() & ids.keys()
        for kind, number in found.kinds(topic=slug).items()
    ]
    with transaction.atomic():
        ListTally.objects.bulk_create(rows)
        ListTally.objects.filter(counted_at__lt=now).delete()
    return len(rows)
