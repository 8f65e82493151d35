"""Calling a patient in from the waiting room."""

from uuid import UUID

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, NotPermitted
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import CHECK_IN, START, Status
from kalon.scheduling.models import Call


@verb
def call_in(pk: UUID, room_id: UUID | None = None, *, by: Actor) -> Call:
    """Ask a patient who waits to come in, to the room of the visit or to another; calling again is allowed."""
    visit = queries.locked(pk, by=by)
    if not (by.may(START, at=visit.branch_id) or by.may(CHECK_IN, at=visit.branch_id)):
        raise NotPermitted(
            f"{by.name} may not call patients in. Ask the owner of the clinic for the right.", permission=START
        )
    if visit.status != Status.CHECKED_IN:
        raise IllegalMove(
            f"Only somebody who waits can be called: the visit is {visit.get_status_display().lower()}.",
            status_is=visit.status,
        )
    room = people.room(room_id, seen_by=by) if room_id else visit.room
    if room is not None and room.branch_id != visit.branch_id:
        raise IllegalMove("That room is in another branch. Choose one where the patient waits.", status_is=visit.status)
    call = Call(
        organization_id=visit.organization_id,
        patient_id=visit.patient_id,
        branch_id=visit.branch_id,
        appointment=visit,
        room=room,
        called_at=clock.now(),
        called_by_id=by.user_id,
    )
    call.save(force_insert=True)
    return call
