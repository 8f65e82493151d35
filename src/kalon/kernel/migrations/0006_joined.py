"""For databases that were made before records could be joined: the functions, and the policies that ask them."""

from django.db import migrations

from kalon.kernel.joined import JOINED_SQL, POLICIES_SQL


class Migration(migrations.Migration):
    dependencies = [("kernel", "0005_own_log")]
    operations = [
        migrations.RunSQL(JOINED_SQL, migrations.RunSQL.noop),
        migrations.RunSQL(POLICIES_SQL, migrations.RunSQL.noop),
    ]
