import kalon.kernel.triggers
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('pricing', '0004_limits_and_points'),  # the tables that the rules read
        ('billing', '0002_write_offs'),
        ('catalog', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0002_work'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='billline',
            name='billing_billline_by_patient',
        ),
        migrations.AddConstraint(
            model_name='billline',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF kalon_kind() NOT IN ('patient', 'public') THEN RETURN NEW; END IF;\n    IF TG_OP = 'INSERT' AND NEW.position = 1 AND NEW.quantity = 1 AND EXISTS (\n        SELECT FROM billing_bill bill\n            JOIN people_branch branch ON branch.id = bill.branch_id\n            JOIN scheduling_appointment visit ON visit.id = bill.appointment_id AND visit.branch_id = bill.branch_id\n            JOIN pricing_shownprice shown ON shown.appointment_id = visit.id AND shown.covered_by = ''\n            JOIN (SELECT id, tax_code FROM catalog_service\n                UNION ALL SELECT id, tax_code FROM catalog_package) AS offer\n                ON offer.id = COALESCE(visit.service_id, visit.package_id)\n        WHERE bill.id = NEW.bill_id AND visit.service_id IS NOT DISTINCT FROM NEW.service_id\n            AND NEW.unit_price - NEW.discount = shown.unit_price - shown.discount\n            AND bill.supplier_gstin = branch.gstin AND NEW.tax_code = offer.tax_code\n            AND NEW.tax_percent = CASE WHEN branch.gstin = '' OR offer.tax_code = '' THEN 0 ELSE (\n                SELECT percent FROM catalog_taxrate rate\n                WHERE rate.code = offer.tax_code\n                    AND rate.organization_id = NEW.organization_id\n                    AND rate.valid_from <= (kalon_now() AT TIME ZONE branch.timezone)::date\n                    AND COALESCE(rate.valid_to, 'infinity') > (kalon_now() AT TIME ZONE branch.timezone)::date) END)\n    THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'only the booked service may be billed, at the price that was shown'\n        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'billing_billline_by_patient';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='billing_billline_by_patient'),
        ),
        migrations.AddConstraint(
            model_name='billline',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF kalon_user() IS NULL OR kalon_kind() <> 'staff' OR starts_with(NEW.source, 'quote:') OR NEW.quantity = 0\n        OR TG_OP = 'UPDATE' AND NEW.discount_steps = OLD.discount_steps THEN RETURN NEW; END IF;\n    given := (SELECT sum((step ->> 'amount')::numeric) FROM jsonb_array_elements(NEW.discount_steps) AS step\n        WHERE step ->> 'tier' = 'STANDARD') * 100 / NULLIF(round(NEW.quantity * NEW.unit_price, 2), 0);\n    IF COALESCE(given, 0) = 0 THEN RETURN NEW; END IF;\n    SELECT bool_or('pricing.approve_discount' = ANY (held.permissions)) AS may_approve, max(bound.percent) AS percent\n        INTO mine FROM people_staff AS person\n        JOIN people_roleassignment AS assigned ON assigned.staff_id = person.id AND assigned.ended_at IS NULL\n        JOIN people_role AS held ON held.id = assigned.role_id\n        LEFT JOIN pricing_discountlimit AS bound ON bound.role_id = held.id\n        WHERE person.user_id = kalon_user() AND (assigned.branch_id IS NULL\n            OR assigned.branch_id = (SELECT branch_id FROM billing_bill WHERE id = NEW.bill_id));\n    IF mine.may_approve OR given <= COALESCE(mine.percent,\n            (SELECT free_percent FROM pricing_pricingpolicy WHERE organization_id = NEW.organization_id), 10)\n        OR EXISTS (SELECT FROM pricing_discountapproval AS said WHERE said.subject = 'line:' || NEW.id\n            AND said.organization_id = NEW.organization_id AND said.status IN ('APPROVED', 'USED')\n            AND said.percent >= given)\n    THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'more is taken off by hand than this role may give without approval'\n        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'billing_billline_within_limit';", declare='given numeric; mine record;', events='BEFORE INSERT OR UPDATE', level='ROW', name='billing_billline_within_limit'),
        ),
    ]
