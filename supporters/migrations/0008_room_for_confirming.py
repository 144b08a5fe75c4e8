"""Room on each page of signatures for what confirming and folding write again.

Measured by benchmarks/storage.py on 11 million rows (docs/performance.md): confirming takes a third
of the time where the row's new version fits beside the old one. And autovacuum comes after a
fiftieth of the table instead of a fifth, which at 10 million would be two million dead rows.
"""

from django.db import migrations

SET = """
ALTER TABLE supporters_signature SET (
    fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
)
"""
RESET = """
ALTER TABLE supporters_signature RESET (
    fillfactor, autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor
)
"""


def _on_postgresql(statement):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("supporters", "0007_site_switches")]

    operations = [migrations.RunPython(_on_postgresql(SET), _on_postgresql(RESET))]
