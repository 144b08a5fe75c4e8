"""pg_trgm, where this role may create it. Without it, similar petitions are found by words alone."""

import logging

from django.db import DatabaseError, migrations, transaction

logger = logging.getLogger(__name__)


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:  # no right to, or not installed on the server
        logger.warning(
            "pg_trgm was not created (%s). Similar petitions are found by their words alone, until "
            "somebody who may runs: CREATE EXTENSION pg_trgm", str(error).partition("\n")[0],
        )


class Migration(migrations.Migration):
    dependencies = [("petitions", "0010_drafts")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
