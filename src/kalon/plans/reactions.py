"""What plans do when a consultation decides, and when a visit that names a plan moves."""

from kalon.consultations import events as consultations
from kalon.consultations.lifecycles import Outcome
from kalon.kernel.events import on
from kalon.plans import actions, events
from kalon.scheduling import events as scheduling


def listen() -> None:
    """Hear what consultations and scheduling announce."""
    on(consultations.OutcomeRecorded, decided)
    on(consultations.OutcomeReopened, taken_back)
    on(consultations.ConsultationClosed, signed)
    on(scheduling.AppointmentBooked, booked)
    on(scheduling.AppointmentCheckedIn, arrived)
    on(scheduling.AppointmentCancelled, lost)
    on(scheduling.AppointmentNoShow, missed)
    on(scheduling.AppointmentRescheduled, moved)
    on(scheduling.AppointmentStepUndone, undone)
    on(events.SessionCompleted, session_done)


def decided(event: consultations.OutcomeRecorded) -> None:
    """Plans rest on the outcome; a follow-up is planned in the same moment."""
    actions.rest_on(event.consultation_id, outcome=event.outcome, by=event.by)
    if event.outcome == Outcome.FOLLOW_UP:
        actions.decided(event.consultation_id, by=event.by)


def taken_back(event: consultations.OutcomeReopened) -> None:
    """A follow-up that nobody has booked goes with the outcome that planned it."""
    actions.withdraw_of_consultation(event.consultation_id, reason=event.reason, by=event.by)


def signed(event: consultations.ConsultationClosed) -> None:
    if event.appointment_id is not None:
        actions.visit_signed(event.appointment_id, by=event.by)


def booked(event: scheduling.AppointmentBooked) -> None:
    actions.follow_visit(event.appointment_id, stands="booked", by=event.by)


def arrived(event: scheduling.AppointmentCheckedIn) -> None:
    actions.visit_arrived(event.appointment_id, by=event.by)


def lost(event: scheduling.AppointmentCancelled) -> None:
    actions.follow_visit(event.appointment_id, stands="lost", by=event.by)


def missed(event: scheduling.AppointmentNoShow) -> None:
    actions.follow_visit(event.appointment_id, stands="missed", by=event.by)


def moved(event: scheduling.AppointmentRescheduled) -> None:
    actions.visit_moved(event.old_id, to=event.new_id, by=event.by)


def undone(event: scheduling.AppointmentStepUndone) -> None:
    """A slip taken back: who was missed is to come again, who was here is not."""
    if event.step == "no_show":
        actions.follow_visit(event.appointment_id, stands="again", by=event.by)
    elif event.step == "check_in":
        actions.arrival_undone(event.appointment_id, by=event.by)


def session_done(event: events.SessionCompleted) -> None:
    """What to do now is told with each session that is done."""
    actions.tell_afterwards(event.plan_id, about_id=event.session_id, by=event.by)
