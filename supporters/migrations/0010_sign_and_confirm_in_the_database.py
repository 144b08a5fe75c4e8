"""Signing and confirming as functions of PostgreSQL, which then plans them once a connection.

Of a signature's 0.5 ms in the database 0.3 went into planning the same statement anew
(docs/decisions). A function is never changed: what signs otherwise becomes another, with the next
number, so that servers of before and after a deployment find their own. Nothing here is SECURITY
DEFINER: they may do what their caller may.

A plan that is kept is made once, perhaps when a table held ten rows: none may be read whole, and no
condition is the one that a partial index is for (hence CASE), so that each row is found by its key.

The rules are told, and on SQLite followed, by supporters/signing.py and confirming.py.
"""

from django.db import migrations

# Says whether the petition can be signed. A new address makes a row and asks for its mail. One that
# is pending or confirmed changes nothing but mails_asked, so that a stranger cannot alter what was
# signed. Only the signature's own mailbox hears of it: the one typed now may be another's, where a
# "+" or capitals make a difference.
SIGN = """
CREATE FUNCTION supporters_sign_1(
    of_petition bigint, of_slug text, key_hashes text[], moment timestamptz, most_mails integer,
    new_given_name text, new_family_name text, new_email text, new_email_key text,
    new_country text, new_postal_code text, new_reason text, new_display text,
    new_wants_updates boolean, new_language text, new_source text
)
RETURNS boolean LANGUAGE plpgsql SECURITY INVOKER SET enable_seqscan = off AS $$
DECLARE
    its_version bigint;
    is_blocked boolean;
    signed_id bigint;
    signed_email text;
BEGIN
    SELECT version_id, EXISTS (
        SELECT FROM supporters_blockedaddress AS blocked
        WHERE blocked.petition_id = of_petition AND blocked.key_hash = ANY (key_hashes)
    )
    INTO its_version, is_blocked
    FROM petitions_petition
    WHERE id = of_petition AND CASE
        WHEN of_slug IN ('', slug) AND status = 'open' AND NOT read_only
        THEN closes_at IS NULL OR closes_at > moment
    END;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF is_blocked THEN
        RETURN true;
    END IF;

    INSERT INTO supporters_signature (
        petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
        locality, reason, display, wants_updates, status, kind, is_organizer, mails_asked,
        created_at, language, source
    )
    VALUES (
        of_petition, its_version, new_given_name, new_family_name, new_email, new_email_key,
        new_country, new_postal_code, '', new_reason, new_display, new_wants_updates, 'pending',
        'online', false, 1, moment, new_language, new_source
    )
    ON CONFLICT (petition_id, email_key) WHERE status IN ('pending', 'confirmed')
    DO UPDATE SET mails_asked = supporters_signature.mails_asked + 1
        WHERE supporters_signature.mails_asked < most_mails
    RETURNING id, email INTO signed_id, signed_email;

    IF FOUND THEN
        INSERT INTO supporters_outgoingmail (
            kind, recipient, petition_id, signature_id, payload, created_at, not_before, attempts,
            failure
        )
        VALUES (
            'signature', signed_email, of_petition, signed_id,
            jsonb_build_object('language', new_language), moment, moment, 0, ''
        );
    END IF;
    RETURN true;
END
$$
"""

# Says whether it was pending and is confirmed now. A petition takes a confirmation while it is
# open, or closed for no longer than the grace, after signing. Closed means closed_at, or a closing
# date that has passed whether or not the worker saw it.
CONFIRM = """
CREATE FUNCTION supporters_confirm_1(of_signature bigint, moment timestamptz, grace interval)
RETURNS boolean LANGUAGE plpgsql SECURITY INVOKER SET enable_seqscan = off AS $$
BEGIN
    UPDATE supporters_signature AS signature
    SET status = 'confirmed', confirmed_at = moment
    WHERE signature.id = of_signature AND CASE WHEN signature.status = 'pending' THEN (
        SELECT CASE petition.status
            WHEN 'open' THEN petition.closes_at IS NULL OR petition.closes_at > moment OR (
                petition.closes_at > moment - grace AND petition.closes_at >= signature.created_at
            )
            WHEN 'closed' THEN petition.closed_at > moment - grace
                AND petition.closed_at >= signature.created_at
        END
        FROM petitions_petition AS petition WHERE petition.id = signature.petition_id
    ) END;
    RETURN FOUND;
END
$$
"""

DROPS = ("DROP FUNCTION supporters_sign_1", "DROP FUNCTION supporters_confirm_1")


def _on_postgresql(*statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("supporters", "0009_stamp_one_read_others"),
        ("petitions", "0009_superusers_have_an_address"),
    ]

    operations = [migrations.RunPython(_on_postgresql(SIGN, CONFIRM), _on_postgresql(*DROPS))]
