from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0022_outcomes_of_closings'),
        ('supporters', '0021_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthlyFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(unique=True, verbose_name='month')),
                ('numbers', models.JSONField(default=dict)),
                ('as_of', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'figures of a month',
                'verbose_name_plural': 'figures of months',
            },
        ),
        migrations.AddIndex(
            model_name='countadjustment',
            index=models.Index(condition=models.Q(('kind__in', ['removed', 'restored']), models.Q(('reason', ''), _negated=True)), fields=['recorded_at'], name='supporters_adjustment_reasons'),
        ),
    ]
