"""The rules of the store that the database keeps by itself.

A balance is worked out afresh from the ledger under its own row's lock, so it cannot be written by hand and eight
people at once cannot take the same unit. Locks of balances are taken in one order: by batch, then by location.
Before a balance come the unit that moves and the reservation it is taken from.
"""

from kalon.kernel.triggers import Trigger
from kalon.plans.lifecycles import SessionStatus

SESSION_TAKES = (SessionStatus.READY, SessionStatus.IN_PROGRESS)  # prepared for, or under way


def unit_is_fixed() -> Trigger:
    """What an item is counted in, and whether by serials, stays as it is once something moved.

    A movement of "3" must go on meaning three.
    """
    return Trigger(
        name="inventory_item_unit_fixed",
        events="BEFORE UPDATE",
        body="""
    IF (NEW.unit, NEW.needs_serial, NEW.organization_id)
        IS DISTINCT FROM (OLD.unit, OLD.needs_serial, OLD.organization_id)
        AND EXISTS (SELECT FROM inventory_movement WHERE item_id = OLD.id) THEN
        RAISE EXCEPTION 'the unit of an item that was in stock is fixed; add another item'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_item_unit_fixed';
    END IF;
    RETURN NEW;""",
    )


def location_stays() -> Trigger:
    """A place stays at its branch, and is not closed while something stands there."""
    return Trigger(
        name="inventory_location_stays",
        events="BEFORE UPDATE",
        body="""
    IF (NEW.branch_id, NEW.organization_id) IS DISTINCT FROM (OLD.branch_id, OLD.organization_id) THEN
        RAISE EXCEPTION 'a place of the store stays at its branch; add another'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_location_stays';
    END IF;
    IF OLD.is_active AND NOT NEW.is_active
        AND EXISTS (SELECT FROM inventory_balance WHERE location_id = OLD.id AND quantity > 0) THEN
        RAISE EXCEPTION 'move what stands here first'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_location_not_empty';
    END IF;
    RETURN NEW;""",
    )


def batch_is_complete() -> Trigger:
    """A batch has the number and the expiry that its item asks for, and keeps them; locked away, none is promised."""
    return Trigger(
        name="inventory_batch_complete",
        events="BEFORE INSERT OR UPDATE",
        declare="kept record;",
        body="""
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.item_id, NEW.number, NEW.expires_on, NEW.organization_id)
            IS DISTINCT FROM (OLD.item_id, OLD.number, OLD.expires_on, OLD.organization_id) THEN
            RAISE EXCEPTION 'a batch keeps its number and its expiry; write off the wrong one and receive it anew'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_fixed';
        END IF;
        IF NEW.status = 'QUARANTINED' AND OLD.status <> 'QUARANTINED' AND EXISTS (
            SELECT FROM inventory_reservation WHERE batch_id = NEW.id AND status = 'HELD') THEN
            RAISE EXCEPTION 'some of this batch is reserved; release that first'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_promised';
        END IF;
        RETURN NEW;
    END IF;
    SELECT needs_batch, needs_expiry INTO kept FROM inventory_item WHERE id = NEW.item_id;
    IF (kept.needs_batch AND NEW.number = '') OR (NOT kept.needs_batch AND NEW.number <> '') THEN
        RAISE EXCEPTION 'the batch number is missing, or the item has none'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_numbered';
    END IF;
    IF kept.needs_expiry AND NEW.expires_on IS NULL THEN
        RAISE EXCEPTION 'the expiry date is missing'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_expires';
    END IF;
    RETURN NEW;""",
    )


