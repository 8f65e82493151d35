"""Proposals and series as JSON: the best times for everything a visit takes, and several visits in one go."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Schema

from kalon.api import Router
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.scheduling import actions, queries
from kalon.scheduling.actions.places import instant_of
from kalon.scheduling.api.appointments import shown, when, wish
from kalon.scheduling.api.schemas import AppointmentOut, WhenIn, WishIn, Words
from kalon.scheduling.lifecycles import BOOK, VIEW, Kind, Source
from kalon.scheduling.queries import Offer
from kalon.scheduling.rules import Chosen

router = Router(tags=["proposals"])
LONGEST = timedelta(days=62)


class FittingTimeOut(Schema):
    """A time that fits, with everything the visit would take."""

    start: datetime
    end: datetime
    date: date
    start_time: str = Field(description="On the branch's clock, HH:MM")
    doctor_id: UUID | None
    room_id: UUID | None
    team: list[UUID]
    equipment: list[UUID]
    names: dict[str, str] = Field(description="Who and what these are, by id")
    why: list[str] = Field(description="What speaks for it")

    @classmethod
    def of(cls, offer: Offer, names: dict[UUID, str]) -> "FittingTimeOut":
        place = offer.place
        taken = (offer.slot.doctor_id, place.room_id, *place.team, *place.equipment)
        return cls(
            start=offer.start.astimezone(UTC),
            end=offer.end.astimezone(UTC),
            date=offer.start.date(),
            start_time=f"{offer.start:%H:%M}",
            doctor_id=offer.slot.doctor_id,
            room_id=place.room_id,
            team=list(place.team),
            equipment=list(place.equipment),
            names={str(one): names[one] for one in taken if one in names},
            why=list(offer.why),
        )


class ProposalOut(Schema):
    offers: list[FittingTimeOut] = Field(description="The best first")
    reason: str = Field(description="Why nothing fits in the days asked for; empty when something does")
    nearest: list[FittingTimeOut] = Field(description="The nearest three after those days, when nothing fits in them")


class SeriesPlanIn(WhenIn, WishIn):
    count: Annotated[int, Field(ge=2, le=60)]
    interval_days: Annotated[int, Field(ge=1, le=366)]


class OccurrenceOut(Schema):
    number: int
    meant: datetime
    offer: FittingTimeOut | None
    note: str = Field(description="Why it is not as meant: a holiday, or what is taken")


class SeriesVisitIn(Schema):
    start: datetime
    doctor_id: UUID | None = None


class SeriesIn(WishIn):
    patient_id: UUID
    interval_days: Annotated[int, Field(ge=1, le=366)]
    visits: Annotated[list[SeriesVisitIn], Field(min_length=2, max_length=60)]
    type: Kind | None = None
    source: Source = Source.FRONT_DESK
    chief_complaint: Words = ""


class SeriesOut(Schema):
    id: UUID
    count: int
    interval_days: int
    visits: list[AppointmentOut]


@router.get("/proposals", response=ProposalOut, summary="The best times for a service")
def proposals(
    request: HttpRequest,
    branch_id: UUID,
    start_date: date,
    end_date: date | None = None,
    service_id: UUID | None = None,
    package_id: UUID | None = None,
    doctor_id: UUID | None = None,
    patient_id: UUID | None = None,
    count: int = 6,
) -> Any:
    """Doctor, room, people and devices together, the best first; or why nothing fits and the nearest three."""
    by = _by(request)
    by.must(VIEW, do="see free times")
    last = end_date or start_date
    if not start_date <= last or last - start_date > LONGEST:
        raise Invalid("Times are proposed for up to 62 days, from the first to the last.", field="end_date")
    found = queries.propose(
        queries.wanted(branch_id, service_id=service_id, package_id=package_id, doctor_id=doctor_id, seen_by=by),
        start_date,
        last,
        patient_id=by.patient_id if by.is_patient else patient_id,
        count=max(1, min(count, 20)),
        seen_by=by,
    )
    return ProposalOut(
        offers=[FittingTimeOut.of(offer, found.names) for offer in found.offers],
        reason=found.reason,
        nearest=[FittingTimeOut.of(offer, found.names) for offer in found.nearest],
    )


@router.post("/series/plan", response=list[OccurrenceOut], summary="When the visits of a series could be")
def plan_series(request: HttpRequest, body: SeriesPlanIn) -> Any:
    """A time for each visit, put off where its day is a holiday or full. Nothing is booked yet."""
    by = _by(request)
    by.must(BOOK, at=body.branch_id, do="plan visits here")
    sought = queries.wanted(
        body.branch_id,
        service_id=body.service_id,
        package_id=body.package_id,
        doctor_id=body.doctor_id,
        minutes=body.minutes,
        chosen=Chosen(body.room_id, tuple(body.team), tuple(body.equipment)),
        seen_by=by,
    )
    start = instant_of(when(body), sought.zone).astimezone(sought.zone)
    found, names = queries.plan_series(sought, start, count=body.count, interval_days=body.interval_days, seen_by=by)
    return [
        OccurrenceOut(
            number=one.number,
            meant=one.meant,
            offer=FittingTimeOut.of(one.offer, names) if one.offer else None,
            note=one.note,
        )
        for one in found
    ]


@router.post("/series", response={201: SeriesOut}, summary="Book a series in one go")
def book_series(request: HttpRequest, body: SeriesIn) -> Any:
    """All visits or none: 409 and 422 say which of them it was, by `number`."""
    like = actions.BookingRequest(
        patient_id=body.patient_id,
        start=body.visits[0].start,
        kind=body.type,
        source=body.source,
        chief_complaint=body.chief_complaint,
        **wish(body),
    )
    visits = [actions.SeriesVisit(start=one.start, doctor_id=one.doctor_id) for one in body.visits]
    series, booked = actions.book_series(
        actions.SeriesRequest(like=like, visits=visits, interval_days=body.interval_days), by=_by(request)
    )
    return 201, SeriesOut(
        id=series.pk,
        count=series.count,
        interval_days=series.interval_days,
        visits=[shown(request, visit) for visit in booked],
    )


def _by(request: HttpRequest) -> Actor:
    by: Actor = request.actor  # type: ignore[attr-defined]
    return by
