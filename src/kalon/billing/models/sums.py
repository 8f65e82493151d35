"""The arithmetic the database keeps by itself: sums, what they say of a status, and what a patient may write.

Each rule below works out its sums afresh under the row's lock, so eight cashiers at once cannot allocate the same
money twice, and no column of sums can be written by hand. Locks are taken bill first, then payment.
"""

from kalon.billing.lifecycles import RECEIVED
from kalon.kernel.triggers import Trigger

_RECEIVED = ", ".join(f"'{status}'" for status in RECEIVED)


def bill_sums() -> Trigger:
    """A bill's sums are those of its lines, allocations and credit notes, and its status is what they say."""
    return Trigger(
        name="billing_bill_derives",
        events="BEFORE INSERT OR UPDATE",
        declare="line record; owed numeric; said text;",
        body="""
    IF TG_OP = 'INSERT' THEN
        NEW.discount := 0; NEW.taxable := 0; NEW.cgst := 0; NEW.sgst := 0; NEW.igst := 0; NEW.total := 0;
        NEW.allocated := 0; NEW.credited := 0; NEW.written_off := 0;
        RETURN NEW;
    END IF;
    SELECT COALESCE(sum(discount), 0) AS discount, COALESCE(sum(taxable), 0) AS taxable, COALESCE(sum(cgst), 0) AS cgst,
           COALESCE(sum(sgst), 0) AS sgst, COALESCE(sum(igst), 0) AS igst, COALESCE(sum(total), 0) AS total
        INTO line FROM billing_billline WHERE bill_id = NEW.id;
    IF OLD.status = 'DRAFT' THEN
        NEW.discount := line.discount; NEW.taxable := line.taxable; NEW.total := line.total;
        NEW.cgst := line.cgst; NEW.sgst := line.sgst; NEW.igst := line.igst;
    ELSIF (NEW.discount, NEW.taxable, NEW.cgst, NEW.sgst, NEW.igst, NEW.total)
        <> (line.discount, line.taxable, line.cgst, line.sgst, line.igst, line.total) THEN
        RAISE EXCEPTION 'the bill does not equal its lines'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_sums';
    END IF;
    NEW.allocated := (SELECT COALESCE(sum(amount), 0) FROM billing_paymentallocation WHERE bill_id = NEW.id);
    NEW.credited := (SELECT COALESCE(sum(total), 0) FROM billing_creditnote WHERE bill_id = NEW.id);
    owed := NEW.total - NEW.allocated - NEW.credited - NEW.written_off;
    IF NEW.allocated < 0 OR owed < 0 OR (NEW.written_off > 0 AND owed <> 0) THEN
        RAISE EXCEPTION 'more is allocated, credited or written off than was billed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_over_allocated';
    END IF;
    IF NEW.status = 'DRAFT' OR (NEW.status = 'VOID' AND NEW.number IS NULL) THEN
        IF NEW.allocated + NEW.credited + NEW.written_off <> 0 THEN
            RAISE EXCEPTION 'finalise the bill first'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_not_open';
        END IF;
        RETURN NEW;
    END IF;
    said := CASE
        WHEN NEW.credited = NEW.total AND NEW.total > 0 THEN 'VOID'
        WHEN NEW.written_off > 0 THEN 'WRITTEN_OFF'
        WHEN owed = 0 AND OLD.status <> 'DRAFT' THEN 'PAID'
        WHEN NEW.allocated > 0 THEN 'PARTIALLY_PAID'
        ELSE 'FINALIZED' END;
    IF NEW.status = OLD.status AND said <> OLD.status THEN
        NEW.status := said;
        PERFORM set_config('kalon.move', CASE
            WHEN said = 'VOID' THEN 'void'
            WHEN said = 'PAID' THEN 'receive_all'
            WHEN said = 'FINALIZED' THEN 'release_all'
            WHEN OLD.status = 'PAID' THEN 'release_part'
            ELSE 'receive_part' END, true);
    ELSIF NEW.status <> said THEN
        RAISE EXCEPTION 'the sums of the bill say %, not %', said, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_status_agrees';
    END IF;
    RETURN NEW;""",
    )


