"""The arithmetic of packages that the database keeps by itself.

What a package has left is worked out afresh from its uses and settlements under the row's lock, so eight people at
once cannot use the last session twice. Locks are taken bill first, then holding, then item.
"""

from kalon.entitlements.lifecycles import CLOSED
from kalon.kernel.triggers import Trigger, TriggerOn

_CLOSED = ", ".join(f"'{status}'" for status in CLOSED)


def holding_sums() -> Trigger:
    """A package's sums are those of its uses and settlements, and its status is what they say."""
    return Trigger(
        name="entitlements_packageholding_derives",
        events="BEFORE INSERT OR UPDATE",
        declare="sold record; other record; ended record; remains numeric; sessions numeric; said text;",
        body=f"""
    IF TG_OP = 'INSERT' THEN
        NEW.used := 0; NEW.kept := 0; NEW.refunded := 0; NEW.forfeited := 0; NEW.moved := 0;
        SELECT patient_id, organization_id, earns, source, taxable, discount INTO sold
            FROM billing_billline WHERE id = NEW.bill_line_id;
        IF NEW.origin_id IS NULL THEN
            IF (sold.patient_id, sold.organization_id, sold.earns, sold.source, sold.taxable, sold.discount)
                IS DISTINCT FROM (NEW.patient_id, NEW.organization_id, 'DEFERRED', 'package-sale:' || NEW.id, NEW.value,
                0) THEN
                RAISE EXCEPTION 'a package is sold by a line of the patient''s bill, at its price'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_holding_sold';
            END IF;
            RETURN NEW;
        END IF;
        SELECT organization_id, bill_line_id, package_id INTO other
            FROM entitlements_packageholding WHERE id = NEW.origin_id;
        IF (other.organization_id, other.bill_line_id, other.package_id)
            IS DISTINCT FROM (NEW.organization_id, NEW.bill_line_id, NEW.package_id) THEN
            RAISE EXCEPTION 'what is given on is what was bought'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_holding_sold';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.organization_id, NEW.patient_id, NEW.package_id, NEW.branch_id, NEW.bill_line_id, NEW.value,
        NEW.sold_at, NEW.origin_id) IS DISTINCT FROM
       (OLD.id, OLD.organization_id, OLD.patient_id, OLD.package_id, OLD.branch_id, OLD.bill_line_id, OLD.value,
        OLD.sold_at, OLD.origin_id) THEN
        RAISE EXCEPTION 'what was sold stays what it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_holding_fixed';
    END IF;
    IF OLD.status = 'PENDING' AND NEW.status = 'ACTIVE' THEN
        IF NEW.value <> (SELECT COALESCE(sum(value), -1) FROM entitlements_holdingitem WHERE holding_id = NEW.id) THEN
            RAISE EXCEPTION 'the sessions do not add up to the price of the package'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_holding_whole';
        END IF;
        IF NEW.origin_id IS NOT NULL AND NOT EXISTS (SELECT FROM entitlements_settlement
            WHERE to_holding_id = NEW.id AND holding_id = NEW.origin_id AND value = NEW.value) THEN
            RAISE EXCEPTION 'nobody gave this package away'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_holding_given';
        END IF;
    END IF;
    NEW.used := (SELECT COALESCE(sum(value), 0) FROM entitlements_use WHERE holding_id = NEW.id);
    SELECT COALESCE(sum(kept), 0) AS kept, COALESCE(sum(value) FILTER (WHERE kind = 'REFUND'), 0) AS refunded,
           COALESCE(sum(value) FILTER (WHERE kind IN ('FORFEIT', 'RESTORE')), 0) AS forfeited,
           COALESCE(sum(value) FILTER (WHERE kind = 'TRANSFER'), 0) AS moved
        INTO other FROM entitlements_settlement WHERE holding_id = NEW.id;
    NEW.kept := other.kept; NEW.refunded := other.refunded;
    NEW.forfeited := other.forfeited; NEW.moved := other.moved;
    SELECT kind INTO ended FROM entitlements_settlement WHERE holding_id = NEW.id
        ORDER BY created_at DESC, id DESC LIMIT 1;
    remains := NEW.value - NEW.used - NEW.kept - NEW.refunded - NEW.forfeited - NEW.moved;
    sessions := (SELECT COALESCE(sum(quantity), 0) - (SELECT COALESCE(sum(CASE WHEN takes_back_id IS NULL THEN 1
        ELSE -1 END), 0) FROM entitlements_use WHERE holding_id = NEW.id)
        FROM entitlements_holdingitem WHERE holding_id = NEW.id);
    said := CASE ended.kind
        WHEN 'REFUND' THEN 'REFUNDED'
        WHEN 'TRANSFER' THEN 'TRANSFERRED'
        WHEN 'FORFEIT' THEN 'EXPIRED'
        ELSE CASE WHEN OLD.status = 'PENDING' AND NEW.status = 'PENDING' AND ended.kind IS NULL THEN 'PENDING'
            WHEN sessions = 0 AND OLD.status <> 'PENDING' THEN 'USED_UP' ELSE 'ACTIVE' END END;
    IF remains < 0 OR sessions < 0 OR (said IN ({_CLOSED}) AND remains <> 0) THEN
        RAISE EXCEPTION 'more of the package is used or settled than was bought, or something of it is left'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_holding_over_used';
    END IF;
    IF NEW.status = OLD.status AND said <> OLD.status THEN
        NEW.status := said;
        PERFORM set_config('kalon.move', CASE
            WHEN said = 'REFUNDED' THEN 'refund'
            WHEN said = 'TRANSFERRED' THEN 'transfer'
            WHEN said = 'EXPIRED' THEN 'expire'
            WHEN said = 'USED_UP' THEN 'use_up'
            WHEN OLD.status = 'EXPIRED' THEN 'extend'
            ELSE 'take_back_use' END, true);
    ELSIF NEW.status <> said THEN
        RAISE EXCEPTION 'the uses of the package say %, not %', said, NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_holding_status_agrees';
    END IF;
    RETURN NEW;""",  # noqa: S608  (our own states)
    )


