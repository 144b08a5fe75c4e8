"""What comes with millions of signatures: those who left, corrections, mails that were sent."""

from typing import Any

# One in a hundred, spread over all of them, each with an entry of the ledger, as withdrawing does.
_LEAVE = """
WITH gone AS (
    UPDATE supporters_signature SET status = 'withdrawn', ended_at = confirmed_at + interval '1 hour',
        given_name = '', family_name = '', email = '', email_key = NULL, country = '',
        postal_code = '', locality = '', reason = '', network = NULL, wants_updates = false,
        consent_id = NULL
    WHERE petition_id = %(petition)s AND position %% 100 = 50 AND status = 'confirmed'
    RETURNING confirmed_at
), noted AS (
    INSERT INTO supporters_countadjustment (
        petition_id, kind, quantity, reason, source, happened_on, recorded_at
    )
    SELECT %(petition)s, 'withdrawn', -1, '', '', (confirmed_at + interval '1 hour')::date,
        confirmed_at + interval '1 hour'
    FROM gone RETURNING quantity
)
UPDATE petitions_petition
SET supporter_count = supporter_count + (SELECT COALESCE(SUM(quantity), 0) FROM noted)
WHERE id = %(petition)s
"""
# Carried over from elsewhere, in batches, a few each day.
_CARRY_OVER = """
INSERT INTO supporters_countadjustment (
    petition_id, kind, quantity, reason, source, happened_on, recorded_at
)
SELECT %(petition)s, 'carried_over', 10, '', 'List ' || n, current_date - n %% 300,
    now() - n %% 300 * interval '1 day' FROM generate_series(1, %(number)s) AS n
"""
_MAILS = """
INSERT INTO supporters_outgoingmail (
    kind, recipient, petition_id, signature_id, payload, created_at, not_before, attempts, failure,
    sent_at
)
SELECT 'signature', email, petition_id, id, '{"language": "en"}', at, at, 1, '', at
FROM (
    SELECT id, petition_id, email,
        now() - interval '28 days' + row_number() OVER (ORDER BY id) * interval '2 seconds' AS at
    FROM (
        SELECT id, petition_id, email FROM supporters_signature
        WHERE petition_id = %s AND status = 'confirmed' LIMIT %s
    ) AS few
) AS sent
"""


def let_leave(petition: Any, *, batches: int = 0) -> int:
    """One in a hundred withdraws; and so many batches of ten are carried over. Returns how many
    entries the petition's ledger has."""
    from django.db import connection, transaction

    from petitions.models import Petition
    from supporters.models import CountAdjustment

    values = {"petition": petition.pk, "number": batches}
    with transaction.atomic(), connection.cursor() as cursor:
        Petition.objects.lock().get(pk=petition.pk)
        cursor.execute(_LEAVE, values)
        cursor.execute(_CARRY_OVER, values)
        cursor.execute(
            "UPDATE petitions_petition SET supporter_count = supporter_count + 10 * %(number)s"
            " WHERE id = %(petition)s",
            values,
        )
    petition.refresh_from_db()
    return CountAdjustment.objects.filter(petition=petition).count()


def send(petition: Any, number: int) -> None:
    """So many confirmation mails, of the last 28 days."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_MAILS, [petition.pk, number])


def tidy() -> None:
    """As autovacuum leaves the tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("signature", "countadjustment", "outgoingmail"):
            cursor.execute(f"VACUUM (ANALYZE) supporters_{table}")