def payment_sums() -> Trigger:
    """A payment's sums are those of its allocations and refunds; what was said of it at its birth stays."""
    return Trigger(
        name="billing_payment_derives",
        events="BEFORE INSERT OR UPDATE",
        declare="said text;",
        body=f"""
    IF TG_OP = 'INSERT' THEN
        NEW.allocated := 0; NEW.refunding := 0; NEW.refunded := 0;
        IF kalon_kind() IN ('patient', 'public') AND NEW.method <> 'ONLINE' THEN
            RAISE EXCEPTION 'a patient pays online'
                USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'billing_payment_by_patient';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.organization_id, NEW.patient_id, NEW.bill_id, NEW.method, NEW.amount, NEW.currency, NEW.key,
        NEW.gateway, NEW.checkout_token, NEW.late_for_id, NEW.created_at) IS DISTINCT FROM
       (OLD.id, OLD.organization_id, OLD.patient_id, OLD.bill_id, OLD.method, OLD.amount, OLD.currency, OLD.key,
        OLD.gateway, OLD.checkout_token, OLD.late_for_id, OLD.created_at) THEN
        RAISE EXCEPTION 'a payment keeps its amount, method and bill'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_fixed';
    END IF;
    NEW.allocated := (SELECT COALESCE(sum(amount), 0) FROM billing_paymentallocation WHERE payment_id = NEW.id);
    IF NEW.plan_id IS DISTINCT FROM OLD.plan_id AND (NEW.plan_id IS NOT NULL OR NEW.allocated > 0) THEN
        RAISE EXCEPTION 'a deposit is freed from its plan while nothing of it is on a bill, and goes to no other plan'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_fixed';
    END IF;
    SELECT COALESCE(sum(amount) FILTER (WHERE status IN ('REQUESTED', 'APPROVED')), 0),
           COALESCE(sum(amount) FILTER (WHERE status = 'DONE'), 0)
        INTO NEW.refunding, NEW.refunded FROM billing_refund WHERE payment_id = NEW.id;
    IF NEW.status NOT IN ({_RECEIVED}) AND NEW.allocated + NEW.refunding + NEW.refunded <> 0 THEN
        RAISE EXCEPTION 'the money is not received'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_not_received';
    END IF;
    IF NEW.allocated < 0 OR NEW.allocated + NEW.refunding + NEW.refunded > NEW.amount THEN
        RAISE EXCEPTION 'more is allocated or refunded than was received'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_over_allocated';
    END IF;
    IF NEW.status NOT IN ({_RECEIVED}) THEN RETURN NEW; END IF;
    said := CASE
        WHEN NEW.refunded = NEW.amount THEN 'REFUNDED'
        WHEN NEW.refunded > 0 THEN 'PARTIALLY_REFUNDED'
        ELSE 'SUCCEEDED' END;
    IF NEW.status = OLD.status AND said <> OLD.status THEN
        NEW.status := said;
        PERFORM set_config('kalon.move', CASE WHEN said = 'REFUNDED' THEN 'refund_all' ELSE 'refund_part' END, true);
    ELSIF NEW.status <> said THEN
        RAISE EXCEPTION 'the sums of the payment say %, not %', said, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_payment_status_agrees';
    END IF;
    RETURN NEW;""",  # noqa: S608  (our own states)
    )


