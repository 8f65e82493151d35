"""The reviewed function through which staff find patients (`kalon.kernel.search`)."""

from django.db import migrations

from kalon.kernel.search import CANDIDATES_SQL, CANDIDATES_SQL_BACK


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]
    operations = [migrations.RunSQL(CANDIDATES_SQL, CANDIDATES_SQL_BACK)]
