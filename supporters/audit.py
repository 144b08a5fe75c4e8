"""The audit of the count: does every petition's number follow from its rows? Changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

# One statement sees one snapshot, however many confirm, fold and withdraw meanwhile.
_AUDIT = """
SELECT petition.slug, petition.supporter_count,
    COALESCE(given.positions, 0) + COALESCE(ledger.total, 0),
    COALESCE(given.standing, 0),
    COALESCE(given.positions, 0) + COALESCE(ledger.ended, 0)
FROM petitions_petition AS petition
LEFT JOIN (
    SELECT petition_id, COUNT(*) AS positions,
        SUM(CASE WHEN status = 'confirmed' THEN 1 ELSE 0 END) AS standing
    FROM supporters_signature
    WHERE position IS NOT NULL
    GROUP BY petition_id
) AS given ON given.petition_id = petition.id
LEFT JOIN (
    SELECT petition_id, SUM(quantity) AS total,
        SUM(CASE WHEN kind IN ('withdrawn', 'removed', 'restored') THEN quantity ELSE 0 END)
            AS ended
    FROM supporters_countadjustment
    GROUP BY petition_id
) AS ledger ON ledger.petition_id = petition.id
WHERE (%s IS NULL OR petition.slug = %s)
    AND (
        petition.supporter_count <> COALESCE(given.positions, 0) + COALESCE(ledger.total, 0)
        OR COALESCE(given.standing, 0) <> COALESCE(given.positions, 0) + COALESCE(ledger.ended, 0)
    )
ORDER BY petition.slug
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """A petition whose numbers do not add up.

    `supporter_count` should be `counted`: positions given + the sum of all adjustments.
    `standing`, confirmed signatures with a position, should be `remaining`: positions given +
    what was withdrawn, removed and restored.
    """

    slug: str
    supporter_count: int
    counted: int
    standing: int
    remaining: int


@contextmanager
def unhurried() -> Iterator[None]:
    """Let statements take longer than the role's statement_timeout: millions of rows are read."""
    if connection.vendor != "postgresql":  # where a transaction would keep who signs waiting
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # Of the transaction alone: PgBouncer gives the connection to others afterwards.
        cursor.execute("SET LOCAL statement_timeout = 0")
        yield


def drifts(slug: str | None = None) -> list[Drift]:
    """Every petition that drifted, or the one asked for if it did."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT, [slug, slug])
        return [Drift(row[0], *(int(number) for number in row[1:])) for row in cursor.fetchall()]
