"""The rules of a prescription that look at other rows, kept by the database."""

from kalon.kernel.triggers import Trigger


def of_its_doctor() -> Trigger:
    """Born from an open consultation by that consultation's own doctor, and bound to both for good."""
    return Trigger(
        name="prescribing_of_its_doctor",
        events="BEFORE INSERT OR UPDATE",
        declare="encounter record;",
        body="""
    IF TG_OP = 'INSERT' THEN
        SELECT doctor_id, branch_id, status INTO encounter FROM consultations_consultation
            WHERE id = NEW.consultation_id FOR KEY SHARE;
        IF encounter.status NOT IN ('IN_CONSULTATION', 'PLAN_CREATED') THEN
            RAISE EXCEPTION 'a prescription is written while its consultation is open'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_while_open';
        END IF;
        IF encounter.doctor_id <> NEW.doctor_id OR encounter.branch_id <> NEW.branch_id THEN
            RAISE EXCEPTION 'a prescription belongs to the doctor of its consultation'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';
        END IF;
    ELSIF (NEW.consultation_id, NEW.doctor_id, NEW.patient_id, NEW.branch_id)
        IS DISTINCT FROM (OLD.consultation_id, OLD.doctor_id, OLD.patient_id, OLD.branch_id) THEN
        RAISE EXCEPTION 'a prescription does not move to another consultation'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';
    END IF;
    IF kalon_kind() = 'staff' AND (TG_OP = 'INSERT' OR OLD.status = 'DRAFT') AND NOT EXISTS (
        SELECT 1 FROM people_staff WHERE id = NEW.doctor_id AND user_id = kalon_user()) THEN
        RAISE EXCEPTION 'only the doctor of the consultation writes its prescription'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_of_its_doctor';
    END IF;
    RETURN NEW;""",
    )


def checked_first() -> Trigger:
    """Nothing is finalised without a medicine, or without the checks having answered (they always answer)."""
    return Trigger(
        name="prescribing_checked_first",
        events="BEFORE UPDATE",
        body="""
    IF OLD.status = 'DRAFT' AND NEW.status = 'FINALIZED' THEN
        IF NOT EXISTS (SELECT 1 FROM prescribing_prescriptionitem WHERE prescription_id = NEW.id) THEN
            RAISE EXCEPTION 'a prescription holds at least one medicine'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_not_empty';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM prescribing_keptfinding WHERE prescription_id = NEW.id) THEN
            RAISE EXCEPTION 'a prescription is checked before it is finalised'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_checked_first';
        END IF;
    END IF;
    RETURN NEW;""",
    )


