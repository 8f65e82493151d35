import kalon.kernel.triggers
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('pricing', '0004_limits_and_points'),  # the tables that the rules read
        ('catalog', '0001_squashed'),
        ('entitlements', '0002_gift_vouchers'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('scheduling', '0002_price_shown'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='use',
            constraint=kalon.kernel.triggers.TriggerOn(body="\n    IF NEW.covered_by = '' OR kalon_kind() NOT IN ('patient', 'public') THEN RETURN NEW; END IF;\n    SELECT service_id, predecessor_id, lower(period)::date AS day INTO visit\n        FROM scheduling_appointment WHERE id = NEW.appointment_id;\n    IF visit.predecessor_id IS NOT NULL THEN RETURN NEW; END IF;  -- as it was shown before\n    PERFORM pg_advisory_xact_lock(hashtextextended('sessions ' || (kalon_records_of(NEW.patient_id))[1]::text, 0));\n    SELECT COALESCE(sum(item.quantity - item.used), 0) INTO sessions\n        FROM entitlements_holdingitem AS item JOIN entitlements_packageholding AS held ON held.id = item.holding_id\n        WHERE item.patient_id = ANY (kalon_records_of(NEW.patient_id)) AND item.service_id = visit.service_id\n            AND held.status = 'ACTIVE' AND held.valid_until >= visit.day;\n    SELECT count(*) INTO shown\n        FROM pricing_shownprice AS other JOIN scheduling_appointment AS ahead ON ahead.id = other.appointment_id\n        WHERE other.patient_id = ANY (kalon_records_of(NEW.patient_id)) AND other.covered_by <> ''\n            AND ahead.service_id = visit.service_id AND ahead.id <> NEW.appointment_id\n            AND ahead.status IN ('REQUESTED', 'PENDING_PAYMENT', 'CONFIRMED', 'CHECKED_IN', 'IN_PROGRESS')\n            AND NOT EXISTS (SELECT FROM entitlements_use WHERE appointment_id = ahead.id);\n    SELECT count(*) INTO billed\n        FROM billing_billline AS line JOIN billing_bill AS bill ON bill.id = line.bill_id\n        WHERE line.patient_id = ANY (kalon_records_of(NEW.patient_id)) AND line.total = 0 AND bill.status <> 'VOID'\n            AND line.service_id = visit.service_id AND starts_with(line.source, 'session:')\n            AND NOT EXISTS (SELECT FROM entitlements_use WHERE source = line.source);\n    IF sessions > GREATEST(shown, billed) THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'no session of a package is left for this visit'\n        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'entitlements_shown_covered';", declare='visit record; sessions bigint; shown bigint; billed bigint;', events='BEFORE INSERT', level='ROW', name='entitlements_shown_covered', table='pricing_shownprice'),
        ),
    ]
