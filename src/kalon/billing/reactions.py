"""What billing does when a visit is booked, moved or cancelled, and when a bill is paid."""

from uuid import UUID

from kalon.billing import queries, tasks
from kalon.billing.actions.charging import bill_appointment
from kalon.billing.actions.prices import settle_points
from kalon.billing.actions.receiving import apply_on_account
from kalon.billing.events import (
    BillCancelled,
    BillCorrected,
    BillFinalized,
    BillPaid,
    MoneyPutOnBill,
    PaymentReceived,
)
from kalon.billing.lifecycles import BillStatus
from kalon.billing.rules import grouped
from kalon.kernel import actors, events, outbox, tenancy
from kalon.messaging import actions as messaging
from kalon.scheduling import actions as scheduling_actions
from kalon.scheduling import events as scheduling_events
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import Status as VisitStatus


def register() -> None:
    """Listen to scheduling and to ourselves."""
    events.on(scheduling_events.AppointmentBooked, charge_if_due)
    events.on(scheduling_events.PaymentRequested, charge_if_due)
    events.on(scheduling_events.AppointmentRescheduled, carry_over)
    events.on(scheduling_events.AppointmentCancelled, give_back)
    events.on(scheduling_events.AppointmentNoShow, charge_missed)
    events.on(scheduling_events.AppointmentStepUndone, take_back)
    events.on(BillFinalized, confirm_if_nothing_owed)
    events.on(BillFinalized, use_deposits_of_bill)
    events.on(BillFinalized, count_discounts)
    events.on(PaymentReceived, use_deposit)
    events.on(MoneyPutOnBill, confirm_visit)
    events.on(MoneyPutOnBill, give_points)
    events.on(BillCorrected, take_points_back)
    events.on(PaymentReceived, thank)
    events.on(BillPaid, need_no_write_off)
    events.on(BillCancelled, need_no_write_off)


def charge_if_due(fact: scheduling_events.AppointmentFact) -> None:
    """A visit that waits for payment gets its bill, in the same moment."""
    if fact.visit.status == VisitStatus.PENDING_PAYMENT:
        bill_appointment(fact.appointment_id, by=actors.system("billing", fact.organization_id))


def carry_over(fact: scheduling_events.AppointmentRescheduled) -> None:
    """A visit that moves to another day keeps its bill; where enough is paid on it, the new day is confirmed.

    Through the outbox: a patient who moves their visit may not confirm it, the system may.
    """
    by = actors.system("billing", fact.organization_id)
    visit = scheduling.appointment(fact.new_id, seen_by=by)
    if visit.status != VisitStatus.PENDING_PAYMENT:
        return
    if queries.covers(bill_appointment(fact.new_id, by=by), visit):
        outbox.defer(tasks.confirm_moved, organization_id=fact.organization_id, appointment_id=fact.new_id)


def give_back(fact: scheduling_events.AppointmentFact) -> None:
    """A cancelled visit's bill is cancelled too, and its money kept on account; less a fee for cancelling late.

    Through the outbox: a patient who cancels may write neither credit notes nor fees, the system may. Whether a fee
    is due depends on who did not keep the visit; a patient says so by cancelling, the desk is asked. What lapsed by
    itself, or was cancelled by a reply in which no price stood, the desk may charge (`actions.charge_fee`).
    """
    job = tasks.release_cancelled if fact.by.kind is actors.Kind.SYSTEM else tasks.settle_cancelled
    outbox.defer(job, organization_id=fact.organization_id, appointment_id=fact.appointment_id)


def charge_missed(fact: scheduling_events.AppointmentFact) -> None:
    """Who did not come is charged by the policy, once it is certain: when this unit of work is written."""
    outbox.defer(tasks.charge_no_show, organization_id=fact.organization_id, appointment_id=fact.appointment_id)


def take_back(fact: scheduling_events.AppointmentStepUndone) -> None:
    """They came after all: the fee is taken back, as it was charged, through the outbox."""
    if fact.step == "no_show":
        outbox.defer(tasks.take_back_fee, organization_id=fact.organization_id, appointment_id=fact.appointment_id)


