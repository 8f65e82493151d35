"""What a visit sets off beside itself: the patient is told."""

from kalon.kernel.events import on
from kalon.messaging import actions as messaging
from kalon.scheduling import events, queries
from kalon.scheduling.lifecycles import Status
from kalon.scheduling.models import Appointment


def listen() -> None:
    """Hear what scheduling itself announces."""
    on(events.AppointmentBooked, booked)
    on(events.AppointmentConfirmed, confirmed)
    on(events.AppointmentCancelled, cancelled)
    on(events.AppointmentRescheduled, moved)
    on(events.AppointmentTimeChanged, moved_within_day)


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
