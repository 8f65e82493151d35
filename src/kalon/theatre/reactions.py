"""What a clearance does when something below it changes: its lines are looked at again in the same transaction."""

from typing import Any

from kalon.billing import events as billing
from kalon.consents import events as consents
from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.kernel.events import on
from kalon.orders import events as orders
from kalon.plans import events as plans
from kalon.quotes import events as quotes
from kalon.theatre import actions, queries, tasks

TOUCHING = (
    orders.Resulted, orders.Reviewed, consents.ConsentSigned, consents.ConsentEnded,
    quotes.QuoteAccepted, quotes.QuoteExpired, billing.PaymentReceived,
)  # fmt: skip


def listen() -> None:
    """Hear what plans, laboratory, consents and money announce."""
    for event in TOUCHING:
        on(event, look_again)
    on(plans.PlanCancelled, cancelled)


def look_again(event: Any) -> None:
    """Every live clearance of the patient; what a patient does on their own pages is followed by a job at once."""
    if event.by.is_patient:
        outbox.defer(tasks.look_again, organization_id=event.organization_id, patient_id=event.patient_id)
        return
    by = system("clearance", event.organization_id)
    for found in list(queries.live_of_patient(event.patient_id, seen_by=by)):
        actions.look_again(found.pk, by=by)


def cancelled(event: plans.PlanCancelled) -> None:
    by = system("clearance", event.organization_id)
    actions.close_of_plan(event.plan_id, reason="The plan was cancelled.", by=by)
