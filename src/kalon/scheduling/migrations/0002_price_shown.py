import kalon.kernel.triggers
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('scheduling', '0001_squashed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='appointment',
            name='scheduling_appointment_by_patient',
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;\n    IF TG_OP = 'INSERT' THEN\n        allowed := NEW.source = 'SELF_SERVICE' AND NOT NEW.is_overbooked AND NEW.off_schedule_reason = ''\n            AND lower(NEW.period) > kalon_now()\n            AND (NEW.predecessor_id IS NULL AND NEW.status IN ('REQUESTED', 'PENDING_PAYMENT')\n                    AND NEW.kind <> 'EMERGENCY' AND (SELECT lower(NEW.period) + make_interval(mins => offered.minutes) = upper(NEW.period)\n        AND (NEW.preparation_minutes, NEW.cleaning_minutes) = (offered.preparation_minutes, offered.cleaning_minutes)\n        AND (NEW.room_id IS NOT NULL OR COALESCE(offered.room_kind, '') = '')\n        AND (NEW.doctor_id IS NOT NULL OR NOT offered.needs_doctor)\n        AND cardinality(NEW.team) = offered.people AND cardinality(NEW.equipment) = offered.devices\n    FROM (\n        SELECT minutes, preparation_minutes, cleaning_minutes, room_kind, needs_doctor, needs.*\n            FROM catalog_service AS one, LATERAL\n            (SELECT COALESCE(sum(count) FILTER (WHERE staff_kind <> ''), 0) AS people,\n                COALESCE(sum(count) FILTER (WHERE equipment_kind <> ''), 0) AS devices\n                FROM catalog_need WHERE service_id = one.id) AS needs\n            WHERE one.id = NEW.service_id AND one.is_active AND one.is_self_bookable\n        UNION ALL\n        SELECT minutes, preparation_minutes, cleaning_minutes, room_kind, needs_doctor, needs.*\n            FROM catalog_package AS one, LATERAL\n            (SELECT COALESCE(sum(count) FILTER (WHERE staff_kind <> ''), 0) AS people,\n                COALESCE(sum(count) FILTER (WHERE equipment_kind <> ''), 0) AS devices\n                FROM catalog_need WHERE package_id = one.id) AS needs\n            WHERE one.id = NEW.package_id AND one.is_active AND one.is_self_bookable\n    ) AS offered)\n                OR EXISTS (SELECT 1 FROM scheduling_appointment AS earlier\n                    WHERE earlier.id = NEW.predecessor_id\n                    AND earlier.status = NEW.status AND earlier.patient_id = NEW.patient_id\n                    AND earlier.service_id IS NOT DISTINCT FROM NEW.service_id\n                    AND earlier.package_id IS NOT DISTINCT FROM NEW.package_id\n                    AND earlier.amount_due IS NOT DISTINCT FROM NEW.amount_due\n                    AND (cardinality(NEW.team), cardinality(NEW.equipment), NEW.room_id IS NULL, NEW.doctor_id IS NULL) = (cardinality(earlier.team), cardinality(earlier.equipment), earlier.room_id IS NULL, earlier.doctor_id IS NULL) AND upper(NEW.period) - lower(NEW.period) = upper(earlier.period) - lower(earlier.period)));\n    ELSE\n        allowed := to_jsonb(NEW) - ARRAY['status', 'status_at', 'successor_id', 'cancelled_reason', 'cancelled_side', 'period', 'starts_at', 'ends_at', 'doctor_id', 'room_id', 'team', 'equipment', 'patient_confirmed_at', 'chief_complaint', 'patient_note', 'edition'] = to_jsonb(OLD) - ARRAY['status', 'status_at', 'successor_id', 'cancelled_reason', 'cancelled_side', 'period', 'starts_at', 'ends_at', 'doctor_id', 'room_id', 'team', 'equipment', 'patient_confirmed_at', 'chief_complaint', 'patient_note', 'edition']\n            AND NEW.status IN (OLD.status, 'CANCELLED', 'RESCHEDULED')\n            AND NEW.cancelled_side IN (OLD.cancelled_side, 'PATIENT')\n            AND (NEW.period = OLD.period OR lower(NEW.period) > kalon_now())\n            AND (cardinality(NEW.team), cardinality(NEW.equipment), NEW.room_id IS NULL, NEW.doctor_id IS NULL) = (cardinality(OLD.team), cardinality(OLD.equipment), OLD.room_id IS NULL, OLD.doctor_id IS NULL) AND upper(NEW.period) - lower(NEW.period) = upper(OLD.period) - lower(OLD.period);\n    END IF;\n    IF allowed THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'a patient may ask for a visit, move it or cancel it, and nothing else'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_appointment_by_patient';", declare='allowed boolean;', events='BEFORE INSERT OR UPDATE', level='ROW', name='scheduling_appointment_by_patient'),
        ),
    ]
