"""The signed context first: every policy and stamp that follows asks it who acts."""

from django.db import migrations

from kalon.kernel.joined import JOINED_SQL, JOINED_SQL_BACK
from kalon.kernel.tenancy import CONTEXT_SQL, CONTEXT_SQL_BACK


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(CONTEXT_SQL, CONTEXT_SQL_BACK),
        migrations.RunSQL(JOINED_SQL, JOINED_SQL_BACK),
    ]
