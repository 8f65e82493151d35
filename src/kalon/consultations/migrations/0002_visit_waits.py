"""A visit is completed only when its encounter is signed: the rule of `lifecycles.doctor_has_closed`, in the database."""

from django.db import migrations

MAKE = """
CREATE FUNCTION consultations_closed_first() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.status = 'COMPLETED' AND OLD.status <> 'COMPLETED' AND EXISTS (
        SELECT FROM consultations_consultation WHERE appointment_id = NEW.id AND status <> 'CLOSED'
    ) THEN
        RAISE EXCEPTION 'the consultation of this visit is not closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'consultations_closed_first';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER consultations_closed_first BEFORE UPDATE OF status ON scheduling_appointment
    FOR EACH ROW EXECUTE FUNCTION consultations_closed_first();
"""
BACK = """
DROP TRIGGER consultations_closed_first ON scheduling_appointment;
DROP FUNCTION consultations_closed_first();
"""


class Migration(migrations.Migration):
    dependencies = [("consultations", "0001_initial"), ("scheduling", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, BACK)]
