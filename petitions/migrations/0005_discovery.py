"""Featured petitions, pages of topics, targets and organizers, and the indexes of their lists."""

import django.core.validators
import petitions.slugs
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('petitions', '0004_picture_renditions'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='petition',
            name='petitions_newest',
        ),
        migrations.RemoveIndex(
            model_name='petition',
            name='petitions_most',
        ),
        migrations.RemoveIndex(
            model_name='petition',
            name='petitions_trending',
        ),
        migrations.AddField(
            model_name='petition',
            name='featured_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='featured'),
        ),
        migrations.AddField(
            model_name='petition',
            name='progress',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False, verbose_name='progress'),
        ),
        migrations.AddField(
            model_name='target',
            name='words',
            field=models.TextField(db_default='', default='', editable=False),
        ),
        migrations.AddField(
            model_name='topic',
            name='description',
            field=models.TextField(blank=True, db_default='', default='', help_text="Markdown. Shown on the topic's page.", validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name='description'),
        ),
        migrations.AddField(
            model_name='user',
            name='slug',
            field=models.CharField(blank=True, help_text="The address of the organizer's page. Made from the name when a petition that shows it is opened; a new name leaves it as it is.", max_length=80, null=True, unique=True, validators=[petitions.slugs.validate_slug], verbose_name='slug'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['status', '-opened_at', '-id', 'closes_at'], name='petitions_by_date'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['status', '-supporter_count', '-id', 'closes_at'], name='petitions_by_count'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['status', '-trend', '-supporter_count', '-id', 'closes_at'], name='petitions_by_trend'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['status', 'outcome', 'closes_at'], name='petitions_kinds'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['status', '-progress', '-id'], name='petitions_nearly'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['status', '-featured_at', '-id'], name='petitions_featured'),
        ),
    ]
