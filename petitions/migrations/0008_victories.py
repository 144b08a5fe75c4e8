from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0007_withheld_texts'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['status', 'outcome', '-closed_at', '-id'], name='petitions_victories'),
        ),
    ]
