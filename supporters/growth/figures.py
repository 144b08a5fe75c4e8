"""What the worker counts of a petition's signatures, so that no page of the admin has to.

Counted anew by two statements over all signatures of the petition, and only where something
changed: the same however often it is done, exact after a kill, a withdrawal or an erasure, and
nothing is paid for it by who signs, confirms or is folded. A large petition is counted less often:
never for more than a hundredth of the time. Pages say as of when.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, TypedDict

from django.db import connection, transaction
from django.db.models import F, Q

from petitions import clock
from petitions.locks import one_by_one
from petitions.models import Petition
from petitions.states import Status
from supporters.models import CountAdjustment, GrowthFigures, Signature

from . import milestones

SHOWN = 100  # sources and places that are kept by name; the others as one sum
LATE = timedelta(days=7)  # what "of late" means
REST = timedelta(seconds=55)  # between two counts of a small petition: the next minute's turn
SHARE = 100  # a count that takes a second is not repeated for a hundred
LEASE = timedelta(minutes=10)
_LOOK_BACK = timedelta(minutes=10)
_DAY = timedelta(days=1)
_NEVER = datetime.min.replace(tzinfo=UTC)
_ENTRIES = 1_000
_AREAS = 5_000

# The sums over all groups come with every row, since they must be of the same snapshot.
_ASKED = "kind = 'online' AND NOT is_organizer"  # whom a mail asked to confirm
_SOURCES = f"""
SELECT source, confirmed, pending,
    SUM(CASE WHEN confirmed + pending > 0 THEN 1 ELSE 0 END) OVER (),
    SUM(confirmed) OVER (), SUM(pending) OVER (),
    SUM(answered) OVER (), SUM(waiting) OVER (), SUM(given_up) OVER (),
    SUM(late_answered) OVER (), SUM(late_signed) OVER ()
