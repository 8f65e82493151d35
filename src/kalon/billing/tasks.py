"""What billing does by itself, later: expire checkouts, free the money of cancelled visits."""

from uuid import UUID

from kalon.billing import queries
from kalon.billing.actions import embedded as _embedded  # registers its delivery job
from kalon.billing.actions import fees, prices, write_offs
from kalon.billing.actions.calling import ask_after, ask_after_open, expire_waiting
from kalon.billing.actions.correcting import void_bill
from kalon.billing.actions.fees import charge_fee
from kalon.billing.actions.paying_back import ask_after_refunds, send_refund
from kalon.billing.lifecycles import BillStatus
from kalon.kernel import actors, outbox
from kalon.scheduling import actions as scheduling_actions
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import Status as VisitStatus

__all__ = [
    "_embedded",
    "ask_after",
    "ask_gateways",
    "charge_no_show",
    "confirm_moved",
    "count_shown",
    "expire_checkouts",
    "give_points",
    "release_cancelled",
    "send_refund",
    "settle_cancelled",
    "take_back_fee",
]

CLOSED = (BillStatus.VOID, BillStatus.WRITTEN_OFF)


@outbox.every(cron="*/5 * * * *", name="billing.expire_checkouts")
def expire_checkouts(*, organization_id: UUID) -> None:
    """Checkouts nobody used in time expire; money that still comes is kept on account."""
    expire_waiting(by=actors.system("billing", organization_id))


@outbox.every(cron="*/5 * * * *", name="billing.ask_gateways")
def ask_gateways(*, organization_id: UUID) -> None:
    """What gateways were asked for and never said: they are asked what became of it. Lost webhooks, killed workers."""
    by = actors.system("billing", organization_id)
    ask_after_open(by=by)
    ask_after_refunds(by=by)


@outbox.job(name="billing.release_cancelled", attempts=5)
def release_cancelled(*, organization_id: UUID, appointment_id: UUID) -> None:
    """The bill of a cancelled visit is cancelled by a credit note; money on it waits on account for a decision."""
    by = actors.system("billing", organization_id)
    if scheduling.appointment(appointment_id, seen_by=by).status != VisitStatus.CANCELLED:
        return
    bill = queries.bill_for_appointment(appointment_id, seen_by=by)
    if bill is not None and bill.status not in CLOSED:
        void_bill(bill.pk, "The visit was cancelled.", by=by)


@outbox.job(name="billing.settle_cancelled", attempts=5)
def settle_cancelled(*, organization_id: UUID, appointment_id: UUID) -> None:
    """A visit that somebody cancelled: its bill is cancelled, and a patient's cancelling late is charged."""
    charge_fee(appointment_id, by=actors.system("billing", organization_id))
    release_cancelled(organization_id=organization_id, appointment_id=appointment_id)


@outbox.job(name="billing.charge_no_show", attempts=5)
def charge_no_show(*, organization_id: UUID, appointment_id: UUID) -> None:
    """A visit that nobody came to is charged by its policy."""
    charge_fee(appointment_id, by=actors.system("billing", organization_id))


@outbox.job(name="billing.take_back_fee", attempts=5)
def take_back_fee(*, organization_id: UUID, appointment_id: UUID) -> None:
    """A visit that was a no-show by mistake: its fee is cancelled."""
    fees.take_back_fee(appointment_id, by=actors.system("billing", organization_id))


@outbox.job(name="billing.confirm_moved", attempts=5)
def confirm_moved(*, organization_id: UUID, appointment_id: UUID) -> None:
    """A paid visit that was moved is confirmed on its new day."""
    by = actors.system("billing", organization_id)
    if scheduling.appointment(appointment_id, seen_by=by).status == VisitStatus.PENDING_PAYMENT:
        scheduling_actions.confirm_paid(appointment_id, by=by)


@outbox.job(name="billing.count_shown", attempts=5)
def count_shown(*, organization_id: UUID, bill_id: UUID) -> None:
    """The discounts on a bill that a patient made by booking online are counted."""
    by = actors.system("billing", organization_id)
    prices.count_shown(queries.bill(bill_id, seen_by=by), by)


@outbox.job(name="billing.give_points", attempts=5)
def give_points(*, organization_id: UUID, bill_id: UUID) -> None:
    """The loyalty points of a bill that is paid; once for each bill, as many as the clinic gives for its amount."""
    by = actors.system("billing", organization_id)
    bill = queries.bill(bill_id, seen_by=by)
    if bill.status == BillStatus.PAID:
        prices.give_points(bill, by)


@outbox.job(name="billing.withdraw_write_off", attempts=5)
def withdraw_write_off(*, organization_id: UUID, bill_id: UUID) -> None:
    """Nothing is owed on a bill any more: what was asked to be given up of it is withdrawn."""
    by = actors.system("billing", organization_id)
    asked = queries.open_write_off(bill_id, seen_by=by)
    if asked is not None and not asked.bill.is_open:
        write_offs.withdraw_write_off(asked.pk, "Nothing is owed on this bill any more.", by=by)
