"""The gate of money before a plan is booked, in the database: PRODUCT §4.3 in one function that everybody asks.

- A clinic's policy says for which types of plan a quote is asked (where nothing was decided: surgery and series).
- COSMETIC and HYBRID: a quote is ACCEPTED, no later version took its place, and the day until which its price is held
  has not passed. It was accepted in time, which `quotes_quote_in_time` sees to; of a hybrid plan the insured lines
  stand on the quote and are not asked of the patient.
- RECONSTRUCTIVE: nothing is asked here, until the patient signs that they pay themselves; then as cosmetic.
- Whoever accepted a quote has also paid its deposit, whatever the type: on account, or on the plan's bills by now.
- A quote over several plans (a bundle) is one for each of them that has a line in the option that was accepted; its
  deposit counts once, on whichever of its plans it was paid.
- A waiver of the clinic (`quotes_moneywaiver`) stands in place of both. CONSERVATIVE plans are never booked.

Refunding a deposit afterwards does not unbook: what is booked is moved or cancelled by people.
"""

from kalon.quotes.models.policies import ASKED

_ASKED = ", ".join(f"'{kind}'" for kind in ASKED)

GATE = f"""
CREATE OR REPLACE FUNCTION quotes_missing(a_plan uuid) RETURNS text LANGUAGE plpgsql STABLE AS $body$
DECLARE
    plan record;
    agreed record;
BEGIN
    SELECT organization_id, patient_id, plan_type, money_type, branch_id INTO plan
        FROM plans_procedureplan WHERE id = a_plan;
    IF plan.plan_type = 'CONSERVATIVE'
        OR plan.money_type = 'RECONSTRUCTIVE' AND NOT EXISTS (SELECT FROM quotes_selfpaywaiver WHERE plan_id = a_plan)
        OR EXISTS (SELECT FROM quotes_moneywaiver WHERE plan_id = a_plan AND ended_at IS NULL) THEN
        RETURN NULL;
    END IF;
    SELECT held_until, deposit_due, plan_id, chosen_option_id INTO agreed FROM quotes_quote offer
        WHERE offer.patient_id = plan.patient_id AND offer.status = 'ACCEPTED' AND offer.superseded_at IS NULL
            AND EXISTS (SELECT FROM quotes_quoteline line WHERE line.option_id = offer.chosen_option_id
                AND COALESCE(line.plan_id, offer.plan_id) = a_plan);
    IF NOT FOUND THEN
        RETURN CASE WHEN plan.plan_type = ANY (COALESCE(
            (SELECT asked_for::text[] FROM quotes_policy WHERE organization_id = plan.organization_id),
            ARRAY[{_ASKED}])) THEN 'quote' END;
    END IF;
    IF agreed.held_until < (SELECT (kalon_now() AT TIME ZONE timezone)::date FROM people_branch
        WHERE id = plan.branch_id) THEN
        RETURN 'lapsed';
    END IF;
    IF agreed.deposit_due > 0 AND agreed.deposit_due > (
        SELECT COALESCE(sum(amount - refunding - refunded), 0) FROM billing_payment
            WHERE (plan_id = agreed.plan_id OR plan_id IN (
                    SELECT plan_id FROM quotes_quoteline WHERE option_id = agreed.chosen_option_id))
                AND status IN ('SUCCEEDED', 'PARTIALLY_REFUNDED', 'REFUNDED')) THEN
        RETURN 'deposit';
    END IF;
    RETURN NULL;
END $body$;
CREATE OR REPLACE FUNCTION quotes_gate() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.status = 'SCHEDULED' AND OLD.status IN ('APPROVED', 'CONSENT_SIGNED') AND quotes_missing(NEW.id) IS NOT NULL
    THEN
        RAISE EXCEPTION 'the money of this plan is not in order (%)', quotes_missing(NEW.id)
            USING ERRCODE = 'check_violation', CONSTRAINT = 'quotes_gate';
    END IF;
    RETURN NEW;
END $body$;
"""  # noqa: S608  (our own states)
GATE_ON = """
CREATE TRIGGER quotes_gate BEFORE UPDATE OF status ON plans_procedureplan
    FOR EACH ROW EXECUTE FUNCTION quotes_gate();
"""
GATE_OFF = """
DROP TRIGGER quotes_gate ON plans_procedureplan;
DROP FUNCTION quotes_gate();
DROP FUNCTION quotes_missing(uuid);
"""
