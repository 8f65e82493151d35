"""How a payment plan stands: worked out by the database from the money that came in, never written by hand.

Whenever a payment, an allocation or a refund of a treatment changes, the treatment's payment plan counts again under
its own lock: first what was received, then its parts in their order. Locks are taken bill, payment, payment plan.
"""

from kalon.billing.lifecycles import RECEIVED
from kalon.installments.lifecycles import COUNTED
from kalon.kernel.triggers import Declared, Trigger

_RECEIVED = ", ".join(f"'{status}'" for status in RECEIVED)
_COUNTED = ", ".join(f"'{status}'" for status in COUNTED)


class Whole(Trigger):
    """A check at the end of the transaction, when no context may be open any more: it runs as the reviewed role."""

    def make(self, table: str) -> str:
        hardened = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
        return (
            f"{super().make(table)};\nALTER FUNCTION {self.name}() {hardened};\n"
            f"ALTER FUNCTION {self.name}() OWNER TO kalon_reviewed"
        )


class MoneyWatched(Declared):
    """What has to be counted of a treatment's money, and that billing's tables say when it changed."""

    def make(self, table: str) -> str:
        return f"""
-- What came in for a treatment: payments kept for it, and other money put on its lines, less what went back.
CREATE FUNCTION installments_received(treatment uuid) RETURNS numeric LANGUAGE sql AS $body$
    SELECT (SELECT COALESCE(sum(amount - refunding - refunded), 0) FROM billing_payment
            WHERE plan_id = treatment AND status IN ({_RECEIVED}))
        + (SELECT COALESCE(sum(part.amount), 0) FROM billing_paymentallocation part
            JOIN billing_billline line ON line.id = part.bill_line_id
            JOIN billing_payment paid ON paid.id = part.payment_id
            WHERE line.plan_id = treatment AND paid.plan_id IS NULL)
$body$;

-- How every part of a payment plan stands today: money fills them in their order, a waived one asks for none.
CREATE FUNCTION installments_standing(agreement uuid) RETURNS TABLE (part uuid, paid numeric, status text)
    LANGUAGE sql AS $body$
    SELECT counted.id, counted.paid, CASE
        WHEN counted.status = 'WAIVED' THEN 'WAIVED'
        WHEN counted.paid >= counted.amount THEN 'PAID'
        WHEN counted.due_date < counted.today OR counted.status = 'OVERDUE' THEN 'OVERDUE'
        WHEN counted.paid > 0 THEN 'PARTIAL'
        ELSE 'DUE' END
    FROM (
        SELECT part.id, part.status, part.amount, part.due_date,
            (kalon_now() AT TIME ZONE branch.timezone)::date AS today,
            CASE WHEN part.status = 'WAIVED' THEN 0 ELSE LEAST(part.amount, GREATEST(0, whole.received - COALESCE(
                sum(part.amount) FILTER (WHERE part.status <> 'WAIVED') OVER (
                    ORDER BY part.position ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) END AS paid
        FROM {table} whole
            JOIN people_branch branch ON branch.id = whole.branch_id
            JOIN installments_installment part ON part.payment_plan_id = whole.id
        WHERE whole.id = agreement) AS counted
$body$;

-- Have a treatment's payment plan count again; the word of the move that caused it is kept.
CREATE FUNCTION installments_count_again(treatment uuid) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
    kept_move text := COALESCE(current_setting('kalon.move', true), '');
    kept_reason text := COALESCE(current_setting('kalon.reason', true), '');
BEGIN
    IF treatment IS NULL THEN RETURN; END IF;
    UPDATE {table} SET status_at = status_at WHERE plan_id = treatment AND status IN ({_COUNTED});
    PERFORM set_config('kalon.move', kept_move, true), set_config('kalon.reason', kept_reason, true);
END $body$;

CREATE FUNCTION installments_payment_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM installments_count_again(OLD.plan_id);
    IF NEW.plan_id IS DISTINCT FROM OLD.plan_id THEN PERFORM installments_count_again(NEW.plan_id); END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER installments_payment_changed AFTER UPDATE ON billing_payment FOR EACH ROW
    WHEN ((OLD.plan_id IS NOT NULL OR NEW.plan_id IS NOT NULL) AND NEW.status IN ({_RECEIVED})
        AND (OLD.plan_id, OLD.status, OLD.refunding, OLD.refunded)
            IS DISTINCT FROM (NEW.plan_id, NEW.status, NEW.refunding, NEW.refunded))
    EXECUTE FUNCTION installments_payment_changed();

CREATE FUNCTION installments_allocation_made() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    PERFORM installments_count_again((SELECT plan_id FROM billing_billline WHERE id = NEW.bill_line_id));
    RETURN NULL;
END $body$;
CREATE TRIGGER installments_allocation_made AFTER INSERT ON billing_paymentallocation FOR EACH ROW
    EXECUTE FUNCTION installments_allocation_made()"""  # noqa: S608  (our own states)

    def unmake(self, table: str) -> str:
        return """
DROP TRIGGER IF EXISTS installments_payment_changed ON billing_payment;
DROP TRIGGER IF EXISTS installments_allocation_made ON billing_paymentallocation;
DROP FUNCTION IF EXISTS installments_payment_changed(), installments_allocation_made(), installments_count_again(uuid),
    installments_standing(uuid), installments_received(uuid)"""


