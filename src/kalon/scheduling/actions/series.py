"""Booking several visits in one go: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.scheduling import events, queries
from kalon.scheduling.actions.booking import book
from kalon.scheduling.actions.moves import cancel
from kalon.scheduling.actions.requests import BookingRequest
from kalon.scheduling.lifecycles import AHEAD, BOOK, CANCEL
from kalon.scheduling.models import Appointment, AppointmentSeries


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesRequest:
    """The same visit several times: `like` says what, each of `visits` when and with whom.

    `interval_days` is how far apart they were meant to be.
    """

    like: BookingRequest
    visits: Sequence["SeriesVisit"]
    interval_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesVisit:
    """When one visit of a series is, with which doctor, and what it is booked for where that is its own."""

    start: datetime
    doctor_id: UUID | None = None
    occasion_id: UUID | None = None


@verb
def book_series(request: SeriesRequest, *, by: Actor) -> tuple[AppointmentSeries, list[Appointment]]:
    """Book every visit of a series, each with its room, team and devices; when one cannot be, none is.

    Clash and Invalid say which of them it was, and carry the times at which that one could be.
    """
    by.must(BOOK, at=request.like.branch_id, do="book visits here")
    if by.is_patient:
        raise Invalid("A series is booked by the clinic. Call the desk.", field="count")
    if not 2 <= len(request.visits) <= queries.LONGEST_SERIES:
        raise Invalid(f"A series has between 2 and {queries.LONGEST_SERIES} visits.", field="count")
    if not 1 <= request.interval_days <= 366:
        raise Invalid("Between two visits lie 1 to 366 days.", field="interval_days")
    series = AppointmentSeries(
        organization_id=by.organization_id,
        patient_id=request.like.patient_id,
        branch_id=request.like.branch_id,
        count=len(request.visits),
        interval_days=request.interval_days,
        created_by_id=by.user_id,
    )
    series.save(force_insert=True)
    visits = [_booked(request, number, one, series, by) for number, one in enumerate(request.visits, start=1)]
    announce(events.SeriesBooked(series.pk, series.patient_id, series.organization_id, by))
    return series, visits


@verb
def cancel_series(series_id: UUID, reason: str, *, by: Actor) -> list[Appointment]:
    """Cancel what is still ahead of a series; what was held stays held. Answers the visits it cancelled."""
    visits = queries.visits_of_series(series_id, seen_by=by)
    if not visits:
        raise NotFound("There is no such series.")
    by.must(CANCEL, at=visits[0].branch_id, do="cancel visits")
    rest = [visit for visit in visits if visit.status in AHEAD]
    if not rest:
        raise IllegalMove("Nothing of this series is ahead any more.")
    return [cancel(visit.pk, reason, by=by) for visit in rest]


def _booked(request: SeriesRequest, number: int, one: SeriesVisit, series: AppointmentSeries, by: Actor) -> Appointment:
    wanted = replace(
        request.like,
        start=one.start,
        doctor_id=one.doctor_id or request.like.doctor_id,
        occasion_id=one.occasion_id or request.like.occasion_id,
        series_id=series.pk,
        series_number=number,
    )
    try:
        return book(wanted, by=by)
    except (Clash, Invalid) as refusal:
        words = f"Visit {number} of {len(request.visits)}: {refusal}"
        raise type(refusal)(words, field=refusal.field, **{**refusal.facts, "number": number}) from refusal
