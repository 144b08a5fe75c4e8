"""Milestones: the numbers of supporters that are worth a word, and when a petition reached them."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Sum
from django.utils import timezone

from petitions.models import Petition
from petitions.states import Status
from supporters import switches
from supporters.models import CountAdjustment, HourlyCount, MilestoneReached

from . import mails

NEWS = dt.timedelta(days=1)  # what was passed before is not told any more
_FIRST = 25
_STEPS = (25, 50, 100)  # and ten, a hundred, … times as many


def numbers(up_to: int) -> list[int]:
    """25, 50, 100, 250, 500, 1,000, 2,500, 5,000, 10,000 … as far as the number goes."""
    found, factor = [], 1
    while factor * _FIRST <= up_to:
        found += [factor * step for step in _STEPS if factor * step <= up_to]
        factor *= 10
    return found


def next_after(number: int) -> int:
    """The next one that is still to be reached."""
    return next(each for each in numbers(max(number, _FIRST) * 10) if each > number)


def note(petition: Petition) -> list[MilestoneReached]:
    """Keep what was reached since the last time; `petition` was read under its lock.

    Not while the site has paused signing or mailings: it is noted, and told, when that is over.
    """
    total = petition.supporter_count
    reached = set(numbers(total))
    if petition.goal and petition.goal <= total:
        reached.add(petition.goal)
    rows = MilestoneReached.objects.filter(petition=petition)
    new = sorted(reached - set(rows.values_list("number", flat=True)))
    on = switches.current()
    if not new or on.signing_paused or on.mailings_paused or petition.status == Status.HIDDEN:
        return []
    moments = _moments(petition, new)
    # The unique constraint stands behind the lock.
    noted = MilestoneReached.objects.bulk_create(
        MilestoneReached(
            petition=petition,
            number=number,
            was_goal=number == petition.goal,
            reached_at=moments.get(number),
        )
        for number in new
    )
    _tell(petition, noted)
    return noted


def _tell(petition: Petition, noted: list[MilestoneReached]) -> None:
    """Mail the organizer the highest that is news: passed by who signed, and not long ago."""
    since = timezone.now() - NEWS
    news = [each for each in noted if each.reached_at and each.reached_at > since]
    if news and petition.is_signable:
        mails.milestone(petition, news[-1])


def _moments(petition: Petition, wanted: list[int]) -> dict[int, dt.datetime]:
    """When each number was passed by people who signed; none for what was carried over."""
    found: dict[int, dt.datetime] = {}
    left, total = list(wanted), 0
    for at, quantity, is_own in _growth(petition):
        total += quantity
        while left and total >= left[0]:
            number = left.pop(0)
            if is_own:
                found[number] = at
    return found


def _growth(petition: Petition) -> Iterator[tuple[dt.datetime, int, bool]]:
    """Moment, how many, and whether they came here, in the order in which they were counted.

    What was counted before anything was noted comes first.
    """
    hours = HourlyCount.objects.filter(petition=petition).values_list("hour", "quantity")
    entries = (
        CountAdjustment.objects.filter(petition=petition)
        .order_by()
        .values_list("recorded_at", "kind")
        .annotate(Sum("quantity"))
    )
    now = timezone.now()
    # An hour is over at its end; the present one, now.
    events = [(min(hour + dt.timedelta(hours=1), now), n, True) for hour, n in hours]
    events += [
        (at, quantity, kind != CountAdjustment.Kind.CARRIED_OVER) for at, kind, quantity in entries
    ]
    events.sort(key=lambda event: event[0])
    unknown = petition.supporter_count - sum(quantity for _at, quantity, _own in events)
    yield dt.datetime.min.replace(tzinfo=dt.UTC), unknown, False
    yield from events
