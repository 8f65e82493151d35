"""A session that ends is announced, so that live streams end with it; after the framework made its table."""

from django.db import migrations

from kalon.kernel.live import SESSIONS_SQL, SESSIONS_SQL_BACK


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_outbox"), ("sessions", "0001_initial")]
    operations = [migrations.RunSQL(SESSIONS_SQL, SESSIONS_SQL_BACK)]
