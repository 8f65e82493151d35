"""Stripe and Razorpay as local servers: they speak what their documents say, keep their own books, and can misbehave.

Stripe: form-encoded requests, Bearer keys, Idempotency-Key (docs.stripe.com/api). Razorpay: JSON, Basic auth, unique
`reference_id` of a payment link, X-Refund-Idempotency (razorpay.com/docs/api).
"""

import hashlib
import hmac
import json
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY_ID, SECRET = "key_live_kalon", "sk_live_0123456789abcdef"


class Refusal(Exception):
    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(error)
        self.status, self.error = status, error


class FakeGateway:
    """Its books, what it was asked, and how it misbehaves: `before` and `after` run around each piece of work."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.made: dict[str, dict[str, Any]] = {}
        self.by_key: dict[str, tuple[Any, dict[str, Any]]] = {}
        self.before: Callable[[str, str], None] = lambda method, path: None
        self.after: Callable[[str, str], None] = lambda method, path: None
        self.decide_refunds = "succeeded"
        self.url = ""

    def count(self, method: str, path: str) -> int:
        return sum(m == method and p == path for m, p, _ in self.asked)

    def refunds(self) -> list[dict[str, Any]]:
        return [row for row in self.made.values() if row.get("object", row.get("entity")) == "refund"]

    def keep(self, row: dict[str, Any]) -> dict[str, Any]:
        self.made[row["id"]] = row
        return row

    def answer(self, method: str, path: str, content: dict[str, Any], headers: Any) -> dict[str, Any]:
        raise NotImplementedError

    def once(self, key: str, content: dict[str, Any], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        if key and key in self.by_key:
            before, row = self.by_key[key]
            if before != content:
                raise Refusal(400, {"type": "idempotency_error", "message": "Keys for idempotent requests differ."})
            return row
        row = make()
        if key:
            self.by_key[key] = (content, row)
        return row


class FakeStripe(FakeGateway):
    def answer(self, method: str, path: str, content: dict[str, Any], headers: Any) -> dict[str, Any]:
        if headers.get("Authorization") != f"Bearer {SECRET}":
            raise Refusal(401, {"type": "invalid_request_error", "message": f"Invalid API Key provided: {SECRET}"})
        parts = path.strip("/").split("/")[1:]
        if parts == ["balance"]:
            return {"object": "balance", "available": []}
        if parts == ["checkout", "sessions"]:
            return self.once(headers["Idempotency-Key"], content, lambda: self._session(content))
        if parts[:2] == ["checkout", "sessions"]:
            session = self.made[parts[2]]
            if parts[-1] == "expire":
                if session["status"] != "open":
                    raise Refusal(400, {"type": "invalid_request_error", "message": "Only open sessions expire."})
                session["status"] = "expired"
            return session
        if parts == ["refunds"] and method == "POST":
            return self.once(headers["Idempotency-Key"], content, lambda: self._refund(content))
        if parts == ["refunds"]:
            rows = [row for row in self.refunds() if row["payment_intent"] == content["payment_intent"]]
            return {"object": "list", "data": rows, "has_more": False}
        raise Refusal(404, {"type": "invalid_request_error", "message": f"Unrecognized request URL {path}"})

    def _session(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = len(self.made) + 1
        if not time.time() + 1790 <= int(asked["expires_at"]) <= time.time() + 86400:
            raise Refusal(400, {"type": "invalid_request_error", "message": "The `expires_at` is out of range."})
        return self.keep(
            {
                "id": f"cs_live_{number}",
                "object": "checkout.session",
                "url": f"https://checkout.stripe.example/c/pay/cs_live_{number}",
                "status": "open",
                "payment_status": "unpaid",
                "payment_intent": None,
                "client_reference_id": asked["client_reference_id"],
                "metadata": {"payment": asked["metadata[payment]"]},
                "amount_total": int(asked["line_items[0][price_data][unit_amount]"]),
                "currency": asked["line_items[0][price_data][currency]"],
                "expires_at": int(asked["expires_at"]),
            }
        )

    def _refund(self, asked: dict[str, Any]) -> dict[str, Any]:
        return self.keep(
            {
                "id": f"re_{len(self.made) + 1}",
                "object": "refund",
                "payment_intent": asked["payment_intent"],
                "amount": int(asked["amount"]),
                "currency": "inr",
                "metadata": {"refund": asked["metadata[refund]"], "payment": asked["metadata[payment]"]},
                "status": self.decide_refunds,
                "failure_reason": "expired_or_canceled_card" if self.decide_refunds == "failed" else None,
            }
        )

    def pay(self, session_id: str) -> dict[str, Any]:
        """The payer pays on Stripe's page."""
        session = self.made[session_id]
        assert session["status"] == "open"
        session.update(status="complete", payment_status="paid", payment_intent=f"pi_{session_id}")
        return session

    def event(self, kind: str, it: dict[str, Any], *, event_id: str = "", at: float | None = None) -> bytes:
        return json.dumps(
            {
                "id": event_id or f"evt_{it['id']}_{kind}",
                "object": "event",
                "type": kind,
                "created": int(at or time.time()),
                "data": {"object": {**it, "customer_details": {"email": "payer@example.com", "name": "A Payer"}}},
            }
        ).encode()

    def sign(self, body: bytes, secret: str, *, at: int | None = None) -> dict[str, str]:
        """docs.stripe.com/webhooks: HMAC-SHA256 of "<timestamp>.<body>", hex, in `t=…,v1=…`; v0 is to be ignored."""
        stamp = at or int(time.time())
        mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={stamp},v1={mac},v0={'6f' * 32}"}


