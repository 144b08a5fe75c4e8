from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("petitions", "0011_trigrams")]

    operations = [
        migrations.AddField(
            "petitiondraft", "address", models.CharField(blank=True, default="", max_length=254),
            preserve_default=False,
        ),
    ]
