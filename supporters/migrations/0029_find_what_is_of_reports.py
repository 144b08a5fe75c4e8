from django.db import migrations, models
from django.db.models import Q

_OF_SIGNATURES = models.Index(
    fields=["signature"],
    condition=Q(signature__isnull=False),
    name="supporters_report_signature",
)
_MAILS = models.Index(
    fields=["petition"],
    condition=Q(kind="report"),
    name="supporters_mail_report",
)


def _change(act):
    def change(apps, schema_editor):
        concurrently = {}
        if schema_editor.connection.vendor == "postgresql":
            concurrently = {"concurrently": True}
        for name, index in (("Report", _OF_SIGNATURES), ("OutgoingMail", _MAILS)):
            model = apps.get_model("supporters", name)
            if act == "make" and concurrently:
                # One that was broken off half-way is there and never used.
                schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}")
            do = schema_editor.add_index if act == "make" else schema_editor.remove_index
            do(model, index, **concurrently)

    return change


class Migration(migrations.Migration):
    """Beside the others while people sign: the outbox may be large."""

    atomic = False

    dependencies = [
        ("supporters", "0028_find_signatures"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(_change("make"), _change("remove"))],
            state_operations=[
                migrations.AddIndex("report", _OF_SIGNATURES),
                migrations.AddIndex("outgoingmail", _MAILS),
            ],
        ),
    ]
