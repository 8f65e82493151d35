"""What the clock does to clearances, and what follows a patient's own doing."""

from uuid import UUID

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import queries as visits
from kalon.theatre import actions, queries


@outbox.job(name="theatre.look_again", attempts=5)
def look_again(*, organization_id: UUID, patient_id: UUID) -> None:
    """The live clearances of one patient are looked at again."""
    by = system("clearance", organization_id)
    with acting_as(by):
        live = [found.pk for found in queries.live_of_patient(patient_id, seen_by=by)]
        for pk in live:
            actions.look_again(pk, by=by)


@outbox.job(name="theatre.follow_visit", attempts=5)
def follow_visit(*, organization_id: UUID, appointment_id: UUID) -> None:
    """A patient gave the time of their surgery back, or moved it."""
    by = system("theatre", organization_id)
    with acting_as(by):
        visit = visits.appointment(appointment_id, seen_by=by)
        to = visits.appointment(visit.successor_id, seen_by=by) if visit.successor_id else None
        actions.visit_gone(appointment_id, reason="The patient gave the time back.", to=to, by=by)


@outbox.every(cron="20 * * * *", name="theatre.expire")
def expire(*, organization_id: UUID) -> None:
    """Clearances whose time is over where they were given."""
    by = system("the clinic's clock", organization_id)
    with acting_as(by):
        for pk in queries.expiring(seen_by=by):
            actions.expire(pk, reason="Its time is over.", by=by)


@outbox.every(cron="*/10 * * * *", name="theatre.tell_of_tomorrow")
def tell_of_tomorrow(*, organization_id: UUID) -> None:
    """The patients of tomorrow's operations are told again, by a job that may be killed at any point."""
    outbox.defer(send_of_tomorrow, organization_id=organization_id)


@outbox.job(name="theatre.send_of_tomorrow", attempts=5, in_steps=True)
def send_of_tomorrow(*, organization_id: UUID) -> None:
    """One at a time, each in a unit of work of its own; what was queued before stays queued, once."""
    by = system("the clinic's clock", organization_id)
    with acting_as(by):
        left = queries.to_tell_again(seen_by=by)
    for pk in left:
        actions.tell_again(pk, by=by)
