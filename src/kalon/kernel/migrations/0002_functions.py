"""Functions that run above one organisation's rows, each reviewed and owned by `kalon_reviewed`."""

from django.db import migrations

from kalon.kernel.audit import AUDIT_SQL, AUDIT_SQL_BACK
from kalon.kernel.numbers import NUMBERS_SQL, NUMBERS_SQL_BACK


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [
        migrations.RunSQL(NUMBERS_SQL, NUMBERS_SQL_BACK),
        migrations.RunSQL(AUDIT_SQL, AUDIT_SQL_BACK),
    ]
