"""What the database itself holds of scheduling, in SQL.

Allocations are written by the database alone: the appointment's row is the truth, and its trigger gives it
the doctor and the room or refuses. The functions run as `kalon_reviewed`, because neither staff nor
patients may write an allocation.
"""

# ruff: noqa: S608  (these strings are the rules themselves; nothing in them comes from outside)

from kalon.kernel.triggers import Declared, Trigger

HARDENED = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"


def handed_over(function: str) -> str:
    """Give a function to the reviewed role, which may make functions only while migrations run."""
    return f"ALTER FUNCTION {function} OWNER TO kalon_reviewed"


class ReviewedTrigger(Trigger):
    """A trigger whose function runs as the reviewed role, whoever caused it."""

    def make(self, table: str) -> str:
        return f"{super().make(table)};\nALTER FUNCTION {self.name}() {HARDENED};\n{handed_over(f'{self.name}()')}"


class ReviewedFunction(Declared):
    """A function that staff and patients may call, and that runs as the reviewed role."""

    options = ("arguments", "returns", "declare", "body")

    def __init__(self, *, name: str, arguments: str, returns: str, body: str, declare: str = "") -> None:
        super().__init__(name=name)
        self.arguments, self.returns, self.declare, self.body = arguments, returns, declare, body

    def make(self, table: str) -> str:
        return (
            f"CREATE FUNCTION {self.name}({self.arguments}) RETURNS {self.returns} LANGUAGE plpgsql {HARDENED}\n"
            f"AS $function$ DECLARE {self.declare}\nBEGIN\n{self.body}\nEND $function$;\n"
            f"{handed_over(self.name)};\n"
            f"REVOKE ALL ON FUNCTION {self.name} FROM PUBLIC;\n"
            f"GRANT EXECUTE ON FUNCTION {self.name} TO kalon_app, kalon_portal"
        )

    def unmake(self, table: str) -> str:
        return f"DROP FUNCTION IF EXISTS {self.name}"


# The lock lets those who want the same doctor or room wait for each other instead of dying in a deadlock.
# It decides nothing: the exclusion constraints do.
TAKE_TURNS = "PERFORM pg_advisory_xact_lock(hashtextextended({resource}::text, 7));"

CLEAR_HOLDS = """
    UPDATE scheduling_allocation SET is_live = false
        WHERE resource_id = {resource} AND is_live AND appointment_id IS NULL AND period && {period}
        AND (expires_at <= kalon_now() OR held_by = kalon_user());"""

# The lowest place nobody has; when there is none, the first one, so that the constraint says no by its name.
FREE_PLACE = """COALESCE((SELECT min(free.place) FROM generate_series(0, {places} - 1) AS free (place)
            WHERE NOT EXISTS (SELECT 1 FROM scheduling_allocation AS other
                WHERE other.resource_id = {resource} AND other.is_live AND NOT other.is_overbooked
                AND other.place = free.place AND other.period && {period})), 0)"""

# How many may be booked with somebody at that hour of that day, on the branch's clock.
STAFF_PLACES = """(SELECT COALESCE(max(line.capacity), 1) FROM scheduling_weeklyschedule AS line
            JOIN people_branch AS here ON here.id = line.branch_id,
            LATERAL (SELECT lower({period}) AT TIME ZONE here.timezone AS wall) AS clock
            WHERE line.staff_id = {resource} AND line.branch_id = {branch} AND line.is_active
                AND line.weekday = EXTRACT(isodow FROM clock.wall) - 1
                AND line.starts_at <= clock.wall::time AND clock.wall::time < line.ends_at
                AND line.valid_from <= clock.wall::date AND COALESCE(clock.wall::date <= line.valid_to, true))"""


def keeps_places(*, table: str, released: tuple[str, ...]) -> ReviewedTrigger:
    """An appointment holds its doctor and its room exactly while its state says so."""
    gone = ", ".join(f"'{state}'" for state in released)
    doctor = {"resource": "NEW.doctor_id", "period": "NEW.period"}
    room = {"resource": "NEW.room_id", "period": "used"}
    body = f"""
    IF TG_OP = 'UPDATE' THEN
        IF (OLD.status IN ({gone})) = (NEW.status IN ({gone})) AND
            (OLD.period, OLD.branch_id, OLD.doctor_id, OLD.room_id, OLD.is_overbooked) IS NOT DISTINCT FROM
            (NEW.period, NEW.branch_id, NEW.doctor_id, NEW.room_id, NEW.is_overbooked)
        THEN RETURN NULL; END IF;
        UPDATE scheduling_allocation SET is_live = false WHERE appointment_id = NEW.id AND is_live;
    END IF;
    IF NEW.status IN ({gone}) THEN RETURN NULL; END IF;

    IF NEW.doctor_id IS NOT NULL THEN
        {TAKE_TURNS.format(**doctor)}{CLEAR_HOLDS.format(**doctor)}
        places := {STAFF_PLACES.format(branch="NEW.branch_id", **doctor)};
        INSERT INTO scheduling_allocation (id, created_at, organization_id, branch_id, staff_id, appointment_id,
            period, is_overbooked, is_live, place)
        VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, NEW.branch_id, NEW.doctor_id, NEW.id,
            NEW.period, NEW.is_overbooked, true, {FREE_PLACE.format(places="places", **doctor)});
    END IF;

    IF NEW.room_id IS NOT NULL THEN
        SELECT capacity, tstzrange(lower(NEW.period), upper(NEW.period) + make_interval(mins => buffer_minutes))
            INTO places, used FROM people_room WHERE id = NEW.room_id AND branch_id = NEW.branch_id;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the room is in another branch'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_room_here';
        END IF;
        {TAKE_TURNS.format(**room)}{CLEAR_HOLDS.format(**room)}
        INSERT INTO scheduling_allocation (id, created_at, organization_id, branch_id, room_id, appointment_id,
            period, is_overbooked, is_live, place)
        VALUES (gen_random_uuid(), kalon_now(), NEW.organization_id, NEW.branch_id, NEW.room_id, NEW.id,
            used, false, true, {FREE_PLACE.format(places="places", **room)});
    END IF;
    RETURN NULL;"""
    return ReviewedTrigger(
        name=f"{table}_places",
        events="AFTER INSERT OR UPDATE",
        declare="places integer; used tstzrange;",
        body=body,
    )


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


