"""From the order to the paid invoice: what came is what was ordered, what is owed is what came."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, KeyReused, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.purchasing import actions, queries, rules
from kalon.purchasing.actions import Arrival, InvoiceDetails, InvoiceLineDetails, OrderDetails, OrderLineDetails
from kalon.purchasing.models import GoodsReceipt, PurchaseOrder, SupplierInvoice
from kalon.purchasing.tests.market import Market, again


def test_from_the_order_to_the_paid_invoice(market: Market):
    order = market.ordered()
    assert (order.status, order.number[:6]) == ("ORDERED", "KOC/PO")
    first = market.come(order, toxin="4", gloves="40", key="k")
    assert market.come(order, toxin="4", gloves="40", key="k").pk == first.pk
    with acting_as(market.buyer):
        [waiting] = queries.to_receive(order.pk, seen_by=market.buyer)
    assert (waiting.line.item.name, waiting.missing) == ("Kalmira 100", 6)
    vials, _pairs = market.lines(order)
    rest = [Arrival(vials.pk, Decimal(6), "LOT8", market.store.day(400))]
    actions.receive_order(order.pk, market.store.room.pk, rest, reference="DN 9", by=market.buyer)
    assert again(market, order).status == "RECEIVED"
    assert market.store.moved() == 3

    invoice = market.invoice(order)
    assert (invoice.taxable, invoice.cgst, invoice.sgst, invoice.igst, invoice.total, invoice.owed) == (
        Decimal("1500.00"), Decimal("120.00"), Decimal("120.00"), 0, Decimal("1740.00"), 0,
    )  # fmt: skip
    assert invoice.due_date == market.store.today + timedelta(days=30)
    assert market.books() == {}
    approved = actions.approve_invoice(invoice.pk, by=market.accounts)
    assert (approved.status, approved.owed) == ("APPROVED", Decimal("1740.00"))
    owed = {
        "PURCHASES": Decimal(1500), "INPUT_CGST": Decimal(120), "INPUT_SGST": Decimal(120), "PAYABLES": Decimal(-1740),
    }  # fmt: skip
    assert market.books() == owed
    paid = actions.pay_invoice(invoice.pk, Decimal(1000), "TRANSFER", reference="UTR 1", key="p", by=market.accounts)
    assert actions.pay_invoice(invoice.pk, Decimal(1000), "TRANSFER", key="p", by=market.accounts).pk == paid.pk
    with pytest.raises(KeyReused):
        actions.pay_invoice(invoice.pk, Decimal(999), "TRANSFER", key="p", by=market.accounts)
    with pytest.raises(Invalid, match="is still owed"):
        actions.pay_invoice(invoice.pk, Decimal("740.01"), "UPI", by=market.accounts)
    actions.pay_invoice(invoice.pk, Decimal(740), "UPI", by=market.accounts)
    assert again(market, invoice).owed == 0
    settled = {name: stands for name, stands in owed.items() if name != "PAYABLES"}
    assert market.books() == {**settled, "BANK": Decimal(-1740)}
    actions.take_payment_back(paid.pk, "The transfer bounced", by=market.accounts)
    assert again(market, invoice).owed == 1000
    with pytest.raises(IllegalMove, match="taken back already"):
        actions.take_payment_back(paid.pk, "Again", by=market.accounts)
    assert market.books()["PAYABLES"] == -1000


def test_of_another_state_the_tax_is_whole(market: Market):
    assert (market.far.tax_number, market.far.state_code) == ("27ABCDE1234F1Z0", "27")
    order = market.ordered(supplier=market.far)
    market.come(order)
    invoice = market.invoice(order)
    assert (invoice.cgst, invoice.sgst, invoice.igst) == (0, 0, Decimal("240.00"))


@pytest.mark.parametrize(
    ("quantity", "price", "rate", "expected"),
    [
        ("3", "33.33", "5", (Decimal("99.99"), Decimal("2.50"), Decimal("2.50"))),
        ("0.5", "0.01", "18", (Decimal("0.01"), Decimal(0), Decimal(0))),
        ("7", "1.07", "12", (Decimal("7.49"), Decimal("0.45"), Decimal("0.45"))),
    ],
)
def test_lines_are_rounded_to_the_paisa(quantity: str, price: str, rate: str, expected: tuple[Decimal, ...]):
    sums = rules.sums(Decimal(quantity), Decimal(price), Decimal(rate), by_halves=True, rounding="HALF_UP")
    assert (sums.taxable, sums.cgst, sums.sgst) == expected
    assert sums.total == sum(expected)


def test_never_more_than_was_ordered_nor_than_came(market: Market):
    order = market.ordered()
    with pytest.raises(Invalid, match="More came than was ordered"):
        market.come(order, toxin="10.5")
    with pytest.raises(Invalid, match="at least one line"):
        market.come(order, toxin="0", gloves="0")
    with pytest.raises(Invalid, match="not of this order"):
        arrival = [Arrival(uuid4(), Decimal(1))]
        actions.receive_order(order.pk, market.store.room.pk, arrival, by=market.buyer)
    assert market.store.moved() == 0
    market.come(order, toxin="4")
    with pytest.raises(NotReady, match="more than came"):
        actions.approve_invoice(market.invoice(order).pk, by=market.accounts)
    with pytest.raises(Clash, match="written down already"):
        market.invoice(order)
    first = again(market, order)
    with acting_as(market.accounts):
        [waiting] = queries.invoices(seen_by=market.accounts, show="draft")
    actions.drop_invoice(waiting.pk, "They send another", by=market.accounts)
    right = market.invoice(first, toxin="4")
    actions.approve_invoice(right.pk, by=market.accounts)
    twice = market.invoice(first, "A-2", toxin="4")
    with pytest.raises(NotReady, match="another invoice asked for"):
        actions.approve_invoice(twice.pk, by=market.accounts)


def test_dearer_than_ordered_takes_words(market: Market):
    order = market.ordered()
    market.come(order)
    invoice = market.invoice(order, price="110.00")
    with pytest.raises(Invalid, match=r"Kalmira 100 110.00 in place of 100.00"):
        actions.approve_invoice(invoice.pk, by=market.accounts)
    assert actions.approve_invoice(invoice.pk, note="Agreed on the phone", by=market.accounts).note


def test_an_approval_is_taken_back_while_nothing_is_paid(market: Market):
    invoice = market.approved()
    payment = actions.pay_invoice(invoice.pk, Decimal(5), "CHEQUE", by=market.accounts)
    with pytest.raises(NotReady, match="paid already"):
        actions.reverse_invoice(invoice.pk, "Wrong", by=market.accounts)
    actions.take_payment_back(payment.pk, "Not cashed", by=market.accounts)
    actions.reverse_invoice(invoice.pk, "Wrong supplier", by=market.accounts)
    assert market.books() == {}
    with pytest.raises(IllegalMove, match="Only an approved"):
        actions.pay_invoice(invoice.pk, Decimal(5), "CHEQUE", by=market.accounts)


def test_an_order_is_changed_until_it_is_placed_and_given_up_until_something_came(market: Market):
    order = market.ordered(placed=False)
    only = OrderLineDetails(market.store.gloves.pk, Decimal(5), Decimal("12.00"))
    details = OrderDetails(market.far.pk, market.store.branch.pk, (only,), words="By hand")
    actions.change_order(order.pk, details, by=market.buyer)
    [line] = market.lines(order)
    assert (line.quantity, line.tax_percent, again(market, order).supplier_id) == (5, 0, market.far.pk)
    for wrong, field in (
        (replace(details, lines=(only, only)), "lines"),
        (replace(details, lines=(replace(only, quantity=Decimal("0.5")),)), "quantity"),
        (replace(details, lines=(replace(only, unit_price=Decimal("0.001")),)), "unit_price"),
        (replace(details, expected_on=market.store.day(-1)), "expected_on"),
    ):
        with pytest.raises(Invalid) as refusal:
            actions.change_order(order.pk, wrong, by=market.buyer)
        assert refusal.value.field == field
    actions.change_order(order.pk, replace(details, lines=()), by=market.buyer)
    with pytest.raises(NotReady, match="at least one line"):
        actions.place_order(order.pk, by=market.buyer)
    placed = market.ordered()
    with pytest.raises(IllegalMove, match="is placed"):
        actions.change_order(placed.pk, details, by=market.buyer)
    market.come(placed, toxin="0")
    with pytest.raises(NotReady, match="Close the order instead"):
        actions.cancel_order(placed.pk, "Too slow", by=market.buyer)
    assert actions.close_order(placed.pk, "Out of stock there", by=market.buyer).status == "CLOSED"
    with pytest.raises(IllegalMove, match="receives nothing"):
        market.come(placed)


def test_what_is_missing_is_ordered_in_whole_packs_once(market: Market):
    with acting_as(market.buyer):
        wanted = {item.name: many for item, many in queries.to_order(market.store.branch.pk, seen_by=market.buyer)}
    assert wanted == {"Kalmira 100": 10, "Aurelle Fine": 10, "Gloves": 10}
    market.ordered()
    with acting_as(market.buyer):
        left = [item.name for item, _many in queries.to_order(market.store.branch.pk, seen_by=market.buyer)]
    assert left == ["Aurelle Fine"]


def test_a_supplier_is_known_once_and_by_a_number_that_fits(market: Market):
    with pytest.raises(Clash, match="of this name"):
        actions.add_supplier({"name": "Malabar Surgicals"}, by=market.buyer)
    with pytest.raises(Invalid, match="mistyped"):
        actions.add_supplier({"name": "X", "tax_number": "27ABCDE1234F1Z1"}, by=market.buyer)
    actions.change_supplier(market.near.pk, {"is_active": False}, by=market.buyer)
    with pytest.raises(Invalid, match="any more"):
        market.ordered()


def test_an_invoice_without_an_order_is_in_words(market: Market):
    def details(**more: Any) -> InvoiceDetails:
        line = InvoiceLineDetails(Decimal(1), Decimal("5000.00"), Decimal(18), words="Laser, service")
        made = InvoiceDetails(market.near.pk, market.store.branch.pk, "S-1", market.store.today, (line,))
        return replace(made, **more)

    for wrong, field in (
        (details(number=" "), "number"),
        (details(invoice_date=market.store.day(1)), "invoice_date"),
        (details(due_date=market.store.day(-1)), "due_date"),
        (details(lines=()), "lines"),
        (details(lines=(InvoiceLineDetails(Decimal(1), Decimal(1), Decimal(101), words="x"),)), "tax_percent"),
        (details(lines=(InvoiceLineDetails(Decimal(-1), Decimal(1), Decimal(1), words="x"),)), "quantity"),
    ):
        with pytest.raises(Invalid) as refusal:
            actions.enter_invoice(wrong, by=market.buyer)
        assert refusal.value.field == field
    made = actions.enter_invoice(details(), by=market.buyer)
    assert actions.approve_invoice(made.pk, by=market.accounts).total == Decimal("5900.00")


VERBS: dict[str, Callable[[Market, Any, Any], object]] = {
    "add_supplier": lambda m, _o, by: actions.add_supplier({"name": "New"}, by=by),
    "change_supplier": lambda m, _o, by: actions.change_supplier(m.near.pk, {"note": "x"}, by=by),
    "write_order": lambda m, _o, by: actions.write_order(OrderDetails(m.near.pk, m.store.branch.pk), by=by),
    "change_order": lambda m, o, by: actions.change_order(o.pk, OrderDetails(m.near.pk, m.store.branch.pk), by=by),
    "place_order": lambda _m, o, by: actions.place_order(o.pk, by=by),
    "close_order": lambda _m, o, by: actions.close_order(o.pk, "x", by=by),
    "cancel_order": lambda _m, o, by: actions.cancel_order(o.pk, "x", by=by),
    "receive_order": lambda m, o, by: actions.receive_order(o.pk, m.store.room.pk, [], by=by),
    "order_pdf": lambda _m, o, by: actions.order_pdf(o.pk, by=by),
    "enter_invoice": lambda m, _o, by: actions.enter_invoice(
        InvoiceDetails(m.near.pk, m.store.branch.pk, "Z", m.store.today, ()), by=by
    ),
}


@pytest.mark.parametrize("name", VERBS)
def test_who_may_not_buy_changes_nothing(market: Market, name: str):
    order = market.ordered(placed=False)
    with pytest.raises(NotPermitted):
        VERBS[name](market, order, market.store.stranger)
    assert again(market, order).status == "DRAFT"
    with acting_as(market.buyer):
        assert (PurchaseOrder.objects.count(), SupplierInvoice.objects.count()) == (1, 0)


def test_who_orders_neither_approves_nor_pays(market: Market):
    order = market.ordered()
    market.come(order)
    invoice = market.invoice(order)
    for verb in (
        lambda: actions.approve_invoice(invoice.pk, by=market.buyer),
        lambda: actions.reverse_invoice(invoice.pk, "x", by=market.buyer),
        lambda: actions.pay_invoice(invoice.pk, Decimal(1), "UPI", by=market.buyer),
        lambda: actions.drop_invoice(invoice.pk, "x", by=market.store.stranger),
    ):
        with pytest.raises(NotPermitted):
            verb()
    paid = actions.pay_invoice(
        actions.approve_invoice(invoice.pk, by=market.accounts).pk, Decimal(1), "UPI", by=market.accounts
    )
    with pytest.raises(NotPermitted):
        actions.take_payment_back(paid.pk, "x", by=market.buyer)
    with pytest.raises(NotFound):
        actions.take_payment_back(uuid4(), "x", by=market.accounts)
    assert again(market, invoice).paid == 1


def test_nothing_half_done_stays(market: Market):
    order = market.ordered()
    vials, pairs = market.lines(order)
    expired = [Arrival(pairs.pk, Decimal(1)), Arrival(vials.pk, Decimal(1), "OLD", market.store.day(-1))]
    with pytest.raises(DomainError, match="expired"):
        actions.receive_order(order.pk, market.store.room.pk, expired, by=market.buyer)
    with acting_as(market.buyer):
        assert not GoodsReceipt.objects.exists()
    assert market.store.moved() == 0
