"""What confirming and folding write, by fillfactor, and beside a table of positions of its own.

    DATABASE_URL=… .venv/bin/python benchmarks/storage.py [--cycles 20000] [--rounds 2]

For a database that benchmarks/cases/crowd.py filled; what it adds stays there. Everything by SQL
alone: sign, then confirm in another order, then fold a thousand at a time. Time and WAL are those
that EXPLAIN (ANALYZE, WAL) tells of the very statements, so that others on the server do not count.
"""

import argparse
import os
import random
import time
from collections import Counter
from typing import Any

import psycopg2

BATCH = 1_000  # rows a fold

_SIGN = """
INSERT INTO supporters_signature (petition_id, version_id, given_name, family_name, email,
    email_key, country, postal_code, locality, reason, display, wants_updates, status, kind,
    is_organizer, mails_asked, created_at, language, source)
SELECT petition.id, petition.version_id, 'Sam', 'Okoro', key || '@example.org',
    key || '@example.org', 'GB', 'MV1 1', '', CASE WHEN n %% 20 = 0 THEN 'I cross it.' ELSE '' END,
    'initial', false, 'pending', 'online', false, 1, now(), 'en', ''
FROM petitions_petition AS petition, generate_series(1, %(number)s) AS n,
    LATERAL (SELECT md5(%(seed)s || '-' || n) AS key) AS keys
WHERE petition.id = %(petition)s RETURNING id
"""
_CONFIRM = (
    "UPDATE supporters_signature SET status = 'confirmed', confirmed_at = clock_timestamp()"
    " WHERE id = ANY(%(ids)s) AND status = 'pending'"
)
_FOLD = """
UPDATE supporters_signature SET position = %(last)s + numbered.n
FROM (
    SELECT id, row_number() OVER (ORDER BY confirmed_at, id) AS n FROM supporters_signature
    WHERE petition_id = %(petition)s AND status = 'confirmed' AND position IS NULL
    ORDER BY confirmed_at, id LIMIT %(batch)s
) AS numbered
WHERE supporters_signature.id = numbered.id
"""
# The other design: a confirmation also queues itself, and the fold moves it to the positions.
_TABLES = """
CREATE TABLE IF NOT EXISTS try_tail (
    petition_id bigint NOT NULL, confirmed_at timestamptz NOT NULL, signature_id bigint NOT NULL,
    PRIMARY KEY (petition_id, confirmed_at, signature_id));
CREATE TABLE IF NOT EXISTS try_position (
    petition_id bigint NOT NULL, position integer NOT NULL, signature_id bigint NOT NULL UNIQUE,
    PRIMARY KEY (petition_id, position));
"""
_QUEUE = """
INSERT INTO try_tail SELECT %(petition)s, clock_timestamp(), id FROM unnest(%(ids)s) AS id
"""
_MOVE = """
WITH taken AS (DELETE FROM try_tail WHERE petition_id = %(petition)s RETURNING *)
INSERT INTO try_position
SELECT petition_id, %(last)s + row_number() OVER (ORDER BY confirmed_at, signature_id), signature_id
FROM taken
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cycles", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(_TABLES)
    cursor.execute(
        "SELECT id, supporter_count FROM petitions_petition ORDER BY supporter_count DESC LIMIT 1"
    )
    petition, last = cursor.fetchone()
    totals: dict[str, list[Counter[str]]] = {}
    for number in range(options.rounds):
        designs = ["100", "90", "80", "70", "table of positions"]
        for design in designs if number % 2 else reversed(designs):
            spent = cycle(cursor, petition, last, options.cycles, design)
            last += options.cycles
            totals.setdefault(design, []).append(spent)
            print(design, *(f"{name} {value:,.0f}" for name, value in spent.items()), flush=True)
    cursor.execute("ALTER TABLE supporters_signature RESET (fillfactor)")


def cycle(cursor: Any, petition: int, last: int, number: int, design: str) -> Counter[str]:
    """Sign, confirm and fold so many; per signature: µs, bytes of WAL, rows updated in place."""
    fill = design if design.isdigit() else "100"
    cursor.execute(f"ALTER TABLE supporters_signature SET (fillfactor = {fill})")
    cursor.execute("VACUUM supporters_signature")
    cursor.execute("SELECT pg_stat_force_next_flush()")
    before = state(cursor)
    values: dict[str, Any] = {"petition": petition, "number": number, "batch": BATCH,
                              "seed": f"{time.time()}"}  # fmt: skip
    cursor.execute(_SIGN, values)
    ids = [row[0] for row in cursor.fetchall()]
    random.Random(last).shuffle(ids)
    spent: Counter[str] = Counter()
    for start in range(0, number, BATCH):
        values |= {"ids": ids[start : start + BATCH], "last": last + start}
        spend(cursor, "confirm", _CONFIRM, values, spent)
        if design.isdigit():
            spend(cursor, "fold", _FOLD, values, spent)
        else:
            spend(cursor, "confirm", _QUEUE, values, spent)
            spend(cursor, "fold", _MOVE, values, spent)
    if not design.isdigit():  # what the next round finds must be folded
        cursor.execute(_FOLD, values | {"last": last, "batch": number})
    cursor.execute("SELECT pg_stat_force_next_flush()")
    grown = {name: value - before[name] for name, value in state(cursor).items()}
    return Counter({name: value / number for name, value in {**spent, **grown}.items()})


def spend(cursor: Any, what: str, sql: str, values: Any, spent: Counter[str]) -> None:
    cursor.execute(f"EXPLAIN (ANALYZE, WAL, BUFFERS, FORMAT JSON) {sql}", values)
    [plan] = cursor.fetchone()[0]
    spent[f"{what} µs"] += plan["Execution Time"] * 1000
    spent[f"{what} WAL"] += plan["Plan"].get("WAL Bytes", 0)


def state(cursor: Any) -> dict[str, int]:
    cursor.execute(
        "SELECT pg_relation_size('supporters_signature'), pg_indexes_size('supporters_signature'),"
        " coalesce(n_tup_hot_upd, 0) FROM pg_stat_user_tables"
        " WHERE relname = 'supporters_signature'"
    )
    return dict(zip(("table bytes", "index bytes", "HOT"), cursor.fetchone(), strict=True))


main()
