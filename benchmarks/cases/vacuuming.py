"""What writing leaves behind in the tables, and who clears it away. PostgreSQL alone."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from benchmarks.cases.beside import repeated

NAP = 60.0  # seconds, autovacuum_naptime as PostgreSQL has it
TABLES = ("supporters_signature", "petitions_petition")
State = dict[str, int]

_STATE = """
SELECT n_dead_tup, n_tup_upd, n_tup_hot_upd, pg_relation_size(relid), pg_indexes_size(relid),
    autovacuum_count
FROM pg_stat_user_tables WHERE relname = %s
"""


def is_automatic() -> bool:
    """Whether the server vacuums by itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW autovacuum")
        return cursor.fetchone()[0] == "on"


@contextmanager
def as_automatic(seconds: float) -> Iterator[list[float]]:
    """Where the server does not vacuum by itself, do it in its place from a thread, once a minute, or
    four times in a block of so few seconds. Gives the seconds that each one took."""
    from django.db import connection

    took: list[float] = []

    def vacuum() -> None:
        with connection.cursor() as cursor:
            began = time.monotonic()
            cursor.execute("VACUUM (ANALYZE)")
            took.append(time.monotonic() - began)

    beside = nullcontext() if is_automatic() else repeated(vacuum, every=min(NAP, seconds / 5))
    with beside:
        yield took


def state(table: str) -> State:
    """Rows and bytes, as the statistics know them."""
    from django.db import connection

    connection.close()  # what a session has done is told at its end at the latest
    time.sleep(1.5)
    names = ("dead", "updated", "HOT", "table", "indexes", "autovacuums")
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [table])
        return dict(zip(names, cursor.fetchone(), strict=True))


def said(took: list[float], states: dict[str, State], *, automatic: bool) -> list[str]:
    """The notes of a row: who vacuumed, and what is there at the end."""
    if automatic:
        came = sum(each["autovacuums"] for each in states.values())
        who = f"autovacuum on, it came {came} times"
    else:
        who = f"autovacuum off, VACUUM {len(took)} times in its place"
        who += f", {max(took):,.1f} s at most" if took else ""
    return [who, *(
        f"{table} at the end: {each['dead']:,} dead rows, table {each['table'] / 1_000:,.0f} kB,"
        f" indexes {each['indexes'] / 1_000:,.0f} kB"
        for table, each in states.items()
    )]  # fmt: skip
