"""The rules of recalls that the database keeps by itself: what is called back stays locked, nobody is forgotten.

Opening a recall and taking stock in take turns on one lock of the clinic, so that nothing that is called back slips
in at the same moment.
"""

from kalon.kernel.triggers import Trigger, TriggerOn

# Whether a scope s covers a piece of serial {serial} in a batch b of an item i. Serials of one length are compared as
# they are written: those of one maker are.
COVERS = """(s.item_id IS NULL OR s.item_id = i.id) AND (s.device_code = '' OR s.device_code = i.device_code)
        AND (s.model = '' OR lower(s.model) = lower(i.model)) AND (s.lot = '' OR s.lot = {lot})
        AND (s.serial_from = '' OR length({serial}) = length(s.serial_from)
            AND ({serial} COLLATE "C") BETWEEN (s.serial_from COLLATE "C") AND (s.serial_to COLLATE "C"))"""
TURN = "hashtextextended('recall ' || NEW.organization_id::text, 0)"


def scope_takes_turns() -> Trigger:
    """While a recall is opened nothing is taken in; and a closed one covers nothing more."""
    return Trigger(
        name="inventory_recallscope_turn",
        events="BEFORE INSERT",
        body=f"""
    PERFORM pg_advisory_xact_lock({TURN});
    IF NOT EXISTS (SELECT FROM inventory_recallnotice WHERE id = NEW.notice_id AND status = 'OPEN') THEN
        RAISE EXCEPTION 'a closed recall covers nothing more'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_recallscope_open';
    END IF;
    RETURN NEW;""",
    )


def unit_recall_is_said() -> TriggerOn:
    """A piece is marked by a recall that found it, and not cleared while it is open; none of it comes in."""
    covers = COVERS.format(lot="b.number", serial="NEW.serial")
    return TriggerOn(
        table="inventory_serialunit",
        name="inventory_serialunit_recall_said",
        events="BEFORE INSERT OR UPDATE",
        body=f"""
    IF TG_OP = 'INSERT' THEN
        PERFORM pg_advisory_xact_lock_shared({TURN});
        IF NEW.recall <> 'CLEAR' OR EXISTS (
            SELECT FROM inventory_recallscope s JOIN inventory_recallnotice n ON n.id = s.notice_id
                JOIN inventory_item i ON i.id = NEW.item_id JOIN inventory_batch b ON b.id = NEW.batch_id
                WHERE n.status = 'OPEN' AND s.organization_id = NEW.organization_id AND {covers}) THEN
            RAISE EXCEPTION 'this piece is called back by its maker'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_called_back';
        END IF;
    ELSIF NEW.recall <> OLD.recall AND (NEW.recall = 'CLEAR') = EXISTS (
        SELECT FROM inventory_recallhit h JOIN inventory_recallnotice n ON n.id = h.notice_id
            WHERE h.unit_id = NEW.id AND n.status = 'OPEN') THEN
        RAISE EXCEPTION 'a recall marks what it found, and what it marked stays marked while it is open'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_recall_said';
    END IF;
    RETURN NEW;""",  # noqa: S608  (our own words)
    )


def batch_recall_holds() -> TriggerOn:
    """A batch that is called back is not released while the recall is open, and none such comes in."""
    covers = COVERS.format(lot="NEW.number", serial="''::text")
    return TriggerOn(
        table="inventory_batch",
        name="inventory_batch_recall_holds",
        events="BEFORE INSERT OR UPDATE",
        body=f"""
    IF TG_OP = 'UPDATE' THEN
        IF NEW.status = 'AVAILABLE' AND OLD.status <> 'AVAILABLE' AND EXISTS (
            SELECT FROM inventory_recallhit h JOIN inventory_recallnotice n ON n.id = h.notice_id
                WHERE h.batch_id = NEW.id AND h.unit_id IS NULL AND n.status = 'OPEN') THEN
            RAISE EXCEPTION 'this batch is called back by its maker'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_called_back';
        END IF;
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock_shared({TURN});
    IF EXISTS (SELECT FROM inventory_recallscope s JOIN inventory_recallnotice n ON n.id = s.notice_id
        JOIN inventory_item i ON i.id = NEW.item_id
        WHERE n.status = 'OPEN' AND s.organization_id = NEW.organization_id AND NOT i.needs_serial AND {covers}) THEN
        RAISE EXCEPTION 'this batch is called back by its maker'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_batch_called_back';
    END IF;
    RETURN NEW;""",  # noqa: S608  (our own words)
    )


def closed_when_settled() -> Trigger:
    """A recall is closed when every patient of it has an outcome."""
    return Trigger(
        name="inventory_recallnotice_settled",
        events="BEFORE UPDATE",
        body="""
    IF NEW.status = 'CLOSED' AND OLD.status <> 'CLOSED' AND EXISTS (
        SELECT FROM inventory_recalltask WHERE notice_id = NEW.id AND status <> 'DONE') THEN
        RAISE EXCEPTION 'a patient of this recall has no outcome yet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_recallnotice_settled';
    END IF;
    RETURN NEW;""",
    )


def task_of_open_notice() -> Trigger:
    """Nobody is added to a recall that is closed; the lock makes closing and adding take turns."""
    return Trigger(
        name="inventory_recalltask_open",
        events="BEFORE INSERT",
        declare="stands text;",
        body="""
    SELECT status INTO stands FROM inventory_recallnotice WHERE id = NEW.notice_id FOR SHARE;
    IF stands IS DISTINCT FROM 'OPEN' THEN
        RAISE EXCEPTION 'this recall is closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_recalltask_open';
    END IF;
    RETURN NEW;""",
    )


def task_stays_with_its_patient() -> Trigger:
    """Whom a recall is about, where, and what they were given is not rewritten, nor when they were told."""
    return Trigger(
        name="inventory_recalltask_fixed",
        events="BEFORE UPDATE",
        body="""
    IF (NEW.organization_id, NEW.notice_id, NEW.patient_id, NEW.branch_id, NEW.what) IS DISTINCT FROM
        (OLD.organization_id, OLD.notice_id, OLD.patient_id, OLD.branch_id, OLD.what)
        OR OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at THEN
        RAISE EXCEPTION 'a recall reaches the patients whom it found'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_recalltask_fixed';
    END IF;
    RETURN NEW;""",
    )
