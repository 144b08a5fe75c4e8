"""The fold: it gives confirmed signatures their positions and adds them to supporter_count.

Any number of callers may run it at any time; the worker does every second. Confirming never
waits for it, since the tail is counted where it stands (count.py).
"""

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from petitions.locks import one_by_one
from petitions.models import Petition
from supporters.models import HourlyCount, Signature

BATCH = 10_000  # signatures a fold: what one transaction holds the petition row for
FEW = 200  # what somebody who waits for their own position folds along at most
# From one a second on, the worker's fold for all costs less than one for each signer.
MANY_A_DAY = 86_400

# One form for both databases. Not "WITH … UPDATE" (SQLite reports -1 rows), and no second
# "position IS NULL" outside (the planner then leaves the index: 37 s for 7,000 rows). The LIMIT
# is the length of the tail, counted before: PostgreSQL cannot guess how short it is, and would
# read the whole table instead (0.23 s for 5 of 600,000).
_GIVE_POSITIONS = """
UPDATE supporters_signature SET position = %s + numbered.n
FROM (
    SELECT id, row_number() OVER (ORDER BY confirmed_at, id) AS n
    FROM supporters_signature
    WHERE petition_id = %s AND status = 'confirmed' AND position IS NULL
    ORDER BY confirmed_at, id
    LIMIT %s
) AS numbered
WHERE supporters_signature.id = numbered.id
"""


def fold(petition_id: int, *, limit: int = BATCH) -> int:
    """Give the petition's tail the next positions. Returns how many signatures it took."""
    with transaction.atomic():
        # The petition row first: the lock order everywhere.
        Petition.objects.lock().only("pk").get(pk=petition_id)
        return _fold_locked(petition_id, limit)


def fold_at_once(petition_id: int) -> bool:
    """Fold for somebody who waits to see their position, without waiting for anybody.

    False where it is left to the worker: another holds the petition row, or so many sign that a
    fold for each would cost more than it gives.
    """
    with transaction.atomic():
        free = Petition.objects.select_for_update(no_key=True, skip_locked=True).only("pk")
        if not free.filter(pk=petition_id, trend__lt=MANY_A_DAY).first():
            return False
        _fold_locked(petition_id, FEW)
    return True


def _fold_locked(petition_id: int, limit: int) -> int:
    rows = Signature.objects.filter(petition_id=petition_id)
    waiting = rows.tail()[:limit].count()
    if not waiting:
        return 0
    last = rows.filter(position__isnull=False).aggregate(last=Max("position"))["last"]
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_POSITIONS, [last or 0, petition_id, waiting])
        taken: int = cursor.rowcount
    Petition.objects.filter(pk=petition_id).update(supporter_count=F("supporter_count") + taken)
    _note_hour(petition_id, taken)
    return taken


def fold_all(*, limit: int = BATCH) -> int:
    """Fold every petition that has a tail. Returns how many signatures were taken.

    Raises as petitions.locks.one_by_one does.
    """
    waiting = Signature.objects.tail().order_by().values_list("petition_id", flat=True).distinct()
    return one_by_one(list(waiting), lambda petition_id: _fold_whole(petition_id, limit))


def _fold_whole(petition_id: int, limit: int) -> int:
    taken = 0
    while (folded := fold(petition_id, limit=limit)) == limit:
        taken += folded
    return taken + folded


def _note_hour(petition_id: int, taken: int) -> None:
    """Add to the hour's sum. The petition row is locked, so nobody else writes this row."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    row = HourlyCount.objects.filter(petition_id=petition_id, hour=hour)
    if not row.update(quantity=F("quantity") + taken):
        HourlyCount.objects.create(petition_id=petition_id, hour=hour, quantity=taken)
