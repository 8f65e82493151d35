"""JSON of the sessions of a plan."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.plans import actions, queries
from kalon.plans.lifecycles import ARRANGE, SESSION, TREAT
from kalon.plans.models import Complication, ProcedureSession

of_plans = Router(tags=["sessions"])
procedure_sessions = Router(tags=["sessions"])


class TreatmentSessionOut(Schema):
    id: UUID
    plan_id: UUID
    patient_id: UUID
    number: int
    of: int = Field(description="How many sessions the plan has")
    status: str
    due_date: date
    appointment_id: UUID | None
    early_reason: str = Field(description="Why a doctor let it follow sooner than the catalogue asks")
    started_at: datetime | None
    done_at: datetime | None
    done_by_id: UUID | None
    moves: list[str] = Field(description="What the caller may do next, by name")


class SessionTimeIn(Schema):
    number: int = Field(ge=1, le=60)
    start: datetime = Field(description="An instant, or without a zone the branch's wall clock")
    doctor_id: UUID | None = None


class SessionTimesIn(Schema):
    times: list[SessionTimeIn] = Field(max_length=60)
    reason: str = Field("", max_length=500, description="Why those that are booked already are moved")


class SessionDayOut(Schema):
    number: int
    is_booked: bool = Field(description="It has a visit, which would move")
    meant: datetime
    start: datetime | None = Field(description="None where no day near it has a time")
    doctor_id: UUID | None
    note: str = Field(description="Why it is not when it was meant to be")


class TreatmentReasonIn(Schema):
    reason: str


class ParameterIn(Schema):
    name: str = Field(max_length=60, description="What is set: energy, spot size, needle depth")
    value: str = Field(max_length=200)
    unit: str = Field("", max_length=20)
    pass_number: int = 1


class TreatmentRecordIn(Schema):
    before: str = Field("", max_length=4000)
    procedure: str = Field("", max_length=4000)
    after: str = Field("", max_length=4000)
    next_on: date | None = Field(None, description="The day proposed for the next session")
    parameters: list[ParameterIn] = []
    edition: int = Field(description="The edition that was read; a later one on file answers 409")


class ComplicationIn(Schema):
    kind: str = Field(description=", ".join(Complication.Kind.values))
    severity: str = Field(description="MILD, MODERATE or SEVERE")
    words: str = Field("", max_length=4000)


class ComplicationOut(ComplicationIn):
    noted_by_id: UUID
    created_at: datetime


class SessionAddendumIn(Schema):
    text: str = Field(max_length=4000)


class SessionAddendumOut(SessionAddendumIn):
    written_by_id: UUID
    created_at: datetime


class TreatmentRecordOut(TreatmentRecordIn):
    session: TreatmentSessionOut
    last_parameters: list[ParameterIn] = Field(description="Of the session before, to copy forward")
    complications: list[ComplicationOut]
    addenda: list[SessionAddendumOut]


@of_plans.get(
    "/{plan_id}/sessions", response=list[TreatmentSessionOut], summary="The sessions of a plan in their order"
)
def sessions_of_plan(request: HttpRequest, plan_id: UUID) -> Any:
    by = _by(request)
    found = queries.sessions_of_plan(queries.plan(plan_id, seen_by=by), seen_by=by)
    audit.reads(by, found, purpose="API")
    return [session_out(one, by) for one in found]


@of_plans.get("/{plan_id}/sessions/dates", response=list[SessionDayOut], summary="When the sessions of a plan could be")
def session_dates(
    request: HttpRequest,
    plan_id: UUID,
    number: int | None = None,
    first: date | None = None,
    at: time | None = None,
    moves: bool = False,
) -> Any:
    """An interval apart at the same hour, from session `number` on; `moves` takes along what is booked already."""
    by = _by(request)
    by.must(ARRANGE, do="book the sessions of a plan")
    plan = queries.plan(plan_id, seen_by=by)
    audit.read(by, plan, purpose="API")
    wish = queries.DatesWish(number=number, first=first, at=at, moves=moves)
    return [_day(one) for one in queries.dates(plan, wish, seen_by=by).days]


@of_plans.post(
    "/{plan_id}/sessions/dates", response=list[TreatmentSessionOut], summary="Book and move sessions, all or none"
)
def arrange_sessions(request: HttpRequest, plan_id: UUID, body: SessionTimesIn) -> Any:
    """A refusal names the session in `number`, with the times it could have in `alternatives`."""
    by = _by(request)
    times = [actions.SessionTime(**one.model_dump()) for one in body.times]
    return [session_out(one, by) for one in actions.arrange_sessions(plan_id, times, reason=body.reason, by=by)]


@procedure_sessions.get("/{session_id}", response=TreatmentSessionOut, summary="One session")
def get_session(request: HttpRequest, session_id: UUID) -> Any:
    by = _by(request)
    found = queries.session(session_id, seen_by=by)
    audit.read(by, found, purpose="API")
    return session_out(found, by)


@procedure_sessions.post("/{session_id}/start", response=TreatmentSessionOut, summary="The treatment begins")
def start_session(request: HttpRequest, session_id: UUID) -> Any:
    return session_out(actions.start_session(session_id, by=_by(request)), _by(request))


@procedure_sessions.post("/{session_id}/undo-start", response=TreatmentSessionOut, summary="It was started by mistake")
def undo_start(request: HttpRequest, session_id: UUID, body: TreatmentReasonIn) -> Any:
    return session_out(actions.undo_start(session_id, reason=body.reason, by=_by(request)), _by(request))


@procedure_sessions.post("/{session_id}/complete", response=TreatmentSessionOut, summary="The treatment is done")
def complete_session(request: HttpRequest, session_id: UUID) -> Any:
    """Seals its record; the plan starts with its first session and is complete with its last."""
    return session_out(actions.complete_session(session_id, by=_by(request)), _by(request))


@procedure_sessions.post("/{session_id}/cancel", response=TreatmentSessionOut, summary="It will not be held")
def cancel_session(request: HttpRequest, session_id: UUID, body: TreatmentReasonIn) -> Any:
    return session_out(actions.cancel_session(session_id, reason=body.reason, by=_by(request)), _by(request))


@procedure_sessions.post(
    "/{session_id}/allow-early", response=TreatmentSessionOut, summary="A doctor lets it come sooner"
)
def allow_early(request: HttpRequest, session_id: UUID, body: TreatmentReasonIn) -> Any:
    return session_out(actions.allow_early(session_id, reason=body.reason, by=_by(request)), _by(request))


@procedure_sessions.get("/{session_id}/record", response=TreatmentRecordOut, summary="Its treatment record")
def get_record(request: HttpRequest, session_id: UUID) -> Any:
    by = _by(request)
    return record_out(actions.read_session(session_id, purpose="API", by=by), by)


@procedure_sessions.put("/{session_id}/record", response=TreatmentRecordOut, summary="Write it, while it is under way")
def write_record(request: HttpRequest, session_id: UUID, body: TreatmentRecordIn) -> Any:
    by = _by(request)
    details = actions.RecordDetails(
        **body.model_dump(exclude={"parameters", "edition"}),
        parameters=tuple(actions.Parameter(**one.model_dump()) for one in body.parameters),
    )
    return record_out(actions.write_record(session_id, details, edition=body.edition, by=by), by)


@procedure_sessions.post(
    "/{session_id}/complications", response={201: ComplicationOut}, summary="Something went wrong, then or later"
)
def note_complication(request: HttpRequest, session_id: UUID, body: ComplicationIn) -> Any:
    made = actions.note_complication(session_id, **body.model_dump(), by=_by(request))
    return 201, ComplicationOut(**{name: getattr(made, name) for name in ComplicationOut.model_fields})


@procedure_sessions.post(
    "/{session_id}/addenda", response={201: SessionAddendumOut}, summary="Add to the sealed record"
)
def add_addendum(request: HttpRequest, session_id: UUID, body: SessionAddendumIn) -> Any:
    made = actions.add_addendum(session_id, text=body.text, by=_by(request))
    return 201, SessionAddendumOut(**{name: getattr(made, name) for name in SessionAddendumOut.model_fields})


def _day(one: queries.ProposedDay) -> SessionDayOut:
    offer = one.times.offer
    return SessionDayOut(
        number=one.session.number,
        is_booked=one.is_booked,
        meant=one.times.meant,
        start=offer.start if offer else None,
        doctor_id=offer.slot.doctor_id if offer else None,
        note=one.times.note,
    )


def record_out(one: ProcedureSession, by: Actor) -> TreatmentRecordOut:
    """What was written of a session; patients read it in the summary of their visit, not here."""
    by.must(TREAT, do="read treatment records")
    record = queries.record_of(one)
    return TreatmentRecordOut(
        session=session_out(one, by),
        edition=one.edition,
        before=str(record.before) if record else "",
        procedure=str(record.procedure) if record else "",
        after=str(record.after) if record else "",
        next_on=record.next_on if record else None,
        parameters=[_parameter(row) for row in queries.parameters_of(one)],
        last_parameters=[_parameter(row) for row in queries.last_parameters(one)],
        complications=[
            ComplicationOut(**{name: getattr(row, name) for name in ComplicationOut.model_fields})
            for row in queries.complications_of(one)
        ],
        addenda=[
            SessionAddendumOut(**{name: getattr(row, name) for name in SessionAddendumOut.model_fields})
            for row in queries.addenda_of(one)
        ],
    )


def _parameter(row: Any) -> ParameterIn:
    return ParameterIn(name=row.name, value=str(row.value), unit=row.unit, pass_number=row.pass_number)


def session_out(one: ProcedureSession, by: Actor) -> TreatmentSessionOut:
    own = {"of", "moves", "early_reason"}
    return TreatmentSessionOut(
        **{name: getattr(one, name) for name in TreatmentSessionOut.model_fields if name not in own},
        of=one.plan.session_count,
        early_reason="" if by.is_patient else one.early_reason,
        moves=sorted(move.name for move in SESSION.moves if _is_open(move, one, by)),
    )


def _is_open(move: Any, one: ProcedureSession, by: Actor) -> bool:
    return not move.automatic and one.status in move.source and by.may(move.permission)


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
