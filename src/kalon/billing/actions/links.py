"""Payment links: sent to a patient, valid for some days, used once, taken back when they should not be used."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from kalon.billing import queries
from kalon.billing.actions.advances import must_be_theirs, whole_amount
from kalon.billing.actions.calling import ask_after
from kalon.billing.actions.locks import locked_bill, locked_payment
from kalon.billing.actions.online import born, for_advance, for_bill, still_open, what_is_asked
from kalon.billing.lifecycles import PAYMENT, TAKE_PAYMENT, PaymentStatus
from kalon.billing.models import GatewayCall, Payment
from kalon.kernel import clock, outbox
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.tenancy import verb
from kalon.messaging import actions as messaging
from kalon.patients import queries as patients

DAYS, MOST_DAYS = 7, 90
DO = "make payment links"


@verb
def make_pay_link(bill_id: UUID, *, days: int = DAYS, amount: Decimal | None = None, by: Actor) -> Payment:
    """A link by which a bill is paid within so many days: what is due now unless `amount` says how much.

    One over the same amount that somebody may still use is given again, valid for as long as is asked now.
    """
    bill = locked_bill(bill_id, by=by)
    by.must(TAKE_PAYMENT, at=bill.branch_id, do=DO)
    until = clock.now() + timedelta(days=_days(days))
    asked = what_is_asked(bill, amount, by=by)
    waiting = bill.payments.filter(**still_open(by=by), amount=asked).exclude(calls__step=GatewayCall.Step.BEGAN)
    if open_one := waiting.select_for_update(of=("self",)).first():
        open_one.expires_at = max(until, open_one.expires_at or until)
        open_one.save(update_fields=["expires_at"])
        return open_one
    return born(for_bill(bill, asked, by=by), key=f"link-{uuid4()}", until=until)


@verb
def make_advance_link(
    patient_id: UUID, branch_id: UUID, amount: Decimal, *, plan_id: UUID | None = None, days: int = DAYS, by: Actor
) -> Payment:
    """A link by which a plan's deposit, or money on account, is paid within so many days."""
    by.must(TAKE_PAYMENT, at=branch_id, do=DO)
    patient = patients.patient(patient_id, seen_by=by)
    if plan_id is not None:
        must_be_theirs(plan_id, patient, by=by)
    until = clock.now() + timedelta(days=_days(days))
    payment = for_advance(patient, branch_id, whole_amount(amount), plan_id, by=by)
    return born(payment, key=f"link-{uuid4()}", until=until)


@verb
def send_pay_link(payment_id: UUID, *, by: Actor) -> Any:
    """Tell the patient the link, the way they wish to be told; None when there is no way to reach them."""
    by.must(TAKE_PAYMENT, do=DO)
    payment = locked_payment(payment_id, by=by)
    by.must(TAKE_PAYMENT, at=payment.branch_id, do=DO)
    _must_be_open(payment)
    assert payment.expires_at is not None
    return messaging.send(
        "pay-link",
        to_patient=payment.patient,
        data={
            "amount": f"{payment.currency} {queries.grouped(payment.amount, payment.currency)}",
            "bill": payment.bill.number if payment.bill else "your account",
            "link": address_of(payment),
            "until": payment.expires_at.date(),
        },
        once=f"pay-link:{payment.pk}:{clock.now():%Y%m%d%H%M}",
        branch=payment.branch,
        until=payment.expires_at,
        by=by,
    )


@verb
def revoke_pay_link(payment_id: UUID, reason: str, *, by: Actor) -> Payment:
    """Take a link back: nobody pays by it any more. Money that is on its way already is kept on account."""
    by.must(TAKE_PAYMENT, do="take payment links back")
    payment = locked_payment(payment_id, by=by)
    by.must(TAKE_PAYMENT, at=payment.branch_id, do="take payment links back")
    _must_be_open(payment)
    why = " ".join(reason.split())[:150] or "the clinic took it back"
    PAYMENT.move(payment, "expire", by=by, failure=f"Link taken back: {why}", expires_at=clock.now())
    if payment.calls.filter(step=GatewayCall.Step.BEGAN).exists():
        outbox.defer(ask_after, organization_id=payment.organization_id, payment_id=payment.pk)
    return payment


def address_of(payment: Payment) -> str:
    """The whole address of a payment's page, to be sent to somebody."""
    return f"{settings.KALON_URL.rstrip('/')}{payment.checkout_url}"


def _must_be_open(payment: Payment) -> None:
    is_late = payment.expires_at is not None and payment.expires_at <= clock.now()
    if payment.method != Payment.Method.ONLINE or payment.status != PaymentStatus.PENDING or is_late:
        raise IllegalMove("Nobody can pay by this link any more. Make a new one.", status_is=str(payment.status))


def _days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"A payment link is valid for 1 to {MOST_DAYS} days.", field="days")
    return days
