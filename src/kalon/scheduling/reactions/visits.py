"""A visit was booked, confirmed, moved, cancelled …: the patient is told, once each."""

from datetime import datetime, timedelta

from kalon.kernel import clock
from kalon.kernel.events import on
from kalon.messaging import actions as messaging
from kalon.scheduling import events, queries
from kalon.scheduling.lifecycles import Status
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.links import link
from kalon.scheduling.queries.reminders import before_them
from kalon.scheduling.queries.telling import calendar_file, calendar_of_series, facts_of, facts_of_series

BY_REPLY = "Cancelled by reply"
NO_SHOW_TOLD_AFTER = timedelta(hours=3)  # a slip at the desk is mended by then


def listen() -> None:
    """Hear what scheduling itself announces."""
    on(events.AppointmentBooked, booked)
    on(events.PaymentRequested, payment_requested)
    on(events.AppointmentConfirmed, confirmed)
    on(events.SeriesBooked, series_booked)
    on(events.AppointmentCheckedIn, checked_in)
    on(events.AppointmentNoShow, not_come)
    on(events.AppointmentCancelled, cancelled)
    on(events.AppointmentRescheduled, moved)
    on(events.AppointmentTimeChanged, moved_within_day)


def booked(event: events.AppointmentBooked) -> None:
    visit = event.visit
    if visit.status == Status.REQUESTED:
        _tell(visit, "appointment-requested", event)
    elif visit.status == Status.PENDING_PAYMENT and not event.by.is_patient:  # a patient is at the till already
        _tell(visit, "payment-request", event)


def payment_requested(event: events.PaymentRequested) -> None:
    _tell(event.visit, "payment-request", event)


def confirmed(event: events.AppointmentConfirmed) -> None:
    """A visit that is confirmed by being booked in a series is told of with all the others (`series_booked`)."""
    visit = event.visit
    if not (event.at_booking and visit.series_id):
        _tell(visit, "appointment-confirmed", event)


def series_booked(event: events.SeriesBooked) -> None:
    """One word about all visits of a series; those that are to be paid first are asked for one by one."""
    visits = [
        one for one in queries.visits_of_series(event.series_id, seen_by=event.by) if one.status == Status.CONFIRMED
    ]
    if not visits:
        return
    messaging.send(
        "series-confirmed",
        to_patient=event.patient_id,
        data=facts_of_series(visits, seen_by=event.by),
        once=f"series-confirmed {event.series_id}",
        branch=visits[0].branch,
        until=visits[0].period.lower,
        attachment=calendar_of_series(visits, seen_by=event.by),
        by=event.by,
    )


def checked_in(event: events.AppointmentCheckedIn) -> None:
    """Who has arrived hears how many are before them."""
    visit = event.visit
    _tell(visit, "check-in-notice", event, more={"before_you": before_them(visit, seen_by=event.by)})


def not_come(event: events.AppointmentNoShow) -> None:
    """Who did not come is asked, some hours later, whether they would like another time."""
    visit = event.visit
    more: dict[str, object] = {"link": link("b", visit.pk)}
    _tell(visit, "no-show-follow-up", event, more=more, not_before=clock.now() + NO_SHOW_TOLD_AFTER)


def cancelled(event: events.AppointmentCancelled) -> None:
    """Who cancelled by reply is answered there; their e-mail, if they have one, takes it out of the calendar."""
    visit = event.visit
    by_reply = visit.cancelled_reason == BY_REPLY
    _tell(visit, "appointment-cancelled", event, channel="EMAIL" if by_reply else None)


def moved(event: events.AppointmentRescheduled) -> None:
    _tell(queries.appointment(event.new_id, seen_by=event.by), "appointment-rescheduled", event)


def moved_within_day(event: events.AppointmentTimeChanged) -> None:
    visit = event.visit
    _tell(visit, "appointment-rescheduled", event, once=f"edition {visit.edition}")


def _tell(
    visit: Appointment,
    template: str,
    event: events.AppointmentFact | events.AppointmentRescheduled,
    *,
    once: str = "",
    more: dict[str, object] | None = None,
    channel: str | None = None,
    not_before: datetime | None = None,
) -> None:
    for_calendar = template in ("appointment-confirmed", "appointment-rescheduled", "appointment-cancelled")
    messaging.send(
        template,
        to_patient=visit.patient_id,
        channel=channel,
        data={**facts_of(visit, seen_by=event.by), **(more or {})},
        once=f"{template} {visit.pk} {once}".strip(),
        branch=visit.branch,
        about_id=visit.pk,
        until=None if template == "no-show-follow-up" else visit.period.lower,
        not_before=not_before,
        attachment=calendar_file(visit, seen_by=event.by) if for_calendar else "",
        by=event.by,
    )