def allocation_counts() -> Trigger:
    """An allocation is counted on its bill, its payment and its line at once, or refused."""
    return Trigger(
        name="billing_paymentallocation_counts",
        events="AFTER INSERT",
        declare="on_line numeric;",
        body=f"""
    {_touch("billing_bill", "NEW.bill_id")}
    {_touch("billing_payment", "NEW.payment_id")}
    SELECT sum(amount) INTO on_line FROM billing_paymentallocation WHERE bill_line_id = NEW.bill_line_id;
    IF on_line < 0 OR on_line > (SELECT total FROM billing_billline WHERE id = NEW.bill_line_id)
        OR (SELECT sum(amount) FROM billing_paymentallocation
            WHERE bill_line_id = NEW.bill_line_id AND payment_id = NEW.payment_id) < 0 THEN
        RAISE EXCEPTION 'more is allocated to the line than it costs, or more released than was allocated'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_paymentallocation_over_line';
    END IF;
    IF NEW.amount > 0 AND EXISTS (
        SELECT FROM billing_payment paid JOIN billing_billline line ON line.id = NEW.bill_line_id
        WHERE paid.id = NEW.payment_id AND paid.plan_id IS NOT NULL AND line.plan_id IS DISTINCT FROM paid.plan_id) THEN
        RAISE EXCEPTION 'a deposit is kept for the bills of its plan'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_paymentallocation_of_plan';
    END IF;
    PERFORM set_config('kalon.move', '', true);
    RETURN NULL;""",  # noqa: S608  (our own tables)
    )


def credit_note_touches_bill() -> Trigger:
    """A credit note is counted on its bill at once; its reason is the reason of the move."""
    return Trigger(
        name="billing_creditnote_counts",
        events="AFTER INSERT",
        body=f"""
    PERFORM set_config('kalon.reason', NEW.reason, true);
    {_touch("billing_bill", "NEW.bill_id")}
    PERFORM set_config('kalon.reason', '', true), set_config('kalon.move', '', true);
    RETURN NULL;""",
    )


def credit_of_line() -> Trigger:
    """Not more of a line is taken back than was billed; its bill is held by then, so two at once are counted."""
    return Trigger(
        name="billing_creditnote_over_line",
        events="AFTER INSERT",
        body="""
    IF NEW.line_id IS NOT NULL AND (SELECT sum(quantity) FROM billing_creditnote WHERE line_id = NEW.line_id)
        > (SELECT quantity FROM billing_billline WHERE id = NEW.line_id) THEN
        RAISE EXCEPTION 'more of the line is taken back than was billed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_creditnote_over_line';
    END IF;
    RETURN NULL;""",
    )


def refund_touches_payment() -> Trigger:
    """A refund is held back from its payment when it is asked for, and counted when it is done."""
    return Trigger(
        name="billing_refund_counts",
        events="AFTER INSERT OR UPDATE",
        declare="kept text := COALESCE(current_setting('kalon.move', true), '');",
        body=f"""
    {_touch("billing_payment", "NEW.payment_id")}
    PERFORM set_config('kalon.move', kept, true);
    RETURN NULL;""",
    )


def refund_fixed() -> Trigger:
    """What was asked for is what is approved: a refund's payment and amount never change."""
    return Trigger(
        name="billing_refund_fixed",
        events="BEFORE UPDATE",
        body="""
    IF (NEW.id, NEW.organization_id, NEW.patient_id, NEW.payment_id, NEW.amount) <>
       (OLD.id, OLD.organization_id, OLD.patient_id, OLD.payment_id, OLD.amount) THEN
        RAISE EXCEPTION 'a refund keeps its payment and amount; ask for another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_fixed';
    END IF;
    RETURN NEW;""",
    )


def refund_by_gateway() -> Trigger:
    """What was paid online is paid back when the gateway says so, and by nobody's word else."""
    return Trigger(
        name="billing_refund_by_gateway",
        events="BEFORE UPDATE",
        body="""
    IF NEW.status = 'DONE' AND OLD.status <> 'DONE'
        AND NEW.method <> 'TRANSFER'
        AND EXISTS (SELECT FROM billing_payment WHERE id = NEW.payment_id AND method = 'ONLINE')
        AND NOT EXISTS (SELECT FROM billing_gatewaycall WHERE refund_id = NEW.id AND step = 'SETTLED') THEN
        RAISE EXCEPTION 'the gateway has not said that this money is back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_refund_by_gateway';
    END IF;
    RETURN NEW;""",
    )


