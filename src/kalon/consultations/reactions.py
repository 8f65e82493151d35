"""What the encounter does when its appointment moves."""

from kalon.consultations import actions
from kalon.kernel.events import on
from kalon.scheduling import events, queries

WITHOUT_ENCOUNTER = frozenset({"SURGERY"})  # that one has a surgical case
KIND_OF = {
    "CONSULTATION": "INITIAL",
    "FOLLOW_UP": "FOLLOW_UP",
    "PRE_OP": "PRE_OP",
    "POST_OP": "POST_OP",
    "REVIEW": "REVIEW",
    "SESSION": "FOLLOW_UP",
    "EMERGENCY": "EMERGENCY",
}


def listen() -> None:
    """Hear what scheduling announces."""
    on(events.AppointmentConfirmed, confirmed)
    on(events.AppointmentCheckedIn, arrived)
    on(events.AppointmentCancelled, cancelled)


def confirmed(event: events.AppointmentConfirmed) -> None:
    """The encounter is born SCHEDULED, so that questionnaires can attach."""
    appointment = queries.appointment(event.appointment_id, seen_by=event.by)
    if appointment.kind in WITHOUT_ENCOUNTER:
        return
    actions.bear(
        appointment_id=appointment.pk,
        patient_id=appointment.patient_id,
        branch_id=appointment.branch_id,
        doctor_id=appointment.doctor_id,
        kind=KIND_OF[appointment.kind],
        complaint=appointment.chief_complaint,
        by=event.by,
    )


def arrived(event: events.AppointmentCheckedIn) -> None:
    actions.follow_appointment(event.appointment_id, move="check_in", by=event.by)


def cancelled(event: events.AppointmentCancelled) -> None:
    actions.follow_appointment(event.appointment_id, move="cancel", reason="The appointment was cancelled.", by=event.by)
