"""The rules of what is put aside that the database keeps by itself.

What is held stands in the balance of its batch and place, under that balance's own lock, and a balance is never less
than what is held of it: so eight people at once cannot promise the same box twice, and nobody takes what is promised.
Locks are taken in one order: the reservation, then its batch, then the balance.
"""

from kalon.kernel.triggers import Trigger

# A finished plan takes nothing more, but for a further case of it that is in theatre: the context of cases, above this
# one, says which those are by writing this function anew.
CASE_GOES_ON = """
CREATE FUNCTION inventory_case_goes_on(a_case uuid, a_plan uuid) RETURNS boolean LANGUAGE sql STABLE
    AS $body$ SELECT false $body$
"""
CASE_GOES_ON_OFF = "DROP FUNCTION inventory_case_goes_on(uuid, uuid)"


def reservation_may_be() -> Trigger:
    """What may be put aside: nothing locked away, nothing that expires before the day, whole steps, the unit's own lot.

    It stands at the plan's own branch, also when it is carried. What was asked stays as it was; how much of it was
    used is the ledger's to say.
    """
    return Trigger(
        name="inventory_reservation_may_be",
        events="BEFORE INSERT OR UPDATE",
        declare="found record; smallest numeric; by_serial boolean; planned text;",
        body="""
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.organization_id, NEW.patient_id, NEW.plan_id, NEW.source_kind, NEW.source_id, NEW.item_id, NEW.batch_id,
            NEW.unit_id, NEW.quantity, NEW.made_by_id, NEW.made_by_name) IS DISTINCT FROM (OLD.organization_id,
            OLD.patient_id, OLD.plan_id, OLD.source_kind, OLD.source_id, OLD.item_id, OLD.batch_id, OLD.unit_id,
            OLD.quantity, OLD.made_by_id, OLD.made_by_name)
            OR NEW.unit_id IS NULL AND NEW.location_id <> OLD.location_id
            OR OLD.status <> 'HELD' AND (NEW.location_id, NEW.needed_on) <> (OLD.location_id, OLD.needed_on) THEN
            RAISE EXCEPTION 'what was reserved stays as it was; release it and reserve anew'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_fixed';
        END IF;
        SELECT COALESCE(sum(quantity), 0) INTO NEW.used FROM inventory_movement
            WHERE reservation_id = NEW.id AND kind = 'ISSUED';
    END IF;
    IF (TG_OP = 'INSERT' OR NEW.location_id <> OLD.location_id) AND NOT EXISTS (
        SELECT FROM inventory_location place JOIN plans_procedureplan plan ON plan.branch_id = place.branch_id
            WHERE place.id = NEW.location_id AND plan.id = NEW.plan_id) THEN
        RAISE EXCEPTION 'what is put aside for a plan stands at its branch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_at_its_branch';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.needed_on = OLD.needed_on THEN RETURN NEW; END IF;
    ELSE
        NEW.used := 0;
        SELECT status INTO planned FROM plans_procedureplan WHERE id = NEW.plan_id FOR SHARE;
        IF planned IN ('DRAFT', 'PENDING_APPROVAL', 'COMPLETED', 'CANCELLED') AND NOT (planned = 'COMPLETED'
            AND NEW.source_kind = 'case' AND inventory_case_goes_on(NEW.source_id, NEW.plan_id)) THEN
            RAISE EXCEPTION 'nothing is put aside for a plan that is % ', planned
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_plan';
        END IF;
        SELECT step, needs_serial INTO smallest, by_serial FROM inventory_item WHERE id = NEW.item_id;
        IF mod(NEW.quantity, smallest) <> 0 THEN
            RAISE EXCEPTION 'this item moves in steps of %', smallest
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_whole_steps';
        END IF;
        IF by_serial IS DISTINCT FROM (NEW.unit_id IS NOT NULL) THEN
            RAISE EXCEPTION 'an item with serials is put aside piece by piece, any other by quantity'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_by_unit';
        END IF;
    END IF;
    SELECT status, expires_on INTO found FROM inventory_batch WHERE id = NEW.batch_id FOR SHARE;
    IF found.status <> 'AVAILABLE' THEN
        RAISE EXCEPTION 'what is locked away is not put aside for a patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_quarantined';
    END IF;
    IF found.expires_on < NEW.needed_on THEN
        RAISE EXCEPTION 'this will have expired on that day'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_reservation_expires';
    END IF;
    RETURN NEW;""",
    )


def reservation_counts() -> Trigger:
    """What is put aside is counted in its balance at once, and the unit it names is looked at once more."""
    return Trigger(
        name="inventory_reservation_counts",
        events="AFTER INSERT OR UPDATE",
        declare="place uuid; before uuid := NEW.location_id;",
        body="""
    IF TG_OP = 'UPDATE' THEN before := OLD.location_id; END IF;
    FOR place IN SELECT DISTINCT id FROM unnest(ARRAY[NEW.location_id, before]) AS place(id) ORDER BY id LOOP
        INSERT INTO inventory_balance (id, created_at, organization_id, location_id, batch_id, item_id, quantity, held)
            VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, place, NEW.batch_id, NEW.item_id, 0, 0)
            ON CONFLICT ON CONSTRAINT inventory_balance_once DO UPDATE SET quantity = 0;
    END LOOP;
    IF NEW.unit_id IS NOT NULL THEN
        UPDATE inventory_serialunit SET status = status WHERE id = NEW.unit_id;
    END IF;
    RETURN NULL;""",
    )
