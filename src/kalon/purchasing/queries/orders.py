"""Orders with what came of them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from kalon.inventory import queries as stock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.purchasing.lifecycles import VIEW, OrderStatus
from kalon.purchasing.models import OrderLine, PurchaseOrder, ReceiptLine
from kalon.purchasing.queries.suppliers import DO

NONE = Decimal(0)
QUANTITY: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=14, decimal_places=3)


@dataclass(frozen=True, slots=True)
class Progress:
    """A line of an order with what came of it and what is still to come."""

    line: OrderLine
    came: Decimal

    @property
    def missing(self) -> Decimal:
        return self.line.quantity - self.came


def orders(
    *, seen_by: Actor, status: str = "", supplier_id: UUID | None = None, branch_id: UUID | None = None
) -> "QuerySet[Any]":
    """Orders, the newest first, each with `worth`: what its lines come to before tax."""
    seen_by.must(VIEW, do=DO)
    found = PurchaseOrder.objects.filter(organization_id=seen_by.organization_id)
    for column, value in (("status", status), ("supplier_id", supplier_id), ("branch_id", branch_id)):
        if value:
            found = found.filter(**{column: value})
    lines = OrderLine.objects.filter(order_id=OuterRef("pk")).order_by().values("order_id")
    worth = lines.annotate(sum=Sum(F("quantity") * F("unit_price"), output_field=QUANTITY)).values("sum")
    rows: QuerySet[Any] = found.select_related("supplier", "branch").annotate(
        worth=Coalesce(Subquery(worth), Value(NONE), output_field=QUANTITY)
    )
    return rows


def order(pk: UUID | str, *, seen_by: Actor, lock: bool = False) -> PurchaseOrder:
    """One order with its supplier and branch."""
    seen_by.must(VIEW, do=DO)
    found = PurchaseOrder.objects.filter(organization_id=seen_by.organization_id, pk=pk)
    rows = found.select_related("supplier", "branch")
    row = one(rows.select_for_update(of=("self",)) if lock else rows)
    if row is None:
        raise NotFound("There is no such order.")
    return row


def progress(order_id: UUID, *, seen_by: Actor) -> list[Progress]:
    """The lines of an order, each with what came of it."""
    order(order_id, seen_by=seen_by)
    came = ReceiptLine.objects.filter(line_id=OuterRef("pk")).order_by().values("line_id")
    rows = OrderLine.objects.filter(order_id=order_id).select_related("item")
    summed = rows.annotate(
        came=Coalesce(Subquery(came.annotate(sum=Sum("quantity")).values("sum")), Value(NONE), output_field=QUANTITY)
    )
    return [Progress(line, line.came) for line in summed]


def to_receive(order_id: UUID, *, seen_by: Actor) -> list[Progress]:
    """What of an order has not come yet."""
    return [one for one in progress(order_id, seen_by=seen_by) if one.missing > 0]


def to_order(branch_id: UUID, *, seen_by: Actor, most: int = 60) -> list[tuple[Any, Decimal]]:
    """What a branch has less of than it wants, and how much brings it back in whole packs.

    What is on its way already counts as there.
    """
    seen_by.must(VIEW, do=DO)
    today = stock.today_at(branch_id, seen_by=seen_by)
    low = stock.with_stock(stock.items(seen_by=seen_by), branch_id=branch_id, today=today).filter(is_below=True)
    coming = dict(
        OrderLine.objects.filter(order__branch_id=branch_id, order__status=OrderStatus.ORDERED)
        .order_by()
        .values_list("item_id")
        .annotate(sum=Sum("quantity") - Coalesce(Sum("received__quantity"), Value(NONE), output_field=QUANTITY))
    )
    wanted = []
    for item in low[:most]:
        short = item.reorder_level - item.available - coming.get(item.pk, NONE)
        if short > 0:
            wanted.append((item, -(-short // item.units_per_pack) * item.units_per_pack))
    return wanted
