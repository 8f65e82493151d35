"""How recalls look in JSON."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, Field

from kalon.inventory.api.schemas import Quantity, Text, without_nul

Words = Annotated[str, Field(max_length=2000), AfterValidator(without_nul)]
Code = Annotated[str, Field(max_length=60), AfterValidator(without_nul)]


class RecallCoversIn(Schema):
    """One thing that is called back: an item, its GTIN or its model, and of that a lot or a range of serials."""

    item_id: UUID | None = None
    device_code: Code = ""
    model: Code = ""
    lot: Code = ""
    serial_from: Code = ""
    serial_to: Code = ""


class RecallCoversOut(RecallCoversIn):
    """One thing that is called back."""


class RecallIn(Schema):
    """A notice: from whom, about what, what is wrong, and what it covers."""

    title: Annotated[Text, Field(max_length=160)]
    issued_by: Annotated[Text, Field(max_length=120)]
    issued_on: date
    hazard: Words
    reference: Annotated[Text, Field(max_length=60)] = ""
    advice: Words = ""
    due_on: date | None = None
    covers: Annotated[list[RecallCoversIn], Field(min_length=1, max_length=2000)]


class RecallFileOut(Schema):
    """What the file of a notice says, to be looked at before a recall is opened; `doubts` say what to look at first."""

    title: str = ""
    issued_by: str = ""
    issued_on: date | None = None
    hazard: str = ""
    reference: str = ""
    advice: str = ""
    due_on: date | None = None
    covers: list[RecallCoversOut]
    doubts: list[str]


class RecallOut(Schema):
    """A recall, and how far it is."""

    id: UUID
    number: str
    title: str
    issued_by: str
    reference: str
    issued_on: date
    due_on: date | None
    hazard: str
    advice: str
    status: str
    patients: int
    reached: int
    settled: int


class RecallAffectedOut(Schema):
    """As it stands now: one piece, so much of a batch by what became of it, or what one patient was given ("GIVEN")."""

    item_id: UUID
    item: str
    unit: str
    batch_id: UUID
    lot: str
    unit_id: UUID | None
    serial: str
    status: str
    patient_id: UUID | None
    side: str
    branch_id: UUID | None
    quantity: Quantity


class RecallHitOut(Schema):
    """What of it was here when the notice came, and how it stood."""

    id: UUID
    item_id: UUID
    batch_id: UUID
    lot: str
    unit_id: UUID | None
    serial: str
    quantity: Quantity
    was: str


class RecallTaskOut(Schema):
    """One patient of a recall: what they have of it, whether they were told and reached, and what came of it."""

    id: UUID
    notice_id: UUID
    patient_id: UUID
    branch_id: UUID
    what: str
    status: str
    calls: int
    told_at: datetime | None
    outcome: str
    note: str
    settled_by_name: str


class RecallToldOut(Schema):
    """To how many patients a message went."""

    told: int


class RecallOutcomeIn(Schema):
    """What came of it for a patient."""

    outcome: Text
    note: Words = ""


class RecallCloseIn(Schema):
    """Why the recall is over."""

    reason: Text
