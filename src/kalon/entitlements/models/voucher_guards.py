"""What the database keeps of vouchers: never more is redeemed than was paid, and money by voucher comes from one.

As with packages, what is left is worked out afresh under the voucher's lock, so eight desks with one code redeem it
once. Locks are taken bill first, then voucher, then payment.
"""

from kalon.kernel.triggers import Trigger, TriggerOn
from kalon.ledger.lifecycles import Posts


def voucher_sums() -> Trigger:
    """A voucher's sums are those of its moves, and its status is what they say."""
    return Trigger(
        name="entitlements_giftvoucher_derives",
        events="BEFORE INSERT OR UPDATE",
        declare="sold record; said text;",
        body="""
    IF TG_OP = 'INSERT' THEN
        NEW.redeemed := 0; NEW.forfeited := 0; NEW.refunded := 0;
        SELECT patient_id, organization_id, earns, source, taxable, total INTO sold
            FROM billing_billline WHERE id = NEW.bill_line_id;
        IF (sold.patient_id, sold.organization_id, sold.earns, sold.source, sold.taxable, sold.total)
            IS DISTINCT FROM (NEW.patient_id, NEW.organization_id, 'VOUCHERS', 'voucher-sale:' || NEW.id, NEW.value,
            NEW.value) THEN
            RAISE EXCEPTION 'a voucher is sold by a line of the buyer''s bill, for what it is worth and without tax'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_voucher_sold';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.organization_id, NEW.patient_id, NEW.branch_id, NEW.bill_line_id, NEW.service_id, NEW.value,
        NEW.code_hash, NEW.last4, NEW.sold_at) IS DISTINCT FROM (OLD.id, OLD.organization_id, OLD.patient_id,
        OLD.branch_id, OLD.bill_line_id, OLD.service_id, OLD.value, OLD.code_hash, OLD.last4, OLD.sold_at) THEN
        RAISE EXCEPTION 'what was sold stays what it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_voucher_fixed';
    END IF;
    SELECT COALESCE(sum(CASE kind WHEN 'REDEEM' THEN amount WHEN 'RETURN' THEN -amount ELSE 0 END), 0),
           COALESCE(sum(CASE kind WHEN 'FORFEIT' THEN amount WHEN 'RESTORE' THEN -amount ELSE 0 END), 0),
           COALESCE(sum(amount) FILTER (WHERE kind = 'REFUND'), 0)
        INTO NEW.redeemed, NEW.forfeited, NEW.refunded FROM entitlements_vouchermove WHERE voucher_id = NEW.id;
    IF NEW.redeemed < 0 OR NEW.forfeited < 0 OR NEW.redeemed + NEW.forfeited + NEW.refunded > NEW.value THEN
        RAISE EXCEPTION 'more is redeemed than the voucher is worth'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_voucher_over_redeemed';
    END IF;
    IF OLD.status = 'PENDING' AND NEW.status = 'ACTIVE' AND NEW.value > (SELECT COALESCE(sum(amount), 0)
        FROM billing_paymentallocation WHERE bill_line_id = NEW.bill_line_id) THEN
        RAISE EXCEPTION 'the voucher is not paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_voucher_not_paid';
    END IF;
    said := CASE
        WHEN NEW.redeemed + NEW.forfeited + NEW.refunded < NEW.value THEN
            CASE WHEN NEW.status = 'PENDING' THEN 'PENDING' ELSE 'ACTIVE' END
        WHEN OLD.status IN ('PENDING', 'VOID') THEN 'VOID'
        WHEN NEW.refunded > 0 THEN 'REFUNDED'
        WHEN NEW.forfeited > 0 THEN 'EXPIRED'
        ELSE 'USED_UP' END;
    IF NEW.status = OLD.status AND said <> OLD.status THEN
        NEW.status := said;
        PERFORM set_config('kalon.move', CASE
            WHEN said = 'VOID' THEN 'void'
            WHEN said = 'REFUNDED' THEN 'refund'
            WHEN said = 'EXPIRED' THEN 'expire'
            WHEN said = 'USED_UP' THEN 'use_up'
            WHEN OLD.forfeited > NEW.forfeited THEN 'extend'
            ELSE 'give_back' END, true);
    ELSIF NEW.status <> said THEN
        RAISE EXCEPTION 'the moves of the voucher say %, not %', said, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_voucher_status_agrees';
    END IF;
    RETURN NEW;""",
    )


