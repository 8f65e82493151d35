"""Money that goes back through a gateway: on its word alone, once, whoever is killed in between."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from kalon.billing import actions, queries
from kalon.billing.actions import gateways, paying_back
from kalon.billing.lifecycles import PaymentStatus, RefundStatus
from kalon.billing.models import GatewayCall, Payment, Refund
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.online import (
    hang_up,
    raises,
    refunded,
    send,
    tell,
)
from kalon.kernel import clock
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.tenancy import acting_as


def test_a_refund_is_done_on_the_gateways_word(theirs: Clinic, outside: Any):
    outside.decide_refunds = "pending"
    refund = refunded(theirs, outside)
    assert outside.refunds() == []  # approving asks nobody yet
    with pytest.raises(IllegalMove, match="when the gateway says so"):
        actions.refund_done(refund.pk, by=theirs.desk)
    with pytest.raises(IllegalMove, match="Wait for its word"):
        actions.refund_failed(refund.pk, "No", by=theirs.desk)
    send(theirs, refund)
    send(theirs, refund)
    assert [row["amount"] for row in outside.refunds()] == [80000]
    assert theirs.again(refund).status == RefundStatus.APPROVED
    row = {**outside.refunds()[0], "status": "succeeded" if outside.name == "stripe" else "processed"}
    kind = "refund.updated" if outside.name == "stripe" else "refund.processed"
    assert tell(theirs, outside, outside.event(kind, {**row, "amount": 1})) == "wrong amount"
    assert tell(theirs, outside, outside.event(kind, row, event_id="evt_good")) == "paid back"
    done = theirs.again(refund)
    assert (done.status, done.reference) == (RefundStatus.DONE, row["id"])
    with acting_as(theirs.system):
        assert theirs.again(refund).payment.status == PaymentStatus.REFUNDED


def test_a_refund_that_fails_leaves_the_money_on_account_with_the_reason(theirs: Clinic, outside: Any):
    outside.decide_refunds = "failed"
    refund = refunded(theirs, outside, "300")
    send(theirs, refund)
    assert theirs.again(refund).status == RefundStatus.FAILED
    with acting_as(theirs.system):
        payment = Payment.objects.get(pk=refund.payment_id)
        assert (payment.on_account, payment.refunded) == (Decimal("800.00"), 0)
        assert queries.refund_calls(refund).get(step="REFUSED").detail
    with pytest.raises(Invalid, match=r"Only 800\.00"):
        actions.request_refund(payment.pk, Decimal("800.01"), "Too much", by=theirs.desk)


@pytest.mark.parametrize("where", ["answer lost", "killed before keeping"])
def test_a_refund_whose_answer_was_lost_is_asked_after_and_never_sent_twice(theirs: Clinic, outside: Any, where: str):
    refund = refunded(theirs, outside)
    kept = paying_back.keep_refund
    if where == "answer lost":
        outside.after = lambda method, path: hang_up() if method == "POST" else None
        with pytest.raises(gateways.NoAnswer):
            send(theirs, refund)
    else:
        try:
            paying_back.keep_refund = raises(KeyboardInterrupt)
            with pytest.raises(KeyboardInterrupt):
                send(theirs, refund)
        finally:
            paying_back.keep_refund = kept
    outside.after = lambda method, path: None
    assert len(outside.refunds()) == 1
    posts = sum(method == "POST" for method, path, _ in outside.asked)
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert paying_back.ask_after_refunds(by=theirs.system) == 1
        send(theirs, refund)
    assert theirs.again(refund).status == RefundStatus.DONE
    assert len(outside.refunds()) == 1
    assert sum(method == "POST" for method, path, _ in outside.asked) == posts  # it was only asked after


def test_no_plain_sql_says_that_online_money_is_back(theirs: Clinic, outside: Any):
    refund = refunded(theirs, outside)
    with pytest.raises(Exception) as refused, acting_as(theirs.system), transaction.atomic():
        Refund.objects.filter(pk=refund.pk).update(status="DONE")
    assert broken_constraint(refused.value.__cause__) == "billing_refund_by_gateway"
    with acting_as(theirs.system):
        line = GatewayCall.objects.first()
        for change in ({"step": "SETTLED"}, {"url": "https://elsewhere.example"}):
            with pytest.raises(Exception) as refused, transaction.atomic():
                GatewayCall.objects.filter(pk=line.pk).update(**change)
            assert refused.value
