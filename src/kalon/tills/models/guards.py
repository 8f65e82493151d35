"""What the database holds of drawers and days by itself.

Locks: an entry holds its session, so a count waits for the cash that is being taken, and cash that comes while the
drawer is counted is refused. A payment holds its day's lock together with others, the close of a day holds it alone.
"""

from kalon.kernel.triggers import Trigger

# Sentences for people: shown as the database says them.
SENTENCES = (
    "tills_cash_needs_drawer",
    "tills_drawerentry_session_open",
    "tills_drawerentry_holds_that_much",
    "tills_day_closed",
    "tills_dayclose_drawers_open",
    "tills_dayclose_not_ahead",
)


def session_derives() -> Trigger:
    """What a drawer should hold is its float and its entries, worked out when it is counted and fixed from then on."""
    return Trigger(
        name="tills_drawersession_derives",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF TG_OP = 'INSERT' THEN
        PERFORM tills_day_must_be_open(NEW.branch_id, NEW.opened_at);
        NEW.expected := NULL; NEW.variance := NULL; NEW.variance_limit := NULL; NEW.explanation := '';
        RETURN NEW;
    END IF;
    IF (NEW.organization_id, NEW.drawer_id, NEW.branch_id, NEW.currency, NEW.float_count, NEW.float_amount,
        NEW.opened_at, NEW.opened_by_id) IS DISTINCT FROM (OLD.organization_id, OLD.drawer_id, OLD.branch_id,
        OLD.currency, OLD.float_count, OLD.float_amount, OLD.opened_at, OLD.opened_by_id)
        OR (OLD.status = 'COUNTED' AND NEW.status <> 'OPEN' AND (NEW.counted, NEW.counted_amount, NEW.counted_at,
        NEW.counted_by_id) IS DISTINCT FROM (OLD.counted, OLD.counted_amount, OLD.counted_at, OLD.counted_by_id)) THEN
        RAISE EXCEPTION 'what a drawer was opened with, and what was counted, stays'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawersession_fixed';
    END IF;
    IF OLD.status = 'OPEN' AND NEW.status = 'COUNTED' THEN
        NEW.expected := NEW.float_amount
            + (SELECT COALESCE(sum(amount), 0) FROM tills_drawerentry WHERE session_id = NEW.id);
        NEW.variance := NEW.counted_amount - NEW.expected;
        NEW.variance_limit := COALESCE((SELECT variance_limit FROM tills_tillpolicy
            WHERE organization_id = NEW.organization_id), 50);
    ELSIF NEW.status = 'OPEN' THEN
        NEW.expected := NULL; NEW.variance := NULL; NEW.variance_limit := NULL; NEW.explanation := '';
    ELSE
        NEW.expected := OLD.expected; NEW.variance := OLD.variance; NEW.variance_limit := OLD.variance_limit;
    END IF;
    RETURN NEW;""",
    )


def entry_in_open_session() -> Trigger:
    """Cash moves only in an open drawer on an open day, as its payment or refund says, never below zero."""
    return Trigger(
        name="tills_drawerentry_counts",
        events="BEFORE INSERT",
        declare="held record; agrees boolean;",
        body="""
    SELECT status, branch_id, float_amount INTO held FROM tills_drawersession WHERE id = NEW.session_id
        FOR NO KEY UPDATE;
    IF held.status IS DISTINCT FROM 'OPEN' THEN
        RAISE EXCEPTION 'This drawer was counted meanwhile. Open a drawer, then take or give the cash.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawerentry_session_open';
    END IF;
    PERFORM tills_day_must_be_open(held.branch_id, kalon_now());
    agrees := CASE NEW.kind
        WHEN 'PAYMENT' THEN EXISTS (SELECT FROM billing_payment p WHERE p.id = NEW.payment_id AND p.method = 'CASH'
            AND p.organization_id = NEW.organization_id AND p.branch_id = held.branch_id AND p.amount = NEW.amount
            AND p.received_at IS NOT NULL)
        WHEN 'REFUND' THEN EXISTS (SELECT FROM billing_refund r JOIN billing_payment p ON p.id = r.payment_id
            WHERE r.id = NEW.refund_id AND p.method = 'CASH' AND r.organization_id = NEW.organization_id
            AND p.branch_id = held.branch_id AND r.amount = -NEW.amount AND r.status = 'DONE')
        ELSE true END;
    IF NOT agrees THEN
        RAISE EXCEPTION 'the entry does not say what its payment or refund says'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawerentry_agrees';
    END IF;
    IF NEW.amount < 0 AND held.float_amount + NEW.amount
        + (SELECT COALESCE(sum(amount), 0) FROM tills_drawerentry WHERE session_id = NEW.session_id) < 0 THEN
        RAISE EXCEPTION 'The drawer does not hold that much. Put money in first, or take less.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawerentry_holds_that_much';
    END IF;
    RETURN NEW;""",
    )


def day_derives() -> Trigger:
    """What a closed day received and paid back is worked out by the database, when nobody can add to it any more."""
    return Trigger(
        name="tills_dayclose_derives",
        events="BEFORE INSERT",
        declare="zone text; starts timestamptz; ends timestamptz;",
        body="""
    SELECT timezone INTO zone FROM people_branch WHERE id = NEW.branch_id;
    PERFORM pg_advisory_xact_lock(hashtextextended('tills.day ' || NEW.branch_id || NEW.day, 0));
    IF NEW.day > (kalon_now() AT TIME ZONE zone)::date THEN
        RAISE EXCEPTION 'This day has not come yet. Close it when it is over.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_dayclose_not_ahead';
    END IF;
    starts := NEW.day::timestamp AT TIME ZONE zone;
    ends := (NEW.day + 1)::timestamp AT TIME ZONE zone;
    IF EXISTS (SELECT FROM tills_drawersession WHERE branch_id = NEW.branch_id AND status <> 'CLOSED'
        AND opened_at < ends) THEN
        RAISE EXCEPTION 'A drawer is not closed yet. Count it and close it, then close the day.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_dayclose_drawers_open';
    END IF;
    NEW.received := (SELECT COALESCE(jsonb_object_agg(method, amount::text), '{}') FROM (
        SELECT method, sum(amount) AS amount FROM billing_payment WHERE organization_id = NEW.organization_id
            AND branch_id = NEW.branch_id AND received_at >= starts AND received_at < ends GROUP BY method) AS sums);
    NEW.paid_back := (SELECT COALESCE(jsonb_object_agg(method, amount::text), '{}') FROM (
        SELECT COALESCE(NULLIF(r.method, ''), p.method) AS method, sum(r.amount) AS amount
            FROM billing_refund r JOIN billing_payment p ON p.id = r.payment_id
            WHERE r.organization_id = NEW.organization_id AND p.branch_id = NEW.branch_id AND r.status = 'DONE'
            AND r.status_at >= starts AND r.status_at < ends GROUP BY 1) AS sums);
    RETURN NEW;""",
    )


# What goes to another account, or back another way, is no cash out of a drawer.
REFUND_DONE = """
CREATE OR REPLACE FUNCTION tills_refund_done() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE paid record; session uuid;
BEGIN
    SELECT method, branch_id INTO paid FROM billing_payment WHERE id = NEW.payment_id;
    PERFORM tills_day_must_be_open(paid.branch_id, NEW.status_at);
    IF paid.method <> 'CASH' OR NEW.method NOT IN ('', 'CASH') THEN RETURN NULL; END IF;
    session := tills_drawer_at(NEW.organization_id, paid.branch_id);
    IF session IS NULL THEN RETURN NULL; END IF;
    INSERT INTO tills_drawerentry (id, created_at, organization_id, session_id, kind, amount, payment_id, refund_id,
        reason, key, made_by_id, made_by_name)
    VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, session, 'REFUND', -NEW.amount, NULL, NEW.id, '',
        'refund:' || NEW.id, kalon_user(),
        COALESCE(NULLIF(left(current_setting('kalon.actor', true), 120), ''), 'sql'));
    RETURN NULL;
