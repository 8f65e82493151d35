"""Paying online: a payment waits behind a link of ours, until the gateway's signed word settles it.

Nothing here speaks with a gateway. The link leads to our page (/pay/<token>); the gateway is asked for its checkout
when somebody goes on from there (`calling`), outside any unit of work.
"""

import secrets
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.utils.http import url_has_allowed_host_and_scheme

from kalon.billing import queries
from kalon.billing.actions.accounts import must_take_online
from kalon.billing.actions.advances import REUSED, must_be_theirs, whole_amount
from kalon.billing.actions.locks import locked_bill
from kalon.billing.actions.receiving import at_most_owed, must_be_open
from kalon.billing.lifecycles import PAY, PAYMENT, TAKE_PAYMENT
from kalon.billing.models import Bill, Payment
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import NotPermitted
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people

WAITS = timedelta(minutes=20)


@verb
def start_online_payment(
    bill_id: UUID, key: str = "", *, amount: Decimal | None = None, return_url: str = "", by: Actor
) -> Payment:
    """Open a checkout for what is to be paid now on a bill: a deposit, or all that is owed, unless `amount` is said.

    A checkout over the same amount that is still open is given again.
    """
    bill = locked_bill(bill_id, by=by)
    _must_pay(bill.branch_id, by, what="bills")
    if key and (before := Payment.objects.filter(patient_id=bill.patient_id, key=key).first()):
        return _the_same(before, bill_id=bill.pk, amount=amount)
    asked = what_is_asked(bill, amount, by=by)
    if open_one := bill.payments.filter(**still_open(by=by), amount=asked).first():
        return open_one
    return born(for_bill(bill, asked, by=by), key=key, return_url=return_url)


@verb
def start_online_advance(
    patient_id: UUID,
    branch_id: UUID,
    amount: Decimal,
    *,
    plan_id: UUID | None = None,
    key: str = "",
    return_url: str = "",
    by: Actor,
) -> Payment:
    """Open a checkout for money that no bill asks for yet: the patient's wallet, or the deposit of a plan.

    What comes in is on account, and is put on a bill later as any money on account.
    """
    patient = patients.patient(patient_id, seen_by=by)
    _must_pay(branch_id, by, what="deposits")
    if plan_id is not None:
        must_be_theirs(plan_id, patient, by=by)
    asked = whole_amount(amount)
    if key and (before := Payment.objects.filter(patient_id=patient.pk, key=key).first()):
        return _the_same(before, bill_id=None, plan_id=plan_id, branch_id=branch_id, amount=asked)
    return born(for_advance(patient, branch_id, asked, plan_id, by=by), key=key, return_url=return_url)


def what_is_asked(bill: Bill, amount: Decimal | None, *, by: Actor) -> Decimal:
    """What is to be paid online of a bill: what is due now unless somebody says how much."""
    must_be_open(bill)
    return queries.due_now(bill, seen_by=by) if amount is None else at_most_owed(amount, bill)


def still_open(*, by: Actor) -> dict[str, Any]:
    """Of payments: somebody may still pay by them, through the gateway that is used now."""
    return {"status": "PENDING", "expires_at__gt": clock.now(), "gateway": queries.chosen_gateway(seen_by=by)}


def for_bill(bill: Bill, amount: Decimal, *, by: Actor) -> Payment:
    """A payment online for a bill, not yet born."""
    return Payment(
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        branch=bill.branch,
        bill=bill,
        method=Payment.Method.ONLINE,
        amount=amount,
        currency=bill.currency,
        gateway=must_take_online(bill.currency, by=by),
    )


def for_advance(patient: Any, branch_id: UUID, amount: Decimal, plan_id: UUID | None, *, by: Actor) -> Payment:
    """A payment online without a bill, not yet born."""
    currency = people.organization(seen_by=by).currency
    return Payment(
        organization_id=patient.organization_id,
        patient=patient,
        branch=people.branch(branch_id, seen_by=by),
        plan_id=plan_id,
        method=Payment.Method.ONLINE,
        amount=amount,
        currency=currency,
        gateway=must_take_online(currency, by=by),
    )


def born(payment: Payment, *, key: str, return_url: str = "", until: datetime | None = None) -> Payment:
    """Let a payment wait behind a link of its own until then, else for twenty minutes."""
    token = secrets.token_urlsafe(24)
    payment.key = key or str(uuid4())
    payment.checkout_token, payment.checkout_url = token, f"/pay/{token}"
    payment.return_url = return_url if _is_ours(return_url) else ""
    payment.expires_at = until or clock.now() + WAITS
    with refusing({"billing_payment_key_once": REUSED}):
        return PAYMENT.born(payment)  # type: ignore[no-any-return]


def _must_pay(branch_id: UUID, by: Actor, *, what: str) -> None:
    if not (by.may(PAY) or by.may(TAKE_PAYMENT, at=branch_id)):
        raise NotPermitted(f"{by.name} may not pay {what} online. Ask at the desk.", permission=PAY)


def _is_ours(url: str) -> bool:
    """Whether an address is a path of this site: the gateway sends nobody elsewhere."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def _the_same(before: Payment, *, amount: Decimal | None, **asked: object) -> Payment:
    is_other = any(getattr(before, name) != value for name, value in asked.items())
    if is_other or before.method != Payment.Method.ONLINE or (amount is not None and before.amount != amount):
        raise REUSED
    return before
