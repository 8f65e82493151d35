"""The rules of a prescription that look at other rows, kept by the database."""

from kalon.kernel.triggers import Trigger


def of_its_doctor() -> Trigger:
    """Born from an open consultation by that consultation's own doctor, and bound to both for good."""
    return Trigger(
        name="prescribing_of_its_doctor",
        events="BEFORE INSERT OR UPDATE",
        declare="encounter record;",
        body="""
    IF TG_OP = 'INSERT' THEN
        SELECT doctor_id, branch_id, status INTO encounter FROM consultations_consultation
            WHERE id = NEW.consultation_id FOR KEY SHARE;
        IF encounter.status NOT IN ('IN_CONSULTATION', 'PLAN_CREATED') THEN
            RAISE EXCEPTION 'a prescription is written while its consultation is open'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_while_open';
        END IF;
        IF encounter.doctor_id <> NEW.doctor_id OR encounter.branch_id <> NEW.branch_id THEN
            RAISE EXCEPTION 'a prescription belongs to the doctor of its consultation'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';
        END IF;
    ELSIF (NEW.consultation_id, NEW.doctor_id, NEW.patient_id, NEW.branch_id)
        IS DISTINCT FROM (OLD.consultation_id, OLD.doctor_id, OLD.patient_id, OLD.branch_id) THEN
        RAISE EXCEPTION 'a prescription does not move to another consultation'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';
    END IF;
    IF kalon_kind() = 'staff' AND (TG_OP = 'INSERT' OR OLD.status = 'DRAFT') AND NOT EXISTS (
        SELECT 1 FROM people_staff WHERE id = NEW.doctor_id AND user_id = kalon_user()) THEN
        RAISE EXCEPTION 'only the doctor of the consultation writes its prescription'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';
    END IF;
    RETURN NEW;""",
    )


def checked_first() -> Trigger:
    """Nothing is finalised without a medicine, or without the checks having answered (they always answer)."""
    return Trigger(
        name="prescribing_checked_first",
        events="BEFORE UPDATE",
        body="""
    IF OLD.status = 'DRAFT' AND NEW.status = 'FINALIZED' THEN
        IF NOT EXISTS (SELECT 1 FROM prescribing_prescriptionitem WHERE prescription_id = NEW.id) THEN
            RAISE EXCEPTION 'a prescription holds at least one medicine'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_not_empty';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM prescribing_keptfinding WHERE prescription_id = NEW.id) THEN
            RAISE EXCEPTION 'a prescription is checked before it is finalised'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_checked_first';
        END IF;
    END IF;
    RETURN NEW;""",
    )
