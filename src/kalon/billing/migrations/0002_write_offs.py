import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('people', '__first__'),
        ('plans', '0002_work'),
        ('scheduling', '0001_squashed'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='billing_payment_in_organization'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('organization', 'id'), name='billing_refund_in_organization'),
        ),
        migrations.CreateModel(
            name='BillingPolicy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('write_off_limit', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), max_digits=14, verbose_name='written off by one person alone, up to')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization',), name='billing_billingpolicy_once'), models.CheckConstraint(condition=models.Q(('write_off_limit__gte', 0)), name='billing_billingpolicy_limit'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='billing_billingpolicy_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='WriteOff',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('ASKED', 'Asked for'), ('APPROVED', 'Written off'), ('REFUSED', 'Refused'), ('WITHDRAWN', 'Withdrawn')], default='ASKED', editable=False, max_length=9)),
                ('amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('reason', models.CharField(max_length=500)),
                ('asked_by_name', models.CharField(max_length=120)),
                ('decided_by_name', models.CharField(blank=True, max_length=120)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_note', models.CharField(blank=True, max_length=500)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='write_offs', to='billing.bill')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['organization', 'status', '-created_at'], name='billing_writeoff_status')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('ASKED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of billing_writeoff', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_writeoff_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('ASKED') AND NEW.status = 'APPROVED' AND NULLIF(NEW.decided_at::text, '') IS NOT NULL)\n        OR (OLD.status IN ('ASKED') AND NEW.status = 'REFUSED' AND NULLIF(NEW.decided_at::text, '') IS NOT NULL AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('ASKED') AND NEW.status = 'WITHDRAWN' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in billing_writeoff', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_writeoff_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='billing_writeoff_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'billing_writeoff', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='billing_writeoff_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('APPROVED', 'REFUSED', 'WITHDRAWN') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of billing_writeoff is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_writeoff_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='billing_writeoff_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF (NEW.bill_id, NEW.organization_id, NEW.patient_id, NEW.amount, NEW.reason, NEW.asked_by_id, NEW.asked_by_name) IS DISTINCT FROM (OLD.bill_id, OLD.organization_id, OLD.patient_id, OLD.amount, OLD.reason, OLD.asked_by_id, OLD.asked_by_name) THEN\n        RAISE EXCEPTION 'what was asked for is what is decided; ask again'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_writeoff_fixed';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='billing_writeoff_fixed'), kalon.kernel.triggers.Trigger(body="\n    IF NEW.status = 'APPROVED' AND (NEW.decided_by_id IS NULL OR NEW.decided_by_id = NEW.asked_by_id)\n        AND NEW.amount > COALESCE((SELECT write_off_limit FROM billing_billingpolicy\n            WHERE organization_id = NEW.organization_id), 0) THEN\n        RAISE EXCEPTION 'so much is written off by two people, not by one'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_writeoff_by_another';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='billing_writeoff_by_another'), models.UniqueConstraint(condition=models.Q(('status', 'ASKED')), fields=('bill',), name='billing_writeoff_open_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='billing_writeoff_positive'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='billing_writeoff_explained'), kalon.kernel.rows.SameOrganization(field='bill_id', name='billing_writeoff_same_bill', through=('organization_id', 'patient_id'), to='billing.Bill'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='billing_writeoff_rows', patient='patient_id', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.written_off <= OLD.written_off THEN RETURN NEW; END IF;  -- patients may not even look at the other table\n    IF NOT EXISTS (SELECT FROM billing_writeoff asked\n        WHERE asked.bill_id = NEW.id AND asked.status = 'APPROVED' AND asked.amount >= NEW.written_off) THEN\n        RAISE EXCEPTION 'nobody approved that this is written off'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_written_off_approved';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='billing_bill_written_off_approved'),
        ),
        migrations.AddConstraint(
            model_name='gatewayevent',
            constraint=kalon.kernel.rows.SameOrganization(field='payment_id', name='billing_gatewayevent_same_payment', through=('organization_id',), to='billing.Payment'),
        ),
        migrations.AddConstraint(
            model_name='gatewayevent',
            constraint=kalon.kernel.rows.SameOrganization(field='refund_id', name='billing_gatewayevent_same_refund', through=('organization_id',), to='billing.Refund'),
        ),
    ]
