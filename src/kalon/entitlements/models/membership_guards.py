"""What the database keeps of memberships: begun when paid, a month earned once it is over, never more than was paid."""

from kalon.kernel.triggers import Trigger


def membership_sums() -> Trigger:
    """A membership's sums are those of its moves; it begins when it is paid and is over when nothing is left."""
    return Trigger(
        name="entitlements_membership_derives",
        events="BEFORE INSERT OR UPDATE",
        declare="sold record;",
        body="""
    IF TG_OP = 'INSERT' THEN
        NEW.earned := 0; NEW.refunded := 0;
        SELECT patient_id, organization_id, earns, source, taxable INTO sold
            FROM billing_billline WHERE id = NEW.bill_line_id;
        IF (sold.patient_id, sold.organization_id, sold.earns, sold.source, sold.taxable) IS DISTINCT FROM
            (NEW.patient_id, NEW.organization_id, 'DEFERRED', 'membership-sale:' || NEW.id, NEW.value) THEN
            RAISE EXCEPTION 'a membership is sold by a line of the patient''s bill, at its price'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_membership_sold';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.organization_id, NEW.patient_id, NEW.offer_id, NEW.branch_id, NEW.bill_line_id, NEW.value,
        NEW.months, NEW.sold_at, NEW.renews_id) IS DISTINCT FROM (OLD.id, OLD.organization_id, OLD.patient_id,
        OLD.offer_id, OLD.branch_id, OLD.bill_line_id, OLD.value, OLD.months, OLD.sold_at, OLD.renews_id)
        OR (OLD.starts_on IS NOT NULL
            AND (NEW.starts_on, NEW.ends_on) IS DISTINCT FROM (OLD.starts_on, OLD.ends_on)) THEN
        RAISE EXCEPTION 'what was sold stays what it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_membership_fixed';
    END IF;
    SELECT COALESCE(sum(amount) FILTER (WHERE kind = 'EARN'), 0),
           COALESCE(sum(amount) FILTER (WHERE kind = 'REFUND'), 0)
        INTO NEW.earned, NEW.refunded FROM entitlements_membershipmove WHERE membership_id = NEW.id;
    IF NEW.earned + NEW.refunded > NEW.value THEN
        RAISE EXCEPTION 'more is earned or taken back than was paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_membership_over_earned';
    END IF;
    IF OLD.status = 'PENDING' AND NEW.status = 'ACTIVE' AND (SELECT total FROM billing_billline
        WHERE id = NEW.bill_line_id) > (SELECT COALESCE(sum(amount), 0) FROM billing_paymentallocation
        WHERE bill_line_id = NEW.bill_line_id) THEN
        RAISE EXCEPTION 'the membership is not paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_membership_not_paid';
    END IF;
    IF NEW.status <> OLD.status AND NEW.status IN ('LAPSED', 'ENDED') AND NEW.earned + NEW.refunded <> NEW.value
        OR NEW.status <> OLD.status AND NEW.status = 'LAPSED' AND NEW.ends_on >= (SELECT
            (kalon_now() AT TIME ZONE timezone)::date FROM people_branch WHERE id = NEW.branch_id) THEN
        RAISE EXCEPTION 'something of the membership is left'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_membership_not_over';
    END IF;
    RETURN NEW;""",
    )


def month_may_be_earned() -> Trigger:
    """Months are earned in turn, each once it is over; what is taken back is what is left, by its credit note."""
    return Trigger(
        name="entitlements_membershipmove_may_be",
        events="BEFORE INSERT",
        declare="found record; noted record; months_earned integer; remains numeric;",
        body="""
    UPDATE entitlements_membership SET status_at = status_at WHERE id = NEW.membership_id RETURNING * INTO found;
    IF found.id IS NULL THEN
        RAISE EXCEPTION 'this membership is out of reach'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'entitlements_membership_out_of_reach';
    END IF;
    NEW.created_at := kalon_now();
    remains := found.value - found.earned - found.refunded;
    IF NEW.kind = 'EARN' THEN
        months_earned := (SELECT count(*) FROM entitlements_membershipmove
            WHERE membership_id = NEW.membership_id AND kind = 'EARN');
        NEW.number := months_earned + 1;
        NEW.amount := round(found.value * NEW.number / found.months, 2) - found.earned;
        IF found.status <> 'ACTIVE' OR NEW.number > found.months OR found.refunded > 0
            OR (found.starts_on + make_interval(months => NEW.number))::date > (SELECT
                (kalon_now() AT TIME ZONE timezone)::date FROM people_branch WHERE id = found.branch_id) THEN
            RAISE EXCEPTION 'this month is not over'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_membershipmove_not_over';
        END IF;
        RETURN NEW;
    END IF;
    SELECT bill_id, line_id, taxable INTO noted FROM billing_creditnote WHERE id = NEW.credit_note_id;
    IF NEW.amount <> remains OR found.status NOT IN ('PENDING', 'ACTIVE') OR NOT COALESCE(CASE
        WHEN noted.line_id IS NULL THEN noted.bill_id = (SELECT bill_id FROM billing_billline
            WHERE id = found.bill_line_id)
        ELSE (noted.line_id, noted.taxable) = (found.bill_line_id, NEW.amount) END, false) THEN
        RAISE EXCEPTION 'the credit note takes another sum back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_membershipmove_is_credited';
    END IF;
    RETURN NEW;""",
    )


def month_counts() -> Trigger:
    """A move is counted at once, or refused."""
    return Trigger(
        name="entitlements_membershipmove_counts",
        events="AFTER INSERT",
        body="""
    UPDATE entitlements_membership SET status_at = status_at WHERE id = NEW.membership_id;
    RETURN NULL;""",
    )
