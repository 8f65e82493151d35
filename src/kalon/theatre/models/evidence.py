"""What counts as evidence, asked in the database: one function for each kind of row, found by its name.

`theatre_holds(line)` answers whether the row that a line names says now what the line asks. A context that brings a
further kind of row makes a function `theatre_evidence_<context>_<table>(theatre_requirement)` in its own migration and
registers how such a row is found (`theatre.queries.requirements`).
"""

from kalon.theatre.models.guards import CLINICIANS

# What a statement may answer; a consent, money and laboratory results prove themselves.
SAID = ("FITNESS", "MEDICINES", "INSTRUCTIONS", "PREGNANCY", "FASTING", "ESCORT")
# What only a doctor, surgeon or anaesthetist says (`by_clinician` of the kind says the same to people).
SAID_BY_CLINICIANS = ("FITNESS",)
# What no clinician may let go: consent is the patient's, money has a waiver of its own.
NOT_WAIVED = ("CONSENT", "MONEY", "AUTHORIZATION", "CHECKLIST", "CHECKLIST_DAY")

_SAID = ", ".join(f"'{kind}'" for kind in SAID)
_BY_CLINICIANS = ", ".join(f"'{kind}'" for kind in SAID_BY_CLINICIANS)
_CLINICIANS = ", ".join(f"'{kind}'" for kind in CLINICIANS)
_NOT_WAIVED = ", ".join(f"'{kind}'" for kind in NOT_WAIVED)

WAIVED = f"""
-- What was said of a patient before a planned case of the plan was aborted answers nothing after it.
CREATE OR REPLACE FUNCTION theatre_said_since(line theatre_requirement, said_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $body$
BEGIN
    RETURN NOT EXISTS (SELECT FROM theatre_case ended JOIN theatre_clearance asked ON asked.plan_id = ended.plan_id
        WHERE asked.id = line.clearance_id AND ended.urgency = 'ELECTIVE' AND ended.status = 'ABORTED'
            AND ended.status_at >= said_at);
END $body$;

CREATE OR REPLACE FUNCTION theatre_evidence_theatre_waiver(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind NOT IN ({_NOT_WAIVED}) AND EXISTS (SELECT FROM theatre_waiver signed
        WHERE signed.id = line.evidence_id AND theatre_same_question(line, signed.requirement_id)
            AND theatre_said_since(line, signed.signed_at))
$body$;
"""  # noqa: S608  (our own kinds)

