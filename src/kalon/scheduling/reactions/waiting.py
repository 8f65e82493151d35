"""A time came free, or somebody waits for one: it is offered, and the patient hears of it."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from kalon.kernel import outbox
from kalon.kernel.events import on
from kalon.messaging import actions as messaging
from kalon.scheduling import events, queries, tasks


def listen() -> None:
    """Hear what frees a time, and whom it is offered to."""
    on(events.AppointmentCancelled, time_freed)
    on(events.AppointmentNoShow, time_freed)
    on(events.AppointmentTimeChanged, time_freed)
    on(events.AppointmentRescheduled, time_freed)
    on(events.WaitingListChanged, somebody_waits)
    on(events.TimeOffered, time_offered)


def time_freed(event: events.AppointmentFact | events.AppointmentRescheduled) -> None:
    """Whoever waits at this branch may have the time that came free."""
    visit = queries.appointment(event.appointment_id, seen_by=event.by)
    outbox.defer(tasks.fill_gap, organization_id=event.organization_id, branch_id=visit.branch_id)


def somebody_waits(event: events.WaitingListChanged) -> None:
    outbox.defer(tasks.fill_gap, organization_id=event.organization_id, branch_id=event.branch_id)


def time_offered(event: events.TimeOffered) -> None:
    """The patient hears which time, until when to answer, and by which link."""
    entry = queries.waiting_entry(event.entry_id, seen_by=event.by)
    offer = next(one for one in entry.offers.all() if one.pk == event.offer_id)
    zone = ZoneInfo(entry.branch.timezone)
    start, until = offer.period.lower.astimezone(zone), offer.expires_at.astimezone(zone)
    messaging.send(
        "waiting-list-offer",
        to_patient=entry.patient,
        data={
            "name": entry.patient.given_name,
            "day": start.date(),
            "time": f"{start:%H:%M}",
            "doctor": offer.doctor.name if offer.doctor else "",
            "service": entry.offered.name,
            "branch": entry.branch.name,
            "answer_by": until,
            "link": f"{settings.KALON_URL.rstrip('/')}{reverse('scheduling:offer', args=[event.token])}",
        },
        once=f"waiting-list-offer {offer.pk}",
        branch=entry.branch,
        until=offer.expires_at,
        by=event.by,
    )
