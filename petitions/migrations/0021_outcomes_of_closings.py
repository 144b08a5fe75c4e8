from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0020_outcome_date_and_withheld_text'),
    ]

    operations = [
        migrations.AddField(
            model_name='moderationevent',
            name='outcome',
            field=models.CharField(blank=True, choices=[('none', 'No outcome recorded'), ('victory', 'Victory'), ('partial', 'Partly agreed'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn by the organizer')], db_default='', default='', max_length=10, verbose_name='outcome'),
        ),
        migrations.AddIndex(
            model_name='moderationevent',
            index=models.Index(fields=['at'], name='petitions_event_at'),
        ),
    ]
