"""What the database holds of cases beyond a single row: PRODUCT §4 rule 1, one trigger for each order of events."""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from kalon.kernel.triggers import Trigger, TriggerOn
from kalon.theatre.models.guards import CLINICIANS, REFUSED

TODAY = "(kalon_now() AT TIME ZONE (SELECT timezone FROM people_branch WHERE id = NEW.branch_id))::date"
TIMES = ("in_at", "anaesthesia_at", "incision_at", "closure_at", "out_at")
_CLINICIANS = ", ".join(f"'{kind}'" for kind in CLINICIANS)
# Who signs a stage: at least these, whatever stands in its row.
SIGNERS = {
    "SIGN_IN": "('ANAESTHESIA'), ('NURSE')",
    "TIME_OUT": "('SURGEON'), ('ANAESTHESIA'), ('NURSE')",
    "SIGN_OUT": "('SURGEON'), ('ANAESTHESIA'), ('NURSE')",
}
ITEMS = {"SIGN_IN": 7, "TIME_OUT": 7, "SIGN_OUT": 5}  # as many as `rules.checklist` asks


def keeps_a_theatre() -> Trigger:
    """A reservation is a surgery's appointment for this plan in an operating theatre; firm only with its clearance."""
    body = f"""
    IF TG_OP = 'UPDATE' AND (NEW.plan_id <> OLD.plan_id OR NEW.appointment_id <> OLD.appointment_id
        OR NEW.patient_id <> OLD.patient_id) THEN
        RAISE EXCEPTION 'a reservation stays what it is' {REFUSED} = 'theatre_reservation_keeps';
    END IF;
    IF NEW.status = 'RELEASED' THEN RETURN NEW; END IF;
    PERFORM 1 FROM scheduling_appointment visit JOIN people_room place ON place.id = visit.room_id
        WHERE visit.id = NEW.appointment_id AND visit.occasion_id = NEW.plan_id AND visit.kind = 'SURGERY'
            AND place.kind = 'THEATRE' AND visit.status NOT IN ('CANCELLED', 'RESCHEDULED', 'NO_SHOW');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a reservation keeps a theatre for its plan' {REFUSED} = 'theatre_reservation_keeps';
    END IF;
    IF NEW.status = 'FIRM' AND NOT EXISTS (
        SELECT FROM theatre_clearance clearance
            JOIN scheduling_appointment visit ON visit.id = NEW.appointment_id
            JOIN people_branch place ON place.id = visit.branch_id
        WHERE clearance.plan_id = NEW.plan_id AND clearance.status = 'CLEARED'
            AND clearance.surgery_date = (lower(visit.period) AT TIME ZONE place.timezone)::date) THEN
        RAISE EXCEPTION 'the patient is not cleared for this date' {REFUSED} = 'theatre_reservation_cleared';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_reservation_keeps", events="BEFORE INSERT OR UPDATE", body=body)


def born_of_a_cleared_plan() -> Trigger:
    """No case but a return to theatre without a plan whose consent is signed and a clearance for that very date."""
    body = f"""
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.plan_id, NEW.patient_id, NEW.branch_id, NEW.urgency, NEW.returns_from_id, NEW.number) IS DISTINCT FROM
            (OLD.plan_id, OLD.patient_id, OLD.branch_id, OLD.urgency, OLD.returns_from_id, OLD.number)
            OR OLD.status = 'IN_PROGRESS' AND (NEW.surgery_date, NEW.clearance_id, NEW.reservation_id, NEW.room_id,
                NEW.anaesthesia, NEW.surgeon_id) IS DISTINCT FROM (OLD.surgery_date, OLD.clearance_id,
                OLD.reservation_id, OLD.room_id, OLD.anaesthesia, OLD.surgeon_id) THEN
            RAISE EXCEPTION 'a case stays with its plan' {REFUSED} = 'theatre_case_born';
        END IF;
        IF NEW.status <> 'SCHEDULED' THEN RETURN NEW; END IF;
    END IF;
    IF NEW.urgency = 'EMERGENCY' THEN
        PERFORM 1 FROM theatre_case earlier WHERE earlier.id = NEW.returns_from_id AND earlier.plan_id = NEW.plan_id
            AND earlier.status IN ('COMPLETED', 'ABORTED');
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a return to theatre follows a case of its plan' {REFUSED} = 'theatre_case_born';
        END IF;
        IF (SELECT count(*) FROM people_staff who WHERE who.id IN (NEW.first_clinician_id, NEW.second_clinician_id)
            AND who.kind IN ({_CLINICIANS})) < 2 OR NEW.emergency_reason IS NULL THEN
            RAISE EXCEPTION 'two clinicians decide on a return to theatre' {REFUSED} = 'theatre_case_two_clinicians';
        END IF;
        RETURN NEW;
    END IF;
    PERFORM 1 FROM plans_procedureplan plan WHERE plan.id = NEW.plan_id AND plan.plan_type = 'SURGICAL'
        AND (plan.status IN ('CONSENT_SIGNED', 'SCHEDULED')
            OR TG_OP = 'UPDATE' AND OLD.status = 'IN_PROGRESS' AND plan.status = 'IN_PROGRESS') FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the consent of this plan is not signed' {REFUSED} = 'theatre_case_consent';
    END IF;
    IF NOT EXISTS (SELECT FROM consents_consent signed WHERE signed.plan_id = NEW.plan_id
            AND signed.kind = 'PROCEDURE' AND signed.status = 'SIGNED') THEN
        RAISE EXCEPTION 'the consent of this plan is not signed' {REFUSED} = 'theatre_case_consent';
    END IF;
    PERFORM 1 FROM theatre_clearance clearance WHERE clearance.id = NEW.clearance_id AND clearance.plan_id = NEW.plan_id
        AND clearance.status = 'CLEARED' AND clearance.surgery_date = NEW.surgery_date;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the patient is not cleared for this date' {REFUSED} = 'theatre_case_cleared';
    END IF;
    PERFORM 1 FROM theatre_reservation kept JOIN scheduling_appointment visit ON visit.id = kept.appointment_id
            JOIN people_branch place ON place.id = visit.branch_id
        WHERE kept.id = NEW.reservation_id AND kept.plan_id = NEW.plan_id AND kept.status = 'FIRM'
            AND visit.room_id = NEW.room_id
            AND (lower(visit.period) AT TIME ZONE place.timezone)::date = NEW.surgery_date;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no theatre is firmly reserved for this date' {REFUSED} = 'theatre_case_reserved';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_case_born", events="BEFORE INSERT OR UPDATE", body=body)