def line_touches_bill() -> Trigger:
    """A draft's sums follow its lines."""
    return Trigger(
        name="billing_billline_counts",
        events="AFTER INSERT OR UPDATE OR DELETE",
        declare="changed uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.bill_id ELSE NEW.bill_id END;",
        body=f"""
    {_touch("billing_bill", "changed")}
    RETURN NULL;""",
    )


def billed_once() -> Trigger:
    """What stands on a bill that was not cancelled is not billed again; who bills the same thing takes turns."""
    return Trigger(
        name="billing_billline_source_once",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF NEW.source = '' THEN RETURN NEW; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.organization_id::text || NEW.source, 0));
    IF EXISTS (SELECT FROM billing_billline line JOIN billing_bill bill ON bill.id = line.bill_id
        WHERE line.organization_id = NEW.organization_id AND line.source = NEW.source AND line.id <> NEW.id
            AND bill.status <> 'VOID'
            AND line.quantity >
                (SELECT COALESCE(sum(note.quantity), 0) FROM billing_creditnote note WHERE note.line_id = line.id)) THEN
        RAISE EXCEPTION 'this is billed already'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'billing_billline_source_once';
    END IF;
    RETURN NEW;""",
    )


def steps_come_to() -> Trigger:
    """The steps by which a discount is explained come to the discount."""
    return Trigger(
        name="billing_billline_steps",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF NEW.discount_steps <> '[]'::jsonb AND NEW.discount <>
        (SELECT sum((step ->> 'amount')::numeric) FROM jsonb_array_elements(NEW.discount_steps) AS step) THEN
        RAISE EXCEPTION 'the steps of the discount do not come to it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_billline_steps';
    END IF;
    RETURN NEW;""",
    )


def given_up_as_approved() -> Trigger:
    """Nothing is written off that was not asked for and approved."""
    return Trigger(
        name="billing_bill_written_off_approved",
        events="BEFORE UPDATE",
        body="""
    IF NEW.written_off <= OLD.written_off THEN RETURN NEW; END IF;  -- patients may not even look at the other table
    IF NOT EXISTS (SELECT FROM billing_writeoff asked
        WHERE asked.bill_id = NEW.id AND asked.status = 'APPROVED' AND asked.amount >= NEW.written_off) THEN
        RAISE EXCEPTION 'nobody approved that this is written off'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_bill_written_off_approved';
    END IF;
    RETURN NEW;""",
    )


def within_limit() -> Trigger:
    """What a named person takes off by hand is within what a role of theirs may give, or somebody approved it.

    Who may approve gives without asking; what was agreed in a quote was decided there; jobs give nothing by hand.
    """
    return Trigger(
        name="billing_billline_within_limit",
        events="BEFORE INSERT OR UPDATE",
        declare="given numeric; mine record;",
        body="""
    IF kalon_user() IS NULL OR kalon_kind() <> 'staff' OR starts_with(NEW.source, 'quote:') OR NEW.quantity = 0
        OR TG_OP = 'UPDATE' AND NEW.discount_steps = OLD.discount_steps THEN RETURN NEW; END IF;
    given := (SELECT sum((step ->> 'amount')::numeric) FROM jsonb_array_elements(NEW.discount_steps) AS step
        WHERE step ->> 'tier' = 'STANDARD') * 100 / NULLIF(round(NEW.quantity * NEW.unit_price, 2), 0);
    IF COALESCE(given, 0) = 0 THEN RETURN NEW; END IF;
    SELECT bool_or('pricing.approve_discount' = ANY (held.permissions)) AS may_approve, max(bound.percent) AS percent
        INTO mine FROM people_staff AS person
        JOIN people_roleassignment AS assigned ON assigned.staff_id = person.id AND assigned.ended_at IS NULL
        JOIN people_role AS held ON held.id = assigned.role_id
        LEFT JOIN pricing_discountlimit AS bound ON bound.role_id = held.id
        WHERE person.user_id = kalon_user() AND (assigned.branch_id IS NULL
            OR assigned.branch_id = (SELECT branch_id FROM billing_bill WHERE id = NEW.bill_id));
    IF mine.may_approve OR given <= COALESCE(mine.percent,
            (SELECT free_percent FROM pricing_pricingpolicy WHERE organization_id = NEW.organization_id), 10)
        OR EXISTS (SELECT FROM pricing_discountapproval AS said WHERE said.subject = 'line:' || NEW.id
            AND said.organization_id = NEW.organization_id AND said.status IN ('APPROVED', 'USED')
            AND said.percent >= given)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'more is taken off by hand than this role may give without approval'
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'billing_billline_within_limit';""",
    )