def move_may_be() -> Trigger:
    """Redeemed while it is paid and valid; forfeited after that, all of it; what comes back was redeemed of it."""
    return Trigger(
        name="entitlements_vouchermove_may_be",
        events="BEFORE INSERT",
        declare="found record; today date; noted record; remains numeric; held numeric;",
        body="""
    UPDATE entitlements_giftvoucher SET status_at = status_at WHERE id = NEW.voucher_id RETURNING * INTO found;
    IF found.id IS NULL THEN
        RAISE EXCEPTION 'this voucher is out of reach'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'entitlements_voucher_out_of_reach';
    END IF;
    SELECT (kalon_now() AT TIME ZONE timezone)::date INTO today FROM people_branch WHERE id = found.branch_id;
    SELECT COALESCE(sum(amount), 0) INTO held FROM billing_paymentallocation WHERE bill_line_id = found.bill_line_id;
    remains := found.value - found.redeemed - found.forfeited - found.refunded;
    NEW.created_at := kalon_now();
    IF NOT (CASE NEW.kind
        WHEN 'REDEEM' THEN found.status = 'ACTIVE' AND found.valid_until >= today
            AND held >= found.value - found.refunded
        WHEN 'FORFEIT' THEN found.status = 'ACTIVE' AND found.valid_until < today AND NEW.amount = remains
        WHEN 'RESTORE' THEN found.status = 'EXPIRED' AND found.valid_until >= today AND NEW.amount = found.forfeited
        WHEN 'REFUND' THEN found.status IN ('PENDING', 'ACTIVE') AND NEW.amount = remains
        ELSE found.status NOT IN ('PENDING', 'VOID') END)
        OR (NEW.kind IN ('FORFEIT', 'RESTORE', 'REFUND') AND NEW.patient_id <> found.patient_id) THEN
        RAISE EXCEPTION 'this voucher cannot be used so'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_voucher_not_usable';
    END IF;
    IF NEW.kind = 'REDEEM' AND NEW.amount > remains THEN
        RAISE EXCEPTION 'more is redeemed than is left of the voucher'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_voucher_over_redeemed';
    END IF;
    IF NEW.kind = 'REFUND' THEN
        SELECT bill_id, line_id, total INTO noted FROM billing_creditnote WHERE id = NEW.credit_note_id;
        IF NOT COALESCE(CASE WHEN noted.line_id IS NULL
            THEN noted.bill_id = (SELECT bill_id FROM billing_billline WHERE id = found.bill_line_id)
            ELSE (noted.line_id, noted.total) = (found.bill_line_id, NEW.amount) END, false) THEN
            RAISE EXCEPTION 'the credit note takes another sum back'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_vouchermove_is_credited';
        END IF;
    ELSIF NEW.kind = 'RETURN' AND NOT EXISTS (SELECT FROM billing_refund refund
        JOIN billing_payment paid ON paid.id = refund.payment_id AND paid.method = 'VOUCHER'
        JOIN entitlements_vouchermove spent ON spent.organization_id = paid.organization_id
            AND spent.patient_id = paid.patient_id AND spent.key = paid.key AND spent.voucher_id = NEW.voucher_id
        WHERE refund.id = NEW.refund_id AND refund.status = 'DONE' AND refund.amount = NEW.amount
            AND refund.patient_id = NEW.patient_id) THEN
        RAISE EXCEPTION 'no payment by this voucher was paid back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_vouchermove_of_this_refund';
    END IF;
    RETURN NEW;""",
    )


def move_counts() -> Trigger:
    """A move is counted at once, or refused; its reason is the reason of what it does to the voucher."""
    return Trigger(
        name="entitlements_vouchermove_counts",
        events="AFTER INSERT",
        body="""
    PERFORM set_config('kalon.reason', NEW.reason, true);
    UPDATE entitlements_giftvoucher SET status_at = status_at WHERE id = NEW.voucher_id;
    PERFORM set_config('kalon.reason', '', true), set_config('kalon.move', '', true);
    RETURN NULL;""",
    )


def redeemed_is_paid() -> Posts:
    """What was redeemed is on the redeemer's account by the end of the unit of work, whoever acts by then.

    Nothing is posted here, but it reads payments with the rights of the books.
    """
    return Posts(
        name="entitlements_vouchermove_paid",
        events="DEFERRED AFTER INSERT",
        body="""
    IF NEW.kind = 'REDEEM' AND NOT EXISTS (SELECT FROM billing_payment
        WHERE organization_id = NEW.organization_id AND patient_id = NEW.patient_id AND key = NEW.key
            AND method = 'VOUCHER' AND amount = NEW.amount AND received_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what was redeemed went on nobody''s account'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_vouchermove_paid';
    END IF;
    RETURN NULL;""",
    )


def payment_was_redeemed() -> Trigger:
    """Money that came by voucher was redeemed of one: as much, for the same patient, under the same key."""
    return TriggerOn(
        table="billing_payment",
        name="entitlements_payment_redeemed",
        events="BEFORE INSERT",
        body="""
    IF NEW.method = 'VOUCHER' THEN
        IF NOT EXISTS (SELECT FROM entitlements_vouchermove WHERE organization_id = NEW.organization_id
            AND patient_id = NEW.patient_id AND key = NEW.key AND kind = 'REDEEM' AND amount = NEW.amount) THEN
            RAISE EXCEPTION 'nothing was redeemed of a voucher'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_payment_redeemed';
        END IF;
    END IF;
    RETURN NEW;""",
    )


def refund_goes_back() -> Trigger:
    """Money that came by voucher goes back on that voucher, and by no other way."""
    return TriggerOn(
        table="billing_refund",
        name="entitlements_refund_goes_back",
        events="AFTER INSERT OR UPDATE",
        declare="paid record;",
        body="""
    SELECT * INTO paid FROM billing_payment WHERE id = NEW.payment_id;
    IF paid.method IS DISTINCT FROM 'VOUCHER' THEN RETURN NULL; END IF;
    IF NEW.method NOT IN ('', 'VOUCHER') THEN
        RAISE EXCEPTION 'money that came by voucher goes back on the voucher'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_refund_goes_back';
    END IF;
    IF NEW.status = 'DONE' AND TG_OP = 'UPDATE' AND OLD.status <> 'DONE' THEN
        INSERT INTO entitlements_vouchermove (id, created_at, organization_id, patient_id, voucher_id, kind, amount,
                key, refund_id, reason, moved_by_id, moved_by_name)
            SELECT gen_random_uuid(), kalon_now(), NEW.organization_id, NEW.patient_id, spent.voucher_id, 'RETURN',
                NEW.amount, '', NEW.id, NEW.reason, kalon_user(),
                left(COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), 120)
            FROM entitlements_vouchermove spent WHERE spent.organization_id = paid.organization_id
                AND spent.patient_id = paid.patient_id AND spent.key = paid.key AND spent.kind = 'REDEEM';
    END IF;
    RETURN NULL;""",
    )
