"""What the database itself holds of scheduling, in SQL.

Allocations are written by the database alone: the appointment's row is the truth, and its trigger gives it
the doctor and the room or refuses. The functions run as `kalon_reviewed`, because neither staff nor
patients may write an allocation.
"""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from kalon.kernel.triggers import Declared, Trigger
from kalon.scheduling.lifecycles import Side

HARDENED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"


def handed_over(function: str) -> str:
    """Give a function to the reviewed role, which may make functions only while migrations run."""
    return f"ALTER FUNCTION {function} OWNER TO kalon_reviewed"


class ReviewedTrigger(Trigger):
    """A trigger whose function runs as the reviewed role, whoever caused it."""

    def make(self, table: str) -> str:
        return f"{super().make(table)};\nALTER FUNCTION {self.name}() {HARDENED};\n{handed_over(f'{self.name}()')}"


class ReviewedFunction(Declared):
    """A function that runs as the reviewed role for its `callers`: staff and patients, or only other such functions."""

    options = ("arguments", "returns", "declare", "body", "callers")

    def __init__(
        self,
        *,
        name: str,
        arguments: str,
        returns: str,
        body: str,
        declare: str = "",
        callers: str = "kalon_app, kalon_portal",
    ) -> None:
        super().__init__(name=name)
        self.arguments, self.returns, self.declare, self.body = arguments, returns, declare, body
        self.callers = callers

    def make(self, table: str) -> str:
        return (
            f"CREATE FUNCTION {self.name}({self.arguments}) RETURNS {self.returns} LANGUAGE plpgsql {HARDENED}\n"
            f"AS $function$ DECLARE {self.declare}\nBEGIN\n{self.body}\nEND $function$;\n"
            f"{handed_over(self.name)};\n"
            f"REVOKE ALL ON FUNCTION {self.name} FROM PUBLIC"
            + (f";\nGRANT EXECUTE ON FUNCTION {self.name} TO {self.callers}" if self.callers else "")
        )

    def unmake(self, table: str) -> str:
        return f"DROP FUNCTION IF EXISTS {self.name}"


# How many may be booked with somebody at that hour of that day, on the branch's clock; hours that end on the next
# day count there too, as far as they reach.
STAFF_PLACES = """(SELECT COALESCE(max(line.capacity), 1) FROM scheduling_weeklyschedule AS line
            JOIN people_branch AS here ON here.id = line.branch_id,
            LATERAL (SELECT lower({period}) AT TIME ZONE here.timezone AS wall) AS clock
            WHERE line.staff_id = {resource} AND line.branch_id = {branch} AND line.is_active
                AND (line.weekday = EXTRACT(isodow FROM clock.wall) - 1 AND line.starts_at <= clock.wall::time
                    AND (clock.wall::time < line.ends_at OR line.ends_at <= line.starts_at)
                    AND line.valid_from <= clock.wall::date AND COALESCE(clock.wall::date <= line.valid_to, true)
                OR line.ends_at <= line.starts_at AND clock.wall::time < line.ends_at
                    AND line.weekday = EXTRACT(isodow FROM clock.wall - interval '1 day') - 1
                    AND line.valid_from < clock.wall::date
                    AND COALESCE(clock.wall::date <= line.valid_to + 1, true)))"""

