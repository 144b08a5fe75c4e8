from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supporters", "0002_claim_single_mails_first")]

    operations = [
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("failed_at__isnull", False)),
                fields=["failed_at", "id"],
                name="supporters_mail_failed",
            ),
        ),
    ]