def item_sums() -> Trigger:
    """How many sessions are used is the count of the uses; what was sold stays, and nothing is added to it later."""
    return Trigger(
        name="entitlements_holdingitem_derives",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF TG_OP = 'INSERT' AND (SELECT status FROM entitlements_packageholding WHERE id = NEW.holding_id FOR UPDATE)
        IS DISTINCT FROM 'PENDING' THEN
        RAISE EXCEPTION 'nothing is added to a package that is in use'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_item_fixed';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.organization_id, NEW.patient_id, NEW.holding_id, NEW.service_id, NEW.quantity,
        NEW.value, NEW.single_price, NEW.position) IS DISTINCT FROM (OLD.id, OLD.organization_id, OLD.patient_id,
        OLD.holding_id, OLD.service_id, OLD.quantity, OLD.value, OLD.single_price, OLD.position) THEN
        RAISE EXCEPTION 'what was sold stays what it is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_item_fixed';
    END IF;
    SELECT COALESCE(sum(CASE WHEN takes_back_id IS NULL THEN 1 ELSE -1 END), 0), COALESCE(sum(value), 0)
        INTO NEW.used, NEW.used_value FROM entitlements_use WHERE item_id = NEW.id;
    RETURN NEW;""",
    )


def use_may_be() -> Trigger:
    """A session is used of a package that is alive, as far as it is paid, once at a visit and not billed there too.

    Whoever uses or bills the same service of the same visit takes turns (the lock of `billed_once`).
    """
    return Trigger(
        name="entitlements_use_may_be",
        events="BEFORE INSERT",
        declare="first uuid; found record; piece record; sale record; before record; spent numeric;",
        body="""
    SELECT * INTO found FROM entitlements_packageholding WHERE id = NEW.holding_id;
    SELECT line.taxable, line.total, line.bill_id, line.id INTO sale FROM billing_billline line
        WHERE line.id = found.bill_line_id;
    PERFORM FROM billing_bill WHERE id = sale.bill_id FOR SHARE;
    UPDATE entitlements_packageholding SET status_at = status_at WHERE id = NEW.holding_id RETURNING * INTO found;
    IF found.id IS NULL THEN
        RAISE EXCEPTION 'this package is out of reach'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'entitlements_holding_out_of_reach';
    END IF;
    SELECT * INTO piece FROM entitlements_holdingitem WHERE id = NEW.item_id FOR UPDATE;
    WITH RECURSIVE dates AS (
        SELECT id, predecessor_id, 1 AS step FROM scheduling_appointment WHERE id = NEW.appointment_id
        UNION ALL SELECT visit.id, visit.predecessor_id, step + 1 FROM scheduling_appointment visit
            JOIN dates ON visit.id = dates.predecessor_id WHERE step < 50)
    SELECT id INTO first FROM dates WHERE predecessor_id IS NULL;
    IF NOT EXISTS (SELECT FROM scheduling_appointment WHERE id = NEW.appointment_id
        AND patient_id = ANY (kalon_records_of(NEW.patient_id))) THEN
        RAISE EXCEPTION 'this is another patient''s visit'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_use_same_patient';
    END IF;
    NEW.service_id := piece.service_id;
    NEW.source := 'session:' || first || ':' || replace(piece.service_id::text, '-', '');
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.organization_id::text || NEW.source, 0));
    IF NEW.takes_back_id IS NOT NULL THEN
        SELECT * INTO before FROM entitlements_use WHERE id = NEW.takes_back_id;
        IF before.takes_back_id IS NOT NULL OR (before.item_id, before.appointment_id)
            IS DISTINCT FROM (NEW.item_id, NEW.appointment_id) THEN
            RAISE EXCEPTION 'only a session that was used is given back, at its own visit'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_use_takes_back_a_use';
        END IF;
        IF before.created_at <= kalon_now() - interval '7 days' THEN
            RAISE EXCEPTION 'a session is given back within seven days'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_use_too_late';
        END IF;
        NEW.number := before.number; NEW.value := -before.value; NEW.created_at := kalon_now();
        RETURN NEW;
    END IF;
    NEW.created_at := kalon_now();
    IF found.status NOT IN ('ACTIVE', 'USED_UP') OR found.valid_until < NEW.used_on
        OR found.valid_until < (SELECT (kalon_now() AT TIME ZONE timezone)::date FROM people_branch
            WHERE id = found.branch_id) THEN
        RAISE EXCEPTION 'this package cannot be used'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_use_not_usable';
    END IF;
    IF piece.used >= piece.quantity THEN
        RAISE EXCEPTION 'no session of this service is left'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_item_never_below_zero';
    END IF;
    IF EXISTS (SELECT FROM entitlements_use done WHERE done.organization_id = NEW.organization_id
            AND done.source = NEW.source AND done.takes_back_id IS NULL
            AND NOT EXISTS (SELECT FROM entitlements_use undo WHERE undo.takes_back_id = done.id)) THEN
        RAISE EXCEPTION 'a session of this service was used at this visit already'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'entitlements_use_once';
    END IF;
    IF EXISTS (SELECT FROM billing_billline line JOIN billing_bill bill ON bill.id = line.bill_id
        WHERE line.organization_id = NEW.organization_id AND line.source = NEW.source AND line.total > 0
            AND bill.status <> 'VOID' AND line.quantity >
                (SELECT COALESCE(sum(note.quantity), 0) FROM billing_creditnote note WHERE note.line_id = line.id)) THEN
        RAISE EXCEPTION 'this session is billed for money already'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'entitlements_use_billed';
    END IF;
    NEW.number := piece.used + 1;
    -- parts that follow each other add up to the whole, also when one was given back in between
    NEW.value := greatest(0, round(piece.value * NEW.number / piece.quantity, 2) - piece.used_value);
    spent := NEW.value + (SELECT COALESCE(sum(used), 0) FROM entitlements_packageholding
        WHERE bill_line_id = found.bill_line_id);
    IF spent * sale.total > sale.taxable * (SELECT COALESCE(sum(amount), 0) FROM billing_paymentallocation
        WHERE bill_line_id = sale.id) + 0.01 * sale.total THEN
        RAISE EXCEPTION 'more would be used than is paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_use_not_paid';
    END IF;
    RETURN NEW;""",
    )


def use_counts() -> Trigger:
    """A use is counted on its item and its package at once, or refused."""
    return Trigger(
        name="entitlements_use_counts",
        events="AFTER INSERT",
        body="""
    UPDATE entitlements_holdingitem SET position = position WHERE id = NEW.item_id;
    UPDATE entitlements_packageholding SET status_at = status_at WHERE id = NEW.holding_id;
    PERFORM set_config('kalon.move', '', true);
    RETURN NULL;""",
    )


def used_is_not_billed() -> Trigger:
    """What was used of a package at a visit is not billed for money there as well."""
    return TriggerOn(
        table="billing_billline",
        name="entitlements_billline_used",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF NEW.total = 0 OR NOT starts_with(NEW.source, 'session:') THEN RETURN NEW; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.organization_id::text || NEW.source, 0));
    IF EXISTS (SELECT FROM entitlements_use done WHERE done.organization_id = NEW.organization_id
            AND done.source = NEW.source AND done.takes_back_id IS NULL
            AND NOT EXISTS (SELECT FROM entitlements_use undo WHERE undo.takes_back_id = done.id)) THEN
        RAISE EXCEPTION 'this session was used of a package'
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'entitlements_use_billed';
    END IF;
    RETURN NEW;""",
    )


