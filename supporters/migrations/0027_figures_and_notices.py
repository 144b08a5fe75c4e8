from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0021_outcomes_of_closings'),
        ('supporters', '0026_sweeps'),
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
        migrations.AddField(
            model_name='siteswitches',
            name='signing_from',
            field=models.DateTimeField(blank=True, null=True, verbose_name='holds from'),
        ),
        migrations.AddField(
            model_name='siteswitches',
            name='signing_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='holds until'),
        ),
        migrations.AddField(
            model_name='siteswitches',
            name='starting_from',
            field=models.DateTimeField(blank=True, null=True, verbose_name='holds from'),
        ),
        migrations.AddField(
            model_name='siteswitches',
            name='starting_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='holds until'),
        ),
        migrations.AddField(
            model_name='siteswitches',
            name='banner_from',
            field=models.DateTimeField(blank=True, null=True, verbose_name='holds from'),
        ),
        migrations.AddField(
            model_name='siteswitches',
            name='banner_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='holds until'),
        ),
        migrations.AddField(
            model_name='siteswitches',
            name='banner_shown',
            field=models.BooleanField(db_default=False, default=False, help_text='Above every public page, in each language that has a text.', verbose_name='show a banner'),
        ),
        migrations.AddField(
            model_name='siteswitches',
            name='starting_paused',
            field=models.BooleanField(db_default=False, default=False, help_text='Nobody but moderators begins a petition; in the place of the form stands a message. Drafts that were begun can be finished and sent.', verbose_name='pause starting petitions'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='place',
            field=models.CharField(choices=[('signing', 'while signing is paused'), ('starting', 'while starting petitions is paused'), ('banner', 'banner')], max_length=20, verbose_name='place'),
        ),
    ]