def starts_as_planned() -> Trigger:
    """A case starts on its day, cleared, with the lines of the day answered, and with the plan's sides."""
    body = f"""
    IF NEW.status <> 'IN_PROGRESS' OR OLD.status = 'IN_PROGRESS' THEN RETURN NEW; END IF;
    IF NOT theatre_lines_agree(NEW.id) THEN
        RAISE EXCEPTION 'side or procedure differ from the plan' {REFUSED} = 'theatre_case_same_side';
    END IF;
    IF NEW.urgency = 'EMERGENCY' THEN RETURN NEW; END IF;
    -- Side and procedure, line by line, as the signed consent covers them.
    IF EXISTS (SELECT FROM theatre_caseline line WHERE line.case_id = NEW.id AND NOT EXISTS (
        SELECT FROM consents_coveredline covered JOIN consents_consent signed ON signed.id = covered.consent_id
        WHERE covered.plan_line_id = line.line_id AND signed.plan_id = NEW.plan_id AND signed.kind = 'PROCEDURE'
            AND signed.status = 'SIGNED' AND covered.side = line.side
            AND covered.entry_id IS NOT DISTINCT FROM line.entry_id)) THEN
        RAISE EXCEPTION 'side or procedure differ from the consent' {REFUSED} = 'theatre_case_same_side';
    END IF;
    IF NEW.surgery_date <> {TODAY} THEN
        RAISE EXCEPTION 'this case is for another day' {REFUSED} = 'theatre_case_on_its_day';
    END IF;
    PERFORM 1 FROM plans_procedureplan plan WHERE plan.id = NEW.plan_id AND plan.status IN ('SCHEDULED', 'IN_PROGRESS')
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the consent of this plan is not signed' {REFUSED} = 'theatre_case_consent';
    END IF;
    PERFORM 1 FROM theatre_clearance clearance WHERE clearance.id = NEW.clearance_id AND clearance.status = 'CLEARED'
        AND clearance.surgery_date = NEW.surgery_date AND clearance.valid_until >= NEW.surgery_date FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the patient is not cleared for this date' {REFUSED} = 'theatre_case_cleared';
    END IF;
    IF EXISTS (SELECT FROM theatre_requirement line
        WHERE line.clearance_id = NEW.clearance_id AND NOT theatre_holds(line))
        OR plans_list_open(NEW.plan_id, 'DAY_OF', NEW.surgery_date, NULL) THEN
        RAISE EXCEPTION 'a line of the clearance is open' {REFUSED} = 'theatre_case_lines_of_the_day';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_case_starts", events="BEFORE UPDATE", body=body)


def times_in_turn() -> Trigger:
    """Times are written in theatre and never ahead; no anaesthesia before the sign in, no incision before the time
    out nor after what was implanted, nobody leaves before the sign out."""
    same = " AND ".join(f"NEW.{at} IS NOT DISTINCT FROM {{old}}.{at}" for at in TIMES)
    empty = " AND ".join(f"NEW.{at} IS NULL" for at in TIMES)
    latest = ", ".join(f"NEW.{at}" for at in TIMES)
    body = f"""
    IF TG_OP = 'INSERT' THEN
        IF {empty} THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'a case is born without times' {REFUSED} = 'theatre_case_times';
    END IF;
    IF {same.format(old="OLD")} THEN RETURN NEW; END IF;
    IF OLD.status <> 'IN_PROGRESS' OR GREATEST({latest}) > kalon_now() + interval '1 minute' THEN
        RAISE EXCEPTION 'times are written in theatre as they happen' {REFUSED} = 'theatre_case_times';
    END IF;
    IF NEW.anaesthesia_at IS NOT NULL AND NOT EXISTS (SELECT FROM theatre_stage done WHERE done.case_id = NEW.id
        AND done.kind = 'SIGN_IN' AND done.status = 'COMPLETE' AND done.completed_at <= NEW.anaesthesia_at) THEN
        RAISE EXCEPTION 'no anaesthesia before the sign in' {REFUSED} = 'theatre_case_sign_in_first';
    END IF;
    IF NEW.incision_at IS NOT NULL AND NOT EXISTS (SELECT FROM theatre_stage done WHERE done.case_id = NEW.id
        AND done.kind = 'TIME_OUT' AND done.status = 'COMPLETE' AND done.completed_at <= NEW.incision_at) THEN
        RAISE EXCEPTION 'no incision before the time out' {REFUSED} = 'theatre_case_time_out_first';
    END IF;
    IF NEW.incision_at IS DISTINCT FROM OLD.incision_at AND EXISTS (SELECT FROM inventory_implant piece
        WHERE piece.source_kind = 'case' AND piece.source_id = NEW.id
            AND (NEW.incision_at IS NULL OR piece.implanted_at < NEW.incision_at)) THEN
        RAISE EXCEPTION 'what is implanted was put in after the incision' {REFUSED} = 'theatre_case_before_implants';
    END IF;
    IF NEW.out_at IS NOT NULL AND NOT EXISTS (SELECT FROM theatre_stage done WHERE done.case_id = NEW.id
        AND done.kind = 'SIGN_OUT' AND done.status = 'COMPLETE' AND done.completed_at <= NEW.out_at) THEN
        RAISE EXCEPTION 'nobody leaves before the sign out' {REFUSED} = 'theatre_case_sign_out_first';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_case_times", events="BEFORE INSERT OR UPDATE", body=body)


