from django.db import migrations

# Beside the others while people sign: on ten million rows each takes a minute or more. Only rows
# with a position: who signs and who confirms pays nothing for them, the fold does. In the order of
# bytes, whatever the database's collation, since that is what a beginning can be looked up in.
_INDEXES = {
    "supporters_signature_by_address": """(reverse(email_key) COLLATE "C", id)
        WHERE position IS NOT NULL AND email_key IS NOT NULL""",
    "supporters_signature_by_name": """(lower(family_name || ' ' || given_name) COLLATE "C", id)
        WHERE position IS NOT NULL AND NOT (family_name = '' AND given_name = '')""",
    "supporters_signature_by_postcode": """(upper(postal_code) COLLATE "C", id)
        WHERE position IS NOT NULL AND NOT postal_code = ''""",
    "supporters_signature_by_locality": """(lower(locality) COLLATE "C", id)
        WHERE position IS NOT NULL AND NOT locality = ''""",
}


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, columns in _INDEXES.items():
            # One that was broken off half-way is there and never used.
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            schema_editor.execute(
                f"CREATE INDEX CONCURRENTLY {name} ON supporters_signature {columns}"
            )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in _INDEXES:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class Migration(migrations.Migration):
    """What moderators search by, across petitions (supporters/signature_search.py). SQLite reads
    all rows instead: there the expressions would need functions that only Django knows."""

    atomic = False

    dependencies = [
        ("supporters", "0027_figures_and_notices"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="signature",
            options={
                "permissions": [
                    ("confirm_signature", "Can confirm a signature by hand"),
                    ("remove_signature", "Can remove and restore a signature"),
                    ("unsubscribe_signature", "Can unsubscribe a signature"),
                    ("erase_signature", "Can erase who signed"),
                    ("export_signature", "Can export what is held of an address"),
                ],
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
            },
        ),
        migrations.RunPython(make, remove),
    ]