def handed_out_as_prescribed() -> Trigger:
    """Only what is prescribed leaves, of the medicine it names, never more of it; only what left comes back.

    The prescription is held meanwhile, so that eight at one counter are counted one after the other. That nothing
    expired leaves is the ledger's own rule: each row stands for one movement of it.
    """
    return Trigger(
        name="prescribing_dispensed_as_prescribed",
        events="BEFORE INSERT",
        declare="rx record; line record; moved record; earlier record;",
        body="""
    SELECT status, refills_used INTO rx FROM prescribing_prescription WHERE id = NEW.prescription_id FOR UPDATE;
    SELECT prescription_id, quantity, is_in_house, medicine, stock_item INTO line
        FROM prescribing_prescriptionitem WHERE id = NEW.item_id;
    SELECT movement.kind, movement.quantity, movement.patient_id, movement.source_kind, movement.source_id,
            movement.returns_id, movement.item_id, stock.generic INTO moved
        FROM inventory_movement movement JOIN inventory_item stock ON stock.id = movement.item_id
        WHERE movement.id = NEW.movement_id;
    IF line.prescription_id IS DISTINCT FROM NEW.prescription_id OR NOT line.is_in_house THEN
        RAISE EXCEPTION 'this medicine is not handed out here'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_in_house';
    END IF;
    IF (moved.patient_id, moved.quantity, moved.source_kind, moved.source_id) IS DISTINCT FROM
        (NEW.patient_id, abs(NEW.quantity), 'prescribing.Dispensing', NEW.dispensing_id) THEN
        RAISE EXCEPTION 'what is handed out is what left the store'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_moved';
    END IF;
    IF NEW.quantity > 0 THEN
        IF rx.status NOT IN ('FINALIZED', 'PARTIALLY_DISPENSED') OR NEW.filling <> rx.refills_used THEN
            RAISE EXCEPTION 'nothing of this prescription is to be handed out'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_while_open';
        END IF;
        IF moved.kind <> 'ISSUED' OR NOT (moved.item_id IS NOT DISTINCT FROM line.stock_item
            OR (moved.generic <> '' AND moved.generic = line.medicine)) THEN
            RAISE EXCEPTION 'another medicine was prescribed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_same_medicine';
        END IF;
        IF line.quantity IS NULL OR line.quantity < NEW.quantity + (
            SELECT COALESCE(sum(quantity), 0) FROM prescribing_dispensedline
            WHERE item_id = NEW.item_id AND filling = NEW.filling) THEN
            RAISE EXCEPTION 'never more than was prescribed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_over';
        END IF;
        RETURN NEW;
    END IF;
    SELECT item_id, filling, quantity, movement_id INTO earlier
        FROM prescribing_dispensedline WHERE id = NEW.takes_back_id;
    IF moved.kind <> 'RETURNED' OR (moved.returns_id, NEW.item_id, NEW.filling) IS DISTINCT FROM
        (earlier.movement_id, earlier.item_id, earlier.filling) THEN
        RAISE EXCEPTION 'what comes back was handed out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_was_out';
    END IF;
    IF earlier.quantity + NEW.quantity + (
        SELECT COALESCE(sum(quantity), 0) FROM prescribing_dispensedline
        WHERE takes_back_id = NEW.takes_back_id) < 0 THEN
        RAISE EXCEPTION 'more comes back than was handed out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_over_returned';
    END IF;
    RETURN NEW;""",
    )


def status_says_what_is_out() -> Trigger:
    """A prescription is handed out when all of it is, and in part when some is; a refill begins when one is left."""
    return Trigger(
        name="prescribing_says_what_is_out",
        events="BEFORE UPDATE",
        declare="missing boolean; some_out boolean; today date;",
        body="""
    IF NEW.refills_used <> OLD.refills_used THEN
        SELECT (kalon_now() AT TIME ZONE timezone)::date INTO today FROM people_branch WHERE id = NEW.branch_id;
        IF NOT (NEW.refills_used = OLD.refills_used + 1 AND OLD.status = 'DISPENSED'
                AND NEW.status = 'PARTIALLY_DISPENSED' AND NEW.refills_until >= today
            OR NEW.refills_used = OLD.refills_used - 1 AND NOT EXISTS (
                SELECT FROM prescribing_dispensedline WHERE prescription_id = NEW.id AND filling = OLD.refills_used
                GROUP BY item_id HAVING sum(quantity) > 0)) THEN
            RAISE EXCEPTION 'this refill may not begin, or was not taken back'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_refill_counted';
        END IF;
    END IF;
    IF NEW.status = OLD.status OR NOT (
        NEW.status IN ('DISPENSED', 'PARTIALLY_DISPENSED') OR OLD.status IN ('DISPENSED', 'PARTIALLY_DISPENSED')) THEN
        RETURN NEW;
    END IF;
    SELECT bool_or(item.quantity > COALESCE(given.quantity, 0)) INTO missing
        FROM prescribing_prescriptionitem item LEFT JOIN (
            SELECT item_id, sum(quantity) AS quantity FROM prescribing_dispensedline
            WHERE prescription_id = NEW.id AND filling = NEW.refills_used GROUP BY item_id) given
            ON given.item_id = item.id
        WHERE item.prescription_id = NEW.id AND item.is_in_house;
    some_out := EXISTS (SELECT FROM prescribing_dispensedline WHERE prescription_id = NEW.id
        GROUP BY item_id HAVING sum(quantity) > 0);
    IF (NEW.status = 'DISPENSED' AND missing IS DISTINCT FROM false)
        OR (NEW.status = 'PARTIALLY_DISPENSED' AND NOT some_out) OR (NEW.status = 'FINALIZED' AND some_out) THEN
        RAISE EXCEPTION 'the lines handed out do not say %', NEW.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_says_what_is_out';
    END IF;
    RETURN NEW;""",
    )
