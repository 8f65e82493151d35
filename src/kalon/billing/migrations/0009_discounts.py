import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0008_gateways'),
    ]

    operations = [
        migrations.AddField(
            model_name='billline',
            name='discount_steps',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddConstraint(
            model_name='billline',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.discount_steps <> '[]'::jsonb AND NEW.discount <>\n        (SELECT sum((step ->> 'amount')::numeric) FROM jsonb_array_elements(NEW.discount_steps) AS step) THEN\n        RAISE EXCEPTION 'the steps of the discount do not come to it'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_billline_steps';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='billing_billline_steps'),
        ),
    ]
