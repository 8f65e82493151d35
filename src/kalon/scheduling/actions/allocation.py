"""Choosing by hand the room, the people and the devices of a visit that is booked already."""

from uuid import UUID

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing, retrying
from kalon.kernel.errors import IllegalMove
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import events, queries
from kalon.scheduling.actions.booking import occupy
from kalon.scheduling.actions.moves import announced
from kalon.scheduling.actions.places import Wish, clashes, find_place
from kalon.scheduling.lifecycles import BOOK
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Chosen, Span


@verb
def allocate(pk: UUID, chosen: Chosen, *, by: Actor) -> Appointment:
    """Give a visit this room, these people and devices; what is not named and still needed is found.

    All of it or nothing: Clash when something is taken, with the next times at which it is not.
    """
    visit = queries.locked(pk, by=by)
    by.must(BOOK, at=visit.branch_id, do="choose rooms and people")
    if visit.is_over:
        raise IllegalMove(
            f"This visit is {visit.get_status_display().lower()} and takes no room any more.", status_is=visit.status
        )
    span = Span(visit.period.lower, visit.period.upper)
    wish = Wish(
        branch=visit.branch,
        doctor=visit.doctor,
        span=span,
        demand=queries.demand(visit.service, visit.package, minutes=int((span.end - span.start).total_seconds() // 60)),
        chosen=chosen,
        overbooking_reason=visit.overbooking_reason,
        off_schedule_reason=visit.off_schedule_reason,
        is_begun=True,
    )
    occupy(visit, find_place(wish, by=by, but=visit.pk))
    visit.edition += 1
    with refusing(clashes(wish, by=by, but=visit.pk)):
        retrying(lambda: visit.save(update_fields=["room", "team", "equipment", "edition"]))
    names = [people.staff_member(one, seen_by=by).name for one in visit.team]
    facts = {"allocated": {"room": visit.room.name if visit.room else "", "team": names}}
    audit.note(by, audit.Kind.CHANGE, visit, facts=facts)
    announced(events.AppointmentResourcesChanged, visit, by)
    return visit