def completed_whole() -> Trigger:
    """Completed with its checklist, its times, what was used or a signed "nothing", and each implant that it takes in
    the registry or signed for: what is in a patient never stands on a shelf."""
    body = f"""
    IF NEW.nothing_used_at IS NOT NULL AND OLD.nothing_used_at IS NULL AND NOT EXISTS (
        SELECT FROM people_staff who WHERE who.id = NEW.nothing_used_by_id AND who.user_id = kalon_user()) THEN
        RAISE EXCEPTION 'nobody signs in the name of somebody else' {REFUSED} = 'theatre_case_nothing_used';
    END IF;
    IF NEW.status <> 'COMPLETED' OR OLD.status = 'COMPLETED' THEN RETURN NEW; END IF;
    IF NEW.in_at IS NULL OR NEW.incision_at IS NULL OR NEW.closure_at IS NULL OR NEW.out_at IS NULL
        OR (SELECT count(*) FROM theatre_stage WHERE case_id = NEW.id AND status = 'COMPLETE') < 3 THEN
        RAISE EXCEPTION 'checklist or times are not complete' {REFUSED} = 'theatre_case_whole';
    END IF;
    IF NEW.nothing_used_at IS NULL AND NOT theatre_has_consumption(NEW.id) THEN
        RAISE EXCEPTION 'nothing says what was used' {REFUSED} = 'theatre_case_consumption';
    END IF;
    IF cardinality(theatre_implants_open(NEW.id)) > 0 THEN
        RAISE EXCEPTION 'no implant is written down on a side' {REFUSED} = 'theatre_case_implants';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_case_completed", events="BEFORE UPDATE", body=body)


def takes_stock() -> TriggerOn:
    """Stock leaves for a case, and comes back of it, while the case is in theatre, for its own patient and plan, from
    its own branch; a piece with a serial leaves to a patient only in a case or in a session."""
    body = f"""
    IF NEW.kind NOT IN ('ISSUED', 'RETURNED', 'WASTED') THEN RETURN NEW; END IF;
    IF NEW.source_kind <> 'case' THEN
        IF NEW.kind = 'ISSUED' AND NEW.unit_id IS NOT NULL AND NEW.source_kind <> 'session' THEN
            RAISE EXCEPTION 'A piece with a serial number leaves to a patient in a case, or in a session.'
                {REFUSED} = 'theatre_case_takes_pieces';
        END IF;
        RETURN NEW;
    END IF;
    SELECT status, patient_id, organization_id, plan_id, branch_id INTO held FROM theatre_case
        WHERE id = NEW.source_id FOR SHARE;
    IF NOT FOUND OR held.status <> 'IN_PROGRESS' OR held.organization_id <> NEW.organization_id
        OR NEW.patient_id IS NOT NULL AND NEW.patient_id <> held.patient_id THEN
        RAISE EXCEPTION 'What a case uses is written while it is in theatre, for its own patient.'
            {REFUSED} = 'theatre_case_takes_stock';
    END IF;
    IF NOT EXISTS (SELECT FROM inventory_location place WHERE place.branch_id = held.branch_id
        AND place.id = COALESCE(NEW.from_location_id, NEW.to_location_id)) THEN
        RAISE EXCEPTION 'What a case uses stands at its own branch. Have it moved there first.'
            {REFUSED} = 'theatre_case_takes_from_here';
    END IF;
    IF NEW.reservation_id IS NOT NULL AND NOT EXISTS (SELECT FROM inventory_reservation kept
        WHERE kept.id = NEW.reservation_id AND kept.plan_id = held.plan_id) THEN
        RAISE EXCEPTION 'This is kept for another plan. Take another one.' {REFUSED} = 'theatre_case_takes_its_own';
    END IF;
    RETURN NEW;"""
    return TriggerOn(
        name="theatre_case_takes_stock", events="BEFORE INSERT", body=body, table="inventory_movement",
        declare="held record;",
    )  # fmt: skip


def implants_in_theatre() -> TriggerOn:
    """An implant is put in after knife to skin of a case of its patient, plan and branch, and by no other paper; where
    nothing that is done takes one, only what was put aside for the plan."""
    body = f"""
    PERFORM 1 FROM theatre_case operation WHERE NEW.source_kind = 'case' AND operation.id = NEW.source_id
        AND operation.status = 'IN_PROGRESS' AND operation.incision_at IS NOT NULL
        AND (operation.organization_id, operation.patient_id, operation.plan_id, operation.branch_id)
            = (NEW.organization_id, NEW.patient_id, NEW.plan_id, NEW.branch_id) FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'An implant is put in after knife to skin, in the case of its patient and plan. Scan it there.'
            {REFUSED} = 'theatre_implant_in_theatre';
    END IF;
    PERFORM 1 FROM theatre_caseline done LEFT JOIN catalog_procedure entry ON entry.id = done.entry_id
        WHERE done.case_id = NEW.source_id AND (entry.id IS NULL OR entry.takes_implant);
    IF FOUND OR EXISTS (SELECT FROM inventory_movement gone JOIN inventory_reservation kept
            ON kept.id = gone.reservation_id AND kept.source_kind <> 'case' WHERE gone.id = NEW.movement_id)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'What is done here takes no implant. Have it put aside for this plan first.'
        {REFUSED} = 'theatre_implant_is_asked_for';"""
    return TriggerOn(name="theatre_implant_in_theatre", events="BEFORE INSERT", body=body, table="inventory_implant")


def settled_in_arrears() -> Trigger:
    """The flag of a return to theatre goes once, by a clinician who acts, when consent and clearance were given in
    arrears: after the return was decided, not those of the operation before it."""
    body = f"""
    IF NEW.arrears_at IS NOT DISTINCT FROM OLD.arrears_at AND NEW.arrears_by_id IS NOT DISTINCT FROM OLD.arrears_by_id
    THEN RETURN NEW; END IF;
    IF NOT EXISTS (SELECT FROM theatre_returnconsent said WHERE said.case_id = NEW.id) THEN
        RAISE EXCEPTION 'the patient is asked for consent first' {REFUSED} = 'theatre_case_arrears_consent';
    END IF;
    IF OLD.arrears_at IS NULL AND NEW.urgency = 'EMERGENCY'
        AND EXISTS (SELECT FROM people_staff who WHERE who.id = NEW.arrears_by_id AND who.user_id = kalon_user()
            AND who.kind IN ({_CLINICIANS}))
        AND EXISTS (SELECT FROM theatre_clearance given WHERE given.plan_id = NEW.plan_id
            AND given.surgery_date = NEW.surgery_date AND given.status IN ('CLEARED', 'EXPIRED')
            AND given.created_at >= NEW.created_at) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'consent and clearance are completed first' {REFUSED} = 'theatre_case_arrears';"""
    return Trigger(name="theatre_case_arrears", events="BEFORE UPDATE", body=body)


def consent_of_a_return() -> Trigger:
    """Consent is given in arrears to a return to theatre that waits for it, after it was decided, and never ahead."""
    body = f"""
    IF EXISTS (SELECT FROM theatre_case back WHERE back.id = NEW.case_id AND back.urgency = 'EMERGENCY'
        AND back.arrears_at IS NULL AND NEW.given_at BETWEEN back.created_at AND kalon_now() + interval '1 minute')
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'only a return to theatre is consented to afterwards' {REFUSED} = 'theatre_returnconsent_return';"""
    return Trigger(name="theatre_returnconsent_return", events="BEFORE INSERT", body=body)


def line_of_the_plan() -> Trigger:
    """A line of a case is a line of its plan, with the same side and procedure."""
    body = f"""
    PERFORM 1 FROM plans_planline planned JOIN theatre_case operation ON operation.plan_id = planned.plan_id
        WHERE planned.id = NEW.line_id AND operation.id = NEW.case_id AND planned.patient_id = NEW.patient_id
            AND planned.side = NEW.side AND planned.entry_id IS NOT DISTINCT FROM NEW.entry_id
            AND planned.service_id IS NOT DISTINCT FROM NEW.service_id;
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'side or procedure differ from the plan' {REFUSED} = 'theatre_caseline_of_the_plan';"""
    return Trigger(name="theatre_caseline_of_the_plan", events="BEFORE INSERT OR UPDATE", body=body)


def note_sealed_when_signed() -> Trigger:
    """A signed note stays; it is signed by its writer, who acts."""
    body = f"""
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.signed_at IS NOT NULL OR NEW.case_id <> OLD.case_id) THEN
        RAISE EXCEPTION 'a signed note stays; correct it by a further one' {REFUSED} = 'theatre_operationnote_stays';
    END IF;
    IF EXISTS (SELECT FROM people_staff who WHERE who.id = NEW.written_by_id AND who.user_id = kalon_user())
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'nobody writes in the name of somebody else' {REFUSED} = 'theatre_operationnote_by_who_acts';"""
    return Trigger(name="theatre_operationnote_stays", events="BEFORE INSERT OR UPDATE OR DELETE", body=body)


def stage_in_turn() -> Trigger:
    """Stages belong to a case in theatre and are complete one after the other: answered, signed, counted."""
    signers = "\n        ".join(
        f"WHEN '{kind}' THEN ARRAY(SELECT * FROM (VALUES {roles}) AS needed (role))" for kind, roles in SIGNERS.items()
    )
    items = " ".join(f"WHEN '{kind}' THEN {number}" for kind, number in ITEMS.items())
    body = f"""
    IF TG_OP = 'INSERT' THEN RETURN NEW; END IF;
    IF NEW.kind <> OLD.kind OR NEW.case_id <> OLD.case_id OR NEW.roles <> OLD.roles THEN
        RAISE EXCEPTION 'a stage stays what it is' {REFUSED} = 'theatre_stage_in_turn';
    END IF;
    IF NEW.status <> 'COMPLETE' OR OLD.status = 'COMPLETE' THEN RETURN NEW; END IF;
    SELECT status, anaesthesia, closure_at INTO held FROM theatre_case WHERE id = NEW.case_id FOR SHARE;
    IF held.status <> 'IN_PROGRESS' OR NEW.completed_at > kalon_now() + interval '1 minute'
        OR NEW.kind = 'TIME_OUT' AND NOT EXISTS (SELECT FROM theatre_stage
            WHERE case_id = NEW.case_id AND kind = 'SIGN_IN' AND status = 'COMPLETE')
        OR NEW.kind = 'SIGN_OUT' AND held.closure_at IS NULL THEN
        RAISE EXCEPTION 'this stage is not in turn' {REFUSED} = 'theatre_stage_in_turn';
    END IF;
    IF (SELECT count(*) FROM theatre_checkitem WHERE stage_id = NEW.id AND answer <> '')
            < (CASE NEW.kind {items} END)
        OR EXISTS (SELECT FROM theatre_checkitem WHERE stage_id = NEW.id AND answer = '') THEN
        RAISE EXCEPTION 'an item of this stage is not answered' {REFUSED} = 'theatre_stage_answered';
    END IF;
    IF EXISTS (SELECT FROM unnest(CASE NEW.kind {signers} END || NEW.roles::text[]) AS wanted (role)
        WHERE NOT (wanted.role = 'ANAESTHESIA' AND held.anaesthesia = 'LOCAL')
            AND NOT EXISTS (SELECT FROM theatre_stagesignature signed
                WHERE signed.stage_id = NEW.id AND signed.role = wanted.role)) THEN
        RAISE EXCEPTION 'somebody has not signed this stage' {REFUSED} = 'theatre_stage_signed';
    END IF;
    IF NEW.kind = 'SIGN_OUT' AND (SELECT count(*) FROM theatre_count counted WHERE counted.case_id = NEW.case_id
        AND (counted.after = counted.before OR counted.after IS NOT NULL AND counted.explanation IS NOT NULL)) < 3 THEN
        RAISE EXCEPTION 'the counts do not agree' {REFUSED} = 'theatre_stage_counted';
    END IF;
    RETURN NEW;"""
    return Trigger(name="theatre_stage_in_turn", events="BEFORE INSERT OR UPDATE", declare="held record;", body=body)


def said_in_turn(table: str, events: str, *, besides: str = "") -> Trigger:
    """No answer and no signature before its turn: the time out after the sign in, the sign out after closure."""
    body = f"""{besides}
    SELECT part.kind, operation.closure_at, operation.id INTO held FROM theatre_stage part
        JOIN theatre_case operation ON operation.id = part.case_id WHERE part.id = NEW.stage_id;
    IF held.kind = 'SIGN_OUT' AND held.closure_at IS NULL OR held.kind = 'TIME_OUT' AND NOT EXISTS (
            SELECT FROM theatre_stage WHERE case_id = held.id AND kind = 'SIGN_IN' AND status = 'COMPLETE') THEN
        RAISE EXCEPTION 'this stage is not in turn' {REFUSED} = 'theatre_said_in_turn';
    END IF;
    RETURN NEW;"""
    return Trigger(name=f"{table}_in_turn", events=events, declare="held record;", body=body)


def signed_in_ones_role() -> Trigger:
    """Everybody signs what is theirs: a surgeon as surgeon, an anaesthetist for anaesthesia, a nurse as nurse."""
    body = f"""
    IF EXISTS (SELECT FROM people_staff who WHERE who.id = NEW.staff_id AND who.is_active AND CASE NEW.role
        WHEN 'SURGEON' THEN who.kind IN ('SURGEON', 'DOCTOR')
        WHEN 'ANAESTHESIA' THEN who.kind = 'ANAESTHETIST'
        ELSE who.kind IN ('NURSE', 'TECHNICIAN') END)
        AND NEW.taken_by_id IS NOT DISTINCT FROM kalon_user() THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'everybody signs in their own role' {REFUSED} = 'theatre_stagesignature_role';"""
    return Trigger(name="theatre_stagesignature_role", events="BEFORE INSERT", body=body)


ASKED = """
-- Every line of the plan stands in the case with the same side and procedure, and no other.
CREATE OR REPLACE FUNCTION theatre_lines_agree(a_case uuid) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT NOT EXISTS (
        SELECT FROM (SELECT planned.id, planned.side, planned.entry_id, planned.service_id FROM plans_planline planned
                JOIN theatre_case operation ON operation.plan_id = planned.plan_id WHERE operation.id = a_case) planned
            FULL JOIN (SELECT line_id, side, entry_id, service_id FROM theatre_caseline WHERE case_id = a_case) done
                ON done.line_id = planned.id
        WHERE planned.id IS NULL OR done.line_id IS NULL OR done.side <> planned.side
            OR done.entry_id IS DISTINCT FROM planned.entry_id OR done.service_id IS DISTINCT FROM planned.service_id)
$body$;

-- Stock that went out for a case and did not all come back.
CREATE OR REPLACE FUNCTION theatre_has_consumption(a_case uuid) RETURNS boolean LANGUAGE sql STABLE AS $body$
    SELECT COALESCE(sum(CASE kind WHEN 'RETURNED' THEN -quantity ELSE quantity END), 0) > 0
        FROM inventory_movement WHERE source_id = a_case AND kind IN ('ISSUED', 'RETURNED')
$body$;
"""
# A return to theatre takes stock although its plan is completed: the store asks before it puts a piece aside.
GOES_ON = """
CREATE OR REPLACE FUNCTION inventory_case_goes_on(a_case uuid, a_plan uuid) RETURNS boolean LANGUAGE sql STABLE
    AS $body$ SELECT EXISTS (SELECT FROM theatre_case back WHERE back.id = a_case AND back.plan_id = a_plan
        AND back.urgency = 'EMERGENCY' AND back.status = 'IN_PROGRESS') $body$
"""
GOES_ON_OFF = GOES_ON.split("$body$")[0] + "$body$ SELECT false $body$"
ASKED_OFF = "DROP FUNCTION theatre_has_consumption(uuid); DROP FUNCTION theatre_lines_agree(uuid);"
