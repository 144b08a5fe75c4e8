"""Functions of PostgreSQL: read what many mails are decided by; and stamp one, read one once more.

They follow supporters_mail_turn_1, which read each mail twice, each time in a trip of its own. That
one stays, for workers of the release before. Its rules for plans hold here as well (migration 0009):
no table may be read whole, and no condition is the one that the partial indexes are for.
"""

from django.db import migrations

COLUMNS = """
    is_ours boolean,
    signature_id bigint, given_name varchar, signature_status varchar,
    created_at timestamptz, confirmed_at timestamptz, language varchar,
    petition_id bigint, slug varchar, title varchar, closes_at timestamptz,
    petition_status varchar, closed_at timestamptz, read_only boolean
"""
READ = """
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
"""
MAKE = (
    f"""
CREATE FUNCTION supporters_mail_states_1(ids bigint[], lease timestamptz)
RETURNS TABLE (wanted bigint, {COLUMNS})
LANGUAGE plpgsql SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    of_signature bigint;
    of_petition bigint;
BEGIN
    FOREACH wanted IN ARRAY ids LOOP
        {READ}
    END LOOP;
END
$$
""",
    f"""
CREATE FUNCTION supporters_mail_turn_2(
    before bigint, before_lease timestamptz, waits boolean, wanted bigint, lease timestamptz
) RETURNS TABLE (was_ours boolean, {COLUMNS})
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
    {READ}
END
$$
""",
)
DROP = (
    "DROP FUNCTION IF EXISTS supporters_mail_states_1(bigint[], timestamptz)",
    """
DROP FUNCTION IF EXISTS
    supporters_mail_turn_2(bigint, timestamptz, boolean, bigint, timestamptz)
""",
)


def make(apps, schema_editor):
    drop(apps, schema_editor)
    if schema_editor.connection.vendor == "postgresql":
        for statement in MAKE:
            schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in DROP:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("supporters", "0013_suppressed_addresses")]

    operations = [migrations.RunPython(make, drop, elidable=False)]
