"""Stripe once more, this time by a program that others wrote: `localstripe`, started as a server of its own.

It speaks PaymentIntents, refunds and signed events, not Checkout: so the payer's side is played by confirming a
PaymentIntent that carries our mark, as a checkout makes one.
"""

import importlib.util
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests
from django.conf import settings

from kalon.billing import actions, queries
from kalon.billing.actions import accounts, gateways, paying_back
from kalon.billing.lifecycles import PaymentStatus, RefundStatus
from kalon.billing.models import Payment
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.online import SECRET, WEBHOOK_SECRET, set_up
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as

WHY = "localstripe is missing: install requirements/dev.txt."


class Inbox(BaseHTTPRequestHandler):
    came: list[tuple[bytes, dict[str, str]]] = []

    def do_POST(self) -> None:
        self.came.append((self.rfile.read(int(self.headers["Content-Length"])), dict(self.headers)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    assert importlib.util.find_spec("localstripe"), WHY
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = [sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)]
    server = subprocess.Popen(start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{address}/v1/balance", timeout=1)
                break
            except requests.RequestException:
                assert server.poll() is None
                time.sleep(0.1)
        monkeypatch.setattr(settings, "KALON_STRIPE_API", address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=10)


def test_a_payment_and_its_refund_through_localstripe(clinic: Clinic, stripe: str) -> None:
    inbox = HTTPServer(("127.0.0.1", 0), Inbox)
    threading.Thread(target=inbox.serve_forever, daemon=True).start()
    Inbox.came.clear()
    at = f"http://127.0.0.1:{inbox.server_port}/"
    told = {"url": at, "secret": WEBHOOK_SECRET, "events": ["payment_intent.succeeded"]}
    requests.post(f"{stripe}/_config/webhooks/kalon", json=told, timeout=5).raise_for_status()
    set_up(clinic, "stripe")
    owner = clinic.desk
    account = accounts.account_of("stripe", by=clinic.system)
    adapter = gateways.named("stripe")
    assert adapter.try_out(account) == "Stripe knows these keys."
    payment = actions.start_online_payment(clinic.bill().pk, by=owner)

    intent = _paid_by_card(stripe, payment)
    for _ in range(100):
        if Inbox.came:
            break
        time.sleep(0.05)
    inbox.shutdown()
    body, headers = Inbox.came[0]
    assert actions.receive("stripe", headers, body, clinic.organization.pk) == "received"
    assert actions.receive("stripe", headers, body, clinic.organization.pk) == "duplicate"
    with pytest.raises(gateways.BadSignature):
        actions.receive("stripe", headers, body.replace(b"80000", b"80001"), clinic.organization.pk)
    settled = clinic.again(payment)
    assert (settled.status, settled.gateway_reference) == (PaymentStatus.SUCCEEDED, intent)
    word = adapter.look(intent, account)
    assert word is not None and (word.kind, word.payment_id, word.amount) == (
        gateways.SUCCEEDED, payment.pk, payment.amount,
    )  # fmt: skip

    actions.void_bill(payment.bill_id, "Cancelled", by=owner)
    refund = actions.request_refund(payment.pk, payment.amount, "She cannot come", by=owner)
    actions.approve_refund(refund.pk, by=owner)
    send = {"organization_id": clinic.organization.pk, "refund_id": refund.pk}
    kept = paying_back.keep_refund
    paying_back.keep_refund = _killed
    try:
        with pytest.raises(KeyboardInterrupt):
            paying_back.send_refund(**send)
    finally:
        paying_back.keep_refund = kept
    with clock.at(clock.now() + timedelta(minutes=3)):
        paying_back.send_refund(**send)  # it has it already, and is asked after
    assert clinic.again(refund).status == RefundStatus.DONE
    known = requests.get(f"{stripe}/v1/refunds", params={"payment_intent": intent}, auth=(SECRET, ""), timeout=5).json()
    assert [(row["amount"], row["metadata"]["refund"]) for row in known["data"]] == [(80000, str(refund.pk))]
    with acting_as(clinic.system):
        assert queries.mismatches(seen_by=clinic.system) == []


def _paid_by_card(stripe: str, payment: Payment) -> str:
    """What a checkout does with the payer's card."""
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    method = {"type": "card", **{f"card[{name}]": value for name, value in card.items()}}
    made = requests.post(f"{stripe}/v1/payment_methods", data=method, auth=(SECRET, ""), timeout=5).json()
    content = {"amount": 80000, "currency": "inr", "payment_method": made["id"], "metadata[payment]": str(payment.pk)}
    intent = requests.post(f"{stripe}/v1/payment_intents", data=content, auth=(SECRET, ""), timeout=5).json()
    confirmed = requests.post(f"{stripe}/v1/payment_intents/{intent['id']}/confirm", auth=(SECRET, ""), timeout=5)
    assert confirmed.json()["status"] == "succeeded", confirmed.text
    return str(intent["id"])


def _killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt
