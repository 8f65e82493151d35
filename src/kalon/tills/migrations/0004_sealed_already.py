"""That the money came is said once is what a payment's own seal holds: no second rule is needed for it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tills", "0003_paid_back_how")]

    operations = [
        migrations.RunSQL(
            """
            DROP TRIGGER IF EXISTS tills_received_once ON billing_payment;
            DROP FUNCTION IF EXISTS tills_received_once();
            """,
            migrations.RunSQL.noop,
        ),
    ]
