"""What hundreds of thousands of signatures leave behind in the tables: dead rows, and indexes that grow.

Each round some sign, others confirm in another order than they signed, and the fold takes them,
with autovacuum as the server has it. BENCH_ROWS is how many do all three. PostgreSQL alone.
"""

import os
import random
import statistics
import time
from typing import Any

from benchmarks.cases.checks import counted_exactly
from benchmarks.cases.rounds import Place, Result
from benchmarks.cases.rows import pending, petitions
from benchmarks.cases.vacuuming import TABLES, State, is_automatic, state

ROWS = int(os.environ.get("BENCH_ROWS") or 200000)
BATCH = 1_000  # rows a fold, as when a thousand confirm each second
BACKLOG = 5  # batches that have signed and not confirmed
LOOKS = 50  # at the number, of which the median counts


def fold_bloat(place: Place) -> list[Result]:
    [petition] = petitions()
    _tell("VACUUM (ANALYZE) supporters_signature", "VACUUM (ANALYZE) petitions_petition")
    number_before = _number(petition)
    began = {table: state(table) for table in TABLES}
    times = _live(petition)
    worn = {table: state(table) for table in TABLES}
    number_worn = _number(petition)
    _tell(*(f"VACUUM {table}" for table in TABLES))
    swept = {table: state(table) for table in TABLES}
    number_swept = _number(petition)
    _tell(*(f"REINDEX TABLE {table}" for table in TABLES))
    anew = {table: state(table) for table in TABLES}
    counted_exactly([petition.pk])

    tenth = max(len(times) // 10, 1)
    fold = Result(title=f"fold of {BATCH:,}, the last tenth of {ROWS:,} signatures", target="", unit="ms",
                  beside="the first tenth", ours=times[-tenth:], floor=times[:tenth],
                  how=f"{len(times)} folds of one petition")  # fmt: skip
    fold.notes.append(
        f"the longest took {max(times):,.0f} ms, which is how late a position was by it"
    )
    number = Result(title=f"the number of a petition, read after {ROWS:,} signatures",
                    beside="read before them", target="", unit="ms", ours=[number_worn],
                    floor=[number_before], how=f"once, the median of {LOOKS}",
                    notes=[f"after a vacuum: {number_swept:.2f} ms"])  # fmt: skip
    return [fold, number, *(
        _row(table, began[table], worn[table], swept[table], anew[table]) for table in TABLES
    )]  # fmt: skip


def _row(table: str, began: State, worn: State, swept: State, anew: State) -> Result:
    updated = worn["updated"] - began["updated"]
    hot = worn["HOT"] - began["HOT"]
    vacuums = worn["autovacuums"] - began["autovacuums"]
    sizes, rows = "indexes {indexes:,.0f} kB, table {table:,.0f} kB", "{dead:,} dead rows"
    return Result(
        title=f"indexes of {table}, after {ROWS:,} signatures", beside="made anew (REINDEX)", target="",
        unit="kB", how="once", ours=[_kilo(worn)["indexes"]], floor=[_kilo(anew)["indexes"]],
        notes=[
            f"before them {sizes.format_map(_kilo(began))}; then {sizes.format_map(_kilo(worn))}",
            f"{rows.format_map(worn)}; after a VACUUM {rows.format_map(swept)}, "
            + sizes.format_map(_kilo(swept)),
            f"of {updated:,} updates {hot:,} were HOT ({hot / max(updated, 1):.0%})",
            f"autovacuum on, it came {vacuums} times"
            if is_automatic()
            else "autovacuum off, and nobody else vacuumed meanwhile",
        ],
    )  # fmt: skip


def _kilo(state: State) -> dict[str, float]:
    return {name: value / 1_000 for name, value in state.items()}


def _live(petition: Any) -> list[float]:
    """Milliseconds of each fold."""
    from django.utils import timezone

    from supporters.fold import fold
    from supporters.models import Signature

    chance, times = random.Random(7), []
    waiting = pending([petition.pk], BACKLOG * BATCH, analyze=False)
    for _ in range(max(ROWS // BATCH, 1)):
        chance.shuffle(waiting)
        now, waiting = waiting[:BATCH], waiting[BATCH:]
        Signature.objects.filter(pk__in=now).update(status="confirmed", confirmed_at=timezone.now())
        began = time.perf_counter()
        if fold(petition.pk) != BATCH:
            raise RuntimeError("The fold took something else.")
        times.append((time.perf_counter() - began) * 1_000)
        waiting += pending([petition.pk], BATCH, analyze=False)
    return times


def _number(petition: Any) -> float:
    """Milliseconds for the live count."""
    from supporters.count import live_count

    times = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        live_count(petition.pk)
        times.append((time.perf_counter() - began) * 1_000)
    return statistics.median(times)


def _tell(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
