"""JSON of what was done to a patient."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.plans import queries

of_patients = Router(tags=["plans"])


class DoneOut(Schema):
    id: UUID = Field(description="Of the line of the plan")
    plan_id: UUID
    number: str
    plan_type: str
    status: str = Field(description="Of the plan")
    what: str
    entry_id: UUID | None
    service_id: UUID | None
    side: str
    technique: str
    implant_choice: str
    quantity: int
    doctor_id: UUID | None
    doctor: str
    done_at: datetime | None = Field(description="The last session so far, or when the plan was completed")
    first_at: datetime | None = Field(description="Of a series: its first session that was done")
    sessions_done: int
    session_count: int
    revises_id: UUID | None


@of_patients.get("/{patient_id}/procedure-history", response=Page[DoneOut], summary="What was done, newest first")
def procedure_history(request: HttpRequest, patient_id: UUID) -> Any:
    by: Actor = request.actor  # type: ignore[attr-defined]
    rows = queries.procedure_history(patient_id, seen_by=by)
    return paged(
        request, rows, done_out, seen=lambda seen: audit.reads(by, [row.plan for row in seen], purpose="API, history")
    )


def done_out(line: Any) -> DoneOut:
    plan = line.plan
    own = (
        "id",
        "plan_id",
        "entry_id",
        "service_id",
        "what",
        "side",
        "technique",
        "quantity",
        "first_at",
        "sessions_done",
    )
    of_plan = ("number", "plan_type", "status", "doctor_id", "session_count", "revises_id")
    return DoneOut(
        **{name: getattr(line, name) for name in own},
        **{name: getattr(plan, name) for name in of_plan},
        implant_choice=line.implant_choice or "",
        doctor=plan.doctor.name if plan.doctor else "",
        done_at=queries.when_done(line),
    )
