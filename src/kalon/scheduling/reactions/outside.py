"""Outside calendars follow the visits, where the clinic has set one up."""

from uuid import UUID

from django.conf import settings

from kalon.kernel import outbox
from kalon.kernel.events import on
from kalon.scheduling import events, tasks


def listen() -> None:
    for fact in (
        events.AppointmentConfirmed,
        events.PaymentRequested,
        events.AppointmentTimeChanged,
        events.AppointmentResourcesChanged,
        events.AppointmentCancelled,
        events.AppointmentNoShow,
        events.AppointmentStepUndone,
    ):
        on(fact, visit_changed)
    on(events.AppointmentRescheduled, visit_moved)


def visit_changed(event: events.AppointmentFact) -> None:
    _copy_out(event.organization_id, event.appointment_id)


def visit_moved(event: events.AppointmentRescheduled) -> None:
    _copy_out(event.organization_id, event.old_id)
    _copy_out(event.organization_id, event.new_id)


def _copy_out(organization_id: UUID, appointment_id: UUID) -> None:
    if settings.KALON_GOOGLE_CREDENTIALS:
        outbox.defer(tasks.copy_out, organization_id=organization_id, appointment_id=appointment_id)
