import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_equipment'),
    ]

    operations = [
        migrations.AddField(
            model_name='role',
            name='offered',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, editable=False, null=True, size=None),
        ),
    ]
