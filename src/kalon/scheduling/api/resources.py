"""Rooms, people and devices of a visit as JSON: who and what is free, what a service takes, and choosing by hand."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Schema

from kalon.api import Router
from kalon.catalog import queries as catalog
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.actions.places import instant_of
from kalon.scheduling.api.appointments import shown
from kalon.scheduling.api.schemas import AppointmentOut, ChosenIn
from kalon.scheduling.lifecycles import VIEW
from kalon.scheduling.rules import Chosen, Span

router = Router(tags=["resources"])

# What the requirements of the callers call a kind otherwise than we do.
ALSO_CALLED = {"OT": "THEATRE"}


class AvailableResourceOut(Schema):
    id: UUID
    name: str
    kind: str
    is_available: bool
    conflict: str = ""


class CountOut(Schema):
    kind: str
    count: int


class RequirementsOut(Schema):
    """What a visit for the service takes."""

    service_id: UUID
    duration_minutes: int
    requires_room: bool
    room_type: str
    room_features: list[str]
    requires_doctor: bool
    requires_therapist: bool
    requires_nurse: bool
    staff: list[CountOut]
    equipment: list[CountOut]
    preparation_time_minutes: int
    cleanup_time_minutes: int
    special_requirements: list[str]
    notes: str


class AllocateIn(ChosenIn):
    """A room, people and devices; `therapist_id` is one more of the team. `approve` answers the request as well."""

    therapist_id: UUID | None = None
    approve: bool = False


@router.get("/rooms/available", response=list[AvailableResourceOut], summary="Rooms, and whether they are free")
def rooms_available(
    request: HttpRequest,
    date: date,
    start_time: time,
    end_time: time,
    branch_id: UUID | None = None,
    room_type: str = "",
    service_id: UUID | None = None,
) -> Any:
    """Every room of the kind, free or not, with what stands in the way.

    Times are the branch's clock; an end before the beginning is on the next day.
    """
    by = _viewer(request)
    branch = _branch(branch_id, by)
    service = catalog.service(service_id, seen_by=by) if service_id else None
    demand = queries.demand(service)
    kind = _kind(room_type, people.ROOM_KINDS, "room_type") if room_type else demand.room_kind
    found = people.rooms(seen_by=by, branch_id=branch.pk, kind=kind, features=tuple(demand.room_features))
    return queries.rooms_free(branch, list(found), _span(branch, date, start_time, end_time), demand, seen_by=by)


@router.get("/therapists/available", response=list[AvailableResourceOut], summary="People, and whether they are free")
def therapists_available(
    request: HttpRequest,
    date: date,
    start_time: time,
    end_time: time,
    branch_id: UUID | None = None,
    staff_type: str = "therapist",
    service_id: UUID | None = None,
) -> Any:
    """Everybody of the kind with hours at the branch, free or not, with what stands in the way."""
    by = _viewer(request)
    branch = _branch(branch_id, by)
    service = catalog.service(service_id, seen_by=by) if service_id else None
    demand = queries.demand(service)
    span = _span(branch, date, start_time, end_time)
    return queries.staff_free(branch, _kind(staff_type, people.STAFF_KINDS, "staff_type"), span, demand, seen_by=by)


@router.get("/service/{service_id}/requirements", response=RequirementsOut, summary="What a service takes")
def requirements(request: HttpRequest, service_id: UUID) -> Any:
    by = _viewer(request)
    demand = queries.demand(catalog.service(service_id, seen_by=by))
    staff = dict(demand.staff)
    return RequirementsOut(
        service_id=service_id,
        duration_minutes=demand.minutes,
        requires_room=bool(demand.room_kind),
        room_type=_called(demand.room_kind or ""),
        room_features=sorted(demand.room_features),
        requires_doctor=demand.needs_doctor,
        requires_therapist="THERAPIST" in staff,
        requires_nurse="NURSE" in staff,
        staff=[CountOut(kind=kind, count=count) for kind, count in demand.staff],
        equipment=[CountOut(kind=kind, count=count) for kind, count in demand.equipment],
        preparation_time_minutes=demand.preparation_minutes,
        cleanup_time_minutes=demand.cleaning_minutes,
        special_requirements=list(demand.special_needs),
        notes=demand.note,
    )


@router.post(
    "/appointment/{appointment_id}/allocate-resources",
    response=AppointmentOut,
    summary="Give a visit a room, people and devices",
)
def allocate_resources(request: HttpRequest, appointment_id: UUID, body: AllocateIn) -> Any:
    """All of it or nothing: 409 `clash` says what is taken. With `approve`, the request is approved with it."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    team = (*body.team, *((body.therapist_id,) if body.therapist_id else ()))
    visit = actions.allocate(appointment_id, Chosen(body.room_id, team, tuple(body.equipment)), by=by)
    if body.approve:
        visit = actions.approve(appointment_id, by=by)
    return shown(request, visit)


def _kind(word: str, known: Collection[str], field: str) -> str:
    kind = ALSO_CALLED.get(word.upper(), word.upper())
    if kind not in known:
        raise Invalid(f"Choose one of these: {', '.join(map(_called, known))}.", field=field)
    return kind


def _called(kind: str) -> str:
    return next((word for word, ours in ALSO_CALLED.items() if ours == kind), kind).lower()


def _span(branch: Any, on: date, start: time, end: time) -> Span:
    zone = ZoneInfo(branch.timezone)
    if start == end:
        raise Invalid("The end comes after the beginning. Give two different times.", field="end_time")
    ends_on = on + timedelta(days=int(end < start))  # a session over midnight
    return Span(instant_of(datetime.combine(on, start), zone), instant_of(datetime.combine(ends_on, end), zone))


def _branch(branch_id: UUID | None, by: Actor) -> Any:
    branch = people.branch(branch_id, seen_by=by) if branch_id else people.branch_of(by)
    if branch is None:
        raise Invalid("Say which branch.", field="branch_id")
    by.must(VIEW, at=branch.pk, do="see who is free in this branch")
    return branch


def _viewer(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    by.must(VIEW, do="see who is free")
    return by
