"""The theatre with its people kept for a plan: tentative while consent and clearance wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kalon.kernel.actors import Actor, system
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotReady
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.scheduling import actions as scheduling
from kalon.theatre import queries
from kalon.theatre.actions.blocking import KEPT, stands_free
from kalon.theatre.lifecycles import ARRANGE, RESERVATION, ReservationStatus
from kalon.theatre.models import Reservation

OPEN_PLANS = ("APPROVED", "CONSENT_PENDING", "CONSENT_SIGNED", "SCHEDULED")


@dataclass(frozen=True, slots=True, kw_only=True)
class TheatreWish:
    """When, where and with whom: `start` on the branch's clock, minutes of the operation and around it."""

    start: datetime
    minutes: int
    room_id: UUID
    surgeon_id: UUID | None = None
    team: tuple[UUID, ...] = ()
    equipment: tuple[UUID, ...] = ()
    preparation_minutes: int = 30
    cleaning_minutes: int = 30
    override: str = ""  # why it is in another surgeon's hours


@verb
def reserve(plan_id: UUID, wish: TheatreWish, *, by: Actor) -> Reservation:
    """Keep a theatre, its team and devices for a plan, all of them or none, with preparation and cleaning."""
    by.must(ARRANGE, do="reserve a theatre")
    plan = plans.plan(plan_id, seen_by=by, lock=True)
    if plan.plan_type != "SURGICAL":
        raise Invalid("A theatre is reserved for a surgery. Book this plan at the desk.", field="plan_id")
    if plan.status not in OPEN_PLANS:
        raise NotReady(f"The plan is {plan.get_status_display().lower()}: no theatre is reserved for it now.")
    room = people.room(wish.room_id, seen_by=by)
    if room.kind != "THEATRE":
        raise Invalid("This room is no operating theatre. Choose one that is.", field="room_id")
    if queries.reservation_of_plan(plan_id, seen_by=by) is not None:
        raise Clash("A theatre is reserved for this plan already. Release it first.")
    visit = scheduling.book(
        scheduling.BookingRequest(
            patient_id=plan.patient_id, branch_id=plan.branch_id, kind="SURGERY", start=wish.start,
            minutes=wish.minutes, doctor_id=wish.surgeon_id or plan.doctor_id, room_id=room.pk, team=wish.team,
            equipment=wish.equipment, preparation_minutes=wish.preparation_minutes,
            cleaning_minutes=wish.cleaning_minutes, occasion_id=plan.pk,
        ),
        by=_for(by),
    )  # fmt: skip
    return keep(plan, visit, wish.override, by=by)


@verb
def release(reservation_id: UUID, *, reason: str, by: Actor) -> Reservation:
    """Give the theatre back; a case that stood on it is postponed without a date."""
    by.must(ARRANGE, do="release a theatre")
    found = queries.reservation(reservation_id, seen_by=by, lock=True)
    if not reason.strip():
        raise Invalid("Write why the theatre is given back.", field="reason")
    RESERVATION.guard(found, "release", by=by, reason=reason)
    scheduling.cancel(found.appointment_id, reason, side="CLINIC", by=_for(by))  # what hangs from it reacts
    found.refresh_from_db()
    return found


def keep(plan: Any, visit: Any, override: str = "", *, by: Actor) -> Reservation:
    """The row that says for which plan a visit keeps the theatre; in another surgeon's hours by an override only."""
    who = stands_free(visit, override, by=by)
    made = Reservation(
        organization_id=plan.organization_id, patient=plan.patient, plan=plan, appointment=visit,
        override_reason=override.strip()[:300] if who else "", override_by=who,
    )  # fmt: skip
    taken = Clash("A theatre is reserved for this plan already. Release it first.")
    no_theatre = Invalid("This visit keeps no operating theatre for the plan.", field="room_id")
    with refusing(
        {
            "theatre_reservation_block": KEPT,
            "theatre_reservation_one_live": taken,
            "theatre_reservation_keeps": no_theatre,
        }
    ):
        RESERVATION.born(made, name="reserve")
    return made


def let_go(found: Reservation, reason: str, by: Actor) -> None:
    """The reservation is over; its visit was given back, or has ended with the case."""
    if found.status != ReservationStatus.RELEASED:
        RESERVATION.move(found, "release", by=by, reason=reason)


def _for(by: Actor) -> Actor:
    """Scheduling's own verbs, for somebody who arranges the theatre and may not work at the desk."""
    if by.may("scheduling.book") and by.may("scheduling.cancel"):
        return by
    return system(f"theatre, for {by.name}", by.organization_id)
