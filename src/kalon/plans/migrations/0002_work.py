"""What stands in a lower context's table, and the view of what the desk has to book."""

from django.db import migrations

# A visit that says what it was booked for says so of the same patient. The table is a lower context's, so this
# stands in our own migration.
OCCASION = """
CREATE FUNCTION plans_occasion() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.occasion_id IS NULL OR TG_OP = 'UPDATE' AND NEW.occasion_id IS NOT DISTINCT FROM OLD.occasion_id
        OR EXISTS (SELECT FROM plans_followupplan AS plan WHERE plan.id = NEW.occasion_id
            AND plan.patient_id = NEW.patient_id AND plan.organization_id = NEW.organization_id)
        OR EXISTS (SELECT FROM plans_procedureplan AS plan WHERE plan.id = NEW.occasion_id
            AND plan.patient_id = NEW.patient_id AND plan.organization_id = NEW.organization_id)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a visit is booked for a plan of the same patient'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_occasion';
END $body$;
CREATE TRIGGER plans_occasion BEFORE INSERT OR UPDATE ON scheduling_appointment
    FOR EACH ROW EXECUTE FUNCTION plans_occasion();
"""
OCCASION_BACK = """
DROP TRIGGER plans_occasion ON scheduling_appointment;
DROP FUNCTION plans_occasion();
"""
# `security_invoker`: the view sees what its reader may see, not what its owner may.
WORK = """
CREATE VIEW plans_work WITH (security_invoker = true) AS
SELECT todo.*, todo.due_date - (kalon_now() AT TIME ZONE place.timezone)::date AS days,
    made_from.appointment_id AS visit_id, line.service_id
FROM (
    SELECT due.id, due.organization_id, due.patient_id, due.branch_id, due.doctor_id, due.consultation_id, due.plan_id,
        due.kind, due.due_date, due.session_number, plan.session_count, due.chased
    FROM plans_followupplan AS due LEFT JOIN plans_procedureplan AS plan ON plan.id = due.plan_id
    WHERE due.status = 'PENDING' AND (plan.id IS NULL OR plan.status NOT IN ('ON_HOLD', 'CANCELLED'))
    UNION ALL
    SELECT plan.id, plan.organization_id, plan.patient_id, plan.branch_id, plan.doctor_id, plan.consultation_id, plan.id,
        CASE plan.plan_type WHEN 'SURGICAL' THEN 'PRE_OP' ELSE 'TREATMENT' END,
        (plan.approved_at AT TIME ZONE at.timezone)::date, NULL, NULL, 0
    FROM plans_procedureplan AS plan JOIN people_branch AS at ON at.id = plan.branch_id
    WHERE (plan.plan_type = 'SURGICAL' AND plan.status IN ('APPROVED', 'CONSENT_PENDING', 'CONSENT_SIGNED')
            OR plan.plan_type = 'NON_SURGICAL'
                AND (plan.status IN ('CONSENT_SIGNED', 'SCHEDULED', 'IN_PROGRESS')
                    OR plan.status = 'APPROVED' AND plan.consent = 'NOT_REQUIRED'))
        AND NOT EXISTS (SELECT FROM scheduling_appointment AS visit
            WHERE visit.occasion_id = plan.id AND visit.status NOT IN ('CANCELLED', 'RESCHEDULED', 'NO_SHOW')
                AND (plan.plan_type = 'SURGICAL') = (visit.kind = 'PRE_OP'))
) AS todo
JOIN people_branch AS place ON place.id = todo.branch_id
JOIN consultations_consultation AS made_from ON made_from.id = todo.consultation_id
LEFT JOIN plans_planline AS line ON line.plan_id = todo.plan_id AND line.position = 1;
GRANT SELECT ON plans_work TO kalon_app;
"""
WORK_BACK = "DROP VIEW plans_work"


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("scheduling", "0011_occasion"), ("consultations", "0003_live")]
    operations = [migrations.RunSQL(OCCASION, OCCASION_BACK), migrations.RunSQL(WORK, WORK_BACK)]
