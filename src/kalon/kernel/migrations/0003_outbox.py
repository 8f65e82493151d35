"""Who may leave jobs and who may work on them; after procrastinate made its tables."""

from django.db import migrations

from kalon.kernel.outbox import OUTBOX_SQL, OUTBOX_SQL_BACK


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_functions"), ("procrastinate", "0041_post_retry_failed_job")]
    operations = [migrations.RunSQL(OUTBOX_SQL, OUTBOX_SQL_BACK)]
