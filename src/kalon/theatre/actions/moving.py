"""A theatre that is kept for a plan moves to another time: given back and taken anew, or not at all."""

from datetime import date
from uuid import UUID

from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.tenancy import verb
from kalon.theatre import queries
from kalon.theatre.actions.cases import schedule
from kalon.theatre.actions.clearing import change_date
from kalon.theatre.actions.reserving import TheatreWish, release, reserve
from kalon.theatre.lifecycles import ARRANGE, CaseStatus, ReservationStatus
from kalon.theatre.models import Reservation


@verb
def move(reservation_id: UUID, wish: TheatreWish, *, reason: str, by: Actor) -> Reservation:
    """Keep another time for the same surgery. On the same day its case goes along; on another the patient is cleared
    anew, and the open lines go along."""
    by.must(ARRANGE, do="move a surgery")
    kept = queries.reservation(reservation_id, seen_by=by, lock=True)
    if kept.status == ReservationStatus.RELEASED:
        raise Invalid("This theatre was given back already. Reserve one anew.")
    day, was_firm = kept.appointment.local_start.date(), kept.status == ReservationStatus.FIRM
    case = queries.cases_of_plan(kept.plan_id, seen_by=by).filter(status=CaseStatus.SCHEDULED).first()
    release(kept.pk, reason=reason, by=by)
    made = queries.reservation(reserve(kept.plan_id, wish, by=by).pk, seen_by=by)
    if made.appointment.local_start.date() != day:
        _clearance_goes_along(kept.plan_id, day, made, by)
    elif was_firm and case is not None:
        schedule(made.pk, anaesthesia=case.anaesthesia, by=by)
    return queries.reservation(made.pk, seen_by=by)


def _clearance_goes_along(plan_id: UUID, day: date, made: Reservation, by: Actor) -> None:
    live = queries.clearances(seen_by=by).filter(plan_id=plan_id, status__in=("OPEN", "CLEARED"))
    new_day = made.appointment.local_start.date()
    found = live.filter(surgery_date=day).first()
    if found is not None and not live.filter(surgery_date=new_day).exists():
        change_date(found.pk, new_day, by=by)
