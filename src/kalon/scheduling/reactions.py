"""What a visit sets off beside itself: the patient is told."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from kalon.kernel import outbox
from kalon.kernel.events import on
from kalon.messaging import actions as messaging
from kalon.scheduling import events, queries, tasks
from kalon.scheduling.lifecycles import Status
from kalon.scheduling.models import Appointment


def listen() -> None:
    """Hear what scheduling itself announces."""
    on(events.AppointmentBooked, booked)
    on(events.AppointmentConfirmed, confirmed)
    on(events.AppointmentCancelled, cancelled)
    on(events.AppointmentRescheduled, moved)
    on(events.AppointmentTimeChanged, moved_within_day)
    on(events.AppointmentCancelled, time_freed)
    on(events.AppointmentNoShow, time_freed)
    on(events.AppointmentTimeChanged, time_freed)
    on(events.AppointmentRescheduled, time_freed)
    on(events.WaitingListChanged, somebody_waits)
    on(events.TimeOffered, time_offered)


def booked(event: events.AppointmentBooked) -> None:
    visit = queries.appointment(event.appointment_id, seen_by=event.by)
    if visit.status == Status.REQUESTED:
        _tell(visit, "appointment-requested", event)


def confirmed(event: events.AppointmentConfirmed) -> None:
    _tell(queries.appointment(event.appointment_id, seen_by=event.by), "appointment-confirmed", event)


def cancelled(event: events.AppointmentCancelled) -> None:
    _tell(queries.appointment(event.appointment_id, seen_by=event.by), "appointment-cancelled", event)


def moved(event: events.AppointmentRescheduled) -> None:
    _tell(queries.appointment(event.new_id, seen_by=event.by), "appointment-rescheduled", event)


def moved_within_day(event: events.AppointmentTimeChanged) -> None:
    visit = queries.appointment(event.appointment_id, seen_by=event.by)
    _tell(visit, "appointment-rescheduled", event, once=f"edition {visit.edition}")


def _tell(
    visit: Appointment,
    template: str,
    event: events.AppointmentFact | events.AppointmentRescheduled,
    once: str = "",
) -> None:
    start = visit.local_start
    messaging.send(
        template,
        to_patient=visit.patient_id,
        data={
            "name": visit.patient.given_name,
            "number": visit.number,
            "day": f"{start:%A %-d %B %Y}",
            "time": f"{start:%H:%M}",
            "doctor": visit.doctor.name if visit.doctor else "",
            "service": visit.service.name if visit.service else visit.get_kind_display(),
            "branch": visit.branch.name,
            "address": visit.branch.address,
            "reason": visit.cancelled_reason,
        },
        once=f"{template} {visit.pk} {once}".strip(),
        by=event.by,
    )


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
            "day": f"{start:%A %-d %B %Y}",
            "time": f"{start:%H:%M}",
            "doctor": offer.doctor.name if offer.doctor else "",
            "service": entry.service.name,
            "branch": entry.branch.name,
            "answer_by": f"{until:%A %-d %B, %H:%M}",
            "link": f"{settings.KALON_URL}{reverse('scheduling:offer', args=[event.token])}",
        },
        once=f"waiting-list-offer {offer.pk}",
        by=event.by,
    )
