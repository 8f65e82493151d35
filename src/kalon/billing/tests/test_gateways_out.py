"""Stripe and Razorpay, each as a server of its own: checkout, signed words, and being killed in between."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kalon.billing import actions, queries
from kalon.billing.actions import calling, gateways
from kalon.billing.lifecycles import BillStatus, PaymentStatus
from kalon.billing.models import GatewayAccount, GatewayEvent, Payment
from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.billing.tests.online import (
    PAID,
    SECRET,
    WEBHOOK_SECRET,
    go,
    hang_up,
    opened,
    owner_of,
    paid,
    post,
    raises,
    refunds_of,
    send,
    set_up,
    tell,
)
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as


def test_paid_on_the_gateways_own_page(theirs: Clinic, waiting: Payment, outside: Any):
    assert outside.asked == []  # starting asks nobody, so no lock waits for a stranger
    url = go(theirs, waiting)
    assert url.startswith(("https://checkout.stripe.example/", "https://rzp.example/"))
    assert go(theirs, waiting) == url
    assert len(outside.made) == 1
    asked = json.dumps(outside.asked)
    assert "80000" in asked and "Meera" not in asked and "consultation" not in asked.lower()
    with acting_as(theirs.system):
        event = outside.event(PAID[outside.name], outside.pay(opened(waiting)))
    assert tell(theirs, outside, event) == "received"
    assert tell(theirs, outside, event) == "duplicate"
    again = theirs.again(waiting)
    assert (again.status, again.allocated) == (PaymentStatus.SUCCEEDED, Decimal("800.00"))
    with acting_as(theirs.system):
        assert again.bill.status == BillStatus.PAID
        kept = json.dumps([row.payload for row in GatewayEvent.objects.all()])
        assert "payer@example.com" not in kept and "A Payer" not in kept


def test_only_the_gateways_own_signature_over_these_very_bytes(theirs: Clinic, waiting: Payment, outside: Any):
    body = paid(theirs, outside, waiting)
    other = open_clinic(code="TC", gstin="")
    set_up(other, outside.name, "whsec_of_the_other")
    good = outside.sign(body, WEBHOOK_SECRET)
    for bytes_, headers in (
        (body, {}),
        (body, outside.sign(body, "whsec_guess")),
        (body, outside.sign(body, "whsec_of_the_other")),
        (body, dict.fromkeys(good, "é")),
        (body.replace(b"80000", b"80001"), good),
        (body + b" ", good),
        (b"x" * 300_000, outside.sign(b"x" * 300_000, WEBHOOK_SECRET)),
    ):
        assert post(outside.name, theirs.organization.pk, bytes_, headers).status_code == 400
    signed_junk = b'{"id": 1, "type": [], "event": {}}'
    headers = outside.sign(signed_junk, WEBHOOK_SECRET)
    assert post(outside.name, theirs.organization.pk, signed_junk, headers).status_code == 422
    if outside.name == "stripe":
        old = outside.sign(body, WEBHOOK_SECRET, at=int(clock.now().timestamp()) - 301)
        assert post(outside.name, theirs.organization.pk, body, old).status_code == 400
    assert Client().post(f"/api/payments/webhooks/{outside.name}", data=body, content_type="x/y").status_code == 404
    assert theirs.again(waiting).status == PaymentStatus.PENDING
    # an organisation that signs well cannot speak of another's payment, nor a gateway of another gateway's
    at_home = outside.sign(body, "whsec_of_the_other")
    assert post(outside.name, other.organization.pk, body, at_home).json()["outcome"] == "unknown payment"
    assert theirs.again(waiting).status == PaymentStatus.PENDING
    assert tell(theirs, outside, body) == "received"


def test_a_gateway_speaks_of_its_own_payments_only(clinic: Clinic, outside: Any):
    practice = actions.start_online_payment(clinic.bill().pk, by=clinic.desk)
    set_up(clinic, outside.name)
    mine = actions.start_online_payment(clinic.bill().pk, by=clinic.desk)
    body = paid(clinic, outside, mine)
    forged = body.replace(str(mine.pk).encode(), str(practice.pk).encode())
    forged = forged.replace(mine.pk.hex.encode(), practice.pk.hex.encode())
    assert tell(clinic, outside, forged) == "of another gateway"
    assert clinic.again(practice).status == PaymentStatus.PENDING


def test_a_changed_secret_is_believed_beside_the_old_one_for_three_days(theirs: Clinic, waiting: Payment, outside: Any):
    by = owner_of(theirs)
    actions.set_up_gateway(outside.name, key_id="", secret="", webhook_secret="whsec_next", by=by)
    body = paid(theirs, outside, waiting)
    with clock.at(clock.now() + timedelta(days=4)):
        assert post(outside.name, theirs.organization.pk, body, outside.sign(body, WEBHOOK_SECRET)).status_code == 400
    assert tell(theirs, outside, body, WEBHOOK_SECRET) == "received"
    assert tell(theirs, outside, body, "whsec_next") == "duplicate"
    with connection.cursor() as cursor, acting_as(theirs.system):
        cursor.execute("SELECT secret, webhook_secret FROM billing_gatewayaccount")
        assert not [cell for row in cursor.fetchall() for cell in row if SECRET.encode() in bytes(cell)]
        assert SECRET not in repr(actions.accounts.account_of(outside.name, by=theirs.system))


def test_killed_between_the_gateway_and_our_books_there_is_one_checkout(theirs: Clinic, waiting: Payment, outside: Any):
    class Killed(BaseException):
        pass

    kept = calling.keep_checkout
    try:
        calling.keep_checkout = raises(Killed)
        with pytest.raises(Killed):
            go(theirs, waiting)
    finally:
        calling.keep_checkout = kept
    assert len(outside.made) == 1
    assert go(theirs, waiting)
    assert len(outside.made) == 1


def test_no_answer_takes_nothing_and_the_next_try_finds_the_same_checkout(
    theirs: Clinic, waiting: Payment, outside: Any
):
    def lose_it(_method: str, _path: str) -> None:
        outside.after = lambda method, path: None
        raise ConnectionAbortedError  # it was made, and the answer is lost

    outside.after = lose_it
    go(theirs, waiting)  # asked again at once, under the same key
    assert len(outside.made) == 1
    outside.before = raises(Exception)
    other = actions.start_online_payment(theirs.bill().pk, by=theirs.desk)
    outside.before = lambda method, path: hang_up()
    with pytest.raises(Clash, match="does not answer"):
        go(theirs, other)
    outside.before = lambda method, path: None
    with acting_as(theirs.system):
        assert [line.step for line in queries.calls_for(other)] == ["BEGAN", "NO_ANSWER"]
    assert go(theirs, other)
    assert len(outside.made) == 2


def test_keys_that_are_not_accepted_say_so_and_show_no_secret(theirs: Clinic, waiting: Payment, outside: Any):
    by = owner_of(theirs)
    assert "knows these keys" in actions.try_gateway(outside.name, by=by)
    actions.set_up_gateway(outside.name, key_id="", secret="sk_live_wrong", webhook_secret="", by=by)
    with pytest.raises(Clash, match="does not accept these keys") as refusal:
        actions.try_gateway(outside.name, by=by)
    assert "sk_live" not in str(refusal.value.detail)
    with pytest.raises(Clash):
        go(theirs, waiting)
    failed = theirs.again(waiting)
    assert (failed.status, "sk_live" in failed.failure) == (PaymentStatus.FAILED, False)


def test_a_lost_webhook_is_asked_after(theirs: Clinic, waiting: Payment, outside: Any):
    paid(theirs, outside, waiting)  # and nobody tells us
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert calling.ask_after_open(by=theirs.system) == 1
        calling.ask_after(organization_id=theirs.organization.pk, payment_id=waiting.pk)
    assert theirs.again(waiting).allocated == Decimal("800.00")


def test_time_over_closes_the_gateways_page_first(theirs: Clinic, waiting: Payment, outside: Any):
    go(theirs, waiting)
    with clock.at(clock.now() + timedelta(minutes=40)):
        assert actions.expire_waiting(by=theirs.system) == 0  # the gateway is asked first
        calling.ask_after(organization_id=theirs.organization.pk, payment_id=waiting.pk)
    assert theirs.again(waiting).status == PaymentStatus.EXPIRED
    assert {row["status"] for row in outside.made.values()} <= {"expired", "cancelled"}


def test_paid_in_the_last_second_is_not_lost_when_its_time_is_over(theirs: Clinic, waiting: Payment, outside: Any):
    paid(theirs, outside, waiting)
    with clock.at(clock.now() + timedelta(minutes=40)):
        calling.ask_after(organization_id=theirs.organization.pk, payment_id=waiting.pk)
    assert theirs.again(waiting).allocated == Decimal("800.00")


def test_only_the_owner_sets_up_and_a_clinic_without_a_gateway_says_so(clinic: Clinic, outside: Any, settings: Any):
    for forbidden in (
        lambda: actions.set_up_gateway(outside.name, key_id="", secret="x", webhook_secret="y", by=clinic.desk),
        lambda: actions.choose_gateway(outside.name, by=clinic.desk),
        lambda: actions.try_gateway(outside.name, by=clinic.desk),
        lambda: queries.gateway_events(seen_by=clinic.desk),
    ):
        with pytest.raises(NotPermitted):
            forbidden()
    with pytest.raises(Invalid, match="webhook secret first"):
        actions.choose_gateway(outside.name, by=owner_of(clinic))
    waits = actions.start_online_payment(clinic.bill().pk, by=clinic.desk)
    settings.KALON_PRACTICE_GATEWAY = False
    with pytest.raises(IllegalMove, match="not set up"):
        actions.start_online_payment(clinic.bill().pk, by=clinic.desk)
    assert Client().get(f"/pay/{waits.checkout_token}").status_code == 404
    with acting_as(clinic.as_patient(clinic.patient)):
        with pytest.raises(Exception) as refused, transaction.atomic():
            list(GatewayAccount.objects.all())
        assert "permission denied" in str(refused.value)


def test_yen_are_not_taken_a_hundredfold(clinic: Clinic, owner: Any):
    for currency in ("JPY", "BHD"):
        with pytest.raises(gateways.Refused, match="no hundredths"):
            gateways.minor.to_minor(Decimal("800.00"), currency)
    assert gateways.minor.to_minor(Decimal("800.05"), "INR") == 80005
    assert gateways.minor.from_minor(80005) == Decimal("800.05")
    for wrong in (Decimal("0.001"), Decimal("-1"), Decimal("0")):
        with pytest.raises(gateways.Refused):
            gateways.minor.to_minor(wrong, "INR")
    for wrong in (1.5, "100", True, None):
        with pytest.raises(ValueError, match="whole number"):
            gateways.minor.from_minor(wrong)


@hypothesis_settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 3), min_size=4, max_size=9).filter(lambda chosen: set(chosen) >= {0, 3}))
def test_any_order_of_webhooks_ends_in_the_same_books(theirs: Clinic, outside: Any, order: list[int]):
    """The first two say paid (twice, as two events), the third that it expired, the last that the refund is through."""
    with transaction.atomic():
        payment = actions.start_online_payment(theirs.bill().pk, by=theirs.desk)
        success = paid(theirs, outside, payment)
        with acting_as(theirs.system):
            it = outside.made[opened(payment)]
        if outside.name == "stripe":
            intent = {"id": it["payment_intent"], "object": "payment_intent", "metadata": it["metadata"],
                      "amount": 80000, "amount_received": 80000, "currency": "inr", "status": "succeeded"}  # fmt: skip
            twin, closed = outside.event("payment_intent.succeeded", intent), "checkout.session.expired"
        else:
            twin, closed = (
                outside.event("payment_link.paid", it, at=clock.now().timestamp() + 1),
                "payment_link.expired",
            )
        said = [success, twin, outside.event(closed, it), b""]
        for which in order:
            if which == 3 and theirs.again(payment).is_received and not refunds_of(theirs, payment):
                actions.void_bill(theirs.again(payment).bill_id, "Cancelled", by=theirs.desk)
                refund = actions.request_refund(payment.pk, Decimal("800"), "No", by=theirs.desk)
                actions.approve_refund(refund.pk, by=theirs.desk)
                send(theirs, refund)
            elif which != 3:
                tell(theirs, outside, said[which])
        tell(theirs, outside, success)
        with acting_as(theirs.system):
            all_of_it = list(Payment.objects.filter(patient=theirs.patient))
            money = sum(one.amount for one in all_of_it if one.is_received)
            assert money == Decimal("800.00"), [(one.status, one.amount) for one in all_of_it]
            assert queries.mismatches(seen_by=theirs.system) == []
        transaction.set_rollback(True)
