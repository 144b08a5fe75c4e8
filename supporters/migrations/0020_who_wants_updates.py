from django.db import migrations, models


class Migration(migrations.Migration):
    """Alone, since signing waits while it is made: some seconds for a million signatures. In one
    transaction with 0017, mailings and their pages would wait, too."""

    dependencies = [
        ('supporters', '0019_growth_mails'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='signature',
            index=models.Index(condition=models.Q(('is_organizer', False), ('status', 'confirmed'), ('wants_updates', True), models.Q(('email', ''), _negated=True)), fields=['petition', 'id'], name='supporters_signature_wanting'),
        ),
    ]