FROM (
    SELECT source,
        COUNT(CASE WHEN status = 'confirmed' THEN 1 END) AS confirmed,
        COUNT(CASE WHEN status = 'pending' THEN 1 END) AS pending,
        COUNT(CASE WHEN {_ASKED} AND confirmed_at IS NOT NULL THEN 1 END) AS answered,
        COUNT(CASE WHEN {_ASKED} AND status = 'pending' THEN 1 END) AS waiting,
        COUNT(CASE WHEN {_ASKED} AND ended_at IS NOT NULL AND confirmed_at IS NULL THEN 1 END)
            AS given_up,
        COUNT(CASE WHEN {_ASKED} AND created_at > %s AND confirmed_at IS NOT NULL THEN 1 END)
            AS late_answered,
        COUNT(CASE WHEN {_ASKED} AND created_at > %s THEN 1 END) AS late_signed
    FROM supporters_signature
    WHERE petition_id = %s
    GROUP BY source
) AS found
ORDER BY confirmed DESC, pending DESC, source
LIMIT %s
"""  # noqa: S608 (of texts of ours)

# The organizer's own, which opening makes, knows no place.
_PLACES = """
SELECT country, area, locality, confirmed, SUM(confirmed) OVER ()
FROM (
    SELECT country, substr(postal_code, 1, 2) AS area,
        CASE WHEN postal_code = '' THEN locality ELSE '' END AS locality, COUNT(*) AS confirmed
    FROM supporters_signature
    WHERE petition_id = %s AND status = 'confirmed' AND NOT is_organizer
    GROUP BY 1, 2, 3
) AS found
ORDER BY confirmed DESC, country, area, locality
LIMIT %s
"""


class Numbers(TypedDict):
    """`sources`: code or host, confirmed, pending; `places`: country, area, confirmed; each with
    the most supporters first. `more_…`: how many others there are, and their sums.

    Of who was asked by mail to confirm: `answered`, `waiting`, `given_up` (ended unconfirmed);
    `late_…`: of who signed in the last seven days.
    """

    sources: list[tuple[str, int, int]]
    more_sources: tuple[int, int, int]
    places: list[tuple[str, str, int]]
    more_places: tuple[int, int]
    confirmed: int
    pending: int
    answered: int
    waiting: int
    given_up: int
    late_answered: int
    late_signed: int


def count(petition_id: int, *, now: datetime) -> Numbers:
    """Reads all signatures of the petition, twice; takes no lock and writes nothing."""
    late = connection.ops.adapt_datetimefield_value(now - LATE)
    with connection.cursor() as cursor:
        cursor.execute(_SOURCES, [late, late, petition_id, SHOWN])
        sources = cursor.fetchall()
        cursor.execute(_PLACES, [petition_id, _AREAS])
        places = cursor.fetchall()
    sums = [int(number) for number in sources[0][3:]] if sources else [0] * 8
    known = [(code, confirmed, pending) for code, confirmed, pending, *_sums in sources]
    known = [row for row in known if row[1] or row[2]]
    named, more_places = _named(places)
    number_of, confirmed, pending, answered, waiting, given_up, late_answered, late_signed = sums
    return Numbers(
        sources=known,
        more_sources=(
            number_of - len(known),
            confirmed - sum(row[1] for row in known),
            pending - sum(row[2] for row in known),
        ),
        places=named,
        more_places=more_places,
        confirmed=confirmed,
        pending=pending,
        answered=answered,
        waiting=waiting,
        given_up=given_up,
        late_answered=late_answered,
        late_signed=late_signed,
    )


def area_of(beginning: str) -> str:
    """The area of a postcode, from its first two characters: its letters, or two digits.

    SW1A 1AA is in SW, M1 1AE in M, D02 AF30 in D, 28013 in 28, 1012 AB in 10: a county's worth of
    people, whom nobody could be told from.
    """
    letters = beginning.rstrip("0123456789 -")
    return (letters or beginning).upper()


def _named(rows: Iterable[Any]) -> tuple[list[tuple[str, str, int]], tuple[int, int]]:
    sums: dict[tuple[str, str], int] = {}
    total = 0
    for country, beginning, locality, confirmed, all_of_them in rows:
        place = (country or "", area_of(beginning) or locality)
        sums[place] = sums.get(place, 0) + confirmed
        total = int(all_of_them)
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = [(country, area, number) for (country, area), number in ordered[:SHOWN]]
    return shown, (len(ordered) - len(shown), total - sum(row[2] for row in shown))


def refresh(*, go_on: Callable[[], bool] = lambda: True) -> int:
    """Count again what changed and is due. Returns how many petitions; any number may run it.

    Raises as petitions.locks.one_by_one does.
    """
    known = {petition_id: as_of for as_of, petition_id in _due()}
    return one_by_one(known, lambda pk: refresh_one(pk, seen=known[pk]) if go_on() else 0)


def due() -> list[int]:
    """The petitions to be counted now, those first that waited longest."""
    return [petition_id for _as_of, petition_id in _due()]


def _due() -> list[tuple[datetime, int]]:
    """With the moment of the last count, or _NEVER."""
    now = clock.now()
    changed = _changed(now)
    known = GrowthFigures.objects.in_bulk(changed)
    found = []
    for petition_id in changed:
        figures = known.get(petition_id)
        as_of = figures.as_of if figures else None
        if figures is None or as_of is None:
            found.append((_NEVER, petition_id))
        elif now - as_of >= max(REST, timedelta(milliseconds=figures.took_ms * SHARE)):
            found.append((as_of, petition_id))
    return sorted(found)


def _changed(now: datetime) -> list[int]:
    """Petitions whose signatures are not those that were counted."""
    changed: set[int] = set()
    figures = GrowthFigures.objects.filter(petition__status__in=(Status.OPEN, Status.CLOSED))
    # Whoever was folded, or entered in the ledger.
    counted = figures.exclude(supporter_count=F("petition__supporter_count"))
    changed.update(counted.values_list("pk", flat=True))
    new = Petition.objects.published().exclude(pk__in=GrowthFigures.objects.values("pk"))
    changed.update(new.order_by().values_list("pk", flat=True))
    since = now - _LOOK_BACK
    # Whoever signed and has not confirmed.
    signed = Signature.objects.filter(status=Signature.Status.PENDING, created_at__gt=since)
    changed.update(signed.order_by().values_list("petition_id", flat=True).distinct())
    # One who left while one came: the number is as before.
    entries = CountAdjustment.objects.order_by("-pk").values_list("petition_id", "recorded_at")
    changed.update(pk for pk, at in entries[:_ENTRIES] if at > since)
    # Whatever else: what was erased, what began to be late a week ago, a worker that stood still.
    waits = Q(pending__gt=0) | Q(petition__status=Status.OPEN)
    changed.update(
        figures.filter(Q(as_of=None) | waits & Q(as_of__lt=now - _DAY)).values_list("pk", flat=True)
    )
    return sorted(changed)


def refresh_one(petition_id: int, *, seen: datetime | None = None) -> int:
    """Count one petition again. 0 where another worker is at it, or was quicker: its last count is
    no longer that of the moment `seen`, if one is given."""
    now = clock.now()
    GrowthFigures.objects.bulk_create(
        [GrowthFigures(petition_id=petition_id)], ignore_conflicts=True
    )
    row = GrowthFigures.objects.filter(pk=petition_id)
    until = now + LEASE
    free = row.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    if seen:
        free = free.filter(as_of=None if seen == _NEVER else seen)
    if not free.update(claimed_until=until):
        return 0
    began = monotonic()
    try:
        before = Petition.objects.values_list("supporter_count", flat=True).get(pk=petition_id)
        numbers = count(petition_id, now=now)
        with transaction.atomic():
            # The petition row first, as everywhere.
            petition = Petition.objects.lock().get(pk=petition_id)
            written = row.filter(claimed_until=until).update(
                numbers=numbers,
                supporter_count=before,
                pending=numbers["pending"],
                as_of=now,
                took_ms=int((monotonic() - began) * 1000),
            )
            if written:
                milestones.note(petition)
    finally:
        row.filter(claimed_until=until).update(claimed_until=None)
    return int(written)


def note_lapsed(signatures: Iterable[tuple[int, int]]) -> None:
    """Keep how many were erased unconfirmed: (petition, how many), in the erasing transaction."""
    for petition_id, quantity in sorted(signatures):
        row = GrowthFigures.objects.filter(pk=petition_id)
        if not row.update(lapsed=F("lapsed") + quantity):
            GrowthFigures.objects.bulk_create(
                [GrowthFigures(petition_id=petition_id)], ignore_conflicts=True
            )
            row.update(lapsed=F("lapsed") + quantity)
