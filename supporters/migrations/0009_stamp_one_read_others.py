"""A function of PostgreSQL: stamp the mail that was sent, and read what others are decided by.

Its statements are planned once for each connection; planning took longer than all else in the
trip. The plans must not depend on when they were made: no table may be read whole, and no condition
is the one that the partial indexes are for. PostgreSQL, having counted the rows at a moment when
nothing waited, would walk all that waits instead of looking up one id. (A join of the three tables
would read an index whole where its plan was made with ten rows.)
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION supporters_mail_turn_1(
    before bigint, before_lease timestamptz, waits boolean,
    first bigint, second bigint, lease timestamptz
) RETURNS TABLE (
    was_ours boolean, wanted bigint, is_ours boolean,
    signature_id bigint, given_name varchar, signature_status varchar,
    created_at timestamptz, confirmed_at timestamptz, language varchar,
    petition_id bigint, slug varchar, title varchar, closes_at timestamptz,
    petition_status varchar, closed_at timestamptz, read_only boolean
)
LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    of_signature bigint;
    of_petition bigint;
BEGIN
    was_ours := false;
    IF before IS NOT NULL THEN
        IF NOT waits THEN
            SET LOCAL synchronous_commit = off;
        END IF;
        UPDATE supporters_outgoingmail
        SET sent_at = statement_timestamp(), leased_until = NULL, failure = ''
        WHERE id = before AND leased_until = before_lease AND COALESCE(sent_at, failed_at) IS NULL;
        was_ours := FOUND;
    END IF;
    FOREACH wanted IN ARRAY ARRAY[first, second] LOOP
        SELECT mail.signature_id INTO of_signature
        FROM supporters_outgoingmail AS mail
        WHERE mail.id = wanted AND mail.leased_until = lease
            AND COALESCE(mail.sent_at, mail.failed_at) IS NULL;
        is_ours := FOUND;
        SELECT one.id, one.given_name, one.status, one.created_at, one.confirmed_at, one.language,
            one.petition_id
        INTO signature_id, given_name, signature_status, created_at, confirmed_at, language,
            of_petition
        FROM supporters_signature AS one WHERE one.id = of_signature;
        SELECT one.id, one.slug, one.title, one.closes_at, one.status, one.closed_at, one.read_only
        INTO petition_id, slug, title, closes_at, petition_status, closed_at, read_only
        FROM petitions_petition AS one WHERE one.id = of_petition;
        RETURN NEXT;
    END LOOP;
END
$$
"""
DROP = """
DROP FUNCTION IF EXISTS
    supporters_mail_turn_1(bigint, timestamptz, boolean, bigint, bigint, timestamptz)
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)
        schema_editor.execute(MAKE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("supporters", "0008_room_for_confirming")]

    operations = [migrations.RunPython(make, drop, elidable=False)]