END $body$;
"""

# The tables are billing's, so what the drawer and the day hold of them stands in our own migration.
ON_BILLING = f"""
CREATE FUNCTION tills_day_must_be_open(a_branch uuid, an_instant timestamptz) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE a_day date;
BEGIN
    SELECT (an_instant AT TIME ZONE timezone)::date INTO a_day FROM people_branch WHERE id = a_branch;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('tills.day ' || a_branch || a_day, 0));
    IF EXISTS (SELECT FROM tills_dayclose WHERE branch_id = a_branch AND day = a_day AND status = 'CLOSED') THEN
        RAISE EXCEPTION '% is closed: no money can be dated into it. Have the day reopened, with a reason.',
            to_char(a_day, 'FMDD Month YYYY')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_day_closed';
    END IF;
END $body$;

-- The drawer whose cash this is: the one that who acts has open, else the only one that is open at the branch.
CREATE FUNCTION tills_drawer_at(an_organization uuid, a_branch uuid) RETURNS uuid LANGUAGE plpgsql AS $body$
DECLARE found uuid; open_ones uuid[];
BEGIN
    SELECT id INTO found FROM tills_drawersession
        WHERE branch_id = a_branch AND status = 'OPEN' AND opened_by_id = kalon_user();
    IF found IS NOT NULL THEN RETURN found; END IF;
    SELECT array_agg(id) INTO open_ones FROM tills_drawersession WHERE branch_id = a_branch AND status = 'OPEN';
    IF cardinality(open_ones) = 1 THEN RETURN open_ones[1]; END IF;
    IF EXISTS (SELECT FROM tills_tillpolicy WHERE organization_id = an_organization AND cash = 'REQUIRED') THEN
        RAISE EXCEPTION 'No cash drawer of yours is open. Open one and count its float, then take the cash.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_cash_needs_drawer';
    END IF;
    RETURN NULL;
