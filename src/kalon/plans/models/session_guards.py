"""What the database holds of sessions: how many there are, in which order, how far apart, and under which plan."""

from kalon.kernel.triggers import Trigger, TriggerOn

PLANS = "plans_procedureplan"
_OPEN = "status NOT IN ('COMPLETED', 'CANCELLED')"
_DAY = "(visit.starts_at AT TIME ZONE place.timezone)::date"
_VISIT = "scheduling_appointment AS visit JOIN people_branch AS place ON place.id = visit.branch_id"
# The sessions beside this one whose day counts: booked, under way or done.
_BESIDE = f"""plans_proceduresession AS beside JOIN {_VISIT} ON visit.id = beside.appointment_id
            WHERE beside.plan_id = NEW.plan_id AND beside.status NOT IN ('PLANNED', 'CANCELLED', 'NO_SHOW')"""


def born_with_plan(table: str) -> TriggerOn:
    """All sessions are born with the approval of their plan, numbered from one, an interval apart."""
    body = f"""
    IF NEW.status = 'APPROVED' AND OLD.status = 'PENDING_APPROVAL' AND NEW.plan_type IN ('SERIES', 'NON_SURGICAL') THEN
        INSERT INTO {table} (id, created_at, status_at, status, organization_id, patient_id, plan_id, number, due_date,
            early_reason, edition)
        SELECT gen_random_uuid(), kalon_now(), kalon_now(), 'PLANNED', NEW.organization_id, NEW.patient_id, NEW.id, n,
            (kalon_now() AT TIME ZONE place.timezone)::date + (n - 1) * COALESCE(NEW.interval_days, 0), '', 0
        FROM people_branch AS place, generate_series(1, NEW.session_count) AS n WHERE place.id = NEW.branch_id;
    END IF;
    RETURN NULL;"""  # noqa: S608  (our own tables)
    return TriggerOn(name=f"{table}_born", events="AFTER UPDATE", body=body, table=PLANS)


def ended_with_plan(table: str) -> TriggerOn:
    """A plan does not end while a session of it is open."""
    body = f"""
    IF NEW.status NOT IN ('COMPLETED', 'CANCELLED') OR NEW.status = OLD.status OR NOT EXISTS (
        SELECT FROM {table} WHERE plan_id = NEW.id AND {_OPEN}
    ) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a session of this plan is still open'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_still_open';"""
    return TriggerOn(name=f"{table}_ended", events="BEFORE UPDATE", body=body, table=PLANS)


def as_many_as_planned(table: str) -> Trigger:
    """A session is one of as many as its approved plan says, and stays the one it is."""
    body = f"""
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.plan_id, NEW.number, NEW.patient_id) = (OLD.plan_id, OLD.number, OLD.patient_id) THEN
            RETURN NEW;
        END IF;
    ELSIF EXISTS (SELECT FROM {PLANS} AS plan WHERE plan.id = NEW.plan_id AND plan.approved_at IS NOT NULL
        AND plan.plan_type IN ('SERIES', 'NON_SURGICAL') AND NEW.number <= plan.session_count) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an approved plan has as many sessions as it says, each with its own number'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_as_planned';"""
    return Trigger(name=f"{table}_as_planned", events="BEFORE INSERT OR UPDATE", body=body)


def goes_along(table: str) -> Trigger:
    """A session begins when its patient is here and its plan goes on, and is done when those before it are.

    The plan's row is locked, so that two sessions of one plan never judge each other at the same time.
    """
    body = f"""
    IF NEW.status = OLD.status OR NEW.status NOT IN ('IN_PROGRESS', 'COMPLETED') THEN RETURN NEW; END IF;
    SELECT status INTO goes FROM {PLANS} WHERE id = NEW.plan_id FOR NO KEY UPDATE;
    IF goes IS NULL OR goes NOT IN ('SCHEDULED', 'IN_PROGRESS') THEN
        RAISE EXCEPTION 'the plan of this session does not go on'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_plan_goes_on';
    END IF;
    IF NEW.status = 'IN_PROGRESS' AND NOT EXISTS (SELECT FROM scheduling_appointment AS visit
        WHERE visit.id = NEW.appointment_id AND visit.status IN ('CHECKED_IN', 'IN_PROGRESS', 'COMPLETED')) THEN
        RAISE EXCEPTION 'the patient of this session is not here'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_here';
    END IF;
    IF NEW.status = 'IN_PROGRESS' AND (plans_list_open(NEW.plan_id, 'BEFORE', NULL, NULL)
        OR plans_list_open(NEW.plan_id, 'DAY_OF',
            (SELECT {_DAY} FROM {_VISIT} WHERE visit.id = NEW.appointment_id), NULL)) THEN
        RAISE EXCEPTION 'something of the list of before this session is open'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_list';
    END IF;
    IF NEW.status = 'COMPLETED' AND EXISTS (
        SELECT FROM {table} WHERE plan_id = NEW.plan_id AND number < NEW.number AND {_OPEN}) THEN
        RAISE EXCEPTION 'an earlier session of this plan is not done'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_in_order';
    END IF;
    RETURN NEW;"""  # noqa: S608  (our own tables)
    return Trigger(name=f"{table}_goes_along", events="BEFORE UPDATE", declare="goes text;", body=body)


def keeps_apart(table: str) -> Trigger:
    """Between two sessions lie as many days as the catalogue asks, unless a doctor allowed less; never out of order."""
    body = f"""
    IF NEW.appointment_id IS NULL OR NEW.appointment_id IS NOT DISTINCT FROM OLD.appointment_id
        AND NOT (OLD.status = 'NO_SHOW' AND NEW.status = 'SCHEDULED') THEN RETURN NEW; END IF;
    PERFORM 1 FROM {PLANS} WHERE id = NEW.plan_id FOR NO KEY UPDATE;
    SELECT COALESCE(max(kind.least_days_between), 0) INTO least FROM plans_planline AS line
        JOIN catalog_procedure AS kind ON kind.id = line.entry_id WHERE line.plan_id = NEW.plan_id;
    SELECT {_DAY} INTO day FROM {_VISIT} WHERE visit.id = NEW.appointment_id;
    IF EXISTS (SELECT FROM {_BESIDE} AND beside.number < NEW.number
            AND {_DAY} > day - CASE WHEN NEW.early_by_id IS NULL THEN least ELSE 0 END)
        OR EXISTS (SELECT FROM {_BESIDE} AND beside.number > NEW.number
            AND {_DAY} < day + CASE WHEN beside.early_by_id IS NULL THEN least ELSE 0 END) THEN
        RAISE EXCEPTION 'too few days lie between this session and the one beside it'
            USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_apart';
    END IF;
    RETURN NEW;"""  # noqa: S608  (our own tables)
    return Trigger(name=f"{table}_apart", events="BEFORE UPDATE", declare="least integer; day date;", body=body)