TAKE = ReviewedFunction(
    name="scheduling_take",
    arguments=(
        "clinic uuid, at_branch uuid, during tstzrange, doctor uuid, twice boolean, chamber uuid, team uuid[], "
        "devices uuid[], before integer, after integer, visit uuid, hold uuid, until timestamptz"
    ),
    returns="void",
    callers="",  # the trigger and the hold call it; nobody else may take a time
    declare="wanted record; part tstzrange; taken integer := 0;",
    # Everything is taken in one order, each behind its own lock, so that those who want the same things wait
    # for each other instead of dying in a deadlock. The locks decide nothing: the exclusion constraints do.
    # Of a time that the moved visit has already, only the rest is held.
    body=f"""
    FOR wanted IN
        SELECT * FROM (
            SELECT doctor AS id, 'staff' AS kind, during AS used, 0 AS places, twice AS doubled WHERE doctor IS NOT NULL
            UNION ALL SELECT member, 'staff', tstzrange(lower(during) - make_interval(mins => before),
                upper(during) + make_interval(mins => after)), 0, false FROM unnest(team) AS member
            UNION ALL SELECT room.id, 'room', tstzrange(lower(during) - make_interval(mins => before),
                upper(during) + make_interval(mins => greatest(after, room.buffer_minutes))), room.capacity, false
                FROM people_room AS room WHERE room.id = chamber AND room.branch_id = at_branch
            UNION ALL SELECT device.id, 'equipment', tstzrange(lower(during) - make_interval(mins => before),
                upper(during) + make_interval(mins => greatest(after, device.buffer_minutes))), 1, false
                FROM people_equipment AS device WHERE device.id = ANY (devices) AND device.branch_id = at_branch
        ) AS everything ORDER BY id
    LOOP
        taken := taken + 1;
        PERFORM pg_advisory_xact_lock(hashtextextended(wanted.id::text, 7));
        UPDATE scheduling_allocation SET is_live = false
            WHERE resource_id = wanted.id AND is_live AND appointment_id IS NULL AND period && wanted.used
            AND (expires_at <= kalon_now() OR held_by = kalon_user());
        IF wanted.kind = 'staff' THEN
            wanted.places := {STAFF_PLACES.format(resource="wanted.id", branch="at_branch", period="during")};
        END IF;
        -- The lowest place nobody has; when there is none, the first one, so that the constraint says no by its name.
        FOR part IN SELECT unnest(CASE WHEN hold IS NULL THEN tstzmultirange(wanted.used)
            ELSE tstzmultirange(wanted.used) - COALESCE((SELECT range_agg(own.period) FROM scheduling_allocation AS own
                WHERE own.appointment_id = visit AND own.resource_id = wanted.id AND own.is_live), '{{}}') END)
        LOOP
            INSERT INTO scheduling_allocation (id, created_at, organization_id, branch_id, staff_id, room_id,
                equipment_id, appointment_id, hold_id, held_by, expires_at, period, is_overbooked, is_live, place)
            VALUES (gen_random_uuid(), kalon_now(), clinic, at_branch,
                CASE WHEN wanted.kind = 'staff' THEN wanted.id END,
                CASE WHEN wanted.kind = 'room' THEN wanted.id END,
                CASE WHEN wanted.kind = 'equipment' THEN wanted.id END,
                CASE WHEN hold IS NULL THEN visit END, hold, CASE WHEN hold IS NOT NULL THEN kalon_user() END, until,
                part, wanted.doubled, true,
                COALESCE((SELECT min(free.place) FROM generate_series(0, wanted.places - 1) AS free (place)
                    WHERE NOT EXISTS (SELECT 1 FROM scheduling_allocation AS other
                        WHERE other.resource_id = wanted.id AND other.is_live AND NOT other.is_overbooked
                        AND other.place = free.place AND other.period && part)), 0));
        END LOOP;
    END LOOP;
    IF taken <> (doctor IS NOT NULL)::int + (chamber IS NOT NULL)::int
        + cardinality(team) + cardinality(devices)
    THEN
        RAISE EXCEPTION 'a room or device is in another branch, or named twice'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_appointment_all_here';
    END IF;""",
)

TAKEN_BY_VISIT = (
    "period, branch_id, doctor_id, room_id, team, equipment, preparation_minutes, cleaning_minutes, is_overbooked"
)


def _columns(row: str) -> str:
    return ", ".join(f"{row}.{column.strip()}" for column in TAKEN_BY_VISIT.split(","))


def keeps_places(*, table: str, released: tuple[str, ...]) -> ReviewedTrigger:
    """An appointment holds its doctor, its room, its team and its devices exactly while its state says so."""
    gone = ", ".join(f"'{state}'" for state in released)
    body = f"""
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.status IN ({gone})) = (NEW.status IN ({gone})) AND
            ({_columns("OLD")}) IS NOT DISTINCT FROM ({_columns("NEW")})
        THEN RETURN NULL; END IF;
        UPDATE scheduling_allocation SET is_live = false WHERE appointment_id = NEW.id AND is_live;
    END IF;
    IF NEW.status IN ({gone}) THEN RETURN NULL; END IF;
    PERFORM scheduling_take(NEW.organization_id, NEW.branch_id, NEW.period, NEW.doctor_id, NEW.is_overbooked,
        NEW.room_id, NEW.team, NEW.equipment, NEW.preparation_minutes, NEW.cleaning_minutes, NEW.id, NULL, NULL);
    RETURN NULL;"""
    return ReviewedTrigger(name=f"{table}_places", events="AFTER INSERT OR UPDATE", body=body)


