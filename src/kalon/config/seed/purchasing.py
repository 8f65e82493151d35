"""What the demonstration's clinic buys: suppliers, orders on their way and come, invoices to check, to pay and paid."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from kalon.config.seed.clinic import Place
from kalon.config.seed.store import Store
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.purchasing import actions, queries
from kalon.purchasing.actions import Arrival, InvoiceDetails, InvoiceLineDetails, OrderDetails, OrderLineDetails

SUPPLIERS = (
    # name, state, whom to ask for, phone, days to pay
    ("Malabar Surgicals", "32", "Biju Thomas", "+914842555101", 30),
    ("Deccan Aesthetics", "27", "Farah Sheikh", "+912225550142", 45),
    ("Periyar Laser Service", "32", "Suma Raj", "+914842555177", 15),
)


@dataclass(frozen=True, slots=True)
class Purchases:
    """One of each kind, for whoever opens their pages."""

    supplier: Any
    draft: Any
    ordered: Any
    received: Any
    unchecked: Any
    owed: Any
    payment: Any


def buy(place: Place, store: Store) -> Purchases:
    """Write, place and receive orders, and pay for them in part."""
    by, pays = place.by["inventory"], place.by["billing"]
    near, far, service = (
        actions.add_supplier(
            {"name": name, "state_code": state, "contact": contact, "phone": phone, "payment_days": days}, by=by
        )
        for name, state, contact, phone, days in SUPPLIERS
    )
    today = clock.today(place.branch.timezone)

    def written(supplier: Any, *names: str) -> Any:
        lines = [
            OrderLineDetails(item.pk, item.units_per_pack * 2, _bought_at(item))
            for item in (store.items[name] for name in names)
        ]
        details = OrderDetails(
            supplier.pk, place.branch.pk, lines, expected_on=today + timedelta(days=5), words="Deliver before noon."
        )
        return actions.write_order(details, by=by)

    def come(order: Any) -> Any:
        with acting_as(by):
            waiting = queries.to_receive(order.pk, seen_by=by)
        arrivals = [
            Arrival(one.line.pk, one.missing, f"PO{order.number[-3:]}", today + timedelta(days=500)) for one in waiting
        ]
        actions.receive_order(order.pk, store.places["ST"].pk, arrivals, reference=f"DN-{order.number[-3:]}", by=by)
        return order

    def invoiced(order: Any, number: str) -> Any:
        with acting_as(by):
            lines = [
                InvoiceLineDetails(one.came, one.line.unit_price, one.line.tax_percent, one.line.pk)
                for one in queries.progress(order.pk, seen_by=by)
            ]
        details = InvoiceDetails(
            order.supplier_id, place.branch.pk, number, today - timedelta(days=2), lines, order_id=order.pk
        )
        return actions.enter_invoice(details, by=by)

    draft = written(near, "Azimal 500")
    ordered = actions.place_order(written(far, "Kalmira 100", "Aurelle Fine").pk, by=by)
    received = come(actions.place_order(written(near, "Suture 5-0, absorbable").pk, by=by))
    unchecked = invoiced(received, "MS-2291")
    paid_for = come(actions.place_order(written(far, "Aurelle Contour").pk, by=by))
    owed = actions.approve_invoice(invoiced(paid_for, "DA/26/0417").pk, by=pays)
    half = (owed.total / 2).quantize(Decimal("0.01"))
    payment = actions.pay_invoice(owed.pk, half, "TRANSFER", reference="UTR 260417", by=pays)
    repair = InvoiceLineDetails(Decimal(1), Decimal("8500.00"), Decimal(18), words="Laser, yearly service")
    details = InvoiceDetails(service.pk, place.branch.pk, "PLS-88", today - timedelta(days=20), (repair,))
    actions.approve_invoice(actions.enter_invoice(details, by=by).pk, by=pays)
    return Purchases(near, draft, ordered, received, unchecked, owed, payment)


def _bought_at(item: Any) -> Decimal:
    """What one costs in the demonstration; some things are never sold on their own."""
    return (item.price * Decimal("0.6")).quantize(Decimal("0.01")) or Decimal("45.00")
