from django.db import migrations, models
from django.db.models import Q

_SENT = models.Index(
    fields=["sent_at"],
    condition=Q(sent_at__isnull=False),
    name="supporters_mail_sent",
)
_RECORDED = models.Index(fields=["recorded_at"], name="supporters_adjustment_recorded")


def _change(act):
    def change(apps, schema_editor):
        concurrently = {}
        if schema_editor.connection.vendor == "postgresql":
            concurrently = {"concurrently": True}
        for name, index in (("OutgoingMail", _SENT), ("CountAdjustment", _RECORDED)):
            model = apps.get_model("supporters", name)
            if act == "make" and concurrently:
                # One that was broken off half-way is there and never used.
                schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}")
            do = schema_editor.add_index if act == "make" else schema_editor.remove_index
            do(model, index, **concurrently)

    return change


class Migration(migrations.Migration):
    """Beside the others while people sign: both tables may be large."""

    atomic = False

    dependencies = [
        ("supporters", "0030_moderators_told"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(_change("make"), _change("remove"))],
            state_operations=[
                migrations.AddIndex("outgoingmail", _SENT),
                migrations.AddIndex("countadjustment", _RECORDED),
            ],
        ),
    ]
