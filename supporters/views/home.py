"""The first page: what to sign now, and what was won."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from petitions.models import Petition
from supporters import browse
from supporters.caching import public
from supporters.tallies import tally

FEATURED = VICTORIES = 3
GROWING = NEARLY = NEWEST = 4
TOPICS = 12

# The blocks in the order in which they choose; nobody is shown twice. The order within each is
# made here, where the rows are known.
_ORDERS: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "featured": (FEATURED, lambda row: row.featured_at or row.created_at),
    "growing": (GROWING, lambda row: (row.trend, row.supporter_count)),
    "nearly": (NEARLY, lambda row: row.progress),
    "newest": (NEWEST, lambda row: row.opened_at or row.created_at),
    "victories": (VICTORIES, lambda row: row.closed_at or row.created_at),
}


@require_safe
@public(reads=())
def home(request: HttpRequest) -> HttpResponse:
    """Three statements, four where the worker keeps no tallies."""
    counted = tally()
    topics = sorted(counted.topics(kind="open"), key=lambda topic: -topic[2])[:TOPICS]
    context = {
        **_blocks(),
        "total": counted.of(),
        "total_open": counted.of(kind="open"),
        "total_victories": counted.of(kind="victory"),
        "topics": sorted((each for each in topics if each[2]), key=lambda t: t[1].casefold()),
    }
    return render(request, "petitions/home.html", context)


def _blocks() -> dict[str, list[Any]]:
    petitions = Petition.objects.all()
    is_open = petitions.open()
    # Each asks for as many more as those before it may have taken.
    most = FEATURED + GROWING
    found = browse.block_ids(
        {
            "featured": petitions.featured()[:FEATURED],
            "growing": is_open.filter(trend__gt=0).order_by("-trend", "-supporter_count", "-id")[
                : most + 1
            ],
            "nearly": petitions.with_goal_near()[: most + NEARLY],
            "newest": is_open.filter(opened_at__isnull=False).order_by("-opened_at", "-id")[
                : most + NEARLY + NEWEST
            ],
            "victories": petitions.victories()
            .filter(closed_at__isnull=False)
            .order_by("-closed_at", "-id")[:VICTORIES],
        }
    )
    rows = {row.pk: row for row in browse.rows([pk for ids in found.values() for pk in ids])}
    shown: set[int] = set()
    blocks: dict[str, list[Any]] = {}
    for name, (longest, order) in _ORDERS.items():
        candidates = [rows[pk] for pk in found[name] if pk in rows and pk not in shown]
        if name == "featured" and not candidates:
            # Nobody was chosen: the fastest, or where nothing grows, the newest.
            spare = [rows[pk] for pk in found["growing"] or found["newest"] if pk in rows]
            by = _ORDERS["growing" if found["growing"] else "newest"][1]
            candidates = sorted(spare, key=by, reverse=True)[:1]
        if name == "nearly":  # since the worker looked
            candidates = [row for row in candidates if row.to_go]
        blocks[name] = sorted(candidates, key=order, reverse=True)[:longest]
        shown.update(row.pk for row in blocks[name])
    return blocks