EVIDENCE = f"""
CREATE OR REPLACE FUNCTION theatre_holds(line theatre_requirement) RETURNS boolean LANGUAGE plpgsql STABLE AS $body$
DECLARE
    checker regprocedure;
    held boolean;
BEGIN
    IF line.evidence_id IS NULL THEN RETURN false; END IF;
    checker := to_regprocedure(
        format('theatre_evidence_%s(theatre_requirement)', replace(line.evidence_kind, '.', '_')));
    IF checker IS NULL THEN RETURN false; END IF;
    EXECUTE format('SELECT %s($1)', checker::regproc) INTO held USING line;
    RETURN COALESCE(held, false);
END $body$;

-- What was said or let go answers its own line, and of before the day the same line of a later date of that plan.
CREATE OR REPLACE FUNCTION theatre_same_question(line theatre_requirement, written_for uuid) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.id = written_for OR line.moment = 'BEFORE' AND EXISTS (
        SELECT FROM theatre_requirement earlier JOIN theatre_clearance past ON past.id = earlier.clearance_id
            JOIN theatre_clearance present ON present.id = line.clearance_id AND present.plan_id = past.plan_id
        WHERE earlier.id = written_for AND earlier.kind = line.kind)
$body$;

{WAIVED}
CREATE OR REPLACE FUNCTION theatre_evidence_theatre_statement(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind IN ({_SAID}) AND EXISTS (SELECT FROM theatre_statement said
            JOIN people_staff who ON who.id = said.staff_id
        WHERE said.id = line.evidence_id AND theatre_same_question(line, said.requirement_id)
            AND (line.kind NOT IN ({_BY_CLINICIANS}) OR who.kind IN ({_CLINICIANS}))
            AND said.withdraws_id IS NULL AND theatre_said_since(line, said.said_at)
            AND NOT EXISTS (SELECT FROM theatre_statement later WHERE later.withdraws_id = said.id))
$body$;

-- Laboratory: one order of this patient, looked at since its last value came, of samples young enough on the day. A
-- pregnancy test answers only when it is negative.
CREATE OR REPLACE FUNCTION theatre_evidence_orders_order(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind IN ('LABS', 'PREGNANCY') AND EXISTS (
        SELECT FROM orders_order asked
            JOIN theatre_clearance clearance ON clearance.id = line.clearance_id
            JOIN people_branch place ON place.id = clearance.branch_id
        WHERE asked.id = line.evidence_id AND asked.patient_id = line.patient_id
            AND asked.status = 'REVIEWED' AND asked.answered_at <= asked.reviewed_at
            AND (asked.collected_at AT TIME ZONE place.timezone)::date >= clearance.surgery_date
                - CASE WHEN line.kind = 'PREGNANCY' THEN 0 ELSE COALESCE((SELECT lab_days FROM theatre_policy
                    WHERE organization_id = line.organization_id), 90) END
            AND NOT EXISTS (SELECT FROM unnest(string_to_array(line.subject, ' ')) AS code
                WHERE NOT EXISTS (SELECT FROM orders_orderedtest test
                    JOIN orders_result answer ON answer.test_id = test.id
                    WHERE test.order_id = asked.id AND test.code = code))
            AND NOT (line.kind = 'PREGNANCY' AND EXISTS (SELECT FROM orders_orderedtest test
                JOIN orders_result answer ON answer.test_id = test.id AND answer.flag IN ('LOW', 'HIGH', 'ABNORMAL')
                WHERE test.order_id = asked.id AND test.code = ANY (string_to_array(line.subject, ' '))
                    AND NOT EXISTS (SELECT FROM orders_result later WHERE later.replaces_id = answer.id))))
$body$;

-- The consent to this very plan: signed, not withdrawn, and holding on the day of surgery.
CREATE OR REPLACE FUNCTION theatre_evidence_consents_consent(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind = 'CONSENT' AND EXISTS (SELECT FROM consents_consent signed
        JOIN theatre_clearance clearance ON clearance.id = line.clearance_id
        JOIN people_branch place ON place.id = clearance.branch_id
        WHERE signed.id = line.evidence_id AND signed.plan_id = clearance.plan_id AND signed.kind = 'PROCEDURE'
            AND signed.status = 'SIGNED' AND (signed.valid_until IS NULL
                OR (signed.valid_until AT TIME ZONE place.timezone)::date > clearance.surgery_date))
$body$;

-- The plan itself answers for money where nothing is asked.
CREATE OR REPLACE FUNCTION theatre_evidence_plans_procedureplan(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT EXISTS (SELECT FROM plans_procedureplan plan JOIN theatre_clearance clearance ON clearance.plan_id = plan.id
        WHERE clearance.id = line.clearance_id AND plan.id = line.evidence_id
            AND line.kind = 'MONEY' AND quotes_missing(plan.id) IS NULL)
$body$;

CREATE OR REPLACE FUNCTION theatre_evidence_quotes_quote(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind = 'MONEY' AND EXISTS (SELECT FROM quotes_quote offer
        JOIN theatre_clearance clearance ON clearance.id = line.clearance_id
        WHERE offer.id = line.evidence_id AND offer.patient_id = line.patient_id AND offer.status = 'ACCEPTED'
            AND offer.superseded_at IS NULL AND quotes_missing(clearance.plan_id) IS NULL)
$body$;

CREATE OR REPLACE FUNCTION theatre_evidence_quotes_moneywaiver(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind = 'MONEY' AND EXISTS (SELECT FROM quotes_moneywaiver let_off
        JOIN theatre_clearance clearance ON clearance.id = line.clearance_id
        WHERE let_off.id = line.evidence_id AND let_off.plan_id = clearance.plan_id AND let_off.ended_at IS NULL)
$body$;
"""  # noqa: S608  (our own kinds)
EVIDENCE_OFF = """
DROP FUNCTION theatre_evidence_consents_consent(theatre_requirement);
DROP FUNCTION theatre_evidence_quotes_moneywaiver(theatre_requirement);
DROP FUNCTION theatre_evidence_quotes_quote(theatre_requirement);
DROP FUNCTION theatre_evidence_plans_procedureplan(theatre_requirement);
DROP FUNCTION theatre_evidence_orders_order(theatre_requirement);
DROP FUNCTION theatre_evidence_theatre_waiver(theatre_requirement);
DROP FUNCTION theatre_evidence_theatre_statement(theatre_requirement);
DROP FUNCTION theatre_said_since(theatre_requirement, timestamptz);
DROP FUNCTION theatre_same_question(theatre_requirement, uuid);
DROP FUNCTION theatre_holds(theatre_requirement);
"""

# A tick of the plan's list answers while nothing required of its moment is open; what is of the day counts that day.
TICKS = f"""
{WAIVED}
CREATE OR REPLACE FUNCTION theatre_evidence_plans_tick(line theatre_requirement) RETURNS boolean
LANGUAGE sql STABLE AS $body$
    SELECT line.kind IN ('CHECKLIST', 'CHECKLIST_DAY') AND EXISTS (SELECT FROM plans_tick said
        JOIN plans_listitem entry ON entry.id = said.list_item_id
        JOIN theatre_clearance clearance ON clearance.id = line.clearance_id AND clearance.plan_id = entry.plan_id
        WHERE said.id = line.evidence_id AND NOT plans_list_open(clearance.plan_id,
            CASE line.kind WHEN 'CHECKLIST' THEN 'BEFORE' ELSE 'DAY_OF' END,
            CASE line.kind WHEN 'CHECKLIST' THEN NULL ELSE clearance.surgery_date END, NULL))
$body$;
"""  # noqa: S608  (our own kinds)
TICKS_OFF = "DROP FUNCTION theatre_evidence_plans_tick(theatre_requirement);"