def confirm_if_nothing_owed(fact: BillFinalized) -> None:
    """A bill over nothing holds nobody up."""
    by = actors.system("billing", fact.organization_id)
    if queries.bill(fact.bill_id, seen_by=by).status == BillStatus.PAID:
        confirm_visit(MoneyPutOnBill(fact.bill_id, fact.patient_id, fact.organization_id, fact.appointment_id, by))


def count_discounts(fact: BillFinalized) -> None:
    """What a patient's own booking took off is counted, through the outbox: patients may not count, the system may."""
    acting = tenancy.current()
    if acting is not None and acting.is_patient and queries.bill(fact.bill_id, seen_by=fact.by).discount:
        outbox.defer(tasks.count_shown, organization_id=fact.organization_id, bill_id=fact.bill_id)


def use_deposits_of_bill(fact: BillFinalized) -> None:
    """What was paid towards a plan before pays the lines of that plan, as soon as they are billed."""
    by = actors.system("billing", fact.organization_id)
    for payment in queries.deposits_for(fact.bill_id, seen_by=by):
        _use(payment.pk, fact.bill_id, by)


def use_deposit(fact: PaymentReceived) -> None:
    """What is paid towards a plan after it was billed goes on its bill at once, the oldest bill first."""
    by = actors.system("billing", fact.organization_id)
    for bill_id in queries.open_bills_for(fact.payment_id, seen_by=by):
        _use(fact.payment_id, bill_id, by)


def _use(payment_id: UUID, bill_id: UUID, by: actors.Actor) -> None:
    bill, payment = queries.bill(bill_id, seen_by=by), queries.payment(payment_id, seen_by=by)
    if bill.is_open and queries.owed_to(payment, bill) > 0 and payment.on_account > 0:
        apply_on_account(payment_id, bill_id, by=by)


def confirm_visit(fact: MoneyPutOnBill) -> None:
    """The visit was waiting for its deposit, or for all of its price: it is confirmed in the same transaction."""
    by = actors.system("billing", fact.organization_id)
    bill = queries.bill(fact.bill_id, seen_by=by)
    if fact.appointment_id is None or bill.is_fee:
        return
    visit = queries.standing(fact.appointment_id, seen_by=by)
    if visit.status == VisitStatus.PENDING_PAYMENT and queries.covers(bill, visit):
        scheduling_actions.confirm_paid(visit.pk, by=by)


def give_points(fact: MoneyPutOnBill) -> None:
    """A bill that is paid earns its patient points, through the outbox: patients may pay, and not give points."""
    by = actors.system("billing", fact.organization_id)
    bill = queries.bill(fact.bill_id, seen_by=by)
    if bill.status == BillStatus.PAID and bill.allocated:
        outbox.defer(tasks.give_points, organization_id=fact.organization_id, bill_id=fact.bill_id)


def need_no_write_off(fact: BillPaid | BillCancelled) -> None:
    """Nothing is owed any more, so nobody has to give it up; through the outbox, for patients pay and may not ask."""
    outbox.defer(tasks.withdraw_write_off, organization_id=fact.organization_id, bill_id=fact.bill_id)


def take_points_back(fact: BillCorrected) -> None:
    """What a credit note or a release takes off a bill earned points: they go back with it, in the same moment."""
    by = actors.system("billing", fact.organization_id)
    settle_points(queries.bill(fact.bill_id, seen_by=by), by)


def thank(fact: PaymentReceived) -> None:
    """The patient hears that the money came, with the receipt's number."""
    by = actors.system("billing", fact.organization_id)
    payment = queries.payment(fact.payment_id, seen_by=by)
    if payment.received_at is None:
        return
    messaging.send(
        "payment-received",
        to_patient=payment.patient,
        data={
            "amount": f"{payment.currency} {grouped(payment.amount, payment.currency)}",
            "receipt": payment.receipt_number,
            "bill": payment.bill.number if payment.bill else "",
            "on_account": grouped(payment.on_account, payment.currency) if payment.on_account else "nothing",
            "branch": payment.branch.name,
        },
        once=f"payment-received:{payment.pk}",
        by=by,
    )
