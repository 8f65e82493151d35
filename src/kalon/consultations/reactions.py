"""What the encounter does when its appointment moves."""

from zoneinfo import ZoneInfo

from kalon.consultations import actions
from kalon.consultations import queries as encounters
from kalon.consultations.events import ConsultationClosed
from kalon.kernel import clock
from kalon.kernel.events import on
from kalon.messaging import actions as messaging
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


STEP_BACK = {"check_in": "undo_check_in", "start": "undo_begin", "no_show": "reinstate"}


def listen() -> None:
    """Hear what scheduling announces."""
    on(events.AppointmentConfirmed, confirmed)
    on(events.AppointmentCheckedIn, arrived)
    on(events.AppointmentCancelled, will_not_happen)
    on(events.AppointmentNoShow, will_not_happen)
    on(events.AppointmentRescheduled, moved)
    on(events.AppointmentTimeChanged, changed)
    on(events.AppointmentStepUndone, undone)
    on(ConsultationClosed, tell_summary_ready)


def confirmed(event: events.AppointmentConfirmed) -> None:
    """The encounter is born SCHEDULED, so that questionnaires can attach."""
    appointment = event.visit
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


def will_not_happen(event: events.AppointmentCancelled | events.AppointmentNoShow) -> None:
    why = "The patient did not come." if isinstance(event, events.AppointmentNoShow) else "The visit was cancelled."
    actions.follow_appointment(event.appointment_id, move="cancel", reason=why, by=event.by)


def moved(event: events.AppointmentRescheduled) -> None:
    """The encounter goes along to the new visit, with what was already asked."""
    successor = queries.appointment(event.new_id, seen_by=event.by)
    actions.go_along(event.old_id, to=successor.pk, doctor_id=successor.doctor_id, by=event.by)


def changed(event: events.AppointmentTimeChanged) -> None:
    """Another doctor may see the patient."""
    appointment = queries.appointment(event.appointment_id, seen_by=event.by)
    actions.go_along(event.appointment_id, to=appointment.pk, doctor_id=appointment.doctor_id, by=event.by)


def undone(event: events.AppointmentStepUndone) -> None:
    actions.follow_appointment(
        event.appointment_id, move=STEP_BACK[event.step], reason="The step was a slip.", by=event.by
    )


def tell_summary_ready(event: ConsultationClosed) -> None:
    """The patient hears that there is something to read; what it says stays behind the sign-in."""
    consultation = encounters.consultation(event.consultation_id, seen_by=event.by)
    doctor = consultation.doctor or consultation.signed_by
    messaging.send(
        "summary-ready",
        to_patient=event.patient_id,
        data={
            "name": consultation.patient.given_name,
            "day": f"{clock.today(ZoneInfo(consultation.branch.timezone)):%A %-d %B %Y}",
            "doctor": doctor.name if doctor else "",
            "branch": consultation.branch.name,
        },
        once=f"summary-ready {consultation.pk}",
        by=event.by,
    )
