"""Millions of counted signatures, made where they are stored. PostgreSQL alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# One in twenty has a reason and one in ten a name that is not shown, as position, date and id go
# up together: a crowd that came through the fold. 240 a minute. Another one in twenty is of a wave
# from one domain, and one in a million of a domain, a name, a place and a postcode of its own.
_FILL = """
INSERT INTO supporters_signature (
    petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
    locality, reason, display, wants_updates, status, kind, is_organizer, position, mails_asked,
    created_at, confirmed_at, language, source, network, consent_id
)
SELECT %(petition)s, %(version)s,
    (ARRAY['Sam', 'Noor', 'Ana', 'José', 'Wilhelmina', 'Li', 'Oluwaseun', 'Zoë'])[1 + n %% 8],
    CASE WHEN is_rare THEN 'Quill' ELSE
        (ARRAY['Okoro', 'Haddad', 'Ferreira', 'Smith', 'van der Berg', 'Wu', 'Nagy'])[1 + n %% 7]
    END,
    address, address, 'GB', CASE WHEN is_rare THEN 'QX9 9ZZ' ELSE 'MV1 ' || n %% 1000 END,
    CASE WHEN is_rare THEN 'Quillington' ELSE 'Town ' || n %% 3000 END,
    CASE WHEN n %% 20 = 0 THEN 'I cross it every day, and so do ' || n %% 97 || ' others.'
        ELSE '' END,
    CASE WHEN n %% 10 = 3 THEN 'hidden' WHEN n %% 3 = 0 THEN 'full' ELSE 'initial' END,
    n %% 2 = 0, 'confirmed', 'online', false, %(given)s + n, 1, confirmed_at - interval '4 minutes',
    confirmed_at, 'en', (ARRAY['', '', 'link', 'qr'])[1 + n %% 4], substr(md5((n / 9)::text), 1, 16),
    CASE WHEN n %% 3 > 0 THEN %(consent)s::bigint END
FROM generate_series(1, %(number)s) AS n,
    LATERAL (SELECT n %% 1000000 = 3) AS rare (is_rare),
    LATERAL (
        SELECT CASE WHEN is_rare THEN 'quill' || n || '@few.example'
            WHEN n %% 20 = 7 THEN 'bot' || n || '@wave.example'
            ELSE md5(n::text) || '@example.org' END
    ) AS of_signer (address),
    LATERAL (
        SELECT now() - (%(later)s + %(number)s - n) * interval '0.25 seconds'
    ) AS at (confirmed_at)
"""
_NOTE_HOURS = """
INSERT INTO supporters_hourlycount (petition_id, hour, quantity)
SELECT petition_id, date_trunc('hour', confirmed_at), count(*) FROM supporters_signature
WHERE petition_id = %(petition)s AND position > %(given)s GROUP BY 1, 2
ON CONFLICT (petition_id, hour) DO UPDATE
SET quantity = supporters_hourlycount.quantity + excluded.quantity
"""
_COUNT = (
    "UPDATE petitions_petition SET supporter_count = supporter_count + %(number)s"
    " WHERE id = %(petition)s"
)


def fill(sizes: dict[Any, int], *, consent: int | None = None) -> None:
    """Give each petition so many more counted signatures. What is counted adds up (recount).

    One petition came after the other, so that ids rise with time. Two of three gave this consent,
    if there is one.
    """
    from django.db import connection

    later = sum(sizes.values())

    with connection.cursor() as cursor:
        with _without_indexes(cursor):
            for petition, number in sizes.items():
                petition.refresh_from_db()
                later -= number
                values = {"petition": petition.pk, "version": petition.version_id,
                          "given": petition.supporter_count, "number": number,
                          "later": later, "consent": consent}  # fmt: skip
                for statement in (_FILL, _NOTE_HOURS, _COUNT):
                    cursor.execute(statement, values)
        # As autovacuum leaves it: statistics, and a map of what everybody sees.
        cursor.execute("VACUUM (ANALYZE) supporters_signature")
        cursor.execute("ANALYZE")


@contextmanager
def _without_indexes(cursor: Any) -> Iterator[None]:
    """Drop the table's indexes and foreign keys for the block: made anew they take a third."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'supporters_signature'"
        " AND indexname <> 'supporters_signature_pkey'"
    )
    indexes = cursor.fetchall()
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'supporters_signature'::regclass AND contype = 'f'"
    )
    keys = cursor.fetchall()
    for name, _definition in keys:
        cursor.execute(f'ALTER TABLE supporters_signature DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    cursor.execute("SET maintenance_work_mem = '1GB'")
    for _name, definition in indexes:
        cursor.execute(definition)
    for name, definition in keys:
        cursor.execute(f'ALTER TABLE supporters_signature ADD CONSTRAINT "{name}" {definition}')
    cursor.execute("RESET maintenance_work_mem")
