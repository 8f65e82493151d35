

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0008_aborted'),
        ('scheduling', '0002_price_shown'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='proceduresession',
            constraint=models.UniqueConstraint(fields=('organization', 'patient', 'plan', 'id'), name='plans_session_of_plan_once'),
        ),
    ]
