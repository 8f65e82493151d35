import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.ledger.models.posting
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0003_prices'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('people', '__first__'),
        ('plans', '0002_work'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='refund',
            name='billing_refund_by_gateway',
        ),
        migrations.CreateModel(
            name='AccountTransfer',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('reason', models.CharField(max_length=500)),
                ('made_by_name', models.CharField(max_length=120)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='transfer', to='billing.payment')),
                ('to_patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of billing_accounttransfer are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_accounttransfer_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='billing_accounttransfer_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of billing_accounttransfer are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_accounttransfer_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='billing_accounttransfer_kept_truncate'), kalon.ledger.models.posting.Posts(body="\n    IF NEW.amount IS DISTINCT FROM\n        (SELECT sum(amount) FROM billing_refund WHERE transfer_id = NEW.id AND status = 'DONE')\n        OR NOT EXISTS (SELECT FROM billing_payment paid WHERE paid.id = NEW.payment_id AND paid.method = 'TRANSFER'\n            AND paid.amount = NEW.amount AND paid.patient_id = NEW.to_patient_id AND paid.received_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'what leaves the one account comes into the other'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_accounttransfer_whole';\n    END IF;\n    RETURN NULL;", declare='', events='DEFERRED AFTER INSERT', level='ROW', name='billing_accounttransfer_whole'), models.UniqueConstraint(fields=('organization', 'id'), name='billing_accounttransfer_in_organization'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='billing_accounttransfer_positive'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='billing_accounttransfer_explained'), models.CheckConstraint(condition=models.Q(('patient', models.F('to_patient')), _negated=True), name='billing_accounttransfer_of_two'), kalon.kernel.rows.SameOrganization(field='patient_id', name='billing_accounttransfer_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='to_patient_id', name='billing_accounttransfer_same_taker', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='payment_id', name='billing_accounttransfer_same_payment', through=('organization_id',), to='billing.Payment'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='billing_accounttransfer_rows', patient='patient_id', portal='', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.AddField(
            model_name='refund',
            name='transfer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='billing.accounttransfer'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.method <> 'TRANSFER' OR OLD.received_at IS NOT NULL OR NEW.received_at IS NULL THEN RETURN NEW; END IF;\n    IF NEW.amount IS DISTINCT FROM (SELECT sum(part.amount) FROM billing_refund part\n        JOIN billing_accounttransfer said ON said.id = part.transfer_id\n        WHERE said.payment_id = NEW.id AND said.to_patient_id = NEW.patient_id AND part.status = 'DONE') THEN\n        RAISE EXCEPTION 'this has not left another account'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_of_transfer';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='billing_payment_of_transfer'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.status = 'DONE' AND OLD.status <> 'DONE'\n        AND NEW.method <> 'TRANSFER'\n        AND EXISTS (SELECT FROM billing_payment WHERE id = NEW.payment_id AND method = 'ONLINE')\n        AND NOT EXISTS (SELECT FROM billing_gatewaycall WHERE refund_id = NEW.id AND step = 'SETTLED') THEN\n        RAISE EXCEPTION 'the gateway has not said that this money is back'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_by_gateway';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='billing_refund_by_gateway'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF (NEW.transfer_id, NEW.method) IS DISTINCT FROM (OLD.transfer_id, OLD.method) AND\n            'TRANSFER' IN (NEW.method, OLD.method) THEN\n            RAISE EXCEPTION 'a transfer keeps its parts'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_of_transfer';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF NEW.transfer_id IS NULL THEN RETURN NEW; END IF;\n    SELECT * INTO said FROM billing_accounttransfer WHERE id = NEW.transfer_id;\n    IF NOT NEW.patient_id = ANY (kalon_records_of(said.patient_id))\n        OR EXISTS (SELECT FROM billing_payment WHERE id = NEW.payment_id AND plan_id IS NOT NULL)\n        OR NEW.amount + (SELECT COALESCE(sum(amount), 0) FROM billing_refund WHERE transfer_id = said.id)\n            > said.amount THEN\n        RAISE EXCEPTION 'only money of this patient that is kept for no plan goes to another, as much as was said'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_of_transfer';\n    END IF;\n    RETURN NEW;", declare='said billing_accounttransfer;', events='BEFORE INSERT OR UPDATE', level='ROW', name='billing_refund_of_transfer'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('method', 'TRANSFER'), ('transfer__isnull', False)), models.Q(models.Q(('method', 'TRANSFER'), _negated=True), ('transfer', None)), _connector='OR'), name='billing_refund_transfer_named'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=kalon.kernel.rows.SameOrganization(field='transfer_id', name='billing_refund_same_transfer', through=('organization_id',), to='billing.AccountTransfer'),
        ),
    ]
