"""A positive pregnancy test and a photograph that was another view answer nothing."""

from django.db import migrations

from kalon.theatre.models.evidence import EVIDENCE
from kalon.theatre.models.supplies import SUPPLIES


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0001_squashed"),
        ("photos", "0003_sessions"),
        ("theatre", "0014_after_the_knife"),
    ]

    operations = [
        migrations.RunSQL(EVIDENCE, migrations.RunSQL.noop),
        migrations.RunSQL(SUPPLIES, migrations.RunSQL.noop),
    ]
