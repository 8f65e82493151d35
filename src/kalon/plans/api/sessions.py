"""JSON of the sessions of a plan."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.plans import actions, queries
from kalon.plans.lifecycles import SESSION
from kalon.plans.models import ProcedureSession

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


class TreatmentReasonIn(Schema):
    reason: str


@of_plans.get(
    "/{plan_id}/sessions", response=list[TreatmentSessionOut], summary="The sessions of a plan in their order"
)
def sessions_of_plan(request: HttpRequest, plan_id: UUID) -> Any:
    by = _by(request)
    found = queries.sessions_of_plan(queries.plan(plan_id, seen_by=by), seen_by=by)
    audit.reads(by, found, purpose="API")
    return [session_out(one, by) for one in found]


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