def patient_bill() -> Trigger:
    """In a patient's own unit of work a bill only comes from their appointment, and only gets finalised."""
    return Trigger(
        name="billing_bill_by_patient",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF kalon_kind() NOT IN ('patient', 'public') THEN RETURN NEW; END IF;
    IF NEW.appointment_id IS NULL OR NEW.kind <> 'VISIT' OR (TG_OP = 'UPDATE' AND (OLD.status, NEW.status) NOT IN (
        ('DRAFT', 'DRAFT'), ('DRAFT', 'FINALIZED'))) THEN
        RAISE EXCEPTION 'only the clinic changes a bill'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'billing_bill_by_patient';
    END IF;
    RETURN NEW;""",
    )


def patient_line() -> Trigger:
    """In a patient's own unit of work the one line is the booked service or package at the price they were shown."""
    return Trigger(
        name="billing_billline_by_patient",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF kalon_kind() NOT IN ('patient', 'public') THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' AND NEW.position = 1 AND NEW.quantity = 1 AND EXISTS (
        SELECT FROM billing_bill bill
            JOIN people_branch branch ON branch.id = bill.branch_id
            JOIN scheduling_appointment visit ON visit.id = bill.appointment_id AND visit.branch_id = bill.branch_id
            JOIN pricing_shownprice shown ON shown.appointment_id = visit.id AND shown.covered_by = ''
            JOIN (SELECT id, tax_code FROM catalog_service
                UNION ALL SELECT id, tax_code FROM catalog_package) AS offer
                ON offer.id = COALESCE(visit.service_id, visit.package_id)
        WHERE bill.id = NEW.bill_id AND visit.service_id IS NOT DISTINCT FROM NEW.service_id
            AND NEW.unit_price - NEW.discount = shown.unit_price - shown.discount
            AND bill.supplier_gstin = branch.gstin AND NEW.tax_code = offer.tax_code
            AND NEW.tax_percent = CASE WHEN branch.gstin = '' OR offer.tax_code = '' THEN 0 ELSE (
                SELECT percent FROM catalog_taxrate rate
                WHERE rate.code = offer.tax_code
                    AND rate.organization_id = NEW.organization_id
                    AND rate.valid_from <= (kalon_now() AT TIME ZONE branch.timezone)::date
                    AND COALESCE(rate.valid_to, 'infinity') > (kalon_now() AT TIME ZONE branch.timezone)::date) END)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'only the booked service may be billed, at the price that was shown'
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'billing_billline_by_patient';""",
    )


def _touch(table: str, key: str) -> str:
    """Have a row's sums worked out again, waiting for whoever holds it; a row out of reach is refused."""
    return f"""UPDATE {table} SET status_at = status_at WHERE id = {key};
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this row of {table} is out of reach'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = '{table}_out_of_reach';
    END IF;"""  # noqa: S608  (our own tables)
