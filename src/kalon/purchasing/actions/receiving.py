"""What came of an order goes on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.inventory import actions as stock
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.purchasing import queries, rules
from kalon.purchasing.lifecycles import ORDER, ORDERS, OrderStatus
from kalon.purchasing.models import GoodsReceipt, ReceiptLine

TOO_MUCH = Invalid("More came than was ordered. Take in what was ordered, and send the rest back.", field="quantity")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of one line, as it stands on the pack."""

    line_id: UUID
    quantity: Decimal
    number: str = ""
    expires_on: date | None = None


@verb
def receive_order(
    pk: UUID, location_id: UUID, arrivals: Sequence[Arrival], *, reference: str = "", key: str = "", by: Actor
) -> GoodsReceipt:
    """Take in what came of an order, all of it or a part; the same key takes it in once.

    Invalid when it is more than was ordered, or when batch number or expiry are missing or have passed.
    """
    order = queries.order(pk, seen_by=by, lock=True)
    by.must(ORDERS, at=order.branch_id, do="take deliveries in")
    if key and (before := order.receipts.filter(key=key).first()):
        return before
    if order.status != OrderStatus.ORDERED:
        raise IllegalMove(f"This order receives nothing: it is {order.get_status_display().lower()}.")
    came = [one for one in arrivals if one.quantity]
    if not came:
        raise Invalid("Write how much came of at least one line.", field="quantity")
    year = clock.today(order.branch.timezone).year
    serial = next_number("goods_receipt", branch_id=order.branch_id, period=str(year))
    receipt = GoodsReceipt.objects.create(
        organization_id=order.organization_id,
        number=rules.number(order.branch.code, "GR", year, serial),
        order=order,
        reference=reference.strip()[:60],
        key=key[:100] or str(serial),
        received_by_name=by.name[:120],
    )
    lines = {one.line.pk: one.line for one in queries.progress(order.pk, seen_by=by)}
    for one in came:
        line = lines.get(one.line_id)
        if line is None:
            raise Invalid("This line is not of this order. Open the order again.", field="quantity")
        delivery = stock.Delivery(
            one.quantity, number=one.number, expires_on=one.expires_on, supplier=order.supplier.name,
            reference=reference, cost=round(one.quantity * line.unit_price, 2),
        )  # fmt: skip
        movement = stock.receive(line.item_id, location_id, delivery, by=by)
        with refusing({"purchasing_receiptline_ordered": TOO_MUCH}):
            ReceiptLine.objects.create(
                organization_id=order.organization_id, receipt=receipt, line=line, movement=movement,
                quantity=movement.quantity,
            )  # fmt: skip
    if not queries.to_receive(order.pk, seen_by=by):
        ORDER.move(order, "complete", by=by)
    return receipt
