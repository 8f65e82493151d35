"""The gateway's word: forged, twice, late, out of order, for another amount; and what the payer sees."""

import json
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kalon.billing import actions
from kalon.billing.actions import embedded, gateways
from kalon.billing.lifecycles import BillStatus, PaymentStatus
from kalon.billing.models import GatewayEvent, Payment
from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.kernel import clock
from kalon.kernel.errors import IllegalMove, NotFound
from kalon.kernel.tenancy import acting_as

WEBHOOK = "/api/payments/webhooks/embedded"


def post(body: bytes, header: str) -> Any:
    return Client().post(WEBHOOK, data=body, content_type="application/json", headers={"Kalon-Signature": header})


def tell(clinic: Clinic, payment: Payment, kind: str = gateways.SUCCEEDED, **changes: Any) -> str:
    """Post a well signed event and give its outcome."""
    event = json.loads(embedded.event_body(payment, kind, at=changes.pop("at", clock.now()), method="upi"))
    event["id"] = changes.pop("event_id", event["id"])
    event["data"] |= changes
    body = json.dumps(event).encode()
    answer = post(body, embedded.signature(body, clinic.organization.pk))
    assert answer.status_code == 200, answer.content
    return answer.json()["outcome"]


@pytest.fixture
def waiting(clinic: Clinic) -> Payment:
    return actions.start_online_payment(clinic.bill().pk, by=clinic.as_patient(clinic.patient))


def test_a_success_settles_the_bill(clinic: Clinic, waiting: Payment):
    assert tell(clinic, waiting) == "received"
    paid = clinic.again(waiting)
    assert (paid.status, paid.allocated, paid.reference) == (PaymentStatus.SUCCEEDED, Decimal("800.00"), "UPI")
    with acting_as(clinic.system):
        assert paid.bill.status == BillStatus.PAID


@pytest.mark.parametrize("times", [2, 5])
def test_the_same_word_again_counts_once(clinic: Clinic, waiting: Payment, times: int):
    outcomes = [tell(clinic, waiting) for _ in range(times)]
    assert outcomes == ["received"] + ["duplicate"] * (times - 1)
    assert tell(clinic, waiting, event_id="evt_other") == "duplicate"  # the same money under another event
    with acting_as(clinic.system):
        assert [payment.amount for payment in Payment.objects.all()] == [Decimal("800.00")]
        assert GatewayEvent.objects.count() == 2


def test_a_refusal_that_overtakes_nothing_is_ignored(clinic: Clinic, waiting: Payment):
    assert tell(clinic, waiting) == "received"
    assert tell(clinic, waiting, gateways.FAILED) == "ignored"
    assert clinic.again(waiting).status == PaymentStatus.SUCCEEDED


def test_a_success_after_a_refusal_is_kept_on_account(clinic: Clinic, waiting: Payment):
    assert tell(clinic, waiting, gateways.FAILED) == "failed"
    assert tell(clinic, waiting) == "on account"
    _kept_on_account(clinic, waiting, PaymentStatus.FAILED, "800.00")


def test_a_success_after_the_expiry_is_kept_on_account(clinic: Clinic, waiting: Payment):
    with clock.at(clock.now() + timedelta(minutes=21)):
        assert actions.expire_waiting(by=clinic.system) == 1
        assert clinic.again(waiting).status == PaymentStatus.EXPIRED
    assert tell(clinic, waiting) == "on account"
    assert tell(clinic, waiting) == "duplicate"
    _kept_on_account(clinic, waiting, PaymentStatus.EXPIRED, "800.00")


def test_a_late_success_before_the_clock_ran_is_kept_on_account(clinic: Clinic, waiting: Payment):
    assert tell(clinic, waiting, at=clock.now() + timedelta(minutes=21)) == "on account"
    _kept_on_account(clinic, waiting, PaymentStatus.EXPIRED, "800.00")


def test_another_amount_is_kept_on_account(clinic: Clinic, waiting: Payment):
    assert tell(clinic, waiting, amount="500.00") == "on account"
    _kept_on_account(clinic, waiting, PaymentStatus.FAILED, "500.00")


