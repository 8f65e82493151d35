"""Facts scheduling announces, inside the transaction that made them true."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from kalon.kernel.actors import Actor

if TYPE_CHECKING:
    from kalon.scheduling.models import Appointment


@dataclass(frozen=True, slots=True)
class AppointmentFact:
    """Something became true of one appointment; whoever reacts finds the visit as it stands, and need not load it."""

    visit: "Appointment"
    by: Actor

    @property
    def appointment_id(self) -> UUID:
        return self.visit.pk

    @property
    def patient_id(self) -> UUID:
        return self.visit.patient_id

    @property
    def organization_id(self) -> UUID:
        return self.visit.organization_id


class AppointmentBooked(AppointmentFact):
    """A visit was booked; its status says whether it waits for approval, for payment, or for nothing."""


class PaymentRequested(AppointmentFact):
    """A requested visit was approved, and something is to be paid before it is confirmed."""


@dataclass(frozen=True, slots=True)
class AppointmentConfirmed(AppointmentFact):
    """The visit will take place: it was approved, paid, or booked at the desk with nothing to pay (`at_booking`)."""

    at_booking: bool = False


@dataclass(frozen=True, slots=True)
class SeriesBooked:
    """Several visits were booked in one go; each of them was announced as well."""

    series_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor


class AppointmentCheckedIn(AppointmentFact):
    """The patient is here."""


class AppointmentStarted(AppointmentFact):
    """The patient went in."""


class AppointmentCompleted(AppointmentFact):
    """The visit is over."""


class AppointmentCancelled(AppointmentFact):
    """The visit will not take place; also when the patient left without being seen."""


class AppointmentNoShow(AppointmentFact):
    """The patient did not come."""


class AppointmentTimeChanged(AppointmentFact):
    """The visit keeps its day, and has another time, doctor or room."""


class AppointmentResourcesChanged(AppointmentFact):
    """The visit keeps its time, and takes another room, team or device."""


@dataclass(frozen=True, slots=True)
class AppointmentStepUndone(AppointmentFact):
    """A step was a slip and was taken back: `step` is check_in, start or no_show."""

    step: str


@dataclass(frozen=True, slots=True)
class AppointmentRescheduled:
    """The visit moved to another day: the old one ended and names the new one."""

    old_id: UUID
    new_id: UUID
    patient_id: UUID
    organization_id: UUID
    by: Actor

    @property
    def appointment_id(self) -> UUID:
        return self.new_id


@dataclass(frozen=True, slots=True)
class WaitingListChanged:
    """Somebody waits at a branch, or may be offered a time there."""

    branch_id: UUID
    organization_id: UUID
    by: Actor


@dataclass(frozen=True, slots=True)
class TimeOffered:
    """Somebody who waits is offered a time; `token` is what the link in their message carries."""

    offer_id: UUID
    entry_id: UUID
    patient_id: UUID
    organization_id: UUID
    token: str
    by: Actor
