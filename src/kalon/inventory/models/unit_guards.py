"""The rules of implants by serial that the database keeps by itself.

A unit's state, its place, the ledger, its reservation and the registry are five tables that say one thing; each is
guarded where it is written, and `unit_in_step` looks at all five once more when the transaction ends.
"""

from kalon.inventory.lifecycles import HERE, LEAVES
from kalon.kernel.triggers import Trigger

_HERE = ", ".join(f"'{state}'" for state in HERE)
_LEAVES = " ".join(
    f"WHEN '{kind}' THEN unit.status IN ({', '.join(repr(str(state)) for state in states)})"
    for kind, states in LEAVES.items()
)


class AtTheEnd(Trigger):
    """A check at the end of the transaction, when no context may be open any more: it runs as the reviewed role."""

    def make(self, table: str) -> str:
        hardened = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
        return (
            f"{super().make(table)};\nALTER FUNCTION {self.name}() {hardened};\n"
            f"ALTER FUNCTION {self.name}() OWNER TO kalon_reviewed"
        )


def unit_is_complete() -> Trigger:
    """A unit is a piece of an item that is known by serials, and keeps what stood on its pack."""
    return Trigger(
        name="inventory_serialunit_complete",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.item_id, NEW.batch_id, NEW.serial, NEW.udi, NEW.organization_id)
            IS DISTINCT FROM (OLD.item_id, OLD.batch_id, OLD.serial, OLD.udi, OLD.organization_id) THEN
            RAISE EXCEPTION 'a unit keeps its serial, its lot and its code; write off the wrong one'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_fixed';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT FROM inventory_item WHERE id = NEW.item_id AND needs_serial) THEN
        RAISE EXCEPTION 'this item is not known by serials'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_of_serial_item';
    END IF;
    RETURN NEW;""",
    )


def unit_stands_where_it_is() -> Trigger:
    """Whoever writes a unit's place, and whatever they write: it is where the ledger carried it."""
    return Trigger(
        name="inventory_serialunit_derives",
        events="BEFORE INSERT OR UPDATE",
        body="""
    NEW.location_id := (SELECT place FROM (
        SELECT to_location_id AS place, 1 AS way FROM inventory_movement
            WHERE unit_id = NEW.id AND to_location_id IS NOT NULL
        UNION ALL SELECT from_location_id, -1 FROM inventory_movement
            WHERE unit_id = NEW.id AND from_location_id IS NOT NULL) AS carried
        GROUP BY place HAVING sum(way) > 0 LIMIT 1);
    RETURN NEW;""",
    )


def unit_counts() -> Trigger:
    """A unit that is locked away, or released, is counted at once: it is not to be had by anybody."""
    return Trigger(
        name="inventory_serialunit_counts",
        events="AFTER UPDATE",
        body="""
    IF NEW.status <> OLD.status AND 'QUARANTINED' IN (NEW.status, OLD.status) THEN
        UPDATE inventory_balance SET quantity = 0 WHERE (location_id, batch_id) = (NEW.location_id, NEW.batch_id);
    END IF;
    RETURN NULL;""",
    )


def unit_in_step() -> AtTheEnd:
    """When the transaction ends, a unit's state agrees with the ledger, its reservation and the registry."""
    return AtTheEnd(
        name="inventory_serialunit_in_step",
        events="DEFERRED AFTER INSERT OR UPDATE",
        declare="unit record; ledger record; held record; inside record; fits boolean;",
        body=f"""
    SELECT status, location_id INTO unit FROM inventory_serialunit WHERE id = NEW.id;
    SELECT count(*) FILTER (WHERE kind = 'RECEIVED') AS came, max(kind) FILTER (WHERE to_location_id IS NULL) AS gone
        INTO ledger FROM inventory_movement WHERE unit_id = NEW.id;
    SELECT count(*) AS times, max(location_id::text) AS place INTO held
        FROM inventory_reservation WHERE unit_id = NEW.id AND status = 'HELD';
    SELECT count(*) AS times, count(explanted_at) AS taken_out INTO inside
        FROM inventory_implant WHERE unit_id = NEW.id;
    fits := unit.status IS NOT NULL AND ledger.came = 1
        AND (unit.status IN ({_HERE})) = (unit.location_id IS NOT NULL)
        AND CASE ledger.gone {_LEAVES} ELSE unit.status IN ({_HERE}) END
        AND held.times = CASE unit.status WHEN 'RESERVED' THEN 1 ELSE 0 END
        AND (held.times = 0 OR held.place = unit.location_id::text)
        AND inside.times = CASE WHEN unit.status IN ('IMPLANTED', 'EXPLANTED') THEN 1 ELSE 0 END
        AND inside.taken_out = CASE unit.status WHEN 'EXPLANTED' THEN 1 ELSE 0 END;
    IF fits IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'what is said of this unit does not agree (%)', unit.status
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_serialunit_in_step';
    END IF;
    RETURN NULL;""",  # noqa: S608  (the states themselves)
    )