def _kept_on_account(clinic: Clinic, first: Payment, status: str, amount: str) -> None:
    with acting_as(clinic.system):
        late = Payment.objects.get(late_for=first)
        again = Payment.objects.get(pk=first.pk)
        assert (again.status, again.allocated) == (status, 0)
        assert (late.status, late.on_account, late.allocated) == (PaymentStatus.SUCCEEDED, Decimal(amount), 0)
        assert again.bill.status == BillStatus.FINALIZED


def test_paid_at_the_desk_meanwhile(clinic: Clinic, waiting: Payment):
    with acting_as(clinic.system):
        bill = waiting.bill
    clinic.pay(bill, "300")
    assert tell(clinic, waiting) == "received"
    paid = clinic.again(waiting)
    assert (paid.allocated, paid.on_account) == (Decimal("500.00"), Decimal("300.00"))


def test_the_bill_was_cancelled_meanwhile(clinic: Clinic, waiting: Payment):
    actions.void_bill(waiting.bill_id, "Visit cancelled", by=clinic.desk)
    assert tell(clinic, waiting) == "on account"
    assert clinic.again(waiting).on_account == Decimal("800.00")


def test_words_about_unknown_payments_and_kinds_change_nothing(clinic: Clinic, waiting: Payment):
    assert tell(clinic, waiting, event_id="evt_x", order=str(uuid4())) == "unknown payment"
    assert tell(clinic, waiting, "payment.dreamt") == "ignored"
    assert tell(clinic, waiting, event_id="evt_y", currency="USD") == "wrong currency"
    assert clinic.again(waiting).status == PaymentStatus.PENDING


def test_forged_words_are_refused(clinic: Clinic, waiting: Payment):
    body = embedded.event_body(waiting, gateways.SUCCEEDED, at=clock.now(), method="upi")
    good = embedded.signature(body, clinic.organization.pk)
    theirs = open_clinic(code="KD")
    old = embedded.signature(body, clinic.organization.pk, at=int(time.time()) - 301)
    for forged, header in [
        (body, ""),
        (body, "t=1,v1="),
        (body, good[:-1] + ("0" if good[-1] != "0" else "1")),
        (body, "t=" + "9" * 40 + ",v1=00"),
        (body, "t=²,v1=00"),
        (body.replace(b"800.00", b"8.00"), good),
        (body, embedded.signature(body, theirs.organization.pk)),
        (body, old),
        (b"not json", good),
        (b"[]", good),
        (b'{"account": 7}', good),
        (b"[" * 19_000, good),
        (b"{" + b" " * 30_000, good),
    ]:
        answer = post(forged, header)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-signature"), forged[:40]
    assert post(body, good).status_code == 200
    assert Client().get(WEBHOOK).status_code == 405
    assert Client().post("/api/payments/webhooks/nobody", data=body, content_type="application/json").status_code == 404


def test_a_well_signed_muddle_is_refused_in_words(clinic: Clinic, waiting: Payment):
    body = json.dumps({"account": str(clinic.organization.pk), "id": "e", "type": "payment.succeeded"}).encode()
    answer = post(body, embedded.signature(body, clinic.organization.pk))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_an_open_checkout_is_given_again(clinic: Clinic):
    by, bill = clinic.as_patient(clinic.patient), clinic.bill()
    first = actions.start_online_payment(bill.pk, "k", by=by)
    assert actions.start_online_payment(bill.pk, "k", by=by).pk == first.pk
    assert actions.start_online_payment(bill.pk, "other", by=by).pk == first.pk
    with clock.at(clock.now() + timedelta(minutes=21)):
        assert actions.start_online_payment(bill.pk, "third", by=by).pk != first.pk


def test_the_payer_decides_once(clinic: Clinic, waiting: Payment, django_capture_on_commit_callbacks: Any):
    with django_capture_on_commit_callbacks(execute=True):
        embedded.decide(waiting.checkout_token, pays=True, method="card", by=clinic.system)
    assert clinic.again(waiting).status == PaymentStatus.SUCCEEDED
    with pytest.raises(IllegalMove, match="used up"):
        embedded.decide(waiting.checkout_token, pays=False, method="", by=clinic.system)
    with pytest.raises(NotFound):
        embedded.checkout("guess", by=clinic.system)
