"""The petitions of one topic, target or organizer: those that can be signed first, page by page."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from petitions.models.petition_queryset import PetitionQuerySet
from petitions.states import Outcome, Status
from supporters import browse
from supporters.page_links import page_links, pages_of

ROWS = 20

_ANSWERS = (Outcome.VICTORY, Outcome.PARTIAL, Outcome.DECLINED)


def url(shown: Any, number: int) -> str:
    """The address of one page of a topic, a target or an organizer."""
    first: str = shown.get_absolute_url()
    return f"{first}?page={number}" if number > 1 else first


def count(petitions: PetitionQuerySet) -> dict[str, int]:
    """How many are open, closed, answered and won; one statement. Of few petitions."""
    now = timezone.now()
    due = Q(status=Status.OPEN, closes_at__lte=now)
    not_due = Q(closes_at=None) | Q(closes_at__gt=now)
    found: dict[str, int] = petitions.published().aggregate(
        open=Count("pk", filter=Q(status=Status.OPEN) & not_due),
        closed=Count("pk", filter=Q(status=Status.CLOSED) | due),
        answered=Count("pk", filter=Q(status=Status.CLOSED, outcome__in=_ANSWERS)),
        victory=Count("pk", filter=Q(status=Status.CLOSED, outcome=Outcome.VICTORY)),
    )
    return found


def page(
    petitions: PetitionQuerySet,
    *,
    number: int,
    counts: dict[str, int],
    url: Callable[[int], str],
) -> dict[str, Any] | None:
    """`petitions` and `page` of a template; None beyond the last page. Three statements at most.

    `counts` may be a minute old, so that what they call a page may be empty: no page either.
    """
    pages = pages_of(counts["open"] + counts["closed"], ROWS)
    if number > pages:
        return None
    offset = (number - 1) * ROWS
    ids: list[int] = []
    if offset < counts["open"]:
        opened = browse.branches(petitions, status="open")
        ids = browse.page_ids(opened, sort="trending", offset=offset, limit=ROWS)
    if len(ids) < ROWS and counts["closed"]:
        ended = browse.branches(petitions, status="closed")
        past = max(0, offset - counts["open"])
        ids += browse.page_ids(ended, sort="newest", offset=past, limit=ROWS - len(ids))
    rows = browse.rows(ids)
    if number > 1 and not rows:
        return None
    return {"petitions": rows, "page": page_links(number, pages, url=url)}
