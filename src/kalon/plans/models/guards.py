"""What the database holds of plans beyond a single row: made from which decision, held from where, by whom."""

from kalon.kernel.triggers import Trigger


def rests_on_outcome(table: str) -> Trigger:
    """A plan is born, and approved, only while its consultation says that something is planned."""
    body = f"""
    IF TG_OP = 'UPDATE' AND NOT (NEW.status = 'APPROVED' AND OLD.status = 'PENDING_APPROVAL') THEN RETURN NEW; END IF;
    PERFORM 1 FROM consultations_consultation AS made_from
        WHERE made_from.id = NEW.consultation_id AND made_from.patient_id = NEW.patient_id
            AND made_from.status IN ('PLAN_CREATED', 'CLOSED')
            AND (made_from.outcome = 'PROCEDURE_PLANNED'
                OR made_from.outcome = 'CONSERVATIVE' AND NEW.plan_type = 'CONSERVATIVE')
        FOR SHARE;
    IF FOUND THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a plan rests on a consultation of this patient in which it was decided'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_outcome';"""
    return Trigger(name=f"{table}_outcome", events="BEFORE INSERT OR UPDATE", body=body)


def remembers_hold(table: str) -> Trigger:
    """`held_from` is written by putting a plan on hold and by nothing else, and says the state that was left."""
    body = f"""
    IF TG_OP = 'INSERT' THEN
        IF NEW.held_from = '' THEN RETURN NEW; END IF;
    ELSIF NEW.status = 'ON_HOLD' AND OLD.status <> 'ON_HOLD' THEN
        IF NEW.held_from = OLD.status THEN RETURN NEW; END IF;
    ELSIF NEW.held_from = OLD.held_from THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a plan on hold goes on where it stood'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_held_from';"""
    return Trigger(name=f"{table}_held_from", events="BEFORE INSERT OR UPDATE", body=body)


UNFIT = (
    # what is lacking, when, the sentence
    ("side", "entry.has_side AND line.side IN ('', 'NONE')",
     "Say for each line that has a left and a right on which side it is done."),
    ("setting", "entry.setting = 'SURGICAL' AND NEW.plan_type <> 'SURGICAL'",
     "An operation is planned in a plan of the kind Surgery."),
    ("consent", "entry.needs_consent AND NEW.consent <> 'REQUIRED'",
     "What this plan holds needs a signed consent first."),
    ("implant", "entry.takes_implant AND line.implant_choice IS NULL",
     "Say for each line that puts an implant in which one it is."),
)  # fmt: skip

SENTENCES = (
    *(f"plans_procedureplan_{name}" for name, *_ in UNFIT), "plans_procedureplan_revises",
)  # fmt: skip


def fits_catalogue(table: str) -> Trigger:
    """A plan is approved only with lines that say what their procedure of the catalogue asks for."""
    cases = "\n".join(f"        WHEN bool_or({when}) THEN '{name}'" for name, when, _ in UNFIT)
    words = "\n".join(f"        WHEN '{name}' THEN '{sentence}'" for name, _, sentence in UNFIT)
    body = f"""
    IF NEW.status <> 'APPROVED' OR OLD.status <> 'PENDING_APPROVAL' THEN RETURN NEW; END IF;
    SELECT CASE
{cases} END INTO lacks
        FROM plans_planline AS line JOIN catalog_procedure AS entry ON entry.id = line.entry_id
        WHERE line.plan_id = NEW.id;
    IF lacks IS NULL THEN RETURN NEW; END IF;
    RAISE EXCEPTION '%', CASE lacks
{words} END USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_' || lacks;"""  # noqa: S608  (no value from outside)
    return Trigger(name=f"{table}_fits_catalogue", events="BEFORE UPDATE", body=body, declare="lacks text;")


def revises_earlier(table: str) -> Trigger:
    """A plan does again only what an earlier plan of the same person has completed."""
    body = f"""
    IF NEW.revises_id IS NULL OR TG_OP = 'UPDATE' AND NEW.revises_id IS NOT DISTINCT FROM OLD.revises_id
        OR NEW.revises_id <> NEW.id AND EXISTS (SELECT FROM {table} AS earlier
            WHERE earlier.id = NEW.revises_id AND earlier.status = 'COMPLETED'
                AND earlier.patient_id = ANY (kalon_records_of(NEW.patient_id)))
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'Choose a completed plan of this patient as the one that is done again.'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_revises';"""
    return Trigger(name=f"{table}_revises", events="BEFORE INSERT OR UPDATE", body=body)


def by_patient(table: str, *, arrows: tuple[tuple[str, str], ...], columns: tuple[str, ...]) -> Trigger:
    """What a patient may do to a row of theirs: follow their own visit along these arrows, and write these columns."""
    drawn = " OR ".join(f"OLD.status = '{one}' AND NEW.status = '{other}'" for one, other in arrows)
    free = ", ".join(f"'{column}'" for column in ("status", "status_at", *columns))
    body = f"""
    IF current_user <> 'kalon_portal' THEN RETURN NEW; END IF;
    IF (NEW.status = OLD.status OR {drawn})
        AND to_jsonb(NEW) - ARRAY[{free}] = to_jsonb(OLD) - ARRAY[{free}] THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a patient does not write the plan'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_by_patient';"""
    return Trigger(name=f"{table}_by_patient", events="BEFORE UPDATE", body=body)


def done_when_signed(table: str) -> Trigger:
    """A follow-up is completed by the signed consultation of its visit, or by the session that was held in it."""
    body = f"""
    IF NEW.status <> 'COMPLETED' OR OLD.status = 'COMPLETED' OR EXISTS (
        SELECT FROM consultations_consultation AS seen
            WHERE seen.appointment_id = NEW.appointment_id AND seen.status = 'CLOSED'
    ) OR EXISTS (
        SELECT FROM plans_proceduresession AS held
            WHERE held.appointment_id = NEW.appointment_id AND held.status = 'COMPLETED'
    ) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the visit of this follow-up is not signed'
        USING ERRCODE = 'check_violation', CONSTRAINT = '{table}_signed';"""  # noqa: S608  (our own tables)
    return Trigger(name=f"{table}_signed", events="BEFORE UPDATE", body=body)
