import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
import kalon.pricing.models.shown
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('pricing', '0002_discounts'),
        ('scheduling', '0001_squashed'),
    ]

    operations = [
        migrations.CreateModel(
            name='ShownPrice',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('listed', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('includes_tax', models.BooleanField(default=False)),
                ('unit_price', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('discount', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('steps', models.JSONField(blank=True, default=list)),
                ('total', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('source', models.CharField(max_length=120)),
                ('covered_by', models.CharField(blank=True, max_length=200)),
                ('appointment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of pricing_shownprice are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_shownprice_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='pricing_shownprice_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of pricing_shownprice are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_shownprice_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='pricing_shownprice_kept_truncate'), kalon.kernel.triggers.Trigger(body="\n    IF kalon_kind() NOT IN ('patient', 'public') THEN RETURN NEW; END IF;\n    SELECT * INTO visit FROM scheduling_appointment WHERE id = NEW.appointment_id AND patient_id = NEW.patient_id;\n    IF visit.predecessor_id IS NOT NULL THEN\n        allowed := EXISTS (SELECT FROM pricing_shownprice AS before WHERE before.appointment_id = visit.predecessor_id\n            AND to_jsonb(before) - ARRAY['id', 'created_at', 'appointment_id']\n                = to_jsonb(NEW) - ARRAY['id', 'created_at', 'appointment_id']);\n    ELSIF NEW.covered_by <> '' THEN\n        RETURN NEW;  -- whoever keeps what was bought before holds that it is so\n    ELSE\n        SELECT branch.*, (kalon_now() AT TIME ZONE branch.timezone)::date AS today INTO place\n            FROM people_branch AS branch WHERE branch.id = visit.branch_id;\n        SELECT one.* INTO offer FROM (\n            SELECT id, price, tax_code, prepayment, deposit_amount, deposit_percent FROM catalog_service\n            UNION ALL\n            SELECT id, price, tax_code, prepayment, deposit_amount, deposit_percent FROM catalog_package\n        ) AS one WHERE one.id = COALESCE(visit.service_id, visit.package_id);\n        SELECT item.price, schedule.includes_tax INTO fee\n            FROM pricing_feeitem AS item JOIN pricing_feeschedule AS schedule ON schedule.id = item.schedule_id\n            WHERE item.organization_id = NEW.organization_id AND schedule.payer = ''\n                AND COALESCE(item.service_id, item.package_id) = offer.id\n                AND (schedule.branch_id IS NULL OR schedule.branch_id = place.id)\n                AND place.today >= item.valid_from AND place.today < COALESCE(item.valid_to, 'infinity')\n                AND place.today >= schedule.valid_from AND place.today < COALESCE(schedule.valid_to, 'infinity')\n            ORDER BY schedule.branch_id IS NULL LIMIT 1;\n        IF NOT FOUND THEN SELECT offer.price, false AS includes_tax INTO fee; END IF;\n        rate := 0;\n        IF place.gstin <> '' AND offer.tax_code <> '' THEN\n            rate := (SELECT percent FROM catalog_taxrate WHERE code = offer.tax_code\n                AND organization_id = NEW.organization_id AND valid_from <= place.today\n                AND COALESCE(valid_to, 'infinity') > place.today);\n        END IF;\n        left_over := NEW.unit_price;\n        allowed := NEW.listed = fee.price AND NEW.includes_tax = fee.includes_tax\n            AND CASE WHEN fee.includes_tax THEN abs(NEW.unit_price * (1 + rate / 100) - fee.price) <= 0.02\n                ELSE NEW.unit_price = fee.price END;\n        FOR step IN SELECT * FROM jsonb_to_recordset(NEW.steps) AS (discount uuid, base numeric, amount numeric) LOOP\n            allowed := allowed AND step.base = left_over AND step.amount > 0 AND EXISTS (\n                SELECT FROM pricing_discount AS given WHERE given.id = step.discount AND given.coupon = ''\n                    AND given.max_uses IS NULL AND given.max_uses_each IS NULL\n                    AND (given.branch_id IS NULL OR given.branch_id = place.id)\n                    AND place.today >= given.valid_from AND place.today < COALESCE(given.valid_to, 'infinity')\n                    AND (given.tier = 'PROMOTION' OR given.tier = 'GROUP' AND EXISTS (\n                        SELECT FROM pricing_groupmember AS member WHERE member.group_id = given.group_id\n                            AND member.patient_id = ANY (kalon_records_of(NEW.patient_id))\n                            AND place.today >= member.valid_from\n                            AND place.today < COALESCE(member.valid_to, 'infinity')))\n                    AND (NOT EXISTS (SELECT FROM pricing_discountoffer WHERE discount_id = given.id) OR EXISTS (\n                        SELECT FROM pricing_discountoffer AS named WHERE named.discount_id = given.id\n                            AND COALESCE(named.service_id, named.package_id) = offer.id))\n                    AND step.amount <= COALESCE(given.amount, step.base * given.percent / 100 + 0.005));\n            left_over := left_over - step.amount;\n        END LOOP;\n        allowed := allowed AND NEW.discount = NEW.unit_price - left_over\n            AND abs(NEW.total - left_over * (1 + rate / 100)) <= 0.02\n            AND COALESCE(visit.amount_due, 0) >= CASE offer.prepayment WHEN 'NONE' THEN 0 WHEN 'FULL' THEN NEW.total\n                ELSE LEAST(NEW.total, COALESCE(offer.deposit_amount, NEW.total * offer.deposit_percent / 100)) - 0.01\n                END;\n    END IF;\n    IF allowed THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'a patient is shown the price that holds for them, and owes its share before the visit'\n        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'pricing_shownprice_as_priced';", declare='visit record; place record; offer record; fee record; step record; rate numeric; left_over numeric; allowed boolean;', events='BEFORE INSERT', level='ROW', name='pricing_shownprice_as_priced'), kalon.pricing.models.shown.AtTheEnd(body="\n    IF NEW.source <> 'SELF_SERVICE' OR NEW.predecessor_id IS NOT NULL\n        OR COALESCE(NEW.service_id, NEW.package_id) IS NULL\n        OR EXISTS (SELECT FROM pricing_shownprice WHERE appointment_id = NEW.id)\n    THEN RETURN NULL; END IF;\n    RAISE EXCEPTION 'who books online is shown the price, and it is kept'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_appointment_price_shown';", declare='', events='DEFERRED AFTER INSERT', level='ROW', name='pricing_appointment_price_shown', table='scheduling_appointment'), models.CheckConstraint(condition=models.Q(('discount__gte', 0), ('listed__gte', 0), ('total__gte', 0), ('unit_price__gte', models.F('discount'))), name='pricing_shownprice_not_negative'), models.CheckConstraint(condition=models.Q(('covered_by', ''), models.Q(('discount', 0), ('total', 0), ('unit_price', 0)), _connector='OR'), name='pricing_shownprice_covered'), kalon.kernel.rows.SameOrganization(field='appointment_id', name='pricing_shownprice_same_visit', through=('organization_id', 'patient_id'), to='scheduling.Appointment'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='pricing_shownprice_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='', reviewed='SELECT', tenant='organization_id')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='discount',
            name='pricing_discount_rows',
        ),
        migrations.RemoveConstraint(
            model_name='discountoffer',
            name='pricing_discountoffer_rows',
        ),
        migrations.RemoveConstraint(
            model_name='feeitem',
            name='pricing_feeitem_rows',
        ),
        migrations.RemoveConstraint(
            model_name='feeschedule',
            name='pricing_feeschedule_rows',
        ),
        migrations.RemoveConstraint(
            model_name='pricingpolicy',
            name='pricing_pricingpolicy_rows',
        ),
        migrations.AddConstraint(
            model_name='discount',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_discount_rows', patient='', portal='SELECT', portal_where="coupon = ''", reviewed='', tenant='organization_id'),
        ),
        migrations.AddConstraint(
            model_name='discountoffer',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='pricing_discountoffer_rows', patient='', portal='SELECT', portal_where='discount_id IN (SELECT id FROM pricing_discount)', reviewed='', tenant='organization_id'),
        ),
        migrations.AddConstraint(
            model_name='feeitem',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_feeitem_rows', patient='', portal='SELECT', portal_where='schedule_id IN (SELECT id FROM pricing_feeschedule)', reviewed='', tenant='organization_id'),
        ),
        migrations.AddConstraint(
            model_name='feeschedule',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_feeschedule_rows', patient='', portal='SELECT', portal_where="payer = ''", reviewed='', tenant='organization_id'),
        ),
        migrations.AddConstraint(
            model_name='pricingpolicy',
            constraint=kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='pricing_pricingpolicy_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id'),
        ),
    ]
