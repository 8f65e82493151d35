"""What came of an order goes on the shelf."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.inventory import actions as stock
from kalon.inventory import queries as shelves
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import IllegalMove, Invalid, KeyReused
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb
from kalon.purchasing import queries, rules
from kalon.purchasing.lifecycles import ORDER, ORDERS, OrderStatus
from kalon.purchasing.models import GoodsReceipt, OrderLine, PurchaseOrder, ReceiptLine

TOO_MUCH = Invalid("More came than was ordered. Take in what was ordered, and send the rest back.", field="quantity")


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of one line, as it stands on the pack."""

    line_id: UUID
    quantity: Decimal
    number: str = ""
    expires_on: date | None = None
    packs: Sequence[stock.Pack] = ()  # the codes of what has a serial number, one of each piece


@verb
def receive_order(
    pk: UUID, location_id: UUID, arrivals: Sequence[Arrival], *, reference: str = "", key: str = "", by: Actor
) -> GoodsReceipt:
    """Take in what came of an order, all of it or a part; the same key takes it in once.

    Invalid when it is more than was ordered, when batch number or expiry are missing or have passed, or when what has
    serial numbers was not scanned piece by piece; KeyReused when the key took something else in.
    """
    order = queries.order(pk, seen_by=by, lock=True)
    by.must(ORDERS, at=order.branch_id, do="take deliveries in")
    told = _fingerprint(location_id, arrivals, reference)
    if key and (before := order.receipts.filter(key=key).first()):
        if before.fingerprint != told:
            raise KeyReused("This key took another delivery in. Send a new key.")
        return before
    if order.status != OrderStatus.ORDERED:
        raise IllegalMove(f"This order receives nothing: it is {order.get_status_display().lower()}.")
    if shelves.location(location_id, seen_by=by).branch_id != order.branch_id:
        raise Invalid(f"This place is at another branch; the order is {order.branch.name}'s.", field="location")
    came = [one for one in arrivals if one.quantity or one.packs]
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
        fingerprint=told,
        received_by_name=by.name[:120],
    )
    lines = {one.line.pk: one.line for one in queries.progress(order.pk, seen_by=by)}
    for one in came:
        line = lines.get(one.line_id)
        if line is None:
            raise Invalid("This line is not of this order. Open the order again.", field="quantity")
        try:
            for movement in _taken_in(one, line, order, location_id, reference, by=by):
                with refusing({"purchasing_receiptline_ordered": TOO_MUCH}):
                    ReceiptLine.objects.create(
                        organization_id=order.organization_id, receipt=receipt, line=line, movement_id=movement.pk,
                        quantity=movement.quantity,
                    )  # fmt: skip
        except Invalid as refusal:
            name = line.item.name
            said = refusal.detail if name in refusal.detail else f"{name}: {refusal.detail}"
            raise Invalid(said, field=refusal.field) from None
    if not queries.to_receive(order.pk, seen_by=by):
        ORDER.move(order, "complete", by=by)
    return receipt


def _taken_in(
    one: Arrival, line: OrderLine, order: PurchaseOrder, location_id: UUID, reference: str, *, by: Actor
) -> list[Any]:
    """The movements by which what came of a line went on the shelf: one, or one for each piece with a serial."""
    paper = {"supplier": order.supplier.name, "reference": reference}
    if not line.item.needs_serial and one.packs:
        raise Invalid(f"{line.item.name} has no serial numbers. Write how much came.", field="quantity")
    if not line.item.needs_serial:
        cost = round(one.quantity * line.unit_price, 2)
        delivery = stock.Delivery(one.quantity, number=one.number, expires_on=one.expires_on, cost=cost, **paper)
        return [stock.receive(line.item_id, location_id, delivery, by=by)]
    if not one.packs:
        raise Invalid(f"Each {line.item.name} has its own serial number. Scan each pack that came.", field="scans")
    if one.quantity and one.quantity != len(one.packs):
        raise Invalid(
            f"{one.quantity.normalize():f} of {line.item.name} came, and {len(one.packs)} were scanned. Scan each.",
            field="scans",
        )
    packs = [replace(pack, item_id=line.item_id) for pack in one.packs]
    units = stock.receive_units(location_id, packs, cost=line.unit_price, by=by, **paper)
    return [shelves.receipt_of(unit.pk, seen_by=by) for unit in units]


def _fingerprint(location_id: UUID, arrivals: Sequence[Arrival], reference: str) -> str:
    """What a delivery says, so that a key which comes again is known to say the same."""
    lines = sorted(
        [
            str(one.line_id), f"{one.quantity.normalize():f}", one.number.strip().upper(), str(one.expires_on or ""),
            *sorted(f"{pack.scan} {pack.serial} {pack.lot} {pack.expires_on or ''}" for pack in one.packs),
        ]
        for one in arrivals
        if one.quantity or one.packs
    )  # fmt: skip
    said = json.dumps([str(location_id), reference.strip(), lines])
    return hashlib.sha256(said.encode()).hexdigest()
