"""Writing an order, placing it, and giving up what does not come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from kalon.catalog import queries as catalog
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid, NotReady
from kalon.kernel.numbers import next_number
from kalon.kernel.reasons import reason_given
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.purchasing import queries, rules
from kalon.purchasing.lifecycles import ORDER, ORDERS, OrderStatus
from kalon.purchasing.models import OrderLine, PurchaseOrder
from kalon.web.papers import draw

PAPER = Path(__file__).parent.parent / "templates" / "purchasing" / "paper"
TWICE = Invalid("An item stands on an order once. Add the quantities up.", field="lines")


@dataclass(frozen=True, slots=True)
class OrderLineDetails:
    """So much of an item, in its unit of stock; without a price it is what one cost last or the item's own."""

    item_id: UUID
    quantity: Decimal
    unit_price: Decimal
    tax_percent: Decimal | None = None  # else what the item's tax code says today


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """What is ordered of whom, and by when it should come."""

    supplier_id: UUID
    branch_id: UUID
    lines: Sequence[OrderLineDetails] = ()
    expected_on: date | None = None
    words: str = ""


@verb
def write_order(details: OrderDetails, *, by: Actor) -> PurchaseOrder:
    """Begin an order; nothing is promised before it is placed."""
    by.must(ORDERS, at=details.branch_id, do="order")
    branch = people.branch(details.branch_id, seen_by=by)
    year = clock.today(branch.timezone).year
    serial = next_number("purchase_order", branch_id=branch.pk, period=str(year))
    row = PurchaseOrder(
        organization_id=by.organization_id,
        number=rules.number(branch.code, "PO", year, serial),
        branch=branch,
        written_by_name=by.name[:120],
    )
    _fill(row, details, by)
    ORDER.born(row, name="write")
    _lines(row, details.lines, by)
    return row


@verb
def change_order(pk: UUID, details: OrderDetails, *, by: Actor) -> PurchaseOrder:
    """Change an order that is not placed yet: its supplier, its day and all its lines."""
    row = _mine(pk, by, do="change orders")
    if row.status != OrderStatus.DRAFT:
        raise IllegalMove("This order is placed. Cancel it or close it, and write another.")
    _fill(row, details, by)
    row.save(update_fields=["supplier", "expected_on", "words"])
    row.lines.all().delete()
    _lines(row, details.lines, by)
    return row


@verb
def place_order(pk: UUID, *, by: Actor) -> PurchaseOrder:
    """Place an order: from now on it stays as it is, and goods may come."""
    row = _mine(pk, by, do="place orders")
    if not row.supplier.is_active:
        raise NotReady(f"The clinic does not buy from {row.supplier.name} any more. Choose another supplier.")
    ORDER.move(row, "send", by=by, ordered_at=clock.now())
    return row


@verb
def close_order(pk: UUID, reason: str, *, by: Actor) -> PurchaseOrder:
    """Wait for the rest of an order no longer; what came stays."""
    row = _mine(pk, by, do="close orders")
    ORDER.move(row, "close", by=by, reason=reason_given(reason, "close the order"))
    return row


@verb
def cancel_order(pk: UUID, reason: str, *, by: Actor) -> PurchaseOrder:
    """Give an order up of which nothing came."""
    row = _mine(pk, by, do="cancel orders")
    ORDER.move(row, "cancel", by=by, reason=reason_given(reason, "cancel the order"))
    return row


@verb
def order_pdf(pk: UUID, *, by: Actor) -> bytes:
    """The order on A4, as the supplier gets it."""
    row = queries.order(pk, seen_by=by)
    if row.status == OrderStatus.DRAFT:
        raise NotReady("Place the order first: a draft is nothing to send.")
    lines = queries.progress(row.pk, seen_by=by)
    worth = sum((one.line.quantity * one.line.unit_price for one in lines), Decimal(0))
    data = {
        **people.letterhead(row.branch, seen_by=by),
        "number": row.number,
        "date": f"{row.ordered_at.astimezone(ZoneInfo(row.branch.timezone)):%-d %B %Y}" if row.ordered_at else "",
        "expected": f"{row.expected_on:%-d %B %Y}" if row.expected_on else "",
        "supplier": row.supplier.name,
        "address": row.supplier.address,
        "tax_number": row.supplier.tax_number,
        "words": row.words,
        "currency": people.organization(seen_by=by).currency,
        "lines": [
            {
                "item": one.line.item.name,
                "quantity": f"{one.line.quantity.normalize():f} {one.line.item.unit}",
                "price": f"{one.line.unit_price:,.2f}",
                "tax": f"{one.line.tax_percent.normalize():f}%",
                "amount": f"{one.line.quantity * one.line.unit_price:,.2f}",
            }
            for one in lines
        ],
        "worth": f"{worth:,.2f}",
    }
    return draw(PAPER / "order.typ", data)


def _mine(pk: UUID, by: Actor, *, do: str) -> PurchaseOrder:
    row = queries.order(pk, seen_by=by, lock=True)
    by.must(ORDERS, at=row.branch_id, do=do)
    return row


def _fill(row: PurchaseOrder, details: OrderDetails, by: Actor) -> None:
    supplier = queries.supplier(details.supplier_id, seen_by=by)
    if not supplier.is_active:
        raise Invalid(f"The clinic does not buy from {supplier.name} any more.", field="supplier")
    row.supplier, row.expected_on = supplier, details.expected_on
    row.words = details.words.strip()[:500]
    if row.expected_on and row.expected_on < clock.today(row.branch.timezone):
        raise Invalid("This day lies in the past. Choose a later one, or leave it open.", field="expected_on")


def _lines(row: PurchaseOrder, wanted: Sequence[OrderLineDetails], by: Actor) -> None:
    if len(wanted) > rules.MOST_LINES:
        raise Invalid(f"At most {rules.MOST_LINES} lines stand on one order.", field="lines")
    today = clock.today(row.branch.timezone)
    with refusing({"purchasing_orderline_item_once": TWICE}):
        for position, line in enumerate(wanted, 1):
            item = stock.item(line.item_id, seen_by=by)
            if not line.quantity.is_finite() or not 0 < line.quantity <= rules.MOST or line.quantity % item.step:
                raise Invalid(f"{item.name}: write how much, in whole steps of {item.step}.", field="quantity")
            told = line.tax_percent
            if told is None:
                told = catalog.tax_rate(item.tax_code, today, seen_by=by) if item.tax_code else Decimal(0)
            OrderLine.objects.create(
                organization_id=row.organization_id,
                order=row,
                position=position,
                item=item,
                quantity=line.quantity,
                unit_price=rules.money(line.unit_price, field="unit_price"),
                tax_percent=rules.rate(told),
            )