def movement_may_be() -> Trigger:
    """What may move: whole steps; to a patient nothing expired or locked away; written off as expired only what is.

    The batch is held while it leaves, so that it cannot be locked away at the same moment. An item with serials moves
    piece by piece, each named and from where it stands. What is taken from a reservation is what was reserved, for
    whom it was reserved.
    """
    return Trigger(
        name="inventory_movement_may_be",
        events="BEFORE INSERT",
        declare="found record; piece record; smallest numeric; by_serial boolean; today date;",
        body="""
    SELECT step, needs_serial INTO smallest, by_serial FROM inventory_item WHERE id = NEW.item_id;
    IF by_serial IS DISTINCT FROM (NEW.unit_id IS NOT NULL) THEN
        RAISE EXCEPTION 'an item with serials moves piece by piece, any other without'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_by_unit';
    END IF;
    IF by_serial THEN
        SELECT status, location_id, recall INTO piece FROM inventory_serialunit WHERE id = NEW.unit_id FOR UPDATE;
        IF NEW.kind <> 'RECEIVED' AND NEW.from_location_id IS DISTINCT FROM piece.location_id THEN
            RAISE EXCEPTION 'this piece does not stand there'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_unit_elsewhere';
        END IF;
        IF NEW.kind = 'ISSUED' AND (piece.recall <> 'CLEAR' OR piece.status = 'QUARANTINED') THEN
            RAISE EXCEPTION 'a piece that is recalled or locked away never leaves to a patient'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_unit_recalled';
        END IF;
        IF NEW.kind = 'ISSUED' AND NEW.reservation_id IS NULL THEN
            RAISE EXCEPTION 'a piece leaves to a patient for whom it is reserved'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_unit_reserved';
        END IF;
    END IF;
    IF NEW.reservation_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM inventory_reservation kept WHERE kept.id = NEW.reservation_id AND kept.status = 'HELD'
            AND (kept.patient_id, kept.batch_id, kept.location_id)
                = (NEW.patient_id, NEW.batch_id, NEW.from_location_id)
            AND kept.unit_id IS NOT DISTINCT FROM NEW.unit_id FOR UPDATE) THEN
        RAISE EXCEPTION 'this is not what was reserved for this patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_as_reserved';
    END IF;
    IF mod(NEW.quantity, smallest) <> 0 AND NEW.kind <> 'ADJUSTED' THEN
        RAISE EXCEPTION 'this item moves in steps of %', smallest
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_whole_steps';
    END IF;
    IF NEW.kind NOT IN ('ISSUED', 'EXPIRED') THEN RETURN NEW; END IF;
    SELECT (kalon_now() AT TIME ZONE branch.timezone)::date INTO today
        FROM inventory_location place JOIN people_branch branch ON branch.id = place.branch_id
        WHERE place.id = NEW.from_location_id;
    SELECT status, expires_on INTO found FROM inventory_batch WHERE id = NEW.batch_id FOR SHARE;
    IF NEW.kind = 'EXPIRED' THEN
        IF found.expires_on IS NULL OR found.expires_on >= today THEN
            RAISE EXCEPTION 'this batch has not expired'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_not_expired';
        END IF;
        RETURN NEW;
    END IF;
    IF found.expires_on < today THEN
        RAISE EXCEPTION 'an expired batch never leaves to a patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_expired';
    END IF;
    IF found.status <> 'AVAILABLE' THEN
        RAISE EXCEPTION 'a batch that is locked away never leaves to a patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_quarantined';
    END IF;
    IF NEW.pick = 'FIRST_EXPIRED' AND EXISTS (
        SELECT FROM inventory_balance balance JOIN inventory_batch other ON other.id = balance.batch_id
        WHERE balance.location_id = NEW.from_location_id AND balance.item_id = NEW.item_id
            AND balance.quantity > balance.held
            AND other.status = 'AVAILABLE' AND other.expires_on >= today
            AND other.expires_on < COALESCE(found.expires_on, 'infinity'::date)) THEN
        RAISE EXCEPTION 'another batch of this item expires first'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_first_expired';
    END IF;
    RETURN NEW;""",
    )


def session_takes_stock() -> Trigger:
    """Stock leaves for a session, and comes back of it, while it is ready or under way: for its own patient and plan,
    from the branch of that plan."""
    states = ", ".join(f"'{state}'" for state in SESSION_TAKES)
    return Trigger(
        name="inventory_session_takes_stock",
        events="BEFORE INSERT",
        declare="planned record;",
        body=f"""
    IF NEW.source_kind <> 'session' OR NEW.kind NOT IN ('ISSUED', 'RETURNED', 'WASTED') THEN RETURN NEW; END IF;
    SELECT plan.id, plan.branch_id INTO planned FROM plans_proceduresession held
        JOIN plans_procedureplan plan ON plan.id = held.plan_id
        WHERE held.id = NEW.source_id AND held.status IN ({states}) AND held.organization_id = NEW.organization_id
            AND (NEW.patient_id IS NULL OR held.patient_id = NEW.patient_id) FOR SHARE OF held;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'What a session uses is written while it is ready or under way, for its own patient.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_session_takes_stock';
    END IF;
    IF NOT EXISTS (SELECT FROM inventory_location place WHERE place.branch_id = planned.branch_id
        AND place.id = COALESCE(NEW.from_location_id, NEW.to_location_id)) THEN
        RAISE EXCEPTION 'What a session uses stands at its own branch. Have it moved there first.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_session_takes_from_here';
    END IF;
    IF NEW.reservation_id IS NOT NULL AND NOT EXISTS (SELECT FROM inventory_reservation kept
        WHERE kept.id = NEW.reservation_id AND kept.plan_id = planned.id) THEN
        RAISE EXCEPTION 'This is kept for another plan. Take another one.'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_session_takes_its_own';
    END IF;
    RETURN NEW;""",  # noqa: S608  (the states themselves)
    )