def plan_derives() -> Trigger:
    """What was received and waived is counted afresh whenever the row is touched, and says whether all is settled."""
    return Trigger(
        name="installments_paymentplan_derives",
        events="BEFORE INSERT OR UPDATE",
        declare="is_settled boolean;",
        body="""
    IF TG_OP = 'INSERT' THEN
        NEW.received := installments_received(NEW.plan_id); NEW.waived := 0;
        RETURN NEW;
    END IF;
    IF OLD.status = 'CANCELLED' THEN
        NEW.received := OLD.received; NEW.waived := OLD.waived;
        RETURN NEW;
    END IF;
    NEW.received := installments_received(OLD.plan_id);
    NEW.waived := (SELECT COALESCE(sum(amount), 0) FROM installments_installment
        WHERE payment_plan_id = OLD.id AND status = 'WAIVED');
    is_settled := NEW.received >= OLD.total - NEW.waived;
    IF NEW.status = OLD.status AND is_settled AND OLD.status IN ('ACTIVE', 'DEFAULTED') THEN
        NEW.status := 'COMPLETED';
        PERFORM set_config('kalon.move', 'complete', true);
    ELSIF NEW.status = OLD.status AND NOT is_settled AND OLD.status = 'COMPLETED' THEN
        NEW.status := 'ACTIVE';
        PERFORM set_config('kalon.move', 'reopen', true);
    ELSIF NEW.status <> OLD.status AND NEW.status <> 'CANCELLED' AND (NEW.status = 'COMPLETED') <> is_settled THEN
        RAISE EXCEPTION 'the money of the payment plan does not say that it is %', NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'installments_paymentplan_status_agrees';
    END IF;
    RETURN NEW;""",
    )


def plan_tells_parts() -> Trigger:
    """The parts follow what was received: each that stands differently now is touched, one by one, in their order."""
    return Trigger(
        name="installments_paymentplan_parts",
        events="AFTER UPDATE",
        declare="other uuid;",
        body="""
    IF NEW.status = 'CANCELLED' THEN RETURN NULL; END IF;
    FOR other IN SELECT part.id FROM installments_standing(NEW.id) AS now
        JOIN installments_installment part ON part.id = now.part
        WHERE (part.paid, part.status) IS DISTINCT FROM (now.paid, now.status) ORDER BY part.position
    LOOP
        UPDATE installments_installment SET status_at = status_at WHERE id = other;
    END LOOP;
    RETURN NULL;""",
    )


