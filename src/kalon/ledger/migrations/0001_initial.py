import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.ledger.models.fresh
from django.db import migrations, models
from kalon.ledger.models.functions import LEDGER_SQL, LEDGER_SQL_BACK


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0004_role_offered'),
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('patient_id', models.UUIDField(null=True)),
                ('kind', models.CharField(max_length=20)),
                ('date', models.DateField()),
                ('occurred_at', models.DateTimeField()),
                ('currency', models.CharField(max_length=3)),
                ('source_table', models.CharField(max_length=63)),
                ('source_id', models.UUIDField()),
                ('by_user_id', models.UUIDField(null=True)),
                ('by_name', models.CharField(blank=True, max_length=200)),
                ('branch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['organization', 'date', 'branch'], name='ledger_entry_day')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of ledger_entry are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='ledger_entry_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of ledger_entry are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entry_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='ledger_entry_kept_truncate'), models.UniqueConstraint(fields=('source_id', 'source_table', 'kind'), name='ledger_entry_once'), models.UniqueConstraint(fields=('organization', 'id'), name='ledger_entry_in_organization'), kalon.kernel.rows.SameOrganization(field='branch_id', name='ledger_entry_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT', name='ledger_entry_rows', patient='', portal='', portal_where='', reviewed='SELECT, INSERT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Posting',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('branch_id', models.UUIDField()),
                ('date', models.DateField()),
                ('account', models.CharField(choices=[('CASH', 'Cash'), ('CARD', 'Card'), ('UPI', 'UPI'), ('ONLINE', 'Online payments'), ('BANK', 'Bank'), ('SAFE', 'Safe'), ('FINANCE', 'Lenders'), ('RECEIVABLE', 'Owed by patients'), ('RECEIVABLE_PAYER', 'Owed by insurers'), ('TRANSFERS', "Between patients' accounts"), ('ADVANCES', 'Held on account for patients'), ('VOUCHERS', 'Gift vouchers not used yet'), ('DEFERRED', 'Sold, not given yet'), ('CGST', 'Central GST'), ('SGST', 'State GST'), ('IGST', 'Integrated GST or VAT'), ('REVENUE', 'Revenue'), ('FORFEITED', 'Expired vouchers and packages'), ('DISCOUNTS', 'Discounts given'), ('WRITE_OFFS', 'Written off'), ('ROUNDING', 'Rounding'), ('CASH_VARIANCE', 'Cash over and short'), ('PETTY_CASH', 'Petty cash')], max_length=20)),
                ('amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('patient_id', models.UUIDField(null=True)),
                ('bill_id', models.UUIDField(null=True)),
                ('bill_line_id', models.UUIDField(null=True)),
                ('payment_id', models.UUIDField(null=True)),
                ('doctor_id', models.UUIDField(null=True)),
                ('service_id', models.UUIDField(null=True)),
                ('plan_id', models.UUIDField(null=True)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postings', to='ledger.entry')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['organization', 'account', 'date'], name='ledger_posting_account_day'), models.Index(condition=models.Q(('bill_id__isnull', False)), fields=['bill_id'], name='ledger_posting_bill'), models.Index(condition=models.Q(('patient_id__isnull', False)), fields=['patient_id', 'date'], name='ledger_posting_patient')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of ledger_posting are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='ledger_posting_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of ledger_posting are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='ledger_posting_kept_truncate'), kalon.ledger.models.fresh.Fresh(body="\n    IF EXISTS (SELECT FROM fresh GROUP BY entry_id HAVING sum(amount) <> 0 OR count(*) <>\n        (SELECT count(*) FROM ledger_posting whole WHERE whole.entry_id = fresh.entry_id)) THEN\n        RAISE EXCEPTION 'the postings of an entry are written at once and sum to nothing'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_posting_balanced';\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT', level='STATEMENT', name='ledger_posting_balanced'), kalon.ledger.models.fresh.Fresh(body="\n    INSERT INTO ledger_balance AS kept\n        (id, created_at, organization_id, account, patient_id, bill_id, plan_id, amount, since)\n    SELECT gen_random_uuid(), now(), organization_id, account, patient_id,\n        CASE WHEN account IN ('RECEIVABLE', 'RECEIVABLE_PAYER') THEN bill_id END AS bill,\n        CASE WHEN account IN ('ADVANCES') THEN plan_id END AS plan,\n        sum(amount), min(date)\n    FROM fresh WHERE account IN ('RECEIVABLE', 'RECEIVABLE_PAYER', 'ADVANCES')\n    GROUP BY organization_id, account, patient_id, bill, plan\n    ORDER BY account, patient_id, bill, plan\n    ON CONFLICT ON CONSTRAINT ledger_balance_once DO UPDATE\n        SET amount = kept.amount + excluded.amount, since = LEAST(kept.since, excluded.since);\n    RETURN NULL;", declare='', events='AFTER INSERT', level='STATEMENT', name='ledger_posting_balances'), models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='ledger_posting_not_zero'), models.CheckConstraint(condition=models.Q(('account__in', ['CASH', 'CARD', 'UPI', 'ONLINE', 'BANK', 'SAFE', 'FINANCE', 'RECEIVABLE', 'RECEIVABLE_PAYER', 'TRANSFERS', 'ADVANCES', 'VOUCHERS', 'DEFERRED', 'CGST', 'SGST', 'IGST', 'REVENUE', 'FORFEITED', 'DISCOUNTS', 'WRITE_OFFS', 'ROUNDING', 'CASH_VARIANCE', 'PETTY_CASH'])), name='ledger_posting_account'), kalon.kernel.rows.SameOrganization(field='entry_id', name='ledger_posting_same_entry', through=('organization_id',), to='ledger.Entry'), kalon.kernel.rows.RowSecurity(app='SELECT', name='ledger_posting_rows', patient='', portal='', portal_where='', reviewed='SELECT, INSERT', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Balance',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('account', models.CharField(choices=[('CASH', 'Cash'), ('CARD', 'Card'), ('UPI', 'UPI'), ('ONLINE', 'Online payments'), ('BANK', 'Bank'), ('SAFE', 'Safe'), ('FINANCE', 'Lenders'), ('RECEIVABLE', 'Owed by patients'), ('RECEIVABLE_PAYER', 'Owed by insurers'), ('TRANSFERS', "Between patients' accounts"), ('ADVANCES', 'Held on account for patients'), ('VOUCHERS', 'Gift vouchers not used yet'), ('DEFERRED', 'Sold, not given yet'), ('CGST', 'Central GST'), ('SGST', 'State GST'), ('IGST', 'Integrated GST or VAT'), ('REVENUE', 'Revenue'), ('FORFEITED', 'Expired vouchers and packages'), ('DISCOUNTS', 'Discounts given'), ('WRITE_OFFS', 'Written off'), ('ROUNDING', 'Rounding'), ('CASH_VARIANCE', 'Cash over and short'), ('PETTY_CASH', 'Petty cash')], max_length=20)),
                ('patient_id', models.UUIDField(null=True)),
                ('bill_id', models.UUIDField(null=True)),
                ('plan_id', models.UUIDField(null=True)),
                ('amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('since', models.DateField()),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(condition=models.Q(('amount', 0), _negated=True), fields=['organization', 'account', 'since'], name='ledger_balance_open'), models.Index(fields=['patient_id'], name='ledger_balance_patient')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'account', 'patient_id', 'bill_id', 'plan_id'), name='ledger_balance_once', nulls_distinct=False), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'balances follow from postings' USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balance_kept';", declare='', events='BEFORE DELETE OR TRUNCATE', level='STATEMENT', name='ledger_balance_kept'), kalon.kernel.rows.RowSecurity(app='SELECT', name='ledger_balance_rows', patient='', portal='', portal_where='', reviewed='SELECT, INSERT, UPDATE', tenant='organization_id')],
            },
        ),
        migrations.RunSQL(LEDGER_SQL, LEDGER_SQL_BACK),
    ]
