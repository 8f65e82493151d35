import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.quotes.models.policies
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0002_needs'),
        ('patients', '0006_joining'),
        ('people', '0004_role_offered'),
        ('people', '__first__'),
        ('plans', '0002_work'),
    ]

    operations = [
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('DRAFT', 'Being written'), ('SENT', 'Sent'), ('ACCEPTED', 'Accepted'), ('REJECTED', 'Declined'), ('EXPIRED', 'Expired')], default='DRAFT', editable=False, max_length=16)),
                ('number', models.CharField(editable=False, max_length=24, null=True)),
                ('serial', models.BigIntegerField(editable=False, null=True)),
                ('year', models.PositiveSmallIntegerField(editable=False, null=True)),
                ('version', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('currency', models.CharField(max_length=3)),
                ('place_of_supply', models.CharField(blank=True, max_length=2)),
                ('valid_until', models.DateField()),
                ('hold_days', models.PositiveSmallIntegerField(default=180)),
                ('deposit_percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True)),
                ('deposit_amount', kalon.kernel.money.AmountField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('words', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('edition', models.PositiveIntegerField(default=0)),
                ('content_sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('sent_at', models.DateTimeField(editable=False, null=True)),
                ('opened_at', models.DateTimeField(editable=False, null=True)),
                ('reminded_at', models.DateTimeField(editable=False, null=True)),
                ('total', kalon.kernel.money.AmountField(decimal_places=2, editable=False, max_digits=14, null=True)),
                ('deposit_due', kalon.kernel.money.AmountField(decimal_places=2, editable=False, max_digits=14, null=True)),
                ('accepted_at', models.DateTimeField(editable=False, null=True)),
                ('held_until', models.DateField(editable=False, null=True)),
                ('rejected_at', models.DateTimeField(editable=False, null=True)),
                ('rejection', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('superseded_at', models.DateTimeField(editable=False, null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quotes', to='plans.procedureplan')),
                ('replaces', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quotes.quote')),
                ('sent_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'quotes_quote',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='QuoteOption',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('title', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('words', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('discount', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('taxable', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('cgst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('sgst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('igst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('total', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('insurer_total', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('deposit_due', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), editable=False, max_digits=14)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='options', to='quotes.quote')),
            ],
            options={
                'db_table': 'quotes_quoteoption',
                'ordering': ['quote', 'position'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM quotes_quote WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('SENT', 'ACCEPTED', 'REJECTED', 'EXPIRED') OR (TG_OP = 'UPDATE' AND OLD.quote_id <> NEW.quote_id) THEN\n        RAISE EXCEPTION 'quotes_quote is % and its rows in quotes_quoteoption are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quoteoption_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.quote_id ELSE NEW.quote_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='quotes_quoteoption_sealed'), kalon.kernel.triggers.Trigger(body="\n    SELECT COALESCE(sum(discount) FILTER (WHERE payer = 'PATIENT'), 0),\n           COALESCE(sum(taxable) FILTER (WHERE payer = 'PATIENT'), 0),\n           COALESCE(sum(cgst) FILTER (WHERE payer = 'PATIENT'), 0),\n           COALESCE(sum(sgst) FILTER (WHERE payer = 'PATIENT'), 0),\n           COALESCE(sum(igst) FILTER (WHERE payer = 'PATIENT'), 0),\n           COALESCE(sum(total) FILTER (WHERE payer = 'PATIENT'), 0),\n           COALESCE(sum(total) FILTER (WHERE payer = 'INSURER'), 0)\n        INTO NEW.discount, NEW.taxable, NEW.cgst, NEW.sgst, NEW.igst, NEW.total, NEW.insurer_total\n        FROM quotes_quoteline WHERE option_id = NEW.id;\n    SELECT deposit_percent, deposit_amount INTO asked FROM quotes_quote WHERE id = NEW.quote_id;\n    NEW.deposit_due := LEAST(NEW.total,\n        COALESCE(asked.deposit_amount, round(NEW.total * asked.deposit_percent / 100, 2), 0));\n    RETURN NEW;", declare='asked record;', events='BEFORE INSERT OR UPDATE', level='ROW', name='quotes_quoteoption_derives'), models.UniqueConstraint(fields=('quote', 'position'), name='quotes_quoteoption_position_once'), models.UniqueConstraint(fields=('organization', 'patient', 'quote', 'id'), name='quotes_quoteoption_of_quote_once'), models.CheckConstraint(condition=models.Q(('position__range', (1, 3))), name='quotes_quoteoption_position'), kalon.kernel.rows.SameOrganization(field='quote_id', name='quotes_quoteoption_of_quote', through=('organization_id', 'patient_id'), to='quotes.Quote'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='quotes_quoteoption_rows', patient='patient_id', portal='SELECT', portal_where='EXISTS (SELECT FROM quotes_quote offered WHERE offered.id = quote_id)', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='QuoteLine',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('section', models.CharField(choices=[('PROCEDURE', 'Procedure'), ('FACILITY', 'Theatre and stay'), ('ANAESTHESIA', 'Anaesthesia'), ('IMPLANTS', 'Implants'), ('CONSUMABLES', 'Materials'), ('OTHER', 'Other')], max_length=12)),
                ('description', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('hsn_sac', models.CharField(blank=True, max_length=8, verbose_name='HSN or SAC')),
                ('quantity', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=10)),
                ('unit_price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('discount', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('discount_reason', models.CharField(blank=True, max_length=400)),
                ('taxable', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('tax_code', models.CharField(blank=True, max_length=40)),
                ('tax_percent', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=5)),
                ('cgst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('sgst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('igst', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('tax_note', models.CharField(blank=True, max_length=200)),
                ('total', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('payer', models.CharField(choices=[('PATIENT', 'Patient'), ('INSURER', 'Insurer')], default='PATIENT', max_length=8)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('quote', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='quotes.quote')),
                ('service', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
                ('option', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='quotes.quoteoption')),
            ],
            options={
                'db_table': 'quotes_quoteline',
                'ordering': ['option', 'position'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status INTO found_status FROM quotes_quote WHERE id = parent_id FOR KEY SHARE;\n    IF found_status IN ('SENT', 'ACCEPTED', 'REJECTED', 'EXPIRED') OR (TG_OP = 'UPDATE' AND OLD.quote_id <> NEW.quote_id) THEN\n        RAISE EXCEPTION 'quotes_quote is % and its rows in quotes_quoteline are sealed', found_status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quoteline_sealed';\n    END IF;\n    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;", declare="parent_id uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.quote_id ELSE NEW.quote_id END; found_status text;", events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='quotes_quoteline_sealed'), kalon.kernel.triggers.Trigger(body="\n    UPDATE quotes_quoteoption SET position = position\n        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.option_id ELSE NEW.option_id END;\n    IF NOT FOUND THEN\n        RAISE EXCEPTION 'the option is out of reach'\n            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'quotes_quoteline_out_of_reach';\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE OR DELETE', level='ROW', name='quotes_quoteline_counts'), models.UniqueConstraint(fields=('option', 'position'), name='quotes_quoteline_position_once'), models.CheckConstraint(condition=models.Q(('section__in', ['PROCEDURE', 'FACILITY', 'ANAESTHESIA', 'IMPLANTS', 'CONSUMABLES', 'OTHER'])), name='quotes_quoteline_section'), models.CheckConstraint(condition=models.Q(('payer__in', ['PATIENT', 'INSURER'])), name='quotes_quoteline_payer'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='quotes_quoteline_quantity_positive'), models.CheckConstraint(condition=models.Q(('cgst__gte', 0), ('discount__gte', 0), ('igst__gte', 0), ('sgst__gte', 0), ('taxable__gte', 0), ('unit_price__gte', 0)), name='quotes_quoteline_not_negative'), models.CheckConstraint(condition=models.Q(('taxable__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('unit_price')), '-', models.F('discount')), '-', models.Value(Decimal('0.006')))), ('taxable__lt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('quantity'), '*', models.F('unit_price')), '-', models.F('discount')), '+', models.Value(Decimal('0.006'))))), name='quotes_quoteline_taxable_exact'), models.CheckConstraint(condition=models.Q(('total', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('taxable'), '+', models.F('cgst')), '+', models.F('sgst')), '+', models.F('igst')))), name='quotes_quoteline_sums'), models.CheckConstraint(condition=models.Q(models.Q(('cgst', models.F('sgst')), ('igst', 0)), models.Q(('cgst', 0), ('sgst', 0)), _connector='OR'), name='quotes_quoteline_inside_or_across_states'), models.CheckConstraint(condition=models.Q(('total__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('taxable'), '+', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('taxable'), '*', models.F('tax_percent')), '/', models.Value(100))), '-', models.Value(Decimal('0.011')))), ('total__lt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('taxable'), '+', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('taxable'), '*', models.F('tax_percent')), '/', models.Value(100))), '+', models.Value(Decimal('0.011'))))), name='quotes_quoteline_tax_exact'), models.CheckConstraint(condition=models.Q(('discount', 0), models.Q(('discount_reason', ''), _negated=True), _connector='OR'), name='quotes_quoteline_discount_explained'), kalon.kernel.rows.SameOrganization(field='option_id', name='quotes_quoteline_of_option', through=('organization_id', 'patient_id', 'quote_id'), to='quotes.QuoteOption'), kalon.kernel.rows.SameOrganization(field='service_id', name='quotes_quoteline_service_here', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='quotes_quoteline_rows', patient='patient_id', portal='SELECT', portal_where='EXISTS (SELECT FROM quotes_quote offered WHERE offered.id = quote_id)', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.AddField(
            model_name='quote',
            name='chosen_option',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quotes.quoteoption'),
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('method', models.CharField(choices=[('DRAWN', 'Signed on the screen'), ('TYPED', 'Name typed'), ('PAPER', 'Signed on paper')], max_length=8)),
                ('strokes', kalon.kernel.encrypted.EncryptedJSON(key='patient.data_key', null=True)),
                ('note', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('signed_at', models.DateTimeField()),
                ('account', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('place', models.CharField(max_length=200)),
                ('origin_ip', models.GenericIPAddressField(null=True)),
                ('content_sha256', models.CharField(max_length=64)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('quote', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='acceptance', to='quotes.quote')),
                ('option', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quotes.quoteoption')),
            ],
            options={
                'db_table': 'quotes_acceptance',
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    SELECT status, content_sha256 INTO offered FROM quotes_quote WHERE id = NEW.quote_id FOR SHARE;\n    IF offered.status IS DISTINCT FROM 'SENT' OR NEW.content_sha256 <> offered.content_sha256 THEN\n        RAISE EXCEPTION 'only what was sent is signed, as it was sent' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_acceptance_while_sent';\n    END IF;\n    IF kalon_kind() IN ('staff', 'patient') AND NEW.user_id IS DISTINCT FROM kalon_user()\n        OR current_user = 'kalon_portal' AND NEW.method = 'PAPER' THEN\n        RAISE EXCEPTION 'everybody signs from their own account' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_acceptance_own_account';\n    END IF;\n    RETURN NEW;", declare='offered record;', events='BEFORE INSERT', level='ROW', name='quotes_acceptance_while_sent'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of quotes_acceptance are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_acceptance_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='quotes_acceptance_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of quotes_acceptance are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_acceptance_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='quotes_acceptance_stays_truncate'), models.CheckConstraint(condition=models.Q(models.Q(('method', 'DRAWN'), ('strokes__isnull', False)), models.Q(('method__in', ('TYPED', 'PAPER')), ('strokes__isnull', True)), _connector='OR'), name='quotes_acceptance_method'), kalon.kernel.rows.SameOrganization(field='quote_id', name='quotes_acceptance_of_quote', through=('organization_id', 'patient_id'), to='quotes.Quote'), kalon.kernel.rows.SameOrganization(field='option_id', name='quotes_acceptance_of_option', through=('organization_id', 'patient_id', 'quote_id'), to='quotes.QuoteOption'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='quotes_acceptance_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='EXISTS (SELECT FROM quotes_quote offered WHERE offered.id = quote_id)', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='SectionDefault',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('section', models.CharField(choices=[('PROCEDURE', 'Procedure'), ('FACILITY', 'Theatre and stay'), ('ANAESTHESIA', 'Anaesthesia'), ('IMPLANTS', 'Implants'), ('CONSUMABLES', 'Materials'), ('OTHER', 'Other')], max_length=12)),
                ('position', models.PositiveSmallIntegerField()),
                ('description', models.CharField(max_length=200)),
                ('quantity', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=10)),
                ('unit_price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('tax_code', models.CharField(blank=True, max_length=40)),
                ('hsn_sac', models.CharField(blank=True, max_length=8, verbose_name='HSN or SAC')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.service')),
            ],
            options={
                'db_table': 'quotes_sectiondefault',
                'ordering': ['service', 'position'],
                'constraints': [models.UniqueConstraint(fields=('service', 'position'), name='quotes_sectiondefault_position_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('unit_price__gte', 0), models.Q(('description', ''), _negated=True)), name='quotes_sectiondefault_said'), kalon.kernel.rows.SameOrganization(field='service_id', name='quotes_sectiondefault_service_here', through=('organization_id',), to='catalog.Service'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='quotes_sectiondefault_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='SelfPayWaiver',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('method', models.CharField(choices=[('DRAWN', 'Signed on the screen'), ('TYPED', 'Name typed'), ('PAPER', 'Signed on paper')], max_length=8)),
                ('strokes', kalon.kernel.encrypted.EncryptedJSON(key='patient.data_key', null=True)),
                ('note', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('signed_at', models.DateTimeField()),
                ('account', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('place', models.CharField(max_length=200)),
                ('origin_ip', models.GenericIPAddressField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.procedureplan')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'quotes_selfpaywaiver',
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of quotes_selfpaywaiver are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_selfpaywaiver_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='quotes_selfpaywaiver_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of quotes_selfpaywaiver are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_selfpaywaiver_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='quotes_selfpaywaiver_stays_truncate'), models.CheckConstraint(condition=models.Q(models.Q(('method', 'DRAWN'), ('strokes__isnull', False)), models.Q(('method__in', ('TYPED', 'PAPER')), ('strokes__isnull', True)), _connector='OR'), name='quotes_selfpaywaiver_method'), models.UniqueConstraint(fields=('plan',), name='quotes_selfpaywaiver_once'), kalon.kernel.rows.SameOrganization(field='plan_id', name='quotes_selfpaywaiver_plan_of_patient', through=('organization_id', 'patient_id'), to='plans.ProcedurePlan'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='quotes_selfpaywaiver_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='MoneyWaiver',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('reason', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('waived_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plans.procedureplan')),
                ('waived_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'quotes_moneywaiver',
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL\n        AND to_jsonb(NEW) - ARRAY['ended_at', 'ended_by_id'] = to_jsonb(OLD) - ARRAY['ended_at', 'ended_by_id'] THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'what was waived stays written' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_moneywaiver_stays';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='quotes_moneywaiver_stays'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('plan',), name='quotes_moneywaiver_one'), kalon.kernel.rows.SameOrganization(field='plan_id', name='quotes_moneywaiver_plan_of_patient', through=('organization_id', 'patient_id'), to='plans.ProcedurePlan'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='quotes_moneywaiver_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('asked_for', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('SURGICAL', 'Surgery'), ('NON_SURGICAL', 'One treatment'), ('SERIES', 'Series of sessions'), ('CONSERVATIVE', 'Without a procedure')], max_length=16), blank=True, default=kalon.quotes.models.policies.asked_by_default, size=None)),
                ('deposit_percent', models.DecimalField(decimal_places=2, default=Decimal('20.00'), max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('valid_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)])),
                ('remind_days', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MaxValueValidator(60)])),
                ('hold_days', models.PositiveSmallIntegerField(default=180, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(730)])),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'db_table': 'quotes_policy',
                'constraints': [models.UniqueConstraint(fields=('organization',), name='quotes_policy_one'), models.CheckConstraint(condition=models.Q(('asked_for__contained_by', ['SURGICAL', 'SERIES', 'NON_SURGICAL'])), name='quotes_policy_types'), models.CheckConstraint(condition=models.Q(('deposit_percent__range', (0, 100))), name='quotes_policy_deposit'), models.CheckConstraint(condition=models.Q(('hold_days__range', (1, 730)), ('remind_days__lte', 60), ('valid_days__range', (1, 365))), name='quotes_policy_days'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='quotes_policy_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['plan', '-version'], name='quotes_quote_of_plan'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['patient', '-id'], name='quotes_quote_of_patient'),
        ),
        migrations.AddIndex(
            model_name='quote',
            index=models.Index(fields=['organization', 'status', 'valid_until'], name='quotes_quote_by_status'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('DRAFT') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of quotes_quote', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('DRAFT') AND NEW.status = 'SENT' AND NULLIF(NEW.number::text, '') IS NOT NULL AND NULLIF(NEW.sent_at::text, '') IS NOT NULL AND NULLIF(NEW.content_sha256::text, '') IS NOT NULL)\n        OR (OLD.status IN ('SENT') AND NEW.status = 'ACCEPTED' AND NULLIF(NEW.chosen_option_id::text, '') IS NOT NULL)\n        OR (OLD.status IN ('SENT') AND NEW.status = 'REJECTED' AND NULLIF(NEW.rejected_at::text, '') IS NOT NULL AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('DRAFT', 'SENT') AND NEW.status = 'REJECTED' AND NULLIF(NEW.rejected_at::text, '') IS NOT NULL AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('SENT') AND NEW.status = 'EXPIRED')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in quotes_quote', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='quotes_quote_status_moves'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'quotes_quote', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='quotes_quote_history'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('SENT', 'ACCEPTED', 'REJECTED', 'EXPIRED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at', 'opened_at', 'reminded_at', 'chosen_option_id', 'total', 'deposit_due', 'accepted_at', 'accepted_by_id', 'held_until', 'rejected_at', 'rejection', 'superseded_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at', 'opened_at', 'reminded_at', 'chosen_option_id', 'total', 'deposit_due', 'accepted_at', 'accepted_by_id', 'held_until', 'rejected_at', 'rejection', 'superseded_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of quotes_quote is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='quotes_quote_sealed'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' AND NEW.status = 'ACCEPTED' AND OLD.status <> 'ACCEPTED' THEN\n        UPDATE quotes_quote SET superseded_at = kalon_now()\n            WHERE plan_id = NEW.plan_id AND status = 'ACCEPTED' AND superseded_at IS NULL AND id <> NEW.id;\n        NEW.accepted_at := kalon_now();\n        NEW.held_until := (\n            SELECT GREATEST(NEW.valid_until, (kalon_now() AT TIME ZONE place.timezone)::date + NEW.hold_days)\n            FROM people_branch place WHERE place.id = NEW.branch_id);\n    END IF;\n    NEW.total := NULL; NEW.deposit_due := NULL;\n    SELECT total, deposit_due INTO NEW.total, NEW.deposit_due FROM quotes_quoteoption\n        WHERE id = NEW.chosen_option_id AND quote_id = NEW.id;\n    RETURN NEW;", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='quotes_quote_derives'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at)\n        OR (OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at)\n        OR (OLD.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number) THEN\n        RAISE EXCEPTION 'this is written once' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_in_turn';\n    END IF;\n    IF NEW.superseded_at IS NOT NULL AND OLD.superseded_at IS NULL AND NOT EXISTS (\n        SELECT FROM quotes_quote later WHERE later.plan_id = NEW.plan_id AND later.version > NEW.version) THEN\n        RAISE EXCEPTION 'only a later version takes its place' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_in_turn';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        IF (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(NEW)) WHERE key IN ('chosen_option_id', 'accepted_at', 'accepted_by_id', 'held_until', 'rejected_at', 'rejection', 'total', 'deposit_due'))\n            <> (SELECT jsonb_object_agg(key, value) FROM jsonb_each(to_jsonb(OLD)) WHERE key IN ('chosen_option_id', 'accepted_at', 'accepted_by_id', 'held_until', 'rejected_at', 'rejection', 'total', 'deposit_due')) THEN\n            RAISE EXCEPTION 'these are written by accepting and declining' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_in_turn';\n        END IF;\n        RETURN NEW;\n    END IF;\n    SELECT (kalon_now() AT TIME ZONE place.timezone)::date INTO today\n        FROM people_branch place WHERE place.id = NEW.branch_id;\n    IF NEW.status = 'SENT' AND (NOT EXISTS (SELECT FROM quotes_quoteoption WHERE quote_id = NEW.id) OR EXISTS (\n        SELECT FROM quotes_quoteoption offer WHERE offer.quote_id = NEW.id\n            AND NOT EXISTS (SELECT FROM quotes_quoteline WHERE option_id = offer.id))) THEN\n        RAISE EXCEPTION 'nothing is offered yet' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_offers';\n    END IF;\n    IF NEW.status IN ('SENT', 'ACCEPTED') AND NEW.valid_until < today THEN\n        RAISE EXCEPTION 'the last day of this quote has passed' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_in_time';\n    END IF;\n    IF NEW.status IN ('SENT', 'ACCEPTED') AND EXISTS (\n        SELECT FROM plans_procedureplan WHERE id = NEW.plan_id AND status IN ('CANCELLED', 'COMPLETED')) THEN\n        RAISE EXCEPTION 'nothing is offered for this plan any more' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_plan_open';\n    END IF;\n    IF NEW.status = 'ACCEPTED' AND NOT EXISTS (\n        SELECT FROM quotes_acceptance WHERE quote_id = NEW.id AND option_id = NEW.chosen_option_id) THEN\n        RAISE EXCEPTION 'nobody signed for this option' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_signed';\n    END IF;\n    IF NEW.status = 'EXPIRED' AND NEW.valid_until >= today AND NEW.superseded_at IS NULL THEN\n        RAISE EXCEPTION 'it still stands' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_expires';\n    END IF;\n    RETURN NEW;", declare='today date;', events='BEFORE UPDATE', level='ROW', name='quotes_quote_in_turn'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;\n    IF (NEW.status = OLD.status OR OLD.status = 'SENT' AND NEW.status IN ('ACCEPTED', 'REJECTED'))\n        AND to_jsonb(NEW) - ARRAY['status', 'status_at', 'opened_at', 'superseded_at', 'chosen_option_id', 'accepted_at', 'accepted_by_id', 'held_until', 'rejected_at', 'rejection', 'total', 'deposit_due'] = to_jsonb(OLD) - ARRAY['status', 'status_at', 'opened_at', 'superseded_at', 'chosen_option_id', 'accepted_at', 'accepted_by_id', 'held_until', 'rejected_at', 'rejection', 'total', 'deposit_due'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'a patient does not write a quote' USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_quote_by_patient';", declare='', events='BEFORE UPDATE', level='ROW', name='quotes_quote_by_patient'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.status = 'DRAFT' THEN UPDATE quotes_quoteoption SET position = position WHERE quote_id = NEW.id; END IF;\n    RETURN NULL;", declare='', events='AFTER UPDATE OF deposit_percent, deposit_amount', level='ROW', name='quotes_quote_deposit'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(fields=('organization', 'patient', 'plan', 'id'), name='quotes_quote_of_plan_once'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='quotes_quote_of_patient_once'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(fields=('organization', 'number', 'version'), name='quotes_quote_number_once'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(fields=('plan', 'version'), name='quotes_quote_version_once'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'DRAFT')), fields=('plan',), name='quotes_quote_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'SENT')), fields=('plan',), name='quotes_quote_one_sent'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'ACCEPTED'), ('superseded_at', None)), fields=('plan',), name='quotes_quote_one_accepted'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replaces', None), ('version', 1)), models.Q(('replaces__isnull', False), ('version__range', (2, 99))), _connector='OR'), name='quotes_quote_version_replaces'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', None), ('sent_at', None), ('serial', None), ('status__in', ('DRAFT', 'REJECTED')), ('year', None)), models.Q(models.Q(('status', 'DRAFT'), _negated=True), ('number__isnull', False), ('sent_at__isnull', False), ('serial__isnull', False), ('year__isnull', False)), _connector='OR'), name='quotes_quote_numbered_when_sent'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('chosen_option__isnull', False), ('deposit_due__isnull', False), ('held_until__isnull', False), ('status', 'ACCEPTED'), ('total__isnull', False)), models.Q(models.Q(('status', 'ACCEPTED'), _negated=True), ('accepted_at', None), ('chosen_option', None), ('deposit_due', None), ('held_until', None), ('total', None)), _connector='OR'), name='quotes_quote_accepted_whole'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rejected_at__isnull', False), ('status', 'REJECTED')), models.Q(models.Q(('status', 'REJECTED'), _negated=True), ('rejected_at', None)), _connector='OR'), name='quotes_quote_rejected_when_said'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deposit_amount', None), ('deposit_percent', None)), models.Q(('deposit_amount', None), ('deposit_percent__range', (0, 100))), models.Q(('deposit_amount__gte', 0), ('deposit_percent', None)), _connector='OR'), name='quotes_quote_one_deposit'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=models.CheckConstraint(condition=models.Q(('hold_days__range', (1, 730))), name='quotes_quote_hold_days'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.rows.SameOrganization(field='patient_id', name='quotes_quote_patient_here', through=('organization_id',), to='patients.Patient'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.rows.SameOrganization(field='branch_id', name='quotes_quote_branch_here', through=('organization_id',), to='people.Branch'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.rows.SameOrganization(field='plan_id', name='quotes_quote_plan_of_patient', through=('organization_id', 'patient_id'), to='plans.ProcedurePlan'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.rows.SameOrganization(field='replaces_id', name='quotes_quote_replaces_same_plan', through=('organization_id', 'patient_id', 'plan_id'), to='quotes.Quote'),
        ),
        migrations.AddConstraint(
            model_name='quote',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='quotes_quote_rows', patient='patient_id', portal='SELECT, UPDATE', portal_where='sent_at IS NOT NULL', reviewed='', tenant='organization_id'),
        ),
    ]
