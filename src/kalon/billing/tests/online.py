"""A clinic that is paid through Stripe or Razorpay: its payments, what the gateway says, and how things go wrong."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.test import Client

from kalon.billing import actions, queries
from kalon.billing.actions import paying_back
from kalon.billing.models import Payment, Refund
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.gateway_servers import KEY_ID, SECRET, FakeRazorpay, FakeStripe
from kalon.kernel.tenancy import acting_as

HERE = "https://clinic.example/pay/x"
WEBHOOK_SECRET = "whsec_present"
MADE = {"stripe": FakeStripe, "razorpay": FakeRazorpay}
PAID = {"stripe": "checkout.session.completed", "razorpay": "payment_link.paid"}


def owner_of(clinic: Clinic) -> Any:
    grants = {place: names | {"billing.gateways"} for place, names in clinic.desk.grants.items()}
    return replace(clinic.desk, grants=grants)


def set_up(clinic: Clinic, name: str, webhook_secret: str = WEBHOOK_SECRET) -> None:
    by = owner_of(clinic)
    actions.set_up_gateway(name, key_id=KEY_ID, secret=SECRET, webhook_secret=webhook_secret, by=by)
    actions.choose_gateway(name, by=by)


def go(clinic: Clinic, payment: Payment) -> str:
    return actions.go_to_gateway(payment.checkout_token, HERE, by=clinic.system)


def opened(payment: Payment) -> str:
    return queries.calls_for(payment).get(step="ANSWERED").reference


def post(name: str, organization_id: Any, body: bytes, headers: dict[str, str]) -> Any:
    path = f"/api/payments/webhooks/{name}/{organization_id}"
    return Client().post(path, data=body, content_type="application/json", headers=headers)


def tell(clinic: Clinic, outside: Any, body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    answer = post(outside.name, clinic.organization.pk, body, outside.sign(body, secret))
    assert answer.status_code == 200, answer.content
    return str(answer.json()["outcome"])


def paid(clinic: Clinic, outside: Any, payment: Payment) -> bytes:
    """The payer goes to the gateway's page and pays; the event that says so."""
    go(clinic, payment)
    with acting_as(clinic.system):
        return outside.event(PAID[outside.name], outside.pay(opened(payment)))


def refunded(clinic: Clinic, outside: Any, amount: str = "800") -> Refund:
    """A bill paid online, cancelled, its money asked back and approved; the job that asks the gateway has not run."""
    payment = actions.start_online_payment(clinic.bill().pk, by=clinic.desk)
    assert tell(clinic, outside, paid(clinic, outside, payment)) == "received"
    actions.void_bill(payment.bill_id, "Cancelled", by=clinic.desk)
    refund = actions.request_refund(payment.pk, Decimal(amount), "She cannot come", by=clinic.desk)
    return actions.approve_refund(refund.pk, by=clinic.desk)


def send(clinic: Clinic, refund: Refund) -> None:
    paying_back.send_refund(organization_id=clinic.organization.pk, refund_id=refund.pk)


def refunds_of(clinic: Clinic, payment: Payment) -> list[Refund]:
    with acting_as(clinic.system):
        return list(Refund.objects.filter(payment_id=payment.pk))


def raises(kind: type[BaseException]) -> Any:
    def run(*_: Any, **__: Any) -> None:
        raise kind

    return run


def hang_up() -> None:
    raise ConnectionAbortedError
