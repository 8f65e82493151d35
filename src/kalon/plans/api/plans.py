"""JSON of plans and follow-ups: each path makes one call to a verb or a query."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.plans import actions, queries
from kalon.plans.actions import FollowUpWish, LineDetails, PlanDetails
from kalon.plans.lifecycles import MANAGE, PLAN
from kalon.plans.models import FollowUpPlan, PlanLine, ProcedurePlan, Work
from kalon.web import files

of_consultations = Router(tags=["plans"])
procedure_plans = Router(tags=["plans"])
follow_ups = Router(tags=["follow-ups"])


class PlannedIn(Schema):
    entry_id: UUID | None = Field(None, description="What is done, of the procedure catalogue")
    service_id: UUID | None = Field(None, description="What is sold for it; empty: what the entry says")
    procedure: str = Field("", max_length=4000, description="What is done, in the doctor's words")
    side: str = Field("", description="NONE, LEFT, RIGHT, BOTH or MIDLINE; asked of a surgery, and where there are two")
    technique: str = Field("", max_length=4000, description="Asked of a surgery")
    implant_choice: str = Field("", max_length=4000, description="Asked where an implant is put in")
    minutes: int | None = Field(None, description="How long it is planned to take; empty: what the catalogue says")
    quantity: int = 1
    money_type: str = Field("", description="COSMETIC or RECONSTRUCTIVE; empty: as the plan")
    note: str = Field("", max_length=4000)


class PlannedOut(PlannedIn):
    position: int
    what: str = Field(description="What is done, in words")


class PlanIn(Schema):
    plan_type: str = Field(description="SURGICAL, NON_SURGICAL, CONSERVATIVE or SERIES")
    money_type: str = Field("COSMETIC", description="COSMETIC, RECONSTRUCTIVE or HYBRID")
    consent: str = Field("", description="REQUIRED or NOT_REQUIRED; a surgery always needs one")
    title: str = Field("", max_length=4000)
    goal: str = Field("", max_length=4000, description="What it is for; the patient reads it")
    note: str = Field("", max_length=4000, description="For the staff only")
    session_count: int | None = Field(None, description="Of a series: 2 to 60")
    interval_days: int | None = Field(None, description="Of a series: days between two sessions")
    review_after_days: int | None = None
    doctor_id: UUID | None = None
    revises_id: UUID | None = Field(None, description="The completed plan of the same patient that is done again")
    lines: list[PlannedIn] = []

    def details(self) -> PlanDetails:
        facts = self.model_dump(exclude={"lines", "edition"})
        return PlanDetails(**facts, lines=tuple(LineDetails(**line.model_dump()) for line in self.lines))


class PlanChange(PlanIn):
    edition: int = Field(description="The edition that was read; a later one on file answers 409")


class PlanLineOut(Schema):
    id: UUID
    number: str
    patient_id: UUID
    consultation_id: UUID
    plan_type: str
    money_type: str
    status: str
    title: str
    created_at: datetime


class PlanOut(PlanLineOut):
    branch_id: UUID
    doctor_id: UUID | None
    consent: str
    goal: str
    note: str
    session_count: int
    sessions_done: int
    interval_days: int | None
    review_after_days: int | None
    held_from: str
    approved_by_id: UUID | None
    approved_at: datetime | None
    acknowledged_at: datetime | None
    revises_id: UUID | None
    revised_by: list[UUID] = Field(description="Later plans that do this one again")
    edition: int
    lines: list[PlannedOut]
    moves: list[str] = Field(description="What the caller may do next, by name")


class PlanReasonIn(Schema):
    reason: str


class FollowUpIn(Schema):
    due_date: date | None = None
    interval_days: int | None = Field(None, description="Days after the visit; one of the two")
    kind: str = Field("REVIEW", description="REVIEW or POST_OP")
    reason: str = ""
    doctor_id: UUID | None = None
    plan_id: UUID | None = None


class FollowUpsIn(Schema):
    follow_ups: list[FollowUpIn] = Field(description="One or several, each with its own day or interval")


class FollowUpOut(Schema):
    id: UUID
    patient_id: UUID
    consultation_id: UUID
    plan_id: UUID | None
    doctor_id: UUID | None
    kind: str
    status: str
    due_date: date
    is_overdue: bool
    interval_days: int | None
    session_number: int | None
    reason: str
    appointment_id: UUID | None


class WorkOut(Schema):
    id: UUID = Field(description="The follow-up or the plan; the visit names it as `occasion_id`")
    kind: str
    patient_id: UUID
    doctor_id: UUID | None
    plan_id: UUID | None
    due_date: date
    days: int = Field(description="From today; negative when it is overdue")
    title: str
    when: str
    book_url: str


class ChasingOut(Schema):
    days: list[int] = Field(max_length=20, description="Each step later than the one before")


@of_consultations.get("/{consultation_id}/procedure-plan", response=list[PlanOut], summary="What was planned in it")
def plans_of_consultation(request: HttpRequest, consultation_id: UUID) -> Any:
    by = _by(request)
    found = list(queries.plans_of_consultation(consultation_id, seen_by=by))
    audit.reads(by, found, purpose="API")
    return [shown(plan, by) for plan in found]


@of_consultations.post(
    "/{consultation_id}/procedure-plan", response={201: PlanOut}, summary="Plan a treatment that it decided"
)
def plan_procedure(request: HttpRequest, consultation_id: UUID, body: PlanIn) -> Any:
    by = _by(request)
    return 201, shown(actions.plan_procedure(consultation_id, body.details(), by=by), by)


@of_consultations.post(
    "/{consultation_id}/follow-ups", response={201: list[FollowUpOut]}, summary="Plan when to see the patient again"
)
def plan_follow_ups(request: HttpRequest, consultation_id: UUID, body: FollowUpsIn) -> Any:
    wishes = [FollowUpWish(**one.model_dump()) for one in body.follow_ups]
    made = actions.plan_follow_ups(consultation_id, wishes, by=_by(request))
    return 201, [follow_up_out(one) for one in made]


@procedure_plans.get("", response=Page[PlanLineOut], summary="Plans, newest first")
def list_plans(request: HttpRequest, patient_id: UUID | None = None, status: str = "") -> Any:
    by = _by(request)
    rows = queries.plans(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    if status:
        rows = rows.filter(status=status)
    return paged(request, rows, line, seen=lambda seen: audit.reads(by, seen, purpose="list of plans"))


@procedure_plans.get("/{plan_id}", response=PlanOut, summary="One plan")
def get_plan(request: HttpRequest, plan_id: UUID) -> Any:
    by = _by(request)
    return shown(actions.read(plan_id, purpose="API", by=by), by)


@procedure_plans.get("/{plan_id}/instructions.pdf", response={200: bytes}, summary="What the patient takes home, on A5")
def instructions_pdf(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    return files.paper(actions.instructions_pdf(plan_id, by=_by(request)), "instructions.pdf")


@procedure_plans.put("/{plan_id}", response=PlanOut, summary="Write a plan anew, until it is approved")
def change_plan(request: HttpRequest, plan_id: UUID, body: PlanChange) -> Any:
    by = _by(request)
    return shown(actions.change_plan(plan_id, body.details(), edition=body.edition, by=by), by)


@procedure_plans.post("/{plan_id}/submit", response=PlanOut, summary="Send it for approval")
def submit(request: HttpRequest, plan_id: UUID) -> Any:
    return shown(actions.submit(plan_id, by=_by(request)), _by(request))


@procedure_plans.post("/{plan_id}/approve", response=PlanOut, summary="Approve it under one's own name")
def approve(request: HttpRequest, plan_id: UUID) -> Any:
    return shown(actions.approve(plan_id, by=_by(request)), _by(request))


@procedure_plans.post("/{plan_id}/begin", response=PlanOut, summary="Begin a treatment without a procedure")
def begin(request: HttpRequest, plan_id: UUID) -> Any:
    return shown(actions.begin(plan_id, by=_by(request)), _by(request))


@procedure_plans.post("/{plan_id}/finish", response=PlanOut, summary="Complete a treatment without a procedure")
def finish(request: HttpRequest, plan_id: UUID) -> Any:
    return shown(actions.finish(plan_id, by=_by(request)), _by(request))


@procedure_plans.post("/{plan_id}/hold", response=PlanOut, summary="Put it on hold")
def hold(request: HttpRequest, plan_id: UUID, body: PlanReasonIn) -> Any:
    return shown(actions.hold(plan_id, reason=body.reason, by=_by(request)), _by(request))


@procedure_plans.post("/{plan_id}/resume", response=PlanOut, summary="Go on where it stood")
def resume(request: HttpRequest, plan_id: UUID) -> Any:
    return shown(actions.resume(plan_id, by=_by(request)), _by(request))


@procedure_plans.post("/{plan_id}/cancel", response=PlanOut, summary="Cancel it")
def cancel(request: HttpRequest, plan_id: UUID, body: PlanReasonIn) -> Any:
    return shown(actions.cancel(plan_id, reason=body.reason, by=_by(request)), _by(request))


@procedure_plans.post("/{plan_id}/acknowledge", response=PlanOut, summary="The patient has read it")
def acknowledge(request: HttpRequest, plan_id: UUID) -> Any:
    return shown(actions.acknowledge(plan_id, by=_by(request)), _by(request))


@follow_ups.get("", response=Page[FollowUpOut], summary="Follow-ups, newest first")
def list_follow_ups(request: HttpRequest, patient_id: UUID | None = None, status: str = "") -> Any:
    by = _by(request)
    rows = queries.follow_ups(seen_by=by)
    if patient_id:
        rows = rows.filter(patient_id__person=patient_id)
    if status:
        rows = rows.filter(status=status)
    return paged(request, rows, follow_up_out, seen=lambda seen: audit.reads(by, seen, purpose="list of follow-ups"))


@follow_ups.get("/due", response=list[WorkOut], summary="What is to be booked next, the most urgent first")
def due(request: HttpRequest, doctor_id: UUID | None = None, kind: str = "") -> Any:
    by = _by(request)
    rows = list(queries.work(seen_by=by, doctor_id=doctor_id, kind=kind)[:100])
    audit.reads(by, [row.patient for row in rows], purpose="what is due next")
    return [work_out(todo) for todo in queries.todos(rows, seen_by=by)]


@follow_ups.get("/chasing", response=ChasingOut, summary="After how many days overdue a patient is reminded")
def get_chasing(request: HttpRequest) -> Any:
    by = _by(request)
    by.must(MANAGE, do="see when patients are reminded")
    return {"days": list(queries.chase_days(seen_by=by))}


@follow_ups.put("/chasing", response=ChasingOut, summary="Set when patients are reminded")
def set_chasing(request: HttpRequest, body: ChasingOut) -> Any:
    return {"days": list(actions.set_chasing(body.days, by=_by(request)))}


@follow_ups.post("/{follow_up_id}/withdraw", response=FollowUpOut, summary="It is not needed any more")
def withdraw(request: HttpRequest, follow_up_id: UUID, body: PlanReasonIn) -> Any:
    return follow_up_out(actions.withdraw(follow_up_id, reason=body.reason, by=_by(request)))


def shown(plan: ProcedurePlan, by: Actor) -> PlanOut:
    """The whole plan as the caller may see it; the staff's note is not the patient's."""
    more = {"lines", "moves", "sessions_done", "note", "revised_by"}
    fields = {name: getattr(plan, name) for name in PlanOut.model_fields if name not in more}
    return PlanOut(
        **fields,
        note="" if by.is_patient else str(plan.note),
        sessions_done=queries.progress_of(plan, seen_by=by).done if plan.is_series else 0,
        revised_by=[one.pk for one in queries.revisions_of(plan, seen_by=by)],
        lines=[_planned(one, by) for one in queries.lines_of(plan)],
        moves=_moves(plan, by),
    )


def _planned(one: PlanLine, by: Actor) -> PlannedOut:
    """One line as the caller may see it; the staff's remark is not the patient's."""
    fields = {name: getattr(one, name) for name in PlannedOut.model_fields}
    return PlannedOut(
        **{**fields, "implant_choice": one.implant_choice or "", "note": "" if by.is_patient else one.note}
    )


def line(plan: ProcedurePlan) -> PlanLineOut:
    return PlanLineOut(**{name: getattr(plan, name) for name in PlanLineOut.model_fields})


def follow_up_out(one: FollowUpPlan) -> FollowUpOut:
    today = clock.today(one.branch.timezone)
    fields = {name: getattr(one, name) for name in FollowUpOut.model_fields if name != "is_overdue"}
    return FollowUpOut(**fields, is_overdue=one.is_overdue(today))


def work_out(todo: queries.Todo) -> WorkOut:
    row: Work = todo.work
    fields = {
        name: getattr(row, name) for name in ("id", "kind", "patient_id", "doctor_id", "plan_id", "due_date", "days")
    }
    return WorkOut(**fields, title=todo.title, when=todo.when, book_url=todo.url)


WRITTEN_BY_THE_MOVE = ("held_from", "approved_by_id")


def _moves(plan: ProcedurePlan, by: Actor) -> list[str]:
    """The moves that are open, by the name of their path; a plan on hold goes on in one way only."""
    open_moves = [
        button.move.name
        for button in PLAN.buttons(plan, by=by)
        if all(row.holds(plan) for row in button.move.where if row.values or row.column not in WRITTEN_BY_THE_MOVE)
    ]
    return sorted({"resume" if name.startswith("resume_") else name for name in open_moves})


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
