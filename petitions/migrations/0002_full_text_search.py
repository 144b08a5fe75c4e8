"""The index of the search documents, in the dialect of the database (petitions/search.py)."""

from django.db import migrations

# Words are cut by us before they come here; this only has to split at spaces. Marks belong to
# words, or the vowel signs of Indic scripts would cut them.
FTS5 = """
CREATE VIRTUAL TABLE petitions_fts USING fts5(
    title, rest, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
)
"""
# No pending list: while an import fills it, the planner would rather read the whole table.
GIN = """
CREATE INDEX petitions_search_vector ON petitions_petitionsearch USING gin (vector)
WITH (fastupdate = off)
"""


def create(apps, schema_editor):
    schema_editor.execute(GIN if schema_editor.connection.vendor == "postgresql" else FTS5)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX petitions_search_vector")
    else:
        schema_editor.execute("DROP TABLE petitions_fts")


class Migration(migrations.Migration):
    dependencies = [("petitions", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
