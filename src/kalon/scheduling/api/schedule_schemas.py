"""How working hours, leave and holidays travel as JSON. `day_of_week` counts from 0 = Sunday, as the documents do."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Annotated
from uuid import UUID

from ninja import Field, Schema
from pydantic import StringConstraints

from kalon.scheduling.actions import Affected, Answer, Answers, Do, ScheduleLine
from kalon.scheduling.api.schemas import AppointmentOut, Reason, SlotOut
from kalon.scheduling.models import Holiday, LeaveRequest, TimeOff, WeeklySchedule
from kalon.scheduling.rules import SlotState

Message = Annotated[str, StringConstraints(max_length=300)]
DayOfWeek = Annotated[int, Field(ge=0, le=6, description="0 is Sunday")]


def weekday_of(day_of_week: int) -> int:
    """The documents' day (0 is Sunday) as ours (0 is Monday)."""
    return (day_of_week - 1) % 7


class BreakIn(Schema):
    start_time: time
    end_time: time


class OutsideVisitIn(Schema):
    """What becomes of one visit that the change leaves outside."""

    id: UUID
    do: Do = Do.KEEP
    start: datetime | None = Field(None, description="The new time, when it is moved")
    message: Message = Field("", description="What the patient is told, when it is cancelled")
    edition: int | None = Field(None, description="The edition that was seen; a changed visit is asked about again")


class ChangeIn(Schema):
    """What every change of hours or leave may carry.

    Without answers a change that would leave visits outside is refused (409 `visits-outside`) and names them with
    free times; the same request with an answer for each is carried out in one transaction. When other visits are
    affected by then, it is refused with the new list (409 `visits-changed`).
    """

    visits: Annotated[list[OutsideVisitIn], Field(max_length=500)] = []
    dry_run: bool = Field(False, description="Change nothing; answer which visits would lie outside")

    @property
    def answers(self) -> Answers:
        return {
            one.id: Answer(do=one.do, start=one.start, message=one.message, edition=one.edition) for one in self.visits
        }


class OptionOut(Schema):
    start: datetime
    end: datetime
    local_start: str
    doctor_id: UUID | None
    branch_id: UUID
    label: str


class AffectedOut(Schema):
    id: UUID
    number: str
    patient_id: UUID
    doctor_id: UUID | None
    start: datetime
    local_start: str
    status: str
    edition: int
    may: list[Do]
    alternatives: list[OptionOut]


class ForeseenOut(Schema):
    """What a change would do, had it not been a dry run."""

    visits: list[AffectedOut] = Field(description="Visits that would lie outside")

    @classmethod
    def of(cls, affected: Iterable[Affected]) -> "ForeseenOut":
        return cls(visits=[AffectedOut(**one.as_fact()) for one in affected])


class HoursIn(Schema):
    """Hours on one day of the week; an end that does not come after the beginning is on the next day."""

    day_of_week: DayOfWeek
    start_time: time
    end_time: time
    slot_duration_minutes: Annotated[int, Field(ge=5, le=240)] = 30
    max_patients_per_slot: Annotated[int, Field(ge=1, le=20)] = 1
    breaks: Annotated[list[BreakIn], Field(max_length=4)] = []

    def line(self, valid_from: date, valid_to: date | None) -> ScheduleLine:
        return ScheduleLine(
            weekday=weekday_of(self.day_of_week),
            starts_at=self.start_time,
            ends_at=self.end_time,
            slot_minutes=self.slot_duration_minutes,
            capacity=self.max_patients_per_slot,
            valid_from=valid_from,
            valid_to=valid_to,
            breaks=[(pause.start_time, pause.end_time) for pause in self.breaks],
        )


class ScheduleIn(ChangeIn, HoursIn):
    valid_from: date | None = None
    valid_to: date | None = None


class NewScheduleIn(HoursIn):
    staff_id: UUID
    branch_id: UUID
    valid_from: date | None = None
    valid_to: date | None = None


class WeekIn(ChangeIn):
    """New hours from a day on: the old ones end the day before. With `last` the old ones come back after it."""

    staff_id: UUID
    branch_id: UUID
    first: date
    last: date | None = None
    days: list[DayOfWeek] = Field([0, 1, 2, 3, 4, 5, 6], description="Only these days of the week change")
    hours: Annotated[list[HoursIn], Field(max_length=42)] = []


class CopyWeekIn(ChangeIn):
    staff_id: UUID
    branch_id: UUID
    to_staff_id: UUID
    first: date
    last: date | None = None


class CopyDayIn(ChangeIn):
    staff_id: UUID
    branch_id: UUID
    day_of_week: DayOfWeek
    to: Annotated[list[DayOfWeek], Field(min_length=1, max_length=7)]
    first: date
    last: date | None = None


