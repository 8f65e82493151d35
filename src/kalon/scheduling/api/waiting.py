"""The waiting list as JSON: who waits, joining, leaving, and offering a time by hand."""

from datetime import date, datetime, time
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Page, Router, paged
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.scheduling import actions, queries
from kalon.scheduling.api.schemas import Reason, VisitReasonIn
from kalon.scheduling.lifecycles import VIEW, Priority
from kalon.scheduling.models import WaitingEntry
from kalon.scheduling.models.waiting import EVERY_DAY

router = Router(tags=["waiting list"])


class WaitingIn(Schema):
    patient_id: UUID | None = Field(None, description="Left out by a patient who waits for themself")
    branch_id: UUID
    service_id: UUID | None = Field(None, description="Or `package_id`")
    package_id: UUID | None = None
    doctor_id: UUID | None = None
    visit_id: UUID | None = Field(None, description="The visit they have and would like to have earlier")
    weekdays: Annotated[list[int], Field(max_length=7, description="0 is Monday")] = list(EVERY_DAY)
    from_time: time = time(0)
    to_time: time = time(23, 59)
    from_date: date | None = None
    until_date: date
    priority: Priority = Priority.NORMAL
    note: Reason = ""


class OfferIn(Schema):
    start: datetime = Field(description="An instant, or without a zone the branch's wall clock")
    doctor_id: UUID | None = None


class WaitingOut(Schema):
    id: UUID
    status: str
    patient_id: UUID
    branch_id: UUID
    service_id: UUID | None
    package_id: UUID | None
    doctor_id: UUID | None
    visit_id: UUID | None
    appointment_id: UUID | None = Field(description="What came of it")
    weekdays: list[int]
    from_time: time
    to_time: time
    from_date: date
    until_date: date
    priority: str
    note: str
    offers: list["OfferedOut"]

    @classmethod
    def of(cls, entry: WaitingEntry) -> "WaitingOut":
        plain = {name: getattr(entry, name) for name in cls.model_fields if name not in ("id", "offers")}
        offers = [
            OfferedOut(start=one.starts_at, doctor_id=one.doctor_id, status=one.status, expires_at=one.expires_at)
            for one in entry.offers.all()
        ]
        return cls(id=entry.pk, offers=offers, **plain)


class OfferedOut(Schema):
    start: datetime
    doctor_id: UUID | None
    status: str
    expires_at: datetime


@router.get("", response=Page[WaitingOut], summary="Who waits, the most urgent and the longest waiting first")
def list_waiting(request: HttpRequest, branch_id: UUID | None = None, status: str = "") -> Any:
    by = _by(request)
    by.must(VIEW, do="see the waiting list")
    rows = queries.waiting_entries(seen_by=by)
    if branch_id:
        rows = rows.filter(branch_id=branch_id)
    if status:
        rows = rows.filter(status=status)
    return paged(request, rows, WaitingOut.of, seen=lambda rows: _log(by, rows))


@router.post("", response={201: WaitingOut}, summary="Put a patient on the waiting list")
def join(request: HttpRequest, body: WaitingIn) -> Any:
    by = _by(request)
    patient_id = body.patient_id or by.patient_id
    if patient_id is None:
        raise Invalid("Choose the patient.", field="patient_id")
    facts = body.model_dump() | {"patient_id": patient_id, "weekdays": tuple(body.weekdays)}
    entry = actions.join(actions.WaitingRequest(**facts), by=by)
    return 201, WaitingOut.of(queries.waiting_entry(entry.pk, seen_by=by))


@router.post("/{entry_id}/withdraw", response=WaitingOut, summary="Take a patient off the waiting list")
def withdraw(request: HttpRequest, entry_id: UUID, body: VisitReasonIn) -> Any:
    actions.withdraw(entry_id, body.reason, by=_by(request))
    return WaitingOut.of(queries.waiting_entry(entry_id, seen_by=_by(request)))


@router.post("/{entry_id}/offer", response=WaitingOut, summary="Offer a time by hand")
def offer(request: HttpRequest, entry_id: UUID, body: OfferIn) -> Any:
    actions.offer_by_hand(entry_id, body.start, body.doctor_id, by=_by(request))
    return WaitingOut.of(queries.waiting_entry(entry_id, seen_by=_by(request)))


def _log(by: Actor, rows: list[WaitingEntry]) -> None:
    if rows:
        audit.reads(by, [entry.patient for entry in rows], purpose="waiting list")


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by


WaitingOut.model_rebuild()