def by_patient(table: str) -> Trigger:
    """What a patient may do to a visit of theirs: ask for it, pay for it later, move it or cancel it.

    A patient never confirms: that takes staff, or the gateway's word that it was paid. The one exception is the
    successor of a visit that was confirmed, for the same service.
    """
    free = (
        "'status', 'status_at', 'successor_id', 'cancelled_reason', 'period', 'starts_at', 'ends_at', 'doctor_id', "
        "'room_id', 'chief_complaint', 'patient_note', 'edition'"
    )
    body = f"""
    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;
    IF TG_OP = 'INSERT' THEN
        allowed := NEW.source = 'SELF_SERVICE' AND NOT NEW.is_overbooked AND NEW.off_schedule_reason = ''
            AND lower(NEW.period) > kalon_now()
            AND (NEW.predecessor_id IS NULL AND NEW.status IN ('REQUESTED', 'PENDING_PAYMENT')
                OR EXISTS (SELECT 1 FROM {table} AS earlier
                    WHERE earlier.id = NEW.predecessor_id
                    AND earlier.status = NEW.status AND earlier.patient_id = NEW.patient_id
                    AND earlier.service_id IS NOT DISTINCT FROM NEW.service_id
                    AND earlier.amount_due IS NOT DISTINCT FROM NEW.amount_due));
    ELSE
        allowed := to_jsonb(NEW) - ARRAY[{free}] = to_jsonb(OLD) - ARRAY[{free}]
            AND NEW.status IN (OLD.status, 'CANCELLED', 'RESCHEDULED')
            AND (NEW.period = OLD.period OR lower(NEW.period) > kalon_now());
    END IF;
    IF allowed THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a patient may ask for a visit, move it or cancel it, and nothing else'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_by_patient';"""
    return Trigger(name=f"{table}_by_patient", events="BEFORE INSERT OR UPDATE", declare="allowed boolean;", body=body)


HOLD = ReviewedFunction(
    name="scheduling_hold",
    arguments="staff uuid, branch uuid, during tstzrange, minutes integer",
    returns="uuid",
    declare="hold uuid := gen_random_uuid(); places integer;",
    body=f"""
    IF kalon_organization() IS NULL OR kalon_user() IS NULL OR minutes NOT BETWEEN 1 AND 15
        OR lower(during) < kalon_now() OR upper(during) > lower(during) + interval '24 hours'
    THEN
        RAISE EXCEPTION 'a signed-in person may hold a coming time for up to 15 minutes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'scheduling_hold_terms';
    END IF;
    UPDATE scheduling_allocation SET is_live = false
        WHERE organization_id = kalon_organization() AND held_by = kalon_user() AND is_live AND appointment_id IS NULL;
    {TAKE_TURNS.format(resource="staff")}{CLEAR_HOLDS.format(resource="staff", period="during")}
    places := {STAFF_PLACES.format(resource="staff", branch="branch", period="during")};
    INSERT INTO scheduling_allocation (id, created_at, organization_id, branch_id, staff_id, period, is_overbooked,
        is_live, held_by, expires_at, place)
    VALUES (hold, kalon_now(), kalon_organization(), branch, staff, during, false, true, kalon_user(),
        kalon_now() + make_interval(mins => minutes),
        {FREE_PLACE.format(places="places", resource="staff", period="during")});
    RETURN hold;""",
)

RELEASE = ReviewedFunction(
    name="scheduling_release",
    arguments="hold uuid",
    returns="boolean",
    body="""
    UPDATE scheduling_allocation SET is_live = false WHERE id = hold AND is_live AND appointment_id IS NULL
        AND organization_id = kalon_organization() AND held_by = kalon_user();
    RETURN FOUND;""",
)