def _looks_again(table: str) -> Trigger:
    """Whatever is written here, the unit it is about is looked at once more when the transaction ends."""
    return Trigger(
        name=f"{table}_looks_again",
        events="AFTER INSERT OR UPDATE",
        body="""
    IF NEW.unit_id IS NOT NULL THEN
        UPDATE inventory_serialunit SET status = status WHERE id = NEW.unit_id;
    END IF;
    RETURN NULL;""",
    )


def implant_looks_again() -> Trigger:
    """The unit of an entry of the registry is looked at once more when the transaction ends."""
    return _looks_again("inventory_implant")


def implant_may_be() -> Trigger:
    """An entry of the registry stands on the movement that carried the unit to this patient, and copies its pack.

    The side is one on which the plan works: a plan for both sides has a left and a right.
    """
    return Trigger(
        name="inventory_implant_may_be",
        events="BEFORE INSERT",
        declare="kept record;",
        body="""
    IF NOT EXISTS (SELECT FROM inventory_movement WHERE id = NEW.movement_id AND kind = 'ISSUED'
        AND (unit_id, patient_id, source_kind, source_id)
            = (NEW.unit_id, NEW.patient_id, NEW.source_kind, NEW.source_id)) THEN
        RAISE EXCEPTION 'an implant stands on the movement that carried it to its patient'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_implant_moved';
    END IF;
    IF NEW.explanted_at IS NOT NULL THEN
        RAISE EXCEPTION 'an implant is put in before it is taken out'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_implant_kept';
    END IF;
    IF NEW.side IN ('LEFT', 'RIGHT') AND NOT EXISTS (SELECT FROM plans_planline
        WHERE plan_id = NEW.plan_id AND side IN (NEW.side, 'BOTH')) THEN
        RAISE EXCEPTION 'the plan does not work on this side'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_implant_side';
    END IF;
    SELECT item.name, item.manufacturer, item.model, item.size, item.shape, item.device_code, batch.number,
        batch.expires_on, unit.serial, unit.udi INTO STRICT kept
        FROM inventory_serialunit unit JOIN inventory_item item ON item.id = unit.item_id
        JOIN inventory_batch batch ON batch.id = unit.batch_id WHERE unit.id = NEW.unit_id;
    NEW.item_name := kept.name; NEW.manufacturer := kept.manufacturer; NEW.model := kept.model;
    NEW.size := kept.size; NEW.shape := kept.shape; NEW.device_code := kept.device_code; NEW.lot := kept.number;
    NEW.expires_on := kept.expires_on; NEW.serial := kept.serial; NEW.udi := kept.udi;
    RETURN NEW;""",
    )


def implant_is_kept() -> Trigger:
    """An entry of the registry is never changed or removed; that the implant was taken out is added once."""
    return Trigger(
        name="inventory_implant_kept",
        events="BEFORE UPDATE OR DELETE",
        declare="added text[] := ARRAY['explanted_at', 'explanted_by_name', 'explant_reason'];",
        body="""
    IF TG_OP = 'UPDATE' AND OLD.explanted_at IS NULL AND to_jsonb(NEW) - added = to_jsonb(OLD) - added THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the implant registry is never changed; only that an implant was taken out is added'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'inventory_implant_kept';""",
    )
