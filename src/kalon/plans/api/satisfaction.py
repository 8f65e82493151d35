"""JSON of how satisfied patients were after aftercare."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.plans import actions, queries
from kalon.plans.models import Praise, Satisfaction

satisfaction_of_plans = Router(tags=["satisfaction"])
satisfactions = Router(tags=["satisfaction"])


class SatisfactionIn(Schema):
    score: int = Field(ge=1, le=5, description="1 Poor, 2 Not great, 3 Fine, 4 Good, 5 Lovely")
    praise: list[str] = Field([], max_length=10, description=", ".join(Praise.values))
    good: str = Field("", max_length=4000)
    better: str = Field("", max_length=4000)
    would_return: bool
    may_call: bool = False


class SatisfactionOut(SatisfactionIn):
    id: UUID
    plan_id: UUID
    patient_id: UUID
    said_at: datetime
    settled_at: datetime | None
    settled_by_id: UUID | None
    settled_note: str = Field(description="What was done about a low score; empty for patients")


class SatisfactionSettledIn(Schema):
    note: str = Field(max_length=4000)


class SatisfactionFiguresOut(Schema):
    count: int
    average: Decimal | None
    would_return: int
    low: int


@satisfaction_of_plans.get("/{plan_id}/satisfaction", response=SatisfactionOut, summary="What the patient said of it")
def get_satisfaction(request: HttpRequest, plan_id: UUID) -> Any:
    by = _by(request)
    said = queries.said_of(queries.plan(plan_id, seen_by=by), seen_by=by)
    if said is None:
        raise NotFound("The patient has not said how it was.")
    audit.read(by, said, purpose="API")
    return satisfaction_out(said, by)


@satisfaction_of_plans.post(
    "/{plan_id}/satisfaction", response={201: SatisfactionOut}, summary="The patient says how satisfied they are"
)
def say_satisfaction(request: HttpRequest, plan_id: UUID, body: SatisfactionIn) -> Any:
    by = _by(request)
    details = actions.SatisfactionDetails(**body.model_dump())
    return 201, satisfaction_out(actions.say_satisfaction(plan_id, details, by=by), by)


@satisfactions.get("", response=Page[SatisfactionOut], summary="What patients said after aftercare, newest first")
def list_satisfactions(request: HttpRequest, unsettled: bool = False) -> Any:
    """`unsettled`: only low scores that nobody has answered, the longest waiting first."""
    by = _by(request)
    rows = queries.unsettled(seen_by=by) if unsettled else queries.satisfactions(seen_by=by)
    return paged(
        request, rows, lambda one: satisfaction_out(one, by),
        seen=lambda seen: audit.reads(by, seen, purpose="list of satisfaction"),
    )  # fmt: skip


@satisfactions.get("/figures", response=SatisfactionFiguresOut, summary="The last 90 days over the whole clinic")
def satisfaction_figures(request: HttpRequest) -> Any:
    found = queries.figures(seen_by=_by(request))
    return SatisfactionFiguresOut(**{name: getattr(found, name) for name in SatisfactionFiguresOut.model_fields})


@satisfactions.post("/{satisfaction_id}/settle", response=SatisfactionOut, summary="A low score was answered")
def settle_satisfaction(request: HttpRequest, satisfaction_id: UUID, body: SatisfactionSettledIn) -> Any:
    by = _by(request)
    return satisfaction_out(actions.settle_satisfaction(satisfaction_id, note=body.note, by=by), by)


def satisfaction_out(one: Satisfaction, by: Actor) -> SatisfactionOut:
    """One answer as the caller may see it; what the staff noted is not the patient's."""
    fields = {name: getattr(one, name) for name in SatisfactionOut.model_fields if name != "settled_note"}
    return SatisfactionOut(**fields, settled_note="" if by.is_patient else str(one.settled_note))


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