class ScheduleOut(Schema):
    id: UUID
    staff_id: UUID
    branch_id: UUID
    day_of_week: int
    start_time: str
    end_time: str
    slot_duration_minutes: int
    max_patients_per_slot: int
    breaks: list[BreakIn]
    valid_from: date
    valid_to: date | None

    @classmethod
    def of(cls, line: WeeklySchedule) -> "ScheduleOut":
        return cls(
            id=line.pk,
            staff_id=line.staff_id,
            branch_id=line.branch_id,
            day_of_week=(line.weekday + 1) % 7,
            start_time=f"{line.starts_at:%H:%M}",
            end_time=f"{line.ends_at:%H:%M}",
            slot_duration_minutes=line.slot_minutes,
            max_patients_per_slot=line.capacity,
            breaks=[BreakIn(start_time=pause.starts_at, end_time=pause.ends_at) for pause in line.breaks.all()],
            valid_from=line.valid_from,
            valid_to=line.valid_to,
        )


class RangeIn(Schema):
    staff_id: UUID
    branch_id: UUID
    start_date: date
    end_date: date
    service_id: UUID | None = None


class CountsOut(Schema):
    """How many of the slots that the hours yield are in which state."""

    free: int = 0
    taken: int = 0
    held: int = 0
    past: int = 0
    blocked: int = Field(0, description="Taken away by leave, a meeting or a holiday; not among the slots")

    @classmethod
    def of(cls, slots: Iterable[SlotOut], blocked: int) -> "CountsOut":
        counted = Counter(SlotState(slot.state) for slot in slots)
        return cls(**{state.value: counted[state] for state in SlotState}, blocked=blocked)


class GeneratedOut(Schema):
    slots: list[SlotOut]
    counts: CountsOut
    outside: list[AppointmentOut] = Field(description="Visits already booked that lie outside the hours")


class BlockIn(ChangeIn):
    """A time in which nothing is booked; without a zone, `start` and `end` are the branch's clock."""

    staff_id: UUID | None = Field(None, description="Left out, like room and equipment, for everybody's holiday")
    room_id: UUID | None = None
    equipment_id: UUID | None = None
    branch_id: UUID | None = None
    start: datetime
    end: datetime
    until: date | None = Field(None, description="The same time every week, up to this day")
    kind: Annotated[str, StringConstraints(max_length=16)] = "LEAVE"
    reason: Reason = ""


class BlockOut(Schema):
    id: UUID
    start: datetime
    end: datetime
    kind: str
    series: UUID | None

    @classmethod
    def of(cls, off: TimeOff) -> "BlockOut":
        begins, ends = off.period.lower.astimezone(UTC), off.period.upper.astimezone(UTC)
        return cls(id=off.pk, start=begins, end=ends, kind=off.kind, series=off.series)


class BlockedOut(BlockOut):
    """The first of the times that were blocked, and all of them."""

    all: list[BlockOut]


class CalendarIn(Schema):
    country: Annotated[str, StringConstraints(max_length=2)]
    subdivision: Annotated[str, StringConstraints(max_length=12)] = ""
    categories: Annotated[list[str], Field(min_length=1, max_length=10)] = ["public"]


class HolidayOut(Schema):
    id: UUID
    branch_id: UUID
    date: date
    name: str
    is_own: bool
    decision: Holiday.Decision
    works: list[UUID] = Field(description="Staff who work all the same")

    @classmethod
    def of(cls, day: Holiday) -> "HolidayOut":
        return cls(
            id=day.pk,
            branch_id=day.branch_id,
            date=day.on_date,
            name=day.name,
            is_own=day.is_own,
            decision=Holiday.Decision(day.decision),
            works=day.time_off.except_staff if day.time_off else [],
        )


class DecideIn(ChangeIn):
    branch_id: UUID
    closed: Annotated[list[UUID], Field(max_length=200)] = []
    open: Annotated[list[UUID], Field(max_length=200)] = []


class OwnHolidayIn(ChangeIn):
    branch_id: UUID
    date: date
    name: Annotated[str, StringConstraints(max_length=120)]


class WorkersIn(ChangeIn):
    staff_ids: Annotated[list[UUID], Field(max_length=200)] = []


class LeaveIn(Schema):
    first: date
    last: date
    starts_at: time | None = None
    ends_at: time | None = None
    note: Message = ""


class DeclineIn(Schema):
    answer: Message


class LeaveOut(Schema):
    id: UUID
    staff_id: UUID
    staff_name: str
    status: str
    words: str
    note: str
    answer: str
    start: datetime
    end: datetime

    @classmethod
    def of(cls, request: LeaveRequest) -> "LeaveOut":
        return cls(
            id=request.pk,
            staff_id=request.staff_id,
            staff_name=str(request.staff.name),
            status=request.status,
            words=request.words,
            note=request.note,
            answer=request.answer,
            start=request.period.lower.astimezone(UTC),
            end=request.period.upper.astimezone(UTC),
        )
