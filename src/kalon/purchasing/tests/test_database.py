"""Past every line of Python: what the database itself refuses of a purchase, by the name of the rule."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from kalon.inventory.tests.sql import DENIED, DONE, attack
from kalon.kernel.errors import NotFound
from kalon.kernel.tenancy import acting_as
from kalon.purchasing import actions
from kalon.purchasing.lifecycles import InvoiceStatus, OrderStatus
from kalon.purchasing.models import GoodsReceipt, PurchaseOrder, SupplierPayment
from kalon.purchasing.tests.market import Market, again

ORDER_MOVES = {("DRAFT", "ORDERED"), ("ORDERED", "RECEIVED"), ("ORDERED", "CLOSED"), ("DRAFT", "CANCELLED"),
               ("ORDERED", "CANCELLED")}  # fmt: skip
INVOICE_MOVES = {("DRAFT", "APPROVED"), ("DRAFT", "DROPPED"), ("APPROVED", "REVERSED")}
REASONED = {"CLOSED", "CANCELLED", "DROPPED", "REVERSED"}


def _order_in(market: Market, state: str) -> Any:
    order = market.ordered(placed=state != "DRAFT")
    if state == "RECEIVED":
        market.come(order)
    elif state in ("CLOSED", "CANCELLED"):
        getattr(actions, "close_order" if state == "CLOSED" else "cancel_order")(order.pk, "x", by=market.buyer)
    return order


def _invoice_in(market: Market, state: str) -> Any:
    order = market.ordered()
    market.come(order)
    invoice = market.invoice(order)
    if state in ("APPROVED", "REVERSED"):
        actions.approve_invoice(invoice.pk, by=market.accounts)
    if state in ("REVERSED", "DROPPED"):
        verb = actions.reverse_invoice if state == "REVERSED" else actions.drop_invoice
        verb(invoice.pk, "x", by=market.accounts)
    return invoice


def _forced(market: Market, row: Any, target: str, stamp: str) -> str:
    """Write the state by hand, with the reason and the instant it asks for."""
    reason = "set_config('kalon.reason', %s, true)"
    statement = f"""WITH why AS MATERIALIZED (SELECT {reason}) UPDATE {row._meta.db_table} SET status = %s,
        {stamp} = COALESCE({stamp}, now()) FROM why WHERE id = %s"""
    return attack(statement, ["x" if target in REASONED else "", target, row.pk], by=market.store.system)


@pytest.mark.parametrize("before", OrderStatus.values)
def test_every_pair_of_states_of_an_order_by_plain_sql(market: Market, before: str):
    order = _order_in(market, before)
    for old, new in permutations(OrderStatus.values, 2):
        if old == before:
            expected = DONE if (old, new) in ORDER_MOVES else "purchasing_purchaseorder_status_moves"
            stamp = "ordered_at" if old == "DRAFT" else "status_at"
            assert _forced(market, order, new, stamp) == expected, (old, new)


@pytest.mark.parametrize("before", InvoiceStatus.values)
def test_every_pair_of_states_of_an_invoice_by_plain_sql(market: Market, before: str):
    invoice = _invoice_in(market, before)
    for old, new in permutations(InvoiceStatus.values, 2):
        if old == before:
            expected = DONE if (old, new) in INVOICE_MOVES else "purchasing_supplierinvoice_status_moves"
            stamp = "approved_at" if old == "DRAFT" else "status_at"
            assert _forced(market, invoice, new, stamp) == expected, (old, new)


COPY = (
    "INSERT INTO {0} SELECT (jsonb_populate_record(row, jsonb_build_object('id', gen_random_uuid(){1}))).* FROM {0} row"
)


def test_plain_sql_takes_in_nothing_that_was_not_ordered(market: Market):
    order, by = market.ordered(), market.store.system
    market.come(order, toxin="4", gloves="0")
    again_ = COPY.format("purchasing_receiptline", "")
    assert attack(again_, by=by) == "purchasing_receiptline_movement_id_key"
    loose = market.store.receive(market.store.toxin, "7", "LOT9")
    named = COPY.format("purchasing_receiptline", ", 'movement_id', %s::text, 'quantity', %s::text")
    assert attack(named, [loose.pk, "7"], by=by) == "purchasing_receiptline_ordered"
    assert attack(named, [loose.pk, "6"], by=by) == "purchasing_receiptline_movement"
    gloves = market.store.receive(market.store.gloves, "1")
    assert attack(named, [gloves.pk, "1"], by=by) == "purchasing_receiptline_movement"
    actions.close_order(order.pk, "x", by=market.buyer)
    assert attack(named, [loose.pk, "1"], by=by) == "purchasing_receiptline_placed"
    for change in ("UPDATE purchasing_receiptline SET quantity = 1", "DELETE FROM purchasing_goodsreceipt"):
        assert attack(change, by=by) == DENIED
    for table in ("purchasing_orderline", "purchasing_orderline"):
        assert attack(f"UPDATE {table} SET unit_price = 1", by=by) == f"{table}_sealed"


def test_plain_sql_owes_nothing_that_did_not_come_and_pays_nothing_twice(market: Market):
    by = market.store.system
    invoice = market.approved()
    for column in ("number = 'x'", "total = 1", "approved_by_name = 'x'"):
        changed = attack(f"UPDATE purchasing_supplierinvoice SET {column}", by=by)
        assert changed == ("purchasing_supplierinvoice_sealed" if "total" not in column else DONE)
    assert again(market, invoice).total == Decimal(1740)
    assert attack("UPDATE purchasing_invoiceline SET unit_price = 1", by=by) == "purchasing_invoiceline_sealed"
    paid = actions.pay_invoice(invoice.pk, Decimal(1000), "UPI", by=market.accounts)
    more = COPY.format("purchasing_supplierpayment", ", 'key', gen_random_uuid()")
    assert attack(more, by=by) == "purchasing_invoice_not_overpaid"
    back = COPY.format(
        "purchasing_supplierpayment", ", 'key', 'b', 'reverses_id', id, 'reason', 'x', 'amount', %s::text"
    )
    assert attack(back, ["999"], by=by) == "purchasing_payment_reversed_whole"
    assert attack(back.replace("'reason', 'x', ", ""), ["1000"], by=by) == "purchasing_payment_reversal_explained"
    assert attack("UPDATE purchasing_supplierpayment SET amount = 1", by=by) == DENIED
    actions.take_payment_back(paid.pk, "x", by=market.accounts)
    actions.reverse_invoice(invoice.pk, "x", by=market.accounts)
    assert attack(more + " WHERE reverses_id IS NULL", by=by) == "purchasing_payment_of_approved"
    line = COPY.format(
        "purchasing_invoiceline", ", 'position', 9, 'line_id', NULL, 'taxable', 1, 'invoice_id', %s::text"
    )
    draft = market.invoice(again(market, PurchaseOrder(pk=invoice.order_id)), "A-9")
    assert attack(line + " LIMIT 1", [draft.pk], by=by) == "purchasing_invoiceline_taxable"
    other = market.ordered()
    stray = "UPDATE purchasing_invoiceline SET line_id = %s WHERE invoice_id = %s AND position = 1"
    with acting_as(by):
        from django.db import connection, transaction

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(stray, [market.lines(other)[0].pk, draft.pk])
            assert _forced(market, draft, "APPROVED", "approved_at") == "purchasing_invoice_of_order"
            transaction.set_rollback(True)


TABLES = (
    "supplier", "purchaseorder", "orderline", "goodsreceipt", "receiptline", "supplierinvoice", "invoiceline",
)  # fmt: skip


def test_another_clinic_sees_and_touches_nothing(market: Market):
    from kalon.inventory.tests.clinic import open_store

    invoice, elsewhere = market.approved(), open_store().system
    with pytest.raises(NotFound):
        actions.pay_invoice(
            invoice.pk, Decimal(1), "UPI", by=replace(market.accounts, organization_id=elsewhere.organization_id)
        )
    for table in TABLES:
        found = attack(f"SELECT FROM purchasing_{table}", by=elsewhere)
        assert found == "nothing touched", table
    with acting_as(market.buyer):
        assert (GoodsReceipt.objects.count(), SupplierPayment.objects.count()) == (1, 0)