END $body$;

-- What a gateway takes at night cannot be refused: it is money already. The next day's close lists it.
CREATE FUNCTION tills_payment_received() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE session uuid;
BEGIN
    PERFORM tills_day_must_be_open(NEW.branch_id, NEW.received_at);
    IF NEW.method <> 'CASH' THEN RETURN NULL; END IF;
    session := tills_drawer_at(NEW.organization_id, NEW.branch_id);
    IF session IS NULL THEN RETURN NULL; END IF;
    INSERT INTO tills_drawerentry (id, created_at, organization_id, session_id, kind, amount, payment_id, refund_id,
        reason, key, made_by_id, made_by_name)
    VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, session, 'PAYMENT', NEW.amount, NEW.id, NULL, '',
        'payment:' || NEW.id, kalon_user(), NEW.received_by_name);
    RETURN NULL;
END $body$;
CREATE TRIGGER tills_payment_received AFTER UPDATE OF status ON billing_payment FOR EACH ROW
    WHEN (OLD.received_at IS NULL AND NEW.received_at IS NOT NULL AND NEW.method <> 'ONLINE')
    EXECUTE FUNCTION tills_payment_received();

{REFUND_DONE}CREATE TRIGGER tills_refund_done AFTER UPDATE OF status ON billing_refund FOR EACH ROW
    WHEN (OLD.status <> 'DONE' AND NEW.status = 'DONE') EXECUTE FUNCTION tills_refund_done();
"""  # noqa: S608  (our own tables)
ON_BILLING_BACK = """
DROP TRIGGER tills_refund_done ON billing_refund;
DROP TRIGGER tills_payment_received ON billing_payment;
DROP FUNCTION tills_refund_done(), tills_payment_received(), tills_drawer_at(uuid, uuid),
    tills_day_must_be_open(uuid, timestamptz);
"""