def names_each_other(table: str) -> ReviewedTrigger:
    """A moved appointment and its successor name each other, at the latest when the transaction ends."""
    body = f"""
    IF NEW.predecessor_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table} AS earlier
            WHERE earlier.id = NEW.predecessor_id AND earlier.successor_id = NEW.id
            AND earlier.status = 'RESCHEDULED' AND earlier.patient_id = NEW.patient_id)
        OR NEW.successor_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {table} AS later
            WHERE later.id = NEW.successor_id AND later.predecessor_id = NEW.id AND later.patient_id = NEW.patient_id)
    THEN
        RAISE EXCEPTION 'a moved appointment and its successor must name each other'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_names_each_other';
    END IF;
    RETURN NULL;"""
    return ReviewedTrigger(name=f"{table}_names_each_other", events="DEFERRED AFTER INSERT OR UPDATE", body=body)


# What the clinic offers online, as the catalogue says it: what a patient books takes all of it. What it costs and what
# of that is due first is held where prices are known (`pricing_shownprice_as_priced`).
AS_OFFERED = """(SELECT lower(NEW.period) + make_interval(mins => offered.minutes) = upper(NEW.period)
        AND (NEW.preparation_minutes, NEW.cleaning_minutes) = (offered.preparation_minutes, offered.cleaning_minutes)
        AND (NEW.room_id IS NOT NULL OR COALESCE(offered.room_kind, '') = '')
        AND (NEW.doctor_id IS NOT NULL OR NOT offered.needs_doctor)
        AND cardinality(NEW.team) = offered.people AND cardinality(NEW.equipment) = offered.devices
    FROM (
        SELECT minutes, preparation_minutes, cleaning_minutes, room_kind, needs_doctor, needs.*
            FROM catalog_service AS one, LATERAL
            (SELECT COALESCE(sum(count) FILTER (WHERE staff_kind <> ''), 0) AS people,
                COALESCE(sum(count) FILTER (WHERE equipment_kind <> ''), 0) AS devices
                FROM catalog_need WHERE service_id = one.id) AS needs
            WHERE one.id = NEW.service_id AND one.is_active AND one.is_self_bookable
        UNION ALL
        SELECT minutes, preparation_minutes, cleaning_minutes, room_kind, needs_doctor, needs.*
            FROM catalog_package AS one, LATERAL
            (SELECT COALESCE(sum(count) FILTER (WHERE staff_kind <> ''), 0) AS people,
                COALESCE(sum(count) FILTER (WHERE equipment_kind <> ''), 0) AS devices
                FROM catalog_need WHERE package_id = one.id) AS needs
            WHERE one.id = NEW.package_id AND one.is_active AND one.is_self_bookable
    ) AS offered)"""


def _takes_as_much(row: str) -> str:
    """The visit takes as many people, devices, rooms and doctors as that other row."""
    return (
        f"(cardinality(NEW.team), cardinality(NEW.equipment), NEW.room_id IS NULL, NEW.doctor_id IS NULL)"
        f" = (cardinality({row}.team), cardinality({row}.equipment), {row}.room_id IS NULL, {row}.doctor_id IS NULL)"
        f" AND upper(NEW.period) - lower(NEW.period) = upper({row}.period) - lower({row}.period)"
    )


