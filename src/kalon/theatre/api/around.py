"""JSON of what surrounds an operation: going home, and how a surgeon likes it prepared."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.errors import NotFound
from kalon.theatre import actions, queries
from kalon.theatre.models import PreferenceCard, StoppedMedicine
from kalon.web import files
from kalon.web.fronts import actor_of

homegoing = Router(tags=["theatre"])
cards = Router(tags=["theatre"])
preparing = Router(tags=["theatre"])


class DischargeIn(Schema):
    with_whom: str = Field(max_length=200)
    note: str = Field("", max_length=4000)


class DischargeOut(DischargeIn):
    id: UUID
    case_id: UUID
    gone_at: datetime
    staff_id: UUID


class PreferenceCardIn(Schema):
    procedure_id: UUID
    surgeon_id: UUID | None = Field(None, description="Whose card; empty: the house's own")
    minutes: int | None = Field(None, ge=5, le=1440)
    anaesthesia: str = Field("", description="GENERAL, REGIONAL, SEDATION, LOCAL or empty")
    team: list[UUID] = Field([], max_length=12, description="Staff who usually come")
    position: str = Field("", max_length=1000)
    room_setup: str = Field("", max_length=1000)
    instruments: str = Field("", max_length=1000)
    sutures: str = Field("", max_length=1000)
    drugs: str = Field("", max_length=1000)
    implants: str = Field("", max_length=1000)
    dressing: str = Field("", max_length=1000)
    notes: str = Field("", max_length=1000)


class PreferenceCardChange(PreferenceCardIn):
    seen: int | None = Field(None, description="The version that was read; a later one on file answers 409")


class PreferenceCardEndIn(Schema):
    procedure_id: UUID
    surgeon_id: UUID | None = Field(None, description="Whose card; empty: the house's own")
    seen: int | None = Field(None, description="The version that was read; a later one on file answers 409")


class PreferenceCardOut(PreferenceCardIn):
    id: UUID
    version: int
    is_active: bool
    written_by_id: UUID
    created_at: datetime


class StoppedMedicineIn(Schema):
    name: str = Field(max_length=120)
    days_before: int = Field(ge=1, le=60, description="Taken for the last time so many days before the operation")


class StoppedMedicineOut(StoppedMedicineIn):
    id: UUID
    plan_id: UUID
    ended_at: datetime | None


class PreparationOut(Schema):
    id: UUID
    case_id: UUID
    plan_id: UUID
    starts_at: datetime
    arrive_at: datetime
    food_until: datetime | None = Field(description="Empty where nobody is put to sleep")
    water_until: datetime | None
    medicines: list[tuple[str, date]] = Field(description="Each with the last day on which it is taken")


@preparing.get("/{plan_id}/stopped-medicines", response=list[StoppedMedicineOut], summary="What a patient stops before")
def stopped_medicines(request: HttpRequest, plan_id: UUID) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    rows = list(queries.stopped_medicines(plan_id, seen_by=by))
    audit.reads(by, rows, purpose="API")
    return [_stopped(one) for one in rows]


@preparing.post("/{plan_id}/stopped-medicines", response={201: StoppedMedicineOut}, summary="Stop a medicine before")
def stop_medicine(request: HttpRequest, plan_id: UUID, body: StoppedMedicineIn) -> Any:
    made = actions.stop_medicine(plan_id, body.name, body.days_before, by=request.actor)  # type: ignore[attr-defined]
    return 201, _stopped(made)


@preparing.post(
    "/stopped-medicines/{medicine_id}/end", response=StoppedMedicineOut, summary="It is not stopped after all"
)
def take_again(request: HttpRequest, medicine_id: UUID) -> Any:
    return _stopped(actions.take_again(medicine_id, by=request.actor))  # type: ignore[attr-defined]


@preparing.get("/{plan_id}/preparation", response=PreparationOut, summary="What the patient was told before")
def get_preparation(request: HttpRequest, plan_id: UUID) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    held = queries.preparation_of_plan(plan_id, seen_by=by)
    if held is None:
        raise NotFound("Nothing was told yet: the case does not stand.")
    audit.read(by, held, purpose="API")
    return PreparationOut(**{name: getattr(held, name) for name in PreparationOut.model_fields})


@preparing.get("/{plan_id}/preparation.pdf", response={200: bytes}, summary="The same on paper, as the patient gets it")
def preparation_pdf(request: HttpRequest, plan_id: UUID) -> HttpResponseBase:
    by = actor_of(request)
    held = queries.preparation_of_plan(plan_id, seen_by=by)
    if held is None:
        raise NotFound("Nothing was told yet: the case does not stand.")
    return files.paper(actions.before_pdf(held.pk, by=by), "before.pdf")


@homegoing.post("/{case_id}/discharge", response={201: DischargeOut}, summary="The patient goes home, with somebody")
def discharge(request: HttpRequest, case_id: UUID, body: DischargeIn) -> Any:
    made = actions.discharge(case_id, **body.model_dump(), by=request.actor)  # type: ignore[attr-defined]
    return 201, DischargeOut(**{name: getattr(made, name) for name in DischargeOut.model_fields})


@homegoing.get("/{case_id}/discharge", response=DischargeOut, summary="When and with whom the patient went home")
def get_discharge(request: HttpRequest, case_id: UUID) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    gone = queries.discharge_of(queries.case(case_id, seen_by=by))
    if gone is None:
        raise NotFound("The patient has not gone home yet.")
    audit.read(by, gone, purpose="API")
    return DischargeOut(**{name: getattr(gone, name) for name in DischargeOut.model_fields})


@cards.get("", response=Page[PreferenceCardOut], summary="The cards that count")
def list_cards(request: HttpRequest, surgeon_id: UUID | None = None) -> Any:
    """`surgeon_id`: that surgeon's and the house's own."""
    rows = queries.counting_cards(seen_by=request.actor, surgeon_id=surgeon_id)  # type: ignore[attr-defined]
    return paged(request, rows, card_out)


@cards.put("", response=PreferenceCardOut, summary="Write a card, as a further version")
def put_card(request: HttpRequest, body: PreferenceCardChange) -> Any:
    facts = body.model_dump(exclude={"procedure_id", "surgeon_id", "seen"})
    by = request.actor  # type: ignore[attr-defined]
    return card_out(actions.write_card(body.procedure_id, body.surgeon_id, facts, seen=body.seen, by=by))


@cards.post("/end", response=PreferenceCardOut, summary="A card counts no longer; its versions stay")
def end_card(request: HttpRequest, body: PreferenceCardEndIn) -> Any:
    by = request.actor  # type: ignore[attr-defined]
    return card_out(actions.end_card(body.procedure_id, body.surgeon_id, seen=body.seen, by=by))


def card_out(one: PreferenceCard) -> PreferenceCardOut:
    return PreferenceCardOut(**{name: getattr(one, name) for name in PreferenceCardOut.model_fields})


def _stopped(one: StoppedMedicine) -> StoppedMedicineOut:
    return StoppedMedicineOut(**{name: getattr(one, name) for name in StoppedMedicineOut.model_fields})