def part_derives() -> Trigger:
    """A part is paid as far as the money reaches, and its status says so; only "waived" is somebody's decision."""
    return Trigger(
        name="installments_installment_derives",
        events="BEFORE INSERT OR UPDATE",
        declare="now record; whole text;",
        body="""
    IF TG_OP = 'INSERT' THEN
        NEW.paid := 0;
        RETURN NEW;
    END IF;
    SELECT status INTO whole FROM installments_paymentplan WHERE id = OLD.payment_plan_id;
    IF whole = 'CANCELLED' OR OLD.status = 'WAIVED' THEN
        IF (NEW.status, NEW.waived_reason) <> (OLD.status, OLD.waived_reason) THEN
            RAISE EXCEPTION 'nothing changes on this instalment any more'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'installments_installment_closed';
        END IF;
        NEW.paid := OLD.paid;
        RETURN NEW;
    END IF;
    SELECT * INTO now FROM installments_standing(OLD.payment_plan_id) WHERE part = OLD.id;
    NEW.paid := now.paid;
    IF NEW.status = 'WAIVED' THEN RETURN NEW; END IF;
    IF NEW.status = OLD.status AND now.status <> OLD.status THEN
        NEW.status := now.status;
        PERFORM set_config('kalon.move', CASE now.status
            WHEN 'PAID' THEN 'receive_all' WHEN 'PARTIAL' THEN 'receive_part'
            WHEN 'OVERDUE' THEN 'fall_due' ELSE 'give_back' END, true);
    ELSIF NEW.status <> now.status THEN
        RAISE EXCEPTION 'the money received says %, not %', now.status, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'installments_installment_status_agrees';
    END IF;
    RETURN NEW;""",
    )


def waived_part_counts() -> Trigger:
    """What the patient was let off is counted on the payment plan at once."""
    return Trigger(
        name="installments_installment_waived",
        events="AFTER UPDATE",
        body="""
    IF NEW.status = 'WAIVED' AND OLD.status <> 'WAIVED' THEN
        UPDATE installments_paymentplan SET status_at = status_at WHERE id = NEW.payment_plan_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'this payment plan is out of reach' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NULL;""",
    )


def plan_is_whole(table: str, key: str) -> Whole:
    """At the end of the transaction the parts are the whole: numbered without gaps, in the order of their days."""
    return Whole(
        name=f"{table}_whole",
        events="DEFERRED AFTER INSERT",
        declare="whole record; parts record;",
        body=f"""
    SELECT total, count INTO whole FROM installments_paymentplan WHERE id = {key};
    SELECT sum(amount) AS total, count(*) FILTER (WHERE position > 0) AS count, max(position) AS last,
        bool_and(in_order) AS in_order INTO parts FROM (
            SELECT amount, position, COALESCE(due_date >= lag(due_date) OVER (ORDER BY position), true) AS in_order
            FROM installments_installment WHERE payment_plan_id = {key}) AS part;
    IF (parts.total, parts.count, parts.last, parts.in_order) IS DISTINCT FROM
        (whole.total, whole.count::bigint, whole.count, true) THEN
        RAISE EXCEPTION 'the parts are not what was agreed: % in % parts, not %', parts.total, parts.count, whole.total
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_whole';
    END IF;
    RETURN NULL;""",  # noqa: S608  (our own tables)
    )


def rests_on_quote() -> Trigger:
    """A first payment plan is over the whole of an accepted quote; the next one over what its predecessor asked for."""
    return Trigger(
        name="installments_paymentplan_rests_on_quote",
        events="BEFORE INSERT",
        body="""
    IF NOT EXISTS (SELECT FROM quotes_quote quote WHERE quote.id = NEW.quote_id AND quote.status = 'ACCEPTED'
        AND quote.organization_id = NEW.organization_id AND quote.patient_id = NEW.patient_id
        AND quote.plan_id = NEW.plan_id AND quote.currency = NEW.currency
        AND (NEW.predecessor_id IS NOT NULL OR quote.total = NEW.total AND quote.superseded_at IS NULL))
        OR NEW.predecessor_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM installments_paymentplan before WHERE before.id = NEW.predecessor_id
            AND before.status = 'CANCELLED' AND before.quote_id = NEW.quote_id AND before.plan_id = NEW.plan_id
            AND before.total - before.waived = NEW.total) THEN
        RAISE EXCEPTION 'a payment plan rests on an accepted quote of the same patient, or on the plan before it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'installments_paymentplan_rests_on_quote';
    END IF;
    RETURN NEW;""",
    )