def by_patient(table: str) -> Trigger:
    """What a patient may do to a visit of theirs: ask for it, pay for it later, move it or cancel it.

    A patient never confirms: that takes staff, or the gateway's word that it was paid. The one exception is the
    successor of a visit that was confirmed, for the same service. What they ask for takes the minutes, the room and
    the people that the catalogue says. Nor do they say that it was the clinic that
    cancelled: then cancelling late would cost nothing.
    """
    free = (
        "'status', 'status_at', 'successor_id', 'cancelled_reason', 'cancelled_side', 'period', 'starts_at', "
        "'ends_at', 'doctor_id', 'room_id', 'team', 'equipment', 'patient_confirmed_at', 'chief_complaint', "
        "'patient_note', 'edition'"
    )
    body = f"""
    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        allowed := NEW.source = 'SELF_SERVICE' AND NOT NEW.is_overbooked AND NEW.off_schedule_reason = ''
            AND lower(NEW.period) > kalon_now()
            AND (NEW.predecessor_id IS NULL AND NEW.status IN ('REQUESTED', 'PENDING_PAYMENT')
                    AND NEW.kind <> 'EMERGENCY' AND {AS_OFFERED}
                OR EXISTS (SELECT 1 FROM {table} AS earlier
                    WHERE earlier.id = NEW.predecessor_id
                    AND earlier.status = NEW.status AND earlier.patient_id = NEW.patient_id
                    AND earlier.service_id IS NOT DISTINCT FROM NEW.service_id
                    AND earlier.package_id IS NOT DISTINCT FROM NEW.package_id
                    AND earlier.amount_due IS NOT DISTINCT FROM NEW.amount_due
                    AND {_takes_as_much("earlier")}));
    ELSE
        allowed := to_jsonb(NEW) - ARRAY[{free}] = to_jsonb(OLD) - ARRAY[{free}]
            AND NEW.status IN (OLD.status, 'CANCELLED', 'RESCHEDULED')
            AND NEW.cancelled_side IN (OLD.cancelled_side, '{Side.PATIENT}')
            AND (NEW.period = OLD.period OR lower(NEW.period) > kalon_now())
            AND {_takes_as_much("OLD")};
    END IF;
    IF allowed THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a patient may ask for a visit, move it or cancel it, and nothing else'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_by_patient';"""
    return Trigger(name=f"{table}_by_patient", events="BEFORE INSERT OR UPDATE", declare="allowed boolean;", body=body)


HOLD = ReviewedFunction(
    name="scheduling_hold",
    arguments=(
        "at_branch uuid, during tstzrange, doctor uuid, chamber uuid, team uuid[], devices uuid[], before integer, "
        "after integer, visit uuid, seconds integer"
    ),
    returns="uuid",
    declare="hold uuid := gen_random_uuid();",
    body="""
    IF kalon_organization() IS NULL OR kalon_user() IS NULL OR seconds NOT BETWEEN 5 AND 900
        OR lower(during) < kalon_now() OR upper(during) > lower(during) + interval '24 hours'
        OR before NOT BETWEEN 0 AND 240 OR after NOT BETWEEN 0 AND 240 OR cardinality(team) + cardinality(devices) > 20
    THEN
        RAISE EXCEPTION 'a signed-in person may hold a coming time for up to 15 minutes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_hold_terms';
    END IF;
    UPDATE scheduling_allocation SET is_live = false
        WHERE organization_id = kalon_organization() AND held_by = kalon_user() AND is_live AND appointment_id IS NULL;
    PERFORM scheduling_take(kalon_organization(), at_branch, during, doctor, false, chamber, team, devices, before,
        after, (SELECT id FROM scheduling_appointment WHERE id = visit AND organization_id = kalon_organization()),
        hold, kalon_now() + make_interval(secs => seconds));
    RETURN hold;""",
)

MY_HOLDS = ReviewedFunction(
    name="scheduling_my_holds",
    arguments="",
    returns="SETOF uuid",
    # Whoever holds a time looks past their own hold; patients cannot read who holds what, and need not.
    body="""
    RETURN QUERY SELECT mine.id FROM scheduling_allocation AS mine WHERE mine.held_by = kalon_user() AND mine.is_live
        AND mine.appointment_id IS NULL AND mine.organization_id = kalon_organization();""",
)

RELEASE = ReviewedFunction(
    name="scheduling_release",
    arguments="hold uuid",
    returns="boolean",
    body="""
    UPDATE scheduling_allocation SET is_live = false WHERE hold_id = hold AND is_live AND appointment_id IS NULL
        AND organization_id = kalon_organization() AND held_by = kalon_user();
    RETURN FOUND;""",
)
