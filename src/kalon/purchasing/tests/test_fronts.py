"""Pages and JSON of purchasing: the same verbs, refusals beside what was typed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.purchasing import actions
from kalon.purchasing.models import PurchaseOrder, SupplierInvoice
from kalon.purchasing.tests.market import Market


@pytest.fixture
def as_(market: Market) -> Callable[[str], Client]:
    def signed_in(role: str) -> Client:
        email = f"{role}-{uuid4().hex[:6]}@clinic.example"
        roles = {None: [role]}
        member = people.add_staff(f"The {role}", kind="OTHER", email=email, roles=roles, by=market.store.system)
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


def _lines(prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    typed = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    return typed | {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def test_from_what_is_missing_to_the_paid_invoice_by_pages(market: Market, as_: Callable[[str], Client]):
    desk, accounts = as_("inventory"), as_("billing")
    assert "Order what is missing" in desk.get("/purchasing").content.decode()
    assert "Kalmira 100 (unit)" in desk.get("/purchasing/orders/new?missing").content.decode()
    head = {"supplier": str(market.near.pk), "words": "Please by Friday"}
    row = {"item": str(market.store.gloves.pk), "quantity": "20", "unit_price": "12.50", "tax_percent": "12"}
    wrong = desk.post("/purchasing/orders/new", head | _lines("lines", row | {"quantity": "0.5"}))
    assert (wrong.status_code, "Please by Friday" in wrong.content.decode()) == (422, True)
    assert "whole steps" in wrong.content.decode()
    at = desk.post("/purchasing/orders/new", head | _lines("lines", row))["Location"]
    assert desk.get(f"{at}.pdf").status_code == 409
    assert desk.post(f"{at}/move", {"move": "send"}).status_code == 303
    assert desk.get(f"{at}.pdf").content.startswith(b"%PDF")
    with acting_as(market.buyer):
        order = PurchaseOrder.objects.get()
    [line] = market.lines(order)
    came = {"line": str(line.pk), "quantity": "21"}
    put = {"location": str(market.store.room.pk), "key": "k"}
    too_much = desk.post(f"{at}/receive", put | _lines("came", came))
    assert (too_much.status_code, "More came than was ordered" in too_much.content.decode()) == (422, True)
    assert desk.post(f"{at}/receive", put | _lines("came", came | {"quantity": "20"})).status_code == 303
    assert "All of it came" in desk.get(at).content.decode()
    copy = {"line": str(line.pk), "words": "Gloves", "quantity": "20", "unit_price": "13.00", "tax_percent": "12"}
    paper = {"supplier": str(market.near.pk), "number": "MS-77", "invoice_date": str(market.store.today)}
    bill = desk.post(f"{at}/invoice", paper | _lines("lines", copy))["Location"]
    assert "Dearer than ordered" in accounts.get(bill).content.decode()
    assert desk.post(f"{bill}/move", {"move": "approve", "reason": "x"}).status_code == 403
    assert accounts.post(f"{bill}/move", {"move": "approve"}).status_code == 422
    assert accounts.post(f"{bill}/move", {"move": "approve", "reason": "By phone"}).status_code == 303
    assert "291.20" in accounts.get("/purchasing/invoices?show=owed").content.decode()
    over = accounts.post(f"{bill}/pay", {"amount": "300", "method": "UPI", "key": "k"})
    assert (over.status_code, "291.20 is still owed" in over.content.decode()) == (422, True)
    assert accounts.post(f"{bill}/pay", {"amount": "291.20", "method": "UPI", "key": "k"}).status_code == 303
    with acting_as(market.buyer):
        invoice = SupplierInvoice.objects.get()
        [payment] = invoice.payments.all()
    assert invoice.owed == 0
    assert accounts.post(f"/purchasing/payments/{payment.pk}/back", {"reason": "Bounced"}).status_code == 303
    assert as_("nurse").get("/purchasing").status_code == 403
    assert "Malabar Surgicals" in desk.get("/purchasing/suppliers?q=mala").content.decode()
    named = {"name": "Kaveri Medical", "payment_days": "15", "is_active": "on", "tax_number": "27ABCDE1234F1Z1"}
    refused = desk.post("/purchasing/suppliers/new", named)
    assert (refused.status_code, "Kaveri Medical" in refused.content.decode()) == (422, True)
    assert desk.post("/purchasing/suppliers/new", named | {"tax_number": ""}).status_code == 303


def test_by_json(market: Market, as_: Callable[[str], Client]):
    desk, accounts = as_("inventory"), as_("billing")
    json: dict[str, Any] = {"content_type": "application/json"}
    at = "/api/purchasing"
    seller = desk.post(f"{at}/suppliers", {"name": "Kaveri Medical", "state_code": "32"}, **json).json()
    line = {"item_id": str(market.store.gloves.pk), "quantity": "20", "unit_price": "10.00", "tax_percent": "12"}
    asked = {"supplier_id": seller["id"], "branch_id": str(market.store.branch.pk), "lines": [line]}
    order = desk.post(f"{at}/orders", asked, **json).json()
    assert (order["status"], order["lines"][0]["came"]) == ("DRAFT", "0")
    sheet = f"{at}/orders/{order['id']}/order.pdf"
    assert desk.get(sheet).status_code == 409
    assert desk.post(f"{at}/orders/{order['id']}/place", **json).json()["status"] == "ORDERED"
    assert b"".join(desk.get(sheet).streaming_content).startswith(b"%PDF")
    assert desk.get(f"{at}/orders/{uuid4()}/order.pdf").status_code == 404
    assert as_("nurse").get(sheet).status_code == 403
    came = {"line_id": order["lines"][0]["id"], "quantity": "20"}
    body = {"location_id": str(market.store.room.pk), "arrivals": [came], "key": "k"}
    first = desk.post(f"{at}/orders/{order['id']}/deliveries", body, **json)
    assert first.status_code == 201
    assert desk.post(f"{at}/orders/{order['id']}/deliveries", body, **json).json() == first.json()
    assert desk.get(f"{at}/orders/{order['id']}").json()["status"] == "RECEIVED"
    theirs = {"line_id": came["line_id"], "quantity": "20", "unit_price": "10.00", "tax_percent": "12"}
    paper = {key: asked[key] for key in ("supplier_id", "branch_id")} | {
        "number": "K-1", "invoice_date": str(market.store.today), "order_id": order["id"], "lines": [theirs],
    }  # fmt: skip
    made = desk.post(f"{at}/invoices", paper, **json)
    assert (made.status_code, made.json()["total"]) == (201, "224.00")
    twice = desk.post(f"{at}/invoices", paper, **json)
    assert (twice.status_code, "already" in twice.json()["detail"]) == (409, True)
    bill = f"{at}/invoices/{made.json()['id']}"
    assert desk.post(f"{bill}/approve", {}, **json).status_code == 403
    assert accounts.post(f"{bill}/approve", {}, **json).json()["owed"] == "224.00"
    paid = accounts.post(f"{bill}/payments", {"amount": "224.00", "method": "CARD", "key": "p"}, **json)
    assert (paid.status_code, accounts.get(bill).json()["owed"]) == (201, "0.00")
    assert accounts.post(f"{bill}/reverse", {"reason": "x"}, **json).status_code == 409
    back = accounts.post(f"{at}/payments/{paid.json()['id']}/back", {"reason": "Bounced"}, **json)
    assert back.json()["reverses_id"] == paid.json()["id"]
    assert [row["number"] for row in accounts.get(f"{at}/invoices?show=owed").json()["items"]] == ["K-1"]
    assert as_("nurse").get(f"{at}/orders").status_code == 403


@pytest.mark.parametrize("path", ["/purchasing", "/purchasing/invoices", "/purchasing/suppliers"])
def test_lists_ask_as_much_for_thirty_as_for_one(market: Market, as_: Callable[[str], Client], path: str):
    accounts = as_("billing")

    def asked() -> int:
        accounts.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert accounts.get(path).status_code == 200
        return len(seen)

    line = actions.InvoiceLineDetails(Decimal(1), Decimal(100), Decimal(18), words="Cleaning")

    def one(n: int) -> None:
        supplier = actions.add_supplier({"name": f"Supplier {n}"}, by=market.buyer)
        market.ordered(placed=False, supplier=supplier)
        told = actions.InvoiceDetails(supplier.pk, market.store.branch.pk, "1", market.store.today, (line,))
        actions.enter_invoice(told, by=market.buyer)

    one(0)
    small = asked()
    for n in range(1, 12):
        one(n)
    assert asked() == small
