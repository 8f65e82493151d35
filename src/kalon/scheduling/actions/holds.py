"""Holding a time for the minutes a booking takes, or for the seconds in which a move can be taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.tenancy import verb
from kalon.scheduling.actions.places import Wish, clashes, find_place
from kalon.scheduling.actions.requests import TimeRequest, package_of, service_of, wish_for
from kalon.scheduling.lifecycles import BOOK
from kalon.scheduling.rules import Place

HOLD_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Hold:
    """A time kept for one person for a while, with everything the visit would take."""

    id: UUID
    expires_at: datetime
    wish: Wish
    place: Place


@verb
def hold(request: TimeRequest, *, by: Actor) -> Hold:
    """Keep a time, with its room, team and devices, while the booking is finished; one hold per person."""
    by.must(BOOK, at=request.branch_id, do="hold times here")
    return keep(wish_for(request, service_of(request, by), package_of(request, by), by=by), HOLD_FOR, by=by)


@verb
def release(hold_id: UUID, *, by: Actor) -> bool:
    """Give a held time back; false when it had already run out or is somebody else's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheduling_release(%s)", [hold_id])
        released: bool = cursor.fetchone()[0]
    return released


def keep(wish: Wish, length: timedelta, *, by: Actor, moving: UUID | None = None) -> Hold:
    """Hold what a wish takes; of a time that the moved visit has already, only the rest."""
    place = find_place(wish, by=by, but=moving)
    demand = wish.demand
    terms = [
        wish.branch.pk, wish.span.start, wish.span.end, wish.doctor.pk if wish.doctor else None, place.room_id,
        list(place.team), list(place.equipment), demand.preparation_minutes, demand.cleaning_minutes, moving,
        int(length.total_seconds()),
    ]  # fmt: skip
    with refusing(clashes(wish, by=by, but=moving)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT scheduling_hold(%s, tstzrange(%s, %s), %s, %s, %s::uuid[], %s::uuid[], %s, %s, %s, %s)", terms
        )
        held: UUID = cursor.fetchone()[0]
    return Hold(held, clock.now() + length, wish, place)
