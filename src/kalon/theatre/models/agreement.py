"""What plan, case and clearance say of each other, held at the end of every transaction; and the start taken back."""

from kalon.kernel.triggers import Trigger, TriggerOn
from kalon.theatre.models.guards import REFUSED

_DISAGREE = f"RAISE EXCEPTION 'a surgery stands where its case stands' {REFUSED} = 'theatre_plan_and_case';"


def plan_stands_with_its_case() -> TriggerOn:
    """A surgery is booked, under way and done only while its case is, however it came there: also after a hold."""
    body = f"""
    IF NEW.plan_type <> 'SURGICAL' OR NEW.status = OLD.status
        OR NEW.status NOT IN ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED') AND OLD.status <> 'IN_PROGRESS' THEN
        RETURN NULL;
    END IF;
    IF theatre_plan_agrees(NEW.id) THEN RETURN NULL; END IF;
    {_DISAGREE}"""
    return TriggerOn(
        name="theatre_plan_and_case", table="plans_procedureplan", events="DEFERRED AFTER UPDATE", body=body
    )


def case_stands_with_its_plan() -> Trigger:
    """The same, when it is the case that moves; and what was cleared for an aborted case is over with it."""
    body = f"""
    IF NEW.urgency <> 'ELECTIVE' OR TG_OP = 'UPDATE' AND NEW.status = OLD.status THEN RETURN NULL; END IF;
    IF NOT theatre_plan_agrees(NEW.plan_id) THEN
        {_DISAGREE}
    END IF;
    IF NEW.status = 'ABORTED' AND EXISTS (SELECT FROM theatre_clearance given WHERE given.plan_id = NEW.plan_id
        AND given.status = 'CLEARED' AND given.cleared_at <= NEW.status_at) THEN
        RAISE EXCEPTION 'after an aborted case the patient is cleared anew' {REFUSED} = 'theatre_case_cleared_anew';
    END IF;
    RETURN NULL;"""
    return Trigger(name="theatre_case_and_plan", events="DEFERRED AFTER INSERT OR UPDATE", body=body)


def started_in_vain() -> Trigger:
    """A start is taken back only while nothing was done, signed, counted or used in the case."""
    body = f"""
    IF OLD.status <> 'IN_PROGRESS' OR NEW.status <> 'SCHEDULED' THEN RETURN NEW; END IF;
    IF theatre_nothing_done(NEW.id) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'something was done in this case already' {REFUSED} = 'theatre_case_nothing_done';"""
    return Trigger(name="theatre_case_nothing_done", events="BEFORE UPDATE", body=body)


AGREEMENT = """
-- Whether a surgery stands where its planned case stands; another plan always does.
CREATE OR REPLACE FUNCTION theatre_plan_agrees(a_plan uuid) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT NOT EXISTS (SELECT FROM plans_procedureplan plan WHERE plan.id = a_plan AND plan.plan_type = 'SURGICAL'
        AND (plan.status IN ('SCHEDULED', 'IN_PROGRESS', 'COMPLETED') AND NOT EXISTS (SELECT FROM theatre_case standing
                WHERE standing.plan_id = plan.id AND standing.urgency = 'ELECTIVE' AND standing.status = plan.status)
            OR plan.status <> 'IN_PROGRESS' AND EXISTS (SELECT FROM theatre_case inside
                WHERE inside.plan_id = plan.id AND inside.urgency = 'ELECTIVE' AND inside.status = 'IN_PROGRESS')))
$body$;

-- Whether nothing was written down in a case since it started: no answer, signature, count, note or stock.
CREATE OR REPLACE FUNCTION theatre_nothing_done(a_case uuid) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT NOT EXISTS (SELECT FROM theatre_stage stage JOIN theatre_checkitem item ON item.stage_id = stage.id
            WHERE stage.case_id = a_case AND item.answer <> '')
        AND NOT EXISTS (SELECT FROM theatre_stage stage JOIN theatre_stagesignature signed ON signed.stage_id = stage.id
            WHERE stage.case_id = a_case)
        AND NOT EXISTS (SELECT FROM theatre_stage WHERE case_id = a_case AND status = 'COMPLETE')
        AND NOT EXISTS (SELECT FROM theatre_count WHERE case_id = a_case)
        AND NOT EXISTS (SELECT FROM theatre_operationnote WHERE case_id = a_case)
        AND NOT EXISTS (SELECT FROM inventory_movement WHERE source_id = a_case AND source_kind = 'case')
$body$;
"""
AGREEMENT_OFF = "DROP FUNCTION theatre_nothing_done(uuid); DROP FUNCTION theatre_plan_agrees(uuid);"
