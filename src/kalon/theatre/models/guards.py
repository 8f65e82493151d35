"""What the database holds of clearances beyond a single row: what they hang from, and what answers a line."""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from kalon.kernel.triggers import Trigger, TriggerOn

REFUSED = "USING ERRCODE = 'check_violation', CONSTRAINT"
# Without a line of each of these no clearance is whole, whatever was asked beside them.
ALWAYS = ("CONSENT", "FITNESS", "MEDICINES", "MONEY")
CLINICIANS = ("DOCTOR", "SURGEON", "ANAESTHETIST")


def of_a_surgery() -> Trigger:
    """A clearance hangs from a surgery that was approved and is not over; its date moves only while it is open."""
    body = f"""
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.plan_id, NEW.patient_id, NEW.branch_id) <> (OLD.plan_id, OLD.patient_id, OLD.branch_id) THEN
            RAISE EXCEPTION 'a clearance stays with its plan' {REFUSED} = 'theatre_clearance_of_a_surgery';
        END IF;
        RETURN NEW;
    END IF;
    PERFORM 1 FROM plans_procedureplan plan WHERE plan.id = NEW.plan_id AND plan.plan_type = 'SURGICAL'
        AND (plan.status IN ('APPROVED', 'CONSENT_PENDING', 'CONSENT_SIGNED', 'SCHEDULED')
            OR EXISTS (SELECT FROM theatre_case back WHERE back.plan_id = plan.id AND back.urgency = 'EMERGENCY'
                AND back.surgery_date = NEW.surgery_date AND back.arrears_at IS NULL));
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a clearance hangs from an approved surgery' {REFUSED} = 'theatre_clearance_of_a_surgery';"""
    return Trigger(name="theatre_clearance_of_a_surgery", events="BEFORE INSERT OR UPDATE", body=body)


def cleared_by_evidence() -> Trigger:
    """CLEARED only while every line of before the day is answered by a row that still says so."""
    kinds = ", ".join(f"'{kind}'" for kind in ALWAYS)
    body = f"""
    IF NEW.status <> 'CLEARED' OR OLD.status = 'CLEARED' THEN RETURN NEW; END IF;
    PERFORM 1 FROM theatre_requirement WHERE clearance_id = NEW.id FOR SHARE;
    IF NOT EXISTS (SELECT FROM theatre_requirement line WHERE line.clearance_id = NEW.id
            AND line.kind = 'AUTHORIZATION')
        AND (SELECT money_type FROM plans_procedureplan plan WHERE plan.id = NEW.plan_id) <> 'COSMETIC' THEN
        RAISE EXCEPTION 'what an insurer may be asked for is authorised first' {REFUSED} = 'theatre_clearance_lines';
    END IF;
    IF (SELECT count(*) FROM theatre_requirement line WHERE line.clearance_id = NEW.id AND line.kind IN ({kinds})
            AND line.moment = 'BEFORE') < {len(ALWAYS)}
        OR EXISTS (SELECT FROM theatre_requirement line WHERE line.clearance_id = NEW.id
            AND line.moment = 'BEFORE' AND NOT theatre_holds(line))
        OR plans_list_open(NEW.plan_id, 'BEFORE', NULL, NULL) THEN
        RAISE EXCEPTION 'a line of this clearance has no evidence that holds' {REFUSED} = 'theatre_clearance_lines';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_clearance_lines", events="BEFORE UPDATE", body=body)


def booked_by_its_case() -> TriggerOn:
    """A surgery is booked by its case and by nothing else; one that was on hold goes on where it stood."""
    body = f"""
    IF NEW.plan_type <> 'SURGICAL' OR NEW.status <> 'SCHEDULED' OR OLD.status IN ('SCHEDULED', 'ON_HOLD')
        OR EXISTS (SELECT FROM theatre_case standing WHERE standing.plan_id = NEW.id
            AND standing.urgency = 'ELECTIVE' AND standing.status = 'SCHEDULED') THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a surgery is booked by its case' {REFUSED} = 'theatre_plan_booked_by_its_case';"""
    return TriggerOn(
        name="theatre_plan_booked_by_its_case", table="plans_procedureplan", events="BEFORE UPDATE OF status", body=body
    )


def answered_by_a_row() -> Trigger:
    """A line is born open, says for good what it asks, and takes as evidence only a row that says so now."""
    fixed = "ARRAY['evidence_kind', 'evidence_id', 'met_at', 'met_by', 'reopened_at', 'reopened_because']"
    body = f"""
    SELECT status INTO stands FROM theatre_clearance WHERE id = NEW.clearance_id FOR KEY SHARE;
    IF stands IS DISTINCT FROM 'OPEN'
        AND NOT (TG_OP = 'UPDATE' AND stands = 'CLEARED' AND NEW.moment = 'DAY_OF') THEN
        RAISE EXCEPTION 'the lines of this clearance are closed (%)', stands {REFUSED} = 'theatre_requirement_closed';
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - {fixed} <> to_jsonb(OLD) - {fixed} THEN
        RAISE EXCEPTION 'a line says for good what it asks' {REFUSED} = 'theatre_requirement_fixed';
    END IF;
    IF TG_OP = 'UPDATE' AND ((NEW.reopened_at, NEW.reopened_because) IS DISTINCT FROM
            (OLD.reopened_at, OLD.reopened_because) AND (OLD.evidence_id IS NULL OR NEW.evidence_id IS NOT NULL)
        OR NEW.evidence_id = OLD.evidence_id
            AND (NEW.met_at, NEW.met_by) IS DISTINCT FROM (OLD.met_at, OLD.met_by)) THEN
        RAISE EXCEPTION 'who answered a line, and why it is open again, is not rewritten'
            {REFUSED} = 'theatre_requirement_fixed';
    END IF;
    IF NEW.evidence_id IS NULL THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' OR NOT theatre_holds(NEW) THEN
        RAISE EXCEPTION 'this row is no evidence for this line' {REFUSED} = 'theatre_requirement_evidence';
    END IF;
    RETURN NEW;"""
    return Trigger(
        name="theatre_requirement_answered", events="BEFORE INSERT OR UPDATE", declare="stands text;", body=body
    )


def said_by_who_acts(table: str, column: str, *, clinician: bool = False) -> Trigger:
    """What is said under a name is said by whoever acts, not for somebody else; a clinician where it takes one."""
    kinds = ", ".join(f"'{kind}'" for kind in CLINICIANS)
    right = f" AND who.kind IN ({kinds})" if clinician else ""
    body = f"""
    IF EXISTS (SELECT FROM people_staff who WHERE who.id = NEW.{column} AND who.user_id = kalon_user(){right})
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'nobody says this in the name of somebody else' {REFUSED} = '{table}_by_who_acts';"""
    return Trigger(name=f"{table}_by_who_acts", events="BEFORE INSERT", body=body)
