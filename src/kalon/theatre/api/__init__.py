"""JSON of clearances, the theatre's reservations and cases: each path makes one call to a verb or a query."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Field, Schema

from kalon.api import Router
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.theatre import actions, queries
from kalon.theatre.models import Case, Clearance, Stage
from kalon.web import files

clearances = Router(tags=["theatre"])
theatre = Router(tags=["theatre"])
cases = Router(tags=["theatre"])


class ClearanceIn(Schema):
    plan_id: UUID
    surgery_date: date


class SurgeryDateIn(Schema):
    surgery_date: date


class TheatreReasonIn(Schema):
    reason: str = ""


class StatementIn(Schema):
    words: str = Field(max_length=4000)


class LineWaiverIn(Schema):
    reason: str = Field(max_length=4000)
    signed_name: str = Field(max_length=120, description="The clinician's own name, as the clinic knows it")


class RequirementOut(Schema):
    id: UUID
    kind: str
    moment: str = Field(description="BEFORE the day, or DAY_OF")
    title: str
    evidence_kind: str = Field(description="Empty while it is missing; else the kind of row that answers it")
    evidence_id: UUID | None
    met_at: datetime | None
    move: str = Field(description="Whose move it is")
    to_do: str


class ClearanceOut(Schema):
    id: UUID
    plan_id: UUID
    patient_id: UUID
    branch_id: UUID
    surgery_date: date
    status: str
    valid_until: date | None
    missing: list[str]
    lines: list[RequirementOut]


class TheatreTimeIn(Schema):
    start: datetime = Field(description="An instant, or without a zone the branch's clock")
    minutes: int = Field(ge=5, le=1440)
    room_id: UUID
    surgeon_id: UUID | None = None
    team: list[UUID] = []
    equipment: list[UUID] = []
    preparation_minutes: int = Field(30, ge=0, le=240)
    cleaning_minutes: int = Field(30, ge=0, le=240)
    override: str = Field("", max_length=300, description="Why it is in another surgeon's hours, if it is")


class TheatreIn(TheatreTimeIn):
    plan_id: UUID


class TheatreMoveIn(TheatreTimeIn):
    reason: str = Field(max_length=500)


class TheatreOut(Schema):
    id: UUID
    plan_id: UUID
    patient_id: UUID
    appointment_id: UUID
    status: str


class CaseIn(Schema):
    reservation_id: UUID
    anaesthesia: str = Field(
        "", description="GENERAL, REGIONAL, SEDATION or LOCAL; empty: as the surgeon's card says, else GENERAL"
    )


class CaseStartIn(Schema):
    mrn: str = Field(description="As it is read from the wristband")
    sides: dict[UUID, str] = Field(description="The side of each line of the case, as it is marked")


class CaseTimeIn(Schema):
    which: str = Field(description="in, anaesthesia, incision, closure or out")
    minutes_ago: int = Field(0, ge=0, le=600)


class SafetyCheckIn(Schema):
    code: str
    answer: str = Field(description="YES, NO or NA")
    note: str = Field("", max_length=2000)


class StageSignIn(Schema):
    role: str = Field(description="SURGEON, ANAESTHESIA or NURSE")
    staff_id: UUID


class SafetyCheckOut(Schema):
    code: str
    words: str
    answer: str


class StageOut(Schema):
    id: UUID
    kind: str
    status: str
    completed_at: datetime | None
    roles: list[str]
    signed: list[str]
    items: list[SafetyCheckOut]


class CaseLineOut(Schema):
    id: UUID
    line_id: UUID
    side: str


class CaseOut(Schema):
    id: UUID
    number: str
    plan_id: UUID
    patient_id: UUID
    branch_id: UUID
    room_id: UUID
    surgeon_id: UUID
    surgery_date: date
    status: str
    urgency: str
    anaesthesia: str
    is_flagged: bool = Field(description="A return to theatre whose clearance is not completed in arrears yet")
    in_at: datetime | None
    anaesthesia_at: datetime | None
    incision_at: datetime | None
    closure_at: datetime | None
    out_at: datetime | None
    lines: list[CaseLineOut]
    stages: list[StageOut]


@clearances.get("", response=list[ClearanceOut], summary="The clearance board between two days")
def board(request: HttpRequest, first: date, last: date, branch_id: UUID | None = None) -> Any:
    by = _by(request)
    rows = queries.board(first=first, last=last, seen_by=by, branch_id=branch_id)
    audit.reads(by, [row.clearance for row in rows], purpose="clearance board")
    return [_clearance_out(row.clearance, row.lines) for row in rows]


@clearances.post("", response={201: ClearanceOut}, summary="Open the clearance of a surgery for a date")
def open_clearance(request: HttpRequest, body: ClearanceIn) -> Any:
    return 201, shown_clearance(
        actions.open_clearance(body.plan_id, body.surgery_date, by=_by(request)).pk, _by(request)
    )


@clearances.get("/{clearance_id}", response=ClearanceOut, summary="One clearance")
def get_clearance(request: HttpRequest, clearance_id: UUID) -> Any:
    return shown_clearance(clearance_id, _by(request))


@clearances.post("/{clearance_id}/look-again", response=ClearanceOut, summary="Look at every line again")
def look_again(request: HttpRequest, clearance_id: UUID) -> Any:
    return shown_clearance(actions.look_again(clearance_id, by=_by(request)).pk, _by(request))


@clearances.post("/{clearance_id}/clear", response=ClearanceOut, summary="Clear the patient")
def clear(request: HttpRequest, clearance_id: UUID) -> Any:
    return shown_clearance(actions.clear(clearance_id, by=_by(request)).pk, _by(request))


@clearances.post("/{clearance_id}/refuse", response=ClearanceOut, summary="The patient is not cleared")
def refuse(request: HttpRequest, clearance_id: UUID, body: TheatreReasonIn) -> Any:
    return shown_clearance(actions.refuse(clearance_id, reason=body.reason, by=_by(request)).pk, _by(request))


@clearances.post("/{clearance_id}/reopen", response=ClearanceOut, summary="Open a refused clearance again")
def reopen(request: HttpRequest, clearance_id: UUID) -> Any:
    return shown_clearance(actions.reopen(clearance_id, by=_by(request)).pk, _by(request))


@clearances.post("/{clearance_id}/date", response=ClearanceOut, summary="The surgery moves to another day")
def change_date(request: HttpRequest, clearance_id: UUID, body: SurgeryDateIn) -> Any:
    return shown_clearance(actions.change_date(clearance_id, body.surgery_date, by=_by(request)).pk, _by(request))


@clearances.post("/lines/{line_id}/statement", response=ClearanceOut, summary="Answer a line under one's own name")
def state(request: HttpRequest, line_id: UUID, body: StatementIn) -> Any:
    made = actions.state(line_id, body.words, by=_by(request))
    return shown_clearance(made.requirement.clearance_id, _by(request))


@clearances.post("/lines/{line_id}/withdraw", response=ClearanceOut, summary="Take back what answers a line")
def withdraw_statement(request: HttpRequest, line_id: UUID, body: TheatreReasonIn) -> Any:
    return shown_clearance(actions.withdraw_statement(line_id, body.reason, by=_by(request)).pk, _by(request))


@clearances.post("/lines/{line_id}/waive", response=ClearanceOut, summary="A clinician lets a line go")
def waive(request: HttpRequest, line_id: UUID, body: LineWaiverIn) -> Any:
    made = actions.waive(line_id, body.reason, body.signed_name, by=_by(request))
    return shown_clearance(made.requirement.clearance_id, _by(request))


@theatre.post("", response={201: TheatreOut}, summary="Reserve a theatre with its team for a plan")
def reserve(request: HttpRequest, body: TheatreIn) -> Any:
    return 201, actions.reserve(body.plan_id, _wish(body), by=_by(request))


@theatre.post("/{reservation_id}/move", response={201: TheatreOut}, summary="Keep another time for the same surgery")
def move(request: HttpRequest, reservation_id: UUID, body: TheatreMoveIn) -> Any:
    """Given back and taken anew, or not at all; on another day the patient is cleared anew."""
    return 201, actions.move(reservation_id, _wish(body), reason=body.reason, by=_by(request))


@theatre.post("/{reservation_id}/release", response=TheatreOut, summary="Give a theatre back")
def release(request: HttpRequest, reservation_id: UUID, body: TheatreReasonIn) -> Any:
    return actions.release(reservation_id, reason=body.reason, by=_by(request))


@cases.get("", response=list[CaseOut], summary="The theatre's list of a day")
def list_cases(request: HttpRequest, day: date, branch_id: UUID | None = None) -> Any:
    by = _by(request)
    found = list(queries.list_of_day(day, seen_by=by, branch_id=branch_id))
    audit.reads(by, found, purpose="theatre list")
    return [_case_out(one, []) for one in found]


@cases.get("/list.pdf", response={200: bytes}, summary="The theatre's list of a day, on paper")
def list_pdf(request: HttpRequest, day: date, branch_id: UUID | None = None) -> HttpResponseBase:
    by = _by(request)
    return files.paper(actions.list_pdf(branch_id or people.own_branch(by).pk, day, by=by), f"theatre-{day}.pdf")


@cases.post("", response={201: CaseOut}, summary="Make a case of a reservation")
def schedule(request: HttpRequest, body: CaseIn) -> Any:
    made = actions.schedule(body.reservation_id, anaesthesia=body.anaesthesia, by=_by(request))
    return 201, shown_case(made.pk, _by(request))


@cases.get("/{case_id}", response=CaseOut, summary="One case with its checklist")
def get_case(request: HttpRequest, case_id: UUID) -> Any:
    return shown_case(case_id, _by(request))


@cases.post("/{case_id}/renew", response=CaseOut, summary="Put it on the clearance that stands now")
def renew(request: HttpRequest, case_id: UUID) -> Any:
    return shown_case(actions.renew(case_id, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/postpone", response=CaseOut, summary="Put it off without a date")
def postpone(request: HttpRequest, case_id: UUID, body: TheatreReasonIn) -> Any:
    return shown_case(actions.postpone(case_id, reason=body.reason, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/cancel", response=CaseOut, summary="Cancel it")
def cancel(request: HttpRequest, case_id: UUID, body: TheatreReasonIn) -> Any:
    return shown_case(actions.cancel(case_id, reason=body.reason, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/start", response=CaseOut, summary="Start it: the patient and the side are confirmed")
def start(request: HttpRequest, case_id: UUID, body: CaseStartIn) -> Any:
    return shown_case(
        actions.start(case_id, told_mrn=body.mrn, told_sides=body.sides, by=_by(request)).pk, _by(request)
    )


@cases.post("/{case_id}/undo-start", response=CaseOut, summary="Take a start back that was a mistake")
def undo_start(request: HttpRequest, case_id: UUID, body: TheatreReasonIn) -> Any:
    return shown_case(actions.undo_start(case_id, reason=body.reason, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/times", response=CaseOut, summary="Write down when something happened")
def write_time(request: HttpRequest, case_id: UUID, body: CaseTimeIn) -> Any:
    return shown_case(actions.write_time(case_id, body.which, body.minutes_ago, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/nothing-used", response=CaseOut, summary="Sign that nothing from stock was used")
def nothing_used(request: HttpRequest, case_id: UUID) -> Any:
    return shown_case(actions.sign_nothing_used(case_id, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/nothing-used/back", response=CaseOut, summary="Something was used after all")
def nothing_used_back(request: HttpRequest, case_id: UUID, body: TheatreReasonIn) -> Any:
    return shown_case(actions.take_back_nothing_used(case_id, body.reason, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/no-implant", response=CaseOut, summary="Sign that none was put in where one is open, and why")
def no_implant(request: HttpRequest, case_id: UUID, body: TheatreReasonIn) -> Any:
    return shown_case(actions.sign_no_implant(case_id, body.reason, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/complete", response=CaseOut, summary="Complete it")
def complete(request: HttpRequest, case_id: UUID) -> Any:
    return shown_case(actions.complete(case_id, by=_by(request)).pk, _by(request))


@cases.post("/{case_id}/abort", response=CaseOut, summary="Abort it")
def abort(request: HttpRequest, case_id: UUID, body: TheatreReasonIn) -> Any:
    return shown_case(actions.abort(case_id, reason=body.reason, by=_by(request)).pk, _by(request))


@cases.post("/stages/{stage_id}/items", response=CaseOut, summary="Answer an item of the checklist")
def answer(request: HttpRequest, stage_id: UUID, body: SafetyCheckIn) -> Any:
    item = actions.answer(stage_id, body.code, body.answer, body.note, by=_by(request))
    return shown_case(item.stage.case_id, _by(request))


@cases.post("/stages/{stage_id}/signatures", response=CaseOut, summary="Take somebody's word for their part")
def sign(request: HttpRequest, stage_id: UUID, body: StageSignIn) -> Any:
    return shown_case(actions.sign(stage_id, body.role, body.staff_id, by=_by(request)).stage.case_id, _by(request))


@cases.post("/stages/{stage_id}/complete", response=CaseOut, summary="Complete a stage; it is sealed")
def complete_stage(request: HttpRequest, stage_id: UUID) -> Any:
    return shown_case(actions.complete_stage(stage_id, by=_by(request)).case_id, _by(request))


def _wish(body: TheatreTimeIn) -> actions.TheatreWish:
    facts = {name: getattr(body, name) for name in TheatreTimeIn.model_fields}
    return actions.TheatreWish(**{**facts, "team": tuple(body.team), "equipment": tuple(body.equipment)})


def shown_clearance(pk: UUID, by: Actor) -> ClearanceOut:
    rows = queries.with_lines(queries.clearances(seen_by=by).filter(pk=pk))
    found = rows.first() or queries.clearance(pk, seen_by=by)
    audit.read(by, found, purpose="API")
    return _clearance_out(found, queries.lines_of(found))


def _clearance_out(found: Clearance, lines: Any) -> ClearanceOut:
    fields = {name: getattr(found, name) for name in ClearanceOut.model_fields if name not in ("lines", "missing")}
    own = [name for name in RequirementOut.model_fields if name not in ("move", "to_do")]
    shown = [
        RequirementOut(**{name: getattr(one.requirement, name) for name in own}, move=one.move, to_do=one.to_do)
        for one in lines
    ]
    return ClearanceOut(**fields, lines=shown, missing=[one.title for one in shown if one.evidence_id is None])


def shown_case(pk: UUID, by: Actor) -> CaseOut:
    found = queries.case(pk, seen_by=by)
    audit.read(by, found, purpose="API")
    return _case_out(found, queries.stages_of(found))


def _case_out(found: Case, stages: list[Stage]) -> CaseOut:
    fields = {name: getattr(found, name) for name in CaseOut.model_fields if name not in ("lines", "stages")}
    lines = [CaseLineOut(id=one.pk, line_id=one.line_id, side=one.side) for one in found.lines.all()]
    return CaseOut(**fields, lines=lines, stages=[_stage_out(one) for one in stages])


def _stage_out(one: Stage) -> StageOut:
    return StageOut(
        id=one.pk, kind=one.kind, status=one.status, completed_at=one.completed_at, roles=one.roles,
        signed=[signed.role for signed in one.signatures.all()],
        items=[SafetyCheckOut(code=item.code, words=item.words, answer=item.answer) for item in one.items.all()],
    )  # fmt: skip


def _by(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