class FakeRazorpay(FakeGateway):
    def answer(self, method: str, path: str, content: dict[str, Any], headers: Any) -> dict[str, Any]:
        said = headers.get("Authorization", "").removeprefix("Basic ")
        if b64decode(said).decode() != f"{KEY_ID}:{SECRET}":
            raise Refusal(401, {"code": "BAD_REQUEST_ERROR", "description": "Authentication failed"})
        parts = path.strip("/").split("/")[1:]
        if parts == ["payments"]:
            return {"entity": "collection", "count": 0, "items": []}
        if parts == ["payment_links"] and method == "POST":
            return self._link(content)
        if parts == ["payment_links"]:
            rows = [row for row in self.made.values() if row.get("reference_id") == content["reference_id"]]
            return {"payment_links": rows}
        if parts[0] == "payment_links":
            link = self.made[parts[1]]
            if parts[-1] == "cancel":
                if link["status"] != "created":
                    raise Refusal(400, {"code": "BAD_REQUEST_ERROR", "description": "Link cannot be cancelled"})
                link["status"] = "cancelled"
            return link
        if parts[0] == "payments" and parts[-1] == "refund":
            return self.once(headers["X-Refund-Idempotency"], content, lambda: self._refund(parts[1], content))
        if parts[0] == "payments" and parts[-1] == "refunds":
            rows = [row for row in self.refunds() if row["payment_id"] == parts[1]]
            return {"entity": "collection", "count": len(rows), "items": rows}
        raise Refusal(404, {"code": "BAD_REQUEST_ERROR", "description": "The requested URL was not found"})

    def _link(self, asked: dict[str, Any]) -> dict[str, Any]:
        if any(row.get("reference_id") == asked["reference_id"] for row in self.made.values()):
            raise Refusal(400, {"code": "BAD_REQUEST_ERROR", "description": "this reference_id exists"})
        if len(asked["reference_id"]) > 40 or asked["expire_by"] < time.time() + 900:
            raise Refusal(400, {"code": "BAD_REQUEST_ERROR", "description": "reference_id or expire_by is wrong"})
        number = len(self.made) + 1
        return self.keep(
            {
                "id": f"plink_{number}",
                "short_url": f"https://rzp.example/i/{number}",
                "status": "created",
                "amount": asked["amount"],
                "currency": asked["currency"],
                "reference_id": asked["reference_id"],
                "notes": asked["notes"],
                "payments": None,
            }
        )

    def _refund(self, payment_id: str, asked: dict[str, Any]) -> dict[str, Any]:
        status = {"succeeded": "processed"}.get(self.decide_refunds, self.decide_refunds)
        return self.keep(
            {
                "id": f"rfnd_{len(self.made) + 1}",
                "entity": "refund",
                "payment_id": payment_id,
                "amount": asked["amount"],
                "currency": "INR",
                "notes": asked["notes"],
                "receipt": asked["receipt"],
                "status": status,
            }
        )

    def pay(self, link_id: str) -> dict[str, Any]:
        """The payer pays on Razorpay's page."""
        link = self.made[link_id]
        assert link["status"] == "created"
        paid = {"payment_id": f"pay_{link_id}", "amount": link["amount"], "status": "captured", "method": "upi"}
        link.update(status="paid", payments=[{**paid, "created_at": int(time.time())}])
        return link

    def event(self, kind: str, it: dict[str, Any], *, event_id: str = "", at: float | None = None) -> bytes:
        payload: dict[str, Any] = {"refund" if it["id"].startswith("rfnd") else "payment_link": {"entity": it}}
        if kind == "payment_link.paid":
            paid = it["payments"][0]
            payload["payment"] = {
                "entity": {"id": paid["payment_id"], "entity": "payment", "amount": paid["amount"], "currency": "INR",
                           "method": "upi", "email": "payer@example.com", "contact": "+919999999999", "notes": []}
            }  # fmt: skip
        body = {"entity": "event", "account_id": "acc_1", "event": kind, "payload": payload}
        return json.dumps({**body, "created_at": int(at or time.time())}).encode()

    def sign(self, body: bytes, secret: str, *, at: int | None = None) -> dict[str, str]:
        """razorpay.com/docs/webhooks: HMAC-SHA256 of the raw body with the webhook secret, hex."""
        mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Razorpay-Signature": mac, "X-Razorpay-Event-Id": "evt_rzp_1"}


@contextmanager
def serving(gateway: FakeGateway) -> Iterator[FakeGateway]:
    """The gateway behind a port of its own, in threads of this process."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw, where = self.rfile.read(length), urlsplit(self.path)
            content = {name: values[0] for name, values in parse_qs(where.query).items()}
            if "json" in self.headers.get("Content-Type", ""):
                content |= json.loads(raw)
            else:
                content |= {name: values[0] for name, values in parse_qs(raw.decode()).items()}
            gateway.asked.append((self.command, where.path, content))
            try:
                gateway.before(self.command, where.path)
                said: tuple[int, Any] = (200, gateway.answer(self.command, where.path, content, self.headers))
                gateway.after(self.command, where.path)
            except Refusal as refusal:
                said = (refusal.status, {"error": refusal.error})
            except ConnectionAbortedError:
                self.close_connection = True
                return
            body = json.dumps(said[1]).encode()
            self.send_response(said[0])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = _do  # noqa: N815
        do_POST = _do  # noqa: N815

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
