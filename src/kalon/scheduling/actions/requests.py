"""What somebody asks to be booked, looked up and checked."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.actions.places import Wish, instant_of
from kalon.scheduling.lifecycles import Priority, Source
from kalon.scheduling.rules import Chosen, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRequest:
    """A time somebody asks for: where, when, with whom and for what.

    `start` is an instant, or without a zone the branch's wall clock. `minutes` replaces the service's duration,
    `preparation_minutes` and `cleaning_minutes` what goes around it.
    `room_id`, `team` and `equipment` are what somebody picked by hand; the rest of what the service takes is found.
    """

    branch_id: UUID
    start: datetime
    doctor_id: UUID | None = None
    service_id: UUID | None = None
    package_id: UUID | None = None
    room_id: UUID | None = None
    team: tuple[UUID, ...] = ()
    equipment: tuple[UUID, ...] = ()
    minutes: int | None = None
    preparation_minutes: int | None = None
    cleaning_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRequest(TimeRequest):
    """A visit somebody asks for.

    `overbooking_reason` books a doctor's full column on purpose; `off_schedule_reason` books outside the hours,
    for an emergency or a walk-in. `follows_id` is the visit of the same patient that a follow-up follows; `occasion_id`
    names the plan or follow-up it is booked for. `told_price` is what the page said it costs: another price is refused.
    """

    patient_id: UUID
    kind: str | None = None
    source: str = Source.FRONT_DESK
    priority: str = Priority.NORMAL
    chief_complaint: str = ""
    patient_note: str = ""
    overbooking_reason: str = ""
    off_schedule_reason: str = ""
    hold_id: UUID | None = None
    follows_id: UUID | None = None
    occasion_id: UUID | None = None
    series_id: UUID | None = None
    series_number: int | None = None
    told_price: Decimal | None = None


def wish_for(request: TimeRequest, service: Any, package: Any, *, by: Actor, **more: Any) -> Wish:
    """What a request asks for, looked up and checked."""
    branch = people.branch(request.branch_id, seen_by=by)
    doctor = _doctor(request.doctor_id, by)
    demand = queries.demand(service, package, minutes=None if by.is_patient else request.minutes)
    if not by.is_patient:
        demand = _around(demand, request)
    if doctor is None and demand.needs_doctor:
        raise Invalid("Choose a doctor for this visit.", field="doctor_id")
    if not 1 <= demand.minutes <= 24 * 60:
        raise Invalid("Say how long the visit takes, or choose a service.", field="minutes")
    begins = instant_of(request.start, ZoneInfo(branch.timezone))
    return Wish(
        branch=branch,
        doctor=doctor,
        span=Span(begins, begins + timedelta(minutes=demand.minutes)),
        demand=demand,
        chosen=Chosen() if by.is_patient else Chosen(request.room_id, tuple(request.team), tuple(request.equipment)),
        **more,
    )


def _around(demand: Any, request: TimeRequest) -> Any:
    """The demand with the preparation and the cleaning that somebody chose for it."""
    given = {"preparation_minutes": request.preparation_minutes, "cleaning_minutes": request.cleaning_minutes}
    chosen = {name: minutes for name, minutes in given.items() if minutes is not None}
    if any(not 0 <= minutes <= 240 for minutes in chosen.values()):
        raise Invalid("Preparation and cleaning take between 0 and 240 minutes.", field="preparation_minutes")
    return replace(demand, **chosen)


def _doctor(doctor_id: UUID | None, by: Actor) -> Any:
    if doctor_id is None:
        return None
    doctor = people.staff_member(doctor_id, seen_by=by)
    if not doctor.is_active:
        raise NotFound(f"{doctor.name} no longer works here. Choose somebody else.")
    return doctor


def service_of(request: TimeRequest, by: Actor) -> Any:
    if request.service_id is None:
        if by.is_patient and request.package_id is None:
            raise Invalid("Choose what the visit is for.", field="service_id")
        return None
    service = catalog.service(request.service_id, seen_by=by)
    if not service.is_active:
        raise Invalid(f"{service.name} is no longer offered. Choose another service.", field="service_id")
    if by.is_patient and not service.is_self_bookable:
        raise Invalid(f"{service.name} is booked by the clinic. Call the desk.", field="service_id")
    return service


def package_of(request: TimeRequest, by: Actor) -> Any:
    if request.package_id is None:
        return None
    if request.service_id is not None:
        raise Invalid("A visit is for a service or for a package. Choose one of them.", field="package_id")
    package = catalog.package(request.package_id, seen_by=by)
    if not package.is_active:
        raise Invalid(f"{package.name} is no longer offered. Choose another package.", field="package_id")
    if by.is_patient and not package.is_self_bookable:
        raise Invalid(f"{package.name} is booked by the clinic. Call the desk.", field="package_id")
    return package
