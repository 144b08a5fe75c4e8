"""Signing as a function of PostgreSQL that also asks the site's block lists, and keeps a network.

The one before it stays, for processes that were started before this was deployed. What migration
0010 says of such functions holds here too.
"""

from django.db import migrations

# As supporters_sign_2, but for what it answers: 0 where the petition cannot be signed, 1 where the
# signature was taken, or was one of those that are quietly not, 2 where a block list kept it out.
# `site_keys` are all keys of blocks that would (blocking.py): equality alone, so that the one index
# is all that is read.
SIGN = """
CREATE FUNCTION supporters_sign_3(
    of_petition bigint, of_slug text, key_hashes text[], site_keys text[],
    moment timestamptz, most_mails integer,
    new_given_name text, new_family_name text, new_email text, new_email_key text,
    new_country text, new_postal_code text, new_reason text, new_display text,
    new_wants_updates boolean, new_language text, new_source text,
    new_network text, new_agreed text
)
RETURNS smallint LANGUAGE plpgsql SECURITY INVOKER SET enable_seqscan = off AS $$
DECLARE
    its_version bigint;
    is_blocked boolean;
    is_kept_out boolean;
    signed_id bigint;
    signed_email text;
    agreed_id bigint;
BEGIN
    SELECT version_id, EXISTS (
        SELECT FROM supporters_blockedaddress AS blocked
        WHERE blocked.petition_id = of_petition AND blocked.key_hash = ANY (key_hashes)
    ), EXISTS (
        SELECT FROM supporters_siteblock AS kept_out
        WHERE kept_out.key = ANY (site_keys)
            AND (kept_out.expires_at IS NULL OR kept_out.expires_at > moment)
    )
    INTO its_version, is_blocked, is_kept_out
    FROM petitions_petition
    WHERE id = of_petition AND CASE
        WHEN of_slug IN ('', slug) AND status = 'open' AND NOT read_only
        THEN closes_at IS NULL OR closes_at > moment
    END;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    IF is_kept_out THEN
        RETURN 2;
    END IF;
    IF is_blocked THEN
        RETURN 1;
    END IF;

    IF new_agreed <> '' THEN
        SELECT id INTO agreed_id FROM supporters_consent
        WHERE purpose = 'organizer_writes' AND language = new_language AND wording = new_agreed;
        IF NOT FOUND THEN
            INSERT INTO supporters_consent (purpose, language, wording, created_at)
            VALUES ('organizer_writes', new_language, new_agreed, moment)
            ON CONFLICT (purpose, language, wording) DO UPDATE SET language = new_language
            RETURNING id INTO agreed_id;
        END IF;
    END IF;

    INSERT INTO supporters_signature (
        petition_id, version_id, given_name, family_name, email, email_key, country, postal_code,
        locality, reason, display, wants_updates, status, kind, is_organizer, mails_asked,
        created_at, language, source, network, consent_id
    )
    VALUES (
        of_petition, its_version, new_given_name, new_family_name, new_email, new_email_key,
        new_country, new_postal_code, '', new_reason, new_display, new_wants_updates, 'pending',
        'online', false, 1, moment, new_language, new_source, new_network,
        agreed_id
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
    RETURN 1;
END
$$
"""

DROP = "DROP FUNCTION supporters_sign_3"


def _on_postgresql(statement):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("supporters", "0024_networks_and_blocks")]

    operations = [migrations.RunPython(_on_postgresql(SIGN), _on_postgresql(DROP))]
