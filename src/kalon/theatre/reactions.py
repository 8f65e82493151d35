"""What a clearance does when something below it changes: its lines are looked at again in the same transaction."""

from typing import Any
from uuid import UUID

from kalon.billing import events as billing
from kalon.consents import events as consents
from kalon.inventory import events as inventory
from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.events import on
from kalon.messaging import events as messaging
from kalon.orders import events as orders
from kalon.photos import events as photos
from kalon.plans import actions as plan_actions
from kalon.plans import events as plans
from kalon.quotes import events as quotes
from kalon.scheduling import events as scheduling
from kalon.scheduling import queries as visits
from kalon.theatre import actions, events, queries, tasks

TOUCHING = (
    orders.Resulted, orders.Reviewed, consents.ConsentSigned, consents.ConsentEnded,
    quotes.QuoteAccepted, quotes.QuoteExpired, quotes.SelfPaySigned, quotes.MoneyWaived, quotes.MoneyWaiverEnded,
    billing.PaymentReceived, photos.PhotoTaken, photos.PhotoRemoved, inventory.ReservationMade,
    inventory.ReservationReleased, plans.ListTicked,
)  # fmt: skip


def listen() -> None:
    """Hear what plans, laboratory, consents and money announce."""
    for event in TOUCHING:
        on(event, look_again)
    on(photos.PhotoCorrected, photo_corrected)
    on(plans.PlanCancelled, cancelled)
    on(plans.PlanResumed, resumed)
    on(scheduling.AppointmentCancelled, visit_lost)
    on(scheduling.AppointmentNoShow, visit_lost)
    on(scheduling.AppointmentRescheduled, visit_moved)
    on(events.CaseCompleted, done)
    on(events.CaseScheduled, stands)
    on(scheduling.AppointmentTimeChanged, retimed)
    on(messaging.MessageLeaving, object_to_what_changed)


def look_again(event: Any) -> None:
    """Every live clearance of the patient; what a patient does on their own pages is followed by a job at once."""
    if event.by.is_patient:
        outbox.defer(tasks.look_again, organization_id=event.organization_id, patient_id=event.patient_id)
        return
    _of_patient(event.patient_id, event.organization_id)


def photo_corrected(event: photos.PhotoCorrected) -> None:
    """A view was another one, or another patient's: the clearances of both are looked at again."""
    for patient_id in {event.wrong_patient_id, event.patient_id}:
        _of_patient(patient_id, event.organization_id)


def _of_patient(patient_id: UUID, organization_id: UUID) -> None:
    by = system("clearance", organization_id)
    for found in list(queries.live_of_patient(patient_id, seen_by=by)):
        actions.look_again(found.pk, by=by)


def cancelled(event: plans.PlanCancelled) -> None:
    by = system("clearance", event.organization_id)
    actions.end_of_plan(event.plan_id, reason="The plan was cancelled.", by=by)
    actions.close_of_plan(event.plan_id, reason="The plan was cancelled.", by=by)


def resumed(event: plans.PlanResumed) -> None:
    """A surgery goes on after a hold; the case that it left may have lost its date meanwhile."""
    actions.resumed(event.plan_id, by=system("theatre", event.organization_id))


def visit_lost(event: scheduling.AppointmentCancelled | scheduling.AppointmentNoShow) -> None:
    """The time of an operation was given back: at the desk, on the calendar, or by the patient."""
    if event.visit.kind != "SURGERY":
        return
    if event.by.is_patient:
        outbox.defer(tasks.follow_visit, organization_id=event.organization_id, appointment_id=event.appointment_id)
        return
    by = system("theatre", event.organization_id)
    actions.visit_gone(event.appointment_id, reason="The visit for surgery was given back.", by=by)


def visit_moved(event: scheduling.AppointmentRescheduled) -> None:
    """The operation was moved to another day on the calendar: what stood on the old one waits, tentative again."""
    if event.by.is_patient:
        outbox.defer(tasks.follow_visit, organization_id=event.organization_id, appointment_id=event.old_id)
        return
    by = system("theatre", event.organization_id)
    successor = visits.appointment(event.new_id, seen_by=by)
    if successor.kind == "SURGERY":
        actions.visit_gone(event.old_id, reason="The surgery moved to another day.", to=successor, by=by)


def done(event: events.CaseCompleted) -> None:
    """The operation is over: its patient is told where to read what to do now."""
    by = system("theatre", event.organization_id)
    plan_actions.tell_afterwards(event.plan_id, about_id=event.case_id, by=by)


def stands(event: events.CaseScheduled) -> None:
    """A case stands: its patient is told how to prepare, and again when it moves."""
    actions.prepare(event.case_id, by=system("theatre", event.organization_id))


def retimed(event: scheduling.AppointmentTimeChanged) -> None:
    """The operation has another hour of its day: its patient is told the new times."""
    by = system("theatre", event.organization_id)
    if event.visit.kind == "SURGERY":
        actions.must_stand_free(event.visit, by=by)
        for pk in queries.waiting_on(event.appointment_id, seen_by=by):
            actions.prepare(pk, by=by)


def object_to_what_changed(event: messaging.MessageLeaving) -> None:
    """What was to be told of an operation that was moved or cancelled meanwhile is not sent."""
    if event.template_code in queries.BEFORE_CODES and not queries.still_holds(event.about_id, seen_by=event.by):
        event.objections.append("The operation has no longer the time it says.")