def shown_is_covered() -> Trigger:
    """A patient is shown a visit at nothing only while they have a session that no other visit was promised."""
    return TriggerOn(
        table="pricing_shownprice",
        name="entitlements_shown_covered",
        events="BEFORE INSERT",
        declare="visit record; sessions bigint; shown bigint; billed bigint;",
        body="""
    IF NEW.covered_by = '' OR kalon_kind() NOT IN ('patient', 'public') THEN RETURN NEW; END IF;
    SELECT service_id, predecessor_id, lower(period)::date AS day INTO visit
        FROM scheduling_appointment WHERE id = NEW.appointment_id;
    IF visit.predecessor_id IS NOT NULL THEN RETURN NEW; END IF;  -- as it was shown before
    PERFORM pg_advisory_xact_lock(hashtextextended('sessions ' || (kalon_records_of(NEW.patient_id))[1]::text, 0));
    SELECT COALESCE(sum(item.quantity - item.used), 0) INTO sessions
        FROM entitlements_holdingitem AS item JOIN entitlements_packageholding AS held ON held.id = item.holding_id
        WHERE item.patient_id = ANY (kalon_records_of(NEW.patient_id)) AND item.service_id = visit.service_id
            AND held.status = 'ACTIVE' AND held.valid_until >= visit.day;
    SELECT count(*) INTO shown
        FROM pricing_shownprice AS other JOIN scheduling_appointment AS ahead ON ahead.id = other.appointment_id
        WHERE other.patient_id = ANY (kalon_records_of(NEW.patient_id)) AND other.covered_by <> ''
            AND ahead.service_id = visit.service_id AND ahead.id <> NEW.appointment_id
            AND ahead.status IN ('REQUESTED', 'PENDING_PAYMENT', 'CONFIRMED', 'CHECKED_IN', 'IN_PROGRESS')
            AND NOT EXISTS (SELECT FROM entitlements_use WHERE appointment_id = ahead.id);
    SELECT count(*) INTO billed
        FROM billing_billline AS line JOIN billing_bill AS bill ON bill.id = line.bill_id
        WHERE line.patient_id = ANY (kalon_records_of(NEW.patient_id)) AND line.total = 0 AND bill.status <> 'VOID'
            AND line.service_id = visit.service_id AND starts_with(line.source, 'session:')
            AND NOT EXISTS (SELECT FROM entitlements_use WHERE source = line.source);
    IF sessions > GREATEST(shown, billed) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'no session of a package is left for this visit'
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'entitlements_shown_covered';""",
    )


