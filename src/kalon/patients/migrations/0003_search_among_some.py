"""A common name is looked for among one patient in sixteen first, and never by reading the whole table."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from kalon.kernel.search import CANDIDATES_SQL


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_search")]

    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=GinIndex(
                condition=models.Q(id__endswith="0"),
                fastupdate=False,
                fields=["search_tokens"],
                name="patients_patient_search_some",
            ),
        ),
        migrations.RunSQL(CANDIDATES_SQL, migrations.RunSQL.noop),
    ]