def movement_counts() -> Trigger:
    """A movement is counted at once at both its ends; what comes back was issued before, and not more of it.

    The unit goes first, and its reservation with it; then what was reserved of it; then the balances.
    """
    return Trigger(
        name="inventory_movement_counts",
        events="AFTER INSERT",
        declare="end_id uuid; issued record;",
        body="""
    IF NEW.unit_id IS NOT NULL THEN
        UPDATE inventory_serialunit SET location_id = NULL WHERE id = NEW.unit_id;
        IF NEW.kind = 'MOVED' THEN
            UPDATE inventory_reservation SET location_id = NEW.to_location_id
                WHERE unit_id = NEW.unit_id AND status = 'HELD';
        END IF;
    END IF;
    IF NEW.reservation_id IS NOT NULL THEN
        UPDATE inventory_reservation SET used = 0 WHERE id = NEW.reservation_id;
    END IF;
    FOR end_id IN
        SELECT id FROM unnest(ARRAY[NEW.from_location_id, NEW.to_location_id]) AS place(id)
        WHERE id IS NOT NULL ORDER BY id
    LOOP
        INSERT INTO inventory_balance (id, created_at, organization_id, location_id, batch_id, item_id, quantity, held)
            VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, end_id, NEW.batch_id, NEW.item_id, 0, 0)
            ON CONFLICT ON CONSTRAINT inventory_balance_once DO UPDATE SET quantity = 0;
    END LOOP;
    IF NEW.kind = 'RETURNED' THEN
        SELECT kind, quantity, item_id, batch_id, from_location_id, patient_id INTO issued
            FROM inventory_movement WHERE id = NEW.returns_id;
        IF issued.kind IS DISTINCT FROM 'ISSUED' OR (issued.item_id, issued.batch_id, issued.from_location_id,
            issued.patient_id) IS DISTINCT FROM (NEW.item_id, NEW.batch_id, NEW.to_location_id, NEW.patient_id) THEN
            RAISE EXCEPTION 'what comes back goes where it came from'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_returns_an_issue';
        END IF;
        -- the balance that both go back to is held, so two returns of one issue are counted one after the other
        IF (SELECT sum(quantity) FROM inventory_movement WHERE returns_id = NEW.returns_id) > issued.quantity THEN
            RAISE EXCEPTION 'more comes back than was issued'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_movement_over_returned';
        END IF;
    END IF;
    RETURN NULL;""",
    )


def balance_is_the_sum() -> Trigger:
    """Whoever writes a balance, and whatever they write: it is the sum of the movements.

    `held` is what of it nobody else may take: reserved and not used yet, or a piece that is locked away.
    """
    return Trigger(
        name="inventory_balance_derives",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF TG_OP = 'UPDATE' AND (NEW.location_id, NEW.batch_id, NEW.item_id, NEW.organization_id)
        <> (OLD.location_id, OLD.batch_id, OLD.item_id, OLD.organization_id) THEN
        RAISE EXCEPTION 'a balance stays with its batch and place'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_balance_fixed';
    END IF;
    SELECT COALESCE(sum(CASE WHEN to_location_id = NEW.location_id THEN quantity ELSE -quantity END), 0)
        INTO NEW.quantity FROM inventory_movement
        WHERE batch_id = NEW.batch_id AND NEW.location_id IN (from_location_id, to_location_id);
    NEW.held := (SELECT COALESCE(sum(quantity - used), 0) FROM inventory_reservation
            WHERE batch_id = NEW.batch_id AND location_id = NEW.location_id AND status = 'HELD')
        + (SELECT count(*) FROM inventory_serialunit
            WHERE batch_id = NEW.batch_id AND location_id = NEW.location_id AND status = 'QUARANTINED');
    RETURN NEW;""",
    )
