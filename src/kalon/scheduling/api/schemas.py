"""What travels: instants in UTC, and beside them what the branch's clock shows."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from ninja import Field, Schema
from pydantic import AfterValidator, StringConstraints

from kalon.kernel.actors import Actor
from kalon.scheduling.actions import Hold
from kalon.scheduling.lifecycles import LIFE, Kind, Priority, Side, Source
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Slot, SlotState


def _printable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("This text holds a character that cannot be stored. Type it again.")
    return text


Words = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_printable)]
Reason = Annotated[str, StringConstraints(max_length=200), AfterValidator(_printable)]


class SlotOut(Schema):
    doctor_id: UUID | None
    branch_id: UUID
    start: datetime
    end: datetime
    date: date
    start_time: str = Field(description="On the branch's clock, HH:MM")
    end_time: str
    state: SlotState
    is_available: bool

    @classmethod
    def of(cls, slot: Slot) -> "SlotOut":
        return cls(
            doctor_id=slot.doctor_id,
            branch_id=slot.branch_id,
            start=slot.start.astimezone(UTC),
            end=slot.end.astimezone(UTC),
            date=slot.start.date(),
            start_time=f"{slot.start:%H:%M}",
            end_time=f"{slot.end:%H:%M}",
            state=slot.state,
            is_available=slot.state is SlotState.FREE,
        )


class AppointmentOut(Schema):
    id: UUID
    number: str
    status: str
    status_label: str
    status_at: datetime
    type: str
    patient_id: UUID
    patient_name: str
    mrn: str
    doctor_id: UUID | None
    doctor_name: str
    branch_id: UUID
    room_id: UUID | None
    room_name: str
    service_id: UUID | None
    service_name: str
    package_id: UUID | None
    package_name: str
    team: list[UUID] = Field(description="Nurses and therapists beside the doctor")
    equipment: list[UUID]
    preparation_minutes: int
    cleaning_minutes: int
    start: datetime
    end: datetime
    date: date
    start_time: str = Field(description="On the branch's clock, HH:MM")
    end_time: str
    timezone: str
    source: str
    priority: str
    chief_complaint: str
    patient_note: str
    amount_due: Decimal | None
    payment_due_at: datetime | None
    is_overbooked: bool
    cancelled_reason: str
    cancelled_side: str = Field(description="Who cancelled: PATIENT or CLINIC; empty while nobody did")
    patient_confirmed_at: datetime | None = Field(description="When the patient answered that they will come")
    follows_id: UUID | None = Field(description="The visit of which this is the follow-up")
    occasion_id: UUID | None = Field(description="The plan or follow-up it was booked for")
    series_id: UUID | None
    series_number: int | None
    predecessor_id: UUID | None
    successor_id: UUID | None
    edition: int
    moves: list[str] = Field(description="What the caller may do next, by name")

    @classmethod
    def of(cls, visit: Appointment, by: Actor) -> "AppointmentOut":
        start, end = visit.local_start, visit.local_end
        return cls(
            id=visit.pk,
            number=visit.number,
            status=visit.status,
            status_label=visit.get_status_display(),
            status_at=visit.status_at,
            type=visit.kind,
            patient_id=visit.patient_id,
            patient_name=f"{visit.patient.given_name} {visit.patient.family_name}".strip(),
            mrn=visit.patient.mrn,
            doctor_id=visit.doctor_id,
            doctor_name=visit.doctor.name if visit.doctor else "",
            branch_id=visit.branch_id,
            room_id=visit.room_id,
            room_name=visit.room.name if visit.room else "",
            service_id=visit.service_id,
            service_name=visit.service.name if visit.service else "",
            package_id=visit.package_id,
            package_name=visit.package.name if visit.package else "",
            team=visit.team,
            equipment=visit.equipment,
            preparation_minutes=visit.preparation_minutes,
            cleaning_minutes=visit.cleaning_minutes,
            start=start.astimezone(UTC),
            end=end.astimezone(UTC),
            date=start.date(),
            start_time=f"{start:%H:%M}",
            end_time=f"{end:%H:%M}",
            timezone=visit.branch.timezone,
            source=visit.source,
            priority=visit.priority,
            chief_complaint=visit.chief_complaint,
            patient_note=visit.patient_note,
            amount_due=visit.amount_due,
            payment_due_at=visit.payment_due_at,
            is_overbooked=visit.is_overbooked,
            cancelled_reason=visit.cancelled_reason,
            cancelled_side=visit.cancelled_side,
            patient_confirmed_at=visit.patient_confirmed_at,
            follows_id=visit.follows_id,
            occasion_id=visit.occasion_id,
            series_id=visit.series_id,
            series_number=visit.series_number,
            predecessor_id=visit.predecessor_id,
            successor_id=visit.successor_id,
            edition=visit.edition,
            moves=[button.move.name for button in LIFE.buttons(visit, by=by) if button.enabled],
        )


class WhenIn(Schema):
    """A time: `start` (an instant, or without a zone the branch's wall clock), or a date and a clock time."""

    start: datetime | None = None
    appointment_date: date | None = None
    start_time: time | None = None


class ChosenIn(Schema):
    """What is picked by hand; what the service takes beyond it is found."""

    room_id: UUID | None = None
    team: Annotated[list[UUID], Field(max_length=12)] = []
    equipment: Annotated[list[UUID], Field(max_length=12)] = []


class WishIn(ChosenIn):
    """Where, with whom and for what; when is said beside it."""

    branch_id: UUID
    doctor_id: UUID | None = None
    service_id: UUID | None = None
    package_id: UUID | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None


class BookIn(WhenIn, WishIn):
    patient_id: UUID | None = Field(None, description="Left out by a patient who books for themself")
    type: Kind | None = None
    follows_id: UUID | None = Field(None, description="For a follow-up: the visit that it follows")
    occasion_id: UUID | None = Field(None, description="The plan or follow-up of this patient it is booked for")
    source: Source = Source.FRONT_DESK
    priority: Priority = Priority.NORMAL
    chief_complaint: Words = ""
    patient_note: Words = ""
    overbooking_reason: Reason = ""
    off_schedule_reason: Reason = ""
    hold_id: UUID | None = None


class AmendIn(Schema):
    edition: int | None = Field(None, description="The edition that was read; a later one on file answers 409")
    chief_complaint: Words | None = None
    patient_note: Words | None = None
    priority: Priority | None = None


class MoveToIn(WhenIn):
    """Where a visit is to go; what is left out stays as it is."""

    doctor_id: UUID | None = None
    room_id: UUID | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None


class RescheduleIn(MoveToIn):
    reason: Reason
    overbooking_reason: Reason = ""
    hold_id: UUID | None = None


class VisitReasonIn(Schema):
    reason: Reason


class CancelIn(VisitReasonIn):
    side: Side = Field(Side.PATIENT, description="Who does not keep it; when the clinic does not, no fee is charged")


class VisitMoveIn(Schema):
    move: Annotated[str, StringConstraints(max_length=40)]
    reason: Reason = ""
    side: Side = Field(Side.PATIENT, description="Who cancels; heard by the move `cancel` alone")


class VisitHistoryOut(Schema):
    at: datetime
    move: str
    label: str
    from_state: str
    to_state: str
    by: str
    reason: str


class HoldIn(WhenIn, WishIn):
    """A time to hold, as it would be booked."""


class HoldOut(Schema):
    hold_id: UUID
    expires_at: datetime
    room_id: UUID | None
    team: list[UUID]
    equipment: list[UUID]

    @classmethod
    def of(cls, held: Hold) -> "HoldOut":
        return cls(
            hold_id=held.id,
            expires_at=held.expires_at,
            room_id=held.place.room_id,
            team=list(held.place.team),
            equipment=list(held.place.equipment),
        )


class CalendarOut(Schema):
    appointments: list[AppointmentOut]
    hours: list["OpenOut"]
    blocked: list["OpenOut"]


class OpenOut(Schema):
    branch_id: UUID | None
    start: datetime
    end: datetime
    word: str = ""


CalendarOut.model_rebuild()


class ArrivalCodeIn(Schema):
    code: Annotated[str, Field(min_length=1, max_length=300, description="What the QR code holds, or its address")]


class CallIn(Schema):
    room_id: UUID | None = Field(None, description="Left out: the room of the visit")


class CallOut(Schema):
    id: UUID
    appointment_id: UUID
    room_id: UUID | None
    called_at: datetime
