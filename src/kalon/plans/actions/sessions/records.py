"""The treatment record of a session: written while it is under way, added to afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, Stale
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries, rules
from kalon.plans.lifecycles import TREAT, SessionStatus
from kalon.plans.models import Complication, ProcedureSession, SessionAddendum, TreatmentParameter, TreatmentRecord

MOST_PARAMETERS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One setting: what, how much, in which unit, in which pass."""

    name: str
    value: str
    unit: str = ""
    pass_number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDetails:
    """What is written of a session; `next_on` is the day proposed for the next one."""

    before: str = ""
    procedure: str = ""
    after: str = ""
    next_on: date | None = None
    parameters: Sequence[Parameter] = ()


@verb
def read_session(pk: UUID, *, purpose: str, by: Actor) -> ProcedureSession:
    """Open a session with its record; who read it, and why, is written down."""
    session = queries.session(pk, seen_by=by)
    audit.read(by, session, purpose=purpose)
    return session


@verb
def write_record(pk: UUID, details: RecordDetails, *, edition: int, by: Actor) -> ProcedureSession:
    """Write the record of a session under way, the whole of it; `edition` is the one that was read.

    Refusals: IllegalMove before the start and after the end, Stale when somebody wrote meanwhile, Invalid.
    """
    session = _open_for(pk, (SessionStatus.IN_PROGRESS,), by)
    if session.edition != edition:
        raise Stale(
            "Somebody wrote in this record after you opened it. Copy what you typed and open it again.",
            edition=session.edition,
        )
    _check(details, session)
    record = TreatmentRecord.objects.filter(session=session).first() or TreatmentRecord(
        organization_id=session.organization_id, patient=session.patient, session=session
    )
    record.patient = session.patient
    record.before, record.procedure, record.after = (
        details.before.strip(), details.procedure.strip(), details.after.strip()
    )  # fmt: skip
    record.next_on = details.next_on
    record.save()
    session.parameters.all().delete()
    for position, one in enumerate(details.parameters, start=1):
        TreatmentParameter(
            organization_id=session.organization_id,
            patient=session.patient,
            session=session,
            position=position,
            pass_number=one.pass_number,
            name=one.name.strip(),
            value=one.value.strip(),
            unit=one.unit.strip(),
        ).save(force_insert=True)
    session.edition += 1
    session.save(update_fields=["edition"])
    audit.note(by, audit.Kind.CHANGE, session, facts={"record": session.edition})
    return session


@verb
def note_complication(pk: UUID, *, kind: str, severity: str, words: str = "", by: Actor) -> Complication:
    """Write down that something went wrong, in the session or after it; what was written stays."""
    session = _open_for(pk, (SessionStatus.IN_PROGRESS, SessionStatus.COMPLETED), by)
    if kind not in Complication.Kind.values:
        raise Invalid("Choose what happened.", field="kind")
    if severity not in Complication.Severity.values:
        raise Invalid("Say how severe it is.", field="severity")
    if kind == Complication.Kind.OTHER and not words.strip():
        raise Invalid("Write what happened.", field="words")
    _short(words, "words")
    made = Complication(
        organization_id=session.organization_id, patient=session.patient, session=session, kind=kind,
        severity=severity, words=words.strip(), noted_by=_staff(by),
    )  # fmt: skip
    made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, session, facts={"complication": kind, "severity": severity})
    return made


@verb
def add_addendum(pk: UUID, *, text: str, by: Actor) -> SessionAddendum:
    """Add to, or correct, the sealed record of a session: a further entry with its writer and time."""
    session = _open_for(pk, (SessionStatus.COMPLETED,), by)
    if not text.strip():
        raise Invalid("Write what is to be added.", field="text")
    _short(text, "text")
    made = SessionAddendum(
        organization_id=session.organization_id, patient=session.patient, session=session, text=text.strip(),
        written_by=_staff(by),
    )  # fmt: skip
    made.save(force_insert=True)
    audit.note(by, audit.Kind.CHANGE, session, facts={"addendum": True})
    return made


def _open_for(pk: UUID, states: Sequence[str], by: Actor) -> ProcedureSession:
    by.must(TREAT, do="write treatment records")
    session = queries.session(pk, seen_by=by, lock=True)
    if session.status in states:
        return session
    if session.status == SessionStatus.COMPLETED:
        words = "This record is sealed. Add an addendum instead."
    elif session.status == SessionStatus.IN_PROGRESS:
        words = "The session is under way: write it into the record itself."
    else:
        words = f"Start the session first: it is {session.get_status_display().lower()}."
    raise IllegalMove(words, status_is=session.status)


def _check(details: RecordDetails, session: ProcedureSession) -> None:
    for name in ("before", "procedure", "after"):
        _short(getattr(details, name), name)
    if len(details.parameters) > MOST_PARAMETERS:
        raise Invalid(f"Write at most {MOST_PARAMETERS} parameters.", field="parameters")
    for position, one in enumerate(details.parameters, start=1):
        if not one.name.strip() or not one.value.strip():
            raise Invalid(f"Parameter {position}: write its name and its value.", field="parameters")
        if len(one.name) > 60 or len(one.unit) > 20 or len(one.value) > 200:
            raise Invalid(f"Parameter {position} is too long.", field="parameters")
        if not 1 <= one.pass_number <= 20:
            raise Invalid(f"Parameter {position}: the pass is between 1 and 20.", field="parameters")
    if details.next_on is not None and session.appointment is not None:
        first = session.appointment.local_start.date() + timedelta(days=max(queries.least_days(session.plan), 1))
        if details.next_on < first:
            raise Invalid(f"The first possible day of the next session is {first:%a %-d %b %Y}.", field="next_on")
        if details.next_on > first + rules.FARTHEST:
            raise Invalid("This day is too far away; five years ahead is the most.", field="next_on")


def _short(text: str, field: str) -> None:
    if len(text) > rules.LONGEST_TEXT:
        raise Invalid(f"This is too long; keep it under {rules.LONGEST_TEXT:,} characters.", field=field)


def _staff(by: Actor) -> Any:
    found = people.staff_of(by)
    if found is None:
        raise NotPermitted("This is written under one's own name. Sign in as one of the staff.")
    return found
