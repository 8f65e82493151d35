"""How prescriptions look in JSON. Quantities are strings, as they are exact."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import Field, PlainSerializer

from kalon.prescribing.actions import Fate
from kalon.prescribing.models import DispensedLine, Dispensing, Prescription, PrescriptionItem
from kalon.prescribing.queries import ToGive
from kalon.prescribing.rules import plain

Quantity = Annotated[Decimal, PlainSerializer(plain, return_type=str)]
Wanted = Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=3, allow_inf_nan=False)]
Words = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]


class StepIO(Schema):
    """One step of a tapering course."""

    dose: str = Field(max_length=12)
    frequency: str = Field(max_length=8)
    days: int


class PrescribedIn(Schema):
    """A medicine: a code of the formulary, or a name in free text of which nothing can be checked."""

    medicine: Words = ""
    name: Words = ""
    form: Words = ""
    strength: Words = ""
    route: Words = ""
    dose: Wanted = Decimal(1)
    dose_unit: Words = "tablet"
    frequency: Words = Field(
        "OD", description="OD, BD, TDS, QID, HS, EVERY (with every_hours), SOS (with most_a_day) …"
    )
    every_hours: int | None = None
    most_a_day: int | None = None
    days: int | None = None
    steps: list[StepIO] = []
    timing: Words = ""
    quantity: Wanted | None = Field(None, description="What is handed out; left out, it is worked out")
    is_in_house: bool = Field(False, description="From the clinic's own stock")
    stock_item: UUID | None = None
    instructions: Words = ""


class PrescribedOut(Schema):
    id: UUID
    medicine: str
    name: str
    form: str
    strength: str
    route: str
    sentence: str = Field(description="As a patient reads it")
    timing: str
    quantity: Quantity | None
    counted_in: str
    is_in_house: bool
    instructions: str


class PrescriptionOut(Schema):
    id: UUID
    number: str | None
    status: str
    patient_id: UUID
    consultation_id: UUID
    doctor_id: UUID
    prescribed_on: date | None
    finalized_at: datetime | None
    refills: int
    refills_used: int
    refills_until: date | None
    advice: str
    diet: str
    follow_up: str
    items: list[PrescribedOut]


class FindingOut(Schema):
    """What a check says; a stop needs a change or a reason."""

    key: str
    severity: str
    title: str
    mechanism: str
    action: str
    source: str
    reason: str


class StartIn(Schema):
    consultation_id: UUID


class StopAnswerIn(Schema):
    key: str = Field(max_length=200)
    reason: Words


class PrescriptionReasonIn(Schema):
    reason: Words


class HandOutIn(Schema):
    item_id: UUID
    quantity: Wanted
    stock_item_id: UUID | None = Field(None, description="Where several items of the store stand for the medicine")


class HandOutsIn(Schema):
    lines: list[HandOutIn] = Field(max_length=30)


class DispensedReturnIn(Schema):
    quantity: Wanted
    reason: Words
    fate: Fate = Field(Fate.SHELF, description="SHELF or WASTE")


class ToGiveOut(Schema):
    """A medicine at the counter: how much is left, and how it stands with the store."""

    item_id: UUID
    name: str
    strength: str
    counted_in: str
    left: Quantity
    state: str = Field(description="done, ready, short or none")


class WaitingPrescriptionOut(Schema):
    prescription_id: UUID
    number: str | None
    patient_id: UUID
    status: str
    finalized_at: datetime | None
    lines: list[ToGiveOut]


class DispensedOut(Schema):
    id: UUID
    item_id: UUID
    quantity: Quantity = Field(description="Below zero where it came back")
    batch_number: str
    expires_on: date | None
    takes_back_id: UUID | None
    bill_id: UUID | None
    reason: str


class DispensingOut(Schema):
    id: UUID
    prescription_id: UUID
    filling: int = Field(description="0 the first, 1 the first refill")
    status: str = Field(description="Of the prescription now")
    lines: list[DispensedOut]


def item_out(item: PrescriptionItem) -> dict[str, Any]:
    return {name: getattr(item, name) for name in PrescribedOut.model_fields}


def prescription_out(row: Prescription) -> dict[str, Any]:
    same = {name: getattr(row, name) for name in PrescriptionOut.model_fields if name != "items"}
    return {**same, "items": [item_out(item) for item in row.items.all()]}


def waiting_out(row: Prescription, lines: list[ToGive]) -> dict[str, Any]:
    same = ("number", "patient_id", "status", "finalized_at")
    return {
        "prescription_id": row.pk,
        **{name: getattr(row, name) for name in same},
        "lines": [to_give_out(line) for line in lines],
    }


def to_give_out(line: ToGive) -> dict[str, Any]:
    item = line.item
    return {
        "item_id": item.pk, "name": item.name, "strength": item.strength, "counted_in": item.counted_in,
        "left": line.left, "state": line.state,
    }  # fmt: skip


def dispensing_out(made: Dispensing, row: Prescription) -> dict[str, Any]:
    lines = [dispensed_out(line) for line in made.lines.all()]
    return {
        "id": made.pk, "prescription_id": row.pk, "filling": made.filling, "status": row.status, "lines": lines,
    }  # fmt: skip


def dispensed_out(line: DispensedLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in DispensedOut.model_fields}