def settlement_may_be() -> Trigger:
    """What ends a package takes all that is left of it; a refund is the credit note's, a gift what arrived."""
    return Trigger(
        name="entitlements_settlement_may_be",
        events="BEFORE INSERT",
        declare="found record; remains numeric; noted record; given record;",
        body="""
    UPDATE entitlements_packageholding SET status_at = status_at WHERE id = NEW.holding_id RETURNING * INTO found;
    IF found.id IS NULL THEN
        RAISE EXCEPTION 'this package is out of reach'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'entitlements_holding_out_of_reach';
    END IF;
    NEW.created_at := kalon_now();
    remains := CASE WHEN NEW.kind = 'RESTORE' THEN -found.forfeited
        ELSE found.value - found.used - found.kept - found.refunded - found.forfeited - found.moved END;
    IF NEW.value + NEW.kept <> remains
        OR (NEW.kind = 'RESTORE' AND found.status <> 'EXPIRED')
        OR (NEW.kind = 'TRANSFER' AND found.status <> 'ACTIVE')
        OR (NEW.kind IN ('REFUND', 'FORFEIT') AND found.status NOT IN ('PENDING', 'ACTIVE')) THEN
        RAISE EXCEPTION 'a settlement takes what is left, once'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_settlement_takes_what_is_left';
    END IF;
    IF NEW.kind = 'REFUND' THEN
        SELECT note.bill_id, note.line_id, note.taxable INTO noted FROM billing_creditnote note
            WHERE note.id = NEW.credit_note_id;
        IF NEW.value > 0 AND NOT COALESCE(CASE WHEN noted.line_id IS NULL
            THEN noted.bill_id = (SELECT bill_id FROM billing_billline WHERE id = found.bill_line_id)
            ELSE (noted.line_id, noted.taxable) = (found.bill_line_id, NEW.value) END, false) THEN
            RAISE EXCEPTION 'the credit note takes another sum back'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_settlement_is_credited';
        END IF;
    ELSIF NEW.kind = 'TRANSFER' THEN
        SELECT origin_id, value, organization_id INTO given
            FROM entitlements_packageholding WHERE id = NEW.to_holding_id;
        IF (given.origin_id, given.value, given.organization_id)
            IS DISTINCT FROM (NEW.holding_id, NEW.value, NEW.organization_id) THEN
            RAISE EXCEPTION 'another sum arrived than left'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_settlement_arrives';
        END IF;
    ELSIF NEW.kind = 'FORFEIT' AND found.valid_until >= (SELECT (kalon_now() AT TIME ZONE timezone)::date
        FROM people_branch WHERE id = found.branch_id) THEN
        RAISE EXCEPTION 'this package is still valid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entitlements_settlement_not_expired';
    END IF;
    RETURN NEW;""",
    )


def settlement_counts() -> Trigger:
    """A settlement is counted at once, and its reason is the reason of the move."""
    return Trigger(
        name="entitlements_settlement_counts",
        events="AFTER INSERT",
        body="""
    PERFORM set_config('kalon.reason', NEW.reason, true);
    UPDATE entitlements_packageholding SET status_at = status_at WHERE id = NEW.holding_id;
    PERFORM set_config('kalon.reason', '', true), set_config('kalon.move', '', true);
    RETURN NULL;""",
    )
