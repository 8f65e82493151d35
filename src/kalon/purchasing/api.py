"""/api/purchasing: suppliers, orders, deliveries, invoices and payments as JSON."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Schema
from pydantic import AfterValidator, Field

from kalon.api import Page, Router, paged
from kalon.inventory.actions import Pack
from kalon.purchasing import actions, queries
from kalon.purchasing.models import PurchaseOrder, SupplierInvoice
from kalon.web import files
from kalon.web.fronts import actor_of

router = Router(tags=["purchasing"])


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold a NUL character")
    return text


Text = Annotated[str, Field(max_length=500), AfterValidator(_without_nul)]
Key = Annotated[str, Field(max_length=100), AfterValidator(_without_nul)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2, allow_inf_nan=False)]
Quantity = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=3, allow_inf_nan=False)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False)]


class SupplierIn(Schema):
    """Whom the clinic buys from; a GSTIN says the state by itself."""

    name: Annotated[Text, Field(max_length=120)]
    tax_number: Annotated[Text, Field(max_length=20)] = ""
    state_code: Annotated[Text, Field(max_length=2)] = ""
    contact: Annotated[Text, Field(max_length=120)] = ""
    phone: Annotated[Text, Field(max_length=20)] = ""
    email: Annotated[Text, Field(max_length=254)] = ""
    address: Text = ""
    payment_days: Annotated[int, Field(ge=0, le=365)] = 30
    note: Text = ""
    is_active: bool = True


class SupplierOut(SupplierIn):
    """A supplier as it is kept."""

    id: UUID


class OrderLineIn(Schema):
    """So much of an item, in its unit of stock; without a tax rate it is the item's own today."""

    item_id: UUID
    quantity: Quantity
    unit_price: Amount
    tax_percent: Percent | None = None


class PurchaseOrderIn(Schema):
    """An order that is being written."""

    supplier_id: UUID
    branch_id: UUID
    lines: Annotated[list[OrderLineIn], Field(max_length=60)] = []
    expected_on: date | None = None
    words: Text = ""


class OrderLineOut(Schema):
    """A line with what came of it."""

    id: UUID
    item_id: UUID
    item: str
    quantity: Decimal
    came: Decimal
    unit_price: Decimal
    tax_percent: Decimal


class PurchaseOrderOut(Schema):
    """An order without its lines; `worth` is before tax."""

    id: UUID
    number: str
    supplier_id: UUID
    branch_id: UUID
    status: str
    expected_on: date | None
    ordered_at: datetime | None


class OrderWithLinesOut(PurchaseOrderOut):
    """An order with its lines."""

    lines: list[OrderLineOut]


class PurchaseReasonIn(Schema):
    """Why."""

    reason: Text


class ArrivalPackIn(Schema):
    """One piece with a serial number: the scanned code, or what was typed where the pack has none."""

    scan: Annotated[Text, Field(max_length=200)] = ""
    serial: Annotated[Text, Field(max_length=40)] = ""
    lot: Annotated[Text, Field(max_length=40)] = ""
    expires_on: date | None = None


class ArrivalIn(Schema):
    """What came of one line, as it stands on the pack; of what has serial numbers, each piece."""

    line_id: UUID
    quantity: Quantity = Decimal(0)
    number: Annotated[Text, Field(max_length=40)] = ""
    expires_on: date | None = None
    packs: Annotated[list[ArrivalPackIn], Field(max_length=200)] = []


class DeliveryIn(Schema):
    """A delivery of an order; the same key takes it in once."""

    location_id: UUID
    arrivals: Annotated[list[ArrivalIn], Field(min_length=1, max_length=60)]
    reference: Annotated[Text, Field(max_length=60)] = ""
    key: Key = ""


class GoodsReceiptOut(Schema):
    """A delivery that was taken in."""

    id: UUID
    number: str
    order_id: UUID
    reference: str


class InvoiceLineIn(Schema):
    """A line as the supplier wrote it: of a line of the order, or in words."""

    quantity: Quantity
    unit_price: Amount
    tax_percent: Percent
    line_id: UUID | None = None
    words: Annotated[Text, Field(max_length=200)] = ""


class InvoiceIn(Schema):
    """A supplier's invoice as it came."""

    supplier_id: UUID
    branch_id: UUID
    number: Annotated[Text, Field(max_length=40)]
    invoice_date: date
    lines: Annotated[list[InvoiceLineIn], Field(min_length=1, max_length=60)]
    order_id: UUID | None = None
    due_date: date | None = None


class SupplierInvoiceOut(Schema):
    """A supplier's invoice with its sums; `owed` is nothing before it is approved."""

    id: UUID
    number: str
    supplier_id: UUID
    order_id: UUID | None
    status: str
    invoice_date: date
    due_date: date
    taxable: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    total: Decimal
    paid: Decimal
    owed: Decimal


class ApproveIn(Schema):
    """Why an invoice is approved that is dearer than what was ordered; else nothing."""

    note: Text = ""


class SupplierPaymentIn(Schema):
    """What was paid from the bank; the same key pays once."""

    amount: Amount
    method: Annotated[Text, Field(max_length=10)]
    reference: Annotated[Text, Field(max_length=80)] = ""
    key: Key = ""


class SupplierPaymentOut(Schema):
    """A payment, or one that takes another back."""

    id: UUID
    invoice_id: UUID
    method: str
    amount: Decimal
    reverses_id: UUID | None


@router.get("/suppliers", response=Page[SupplierOut], summary="Whom the clinic buys from")
def list_suppliers(request: HttpRequest) -> Any:
    return paged(request, queries.suppliers(seen_by=actor_of(request), also_unused=True), SupplierOut.from_orm, by="id")


@router.post("/suppliers", response={201: SupplierOut}, summary="Write down a supplier")
def add_supplier(request: HttpRequest, body: SupplierIn) -> Any:
    return 201, SupplierOut.from_orm(actions.add_supplier(body.dict(), by=actor_of(request)))


@router.put("/suppliers/{uuid:supplier_id}", response=SupplierOut, summary="Change a supplier")
def change_supplier(request: HttpRequest, supplier_id: UUID, body: SupplierIn) -> Any:
    return SupplierOut.from_orm(actions.change_supplier(supplier_id, body.dict(), by=actor_of(request)))


@router.get("/orders", response=Page[PurchaseOrderOut], summary="Orders, the newest first")
def list_orders(request: HttpRequest, status: str = "") -> Any:
    rows = queries.orders(seen_by=actor_of(request), status=status)
    return paged(request, rows, PurchaseOrderOut.from_orm, by="-id")


@router.post("/orders", response={201: OrderWithLinesOut}, summary="Write an order")
def write_order(request: HttpRequest, body: PurchaseOrderIn) -> Any:
    return 201, _order(request, actions.write_order(_details(body), by=actor_of(request)))


@router.get("/orders/{uuid:order_id}", response=OrderWithLinesOut, summary="One order with what came")
def get_order(request: HttpRequest, order_id: UUID) -> Any:
    return _order(request, queries.order(order_id, seen_by=actor_of(request)))


@router.get("/orders/{uuid:order_id}/order.pdf", response={200: bytes}, summary="The order as its supplier gets it")
def order_pdf(request: HttpRequest, order_id: UUID) -> HttpResponseBase:
    return files.paper(actions.order_pdf(order_id, by=actor_of(request)), f"order-{order_id}.pdf")


@router.put("/orders/{uuid:order_id}", response=OrderWithLinesOut, summary="Change an order that is not placed")
def change_order(request: HttpRequest, order_id: UUID, body: PurchaseOrderIn) -> Any:
    return _order(request, actions.change_order(order_id, _details(body), by=actor_of(request)))


@router.post("/orders/{uuid:order_id}/place", response=OrderWithLinesOut, summary="Place an order")
def place_order(request: HttpRequest, order_id: UUID) -> Any:
    return _order(request, actions.place_order(order_id, by=actor_of(request)))


@router.post("/orders/{uuid:order_id}/close", response=OrderWithLinesOut, summary="Wait for the rest no longer")
def close_order(request: HttpRequest, order_id: UUID, body: PurchaseReasonIn) -> Any:
    return _order(request, actions.close_order(order_id, body.reason, by=actor_of(request)))


@router.post("/orders/{uuid:order_id}/cancel", response=OrderWithLinesOut, summary="Give an order up")
def cancel_order(request: HttpRequest, order_id: UUID, body: PurchaseReasonIn) -> Any:
    return _order(request, actions.cancel_order(order_id, body.reason, by=actor_of(request)))


@router.post("/orders/{uuid:order_id}/deliveries", response={201: GoodsReceiptOut}, summary="Take in what came")
def receive_order(request: HttpRequest, order_id: UUID, body: DeliveryIn) -> Any:
    arrivals = [
        actions.Arrival(**one.dict(exclude={"packs"}), packs=[Pack(**pack.dict()) for pack in one.packs])
        for one in body.arrivals
    ]
    made = actions.receive_order(
        order_id, body.location_id, arrivals, reference=body.reference, key=body.key, by=actor_of(request)
    )
    return 201, GoodsReceiptOut.from_orm(made)


@router.get("/invoices", response=Page[SupplierInvoiceOut], summary="Suppliers' invoices, the newest first")
def list_invoices(request: HttpRequest, show: str = "") -> Any:
    rows = queries.invoices(seen_by=actor_of(request), show=show if show != "late" else "owed")
    return paged(request, rows, SupplierInvoiceOut.from_orm, by="-id")


@router.post("/invoices", response={201: SupplierInvoiceOut}, summary="Write a supplier's invoice down")
def enter_invoice(request: HttpRequest, body: InvoiceIn) -> Any:
    facts = body.dict() | {"lines": [actions.InvoiceLineDetails(**one.dict()) for one in body.lines]}
    return 201, _invoice(actions.enter_invoice(actions.InvoiceDetails(**facts), by=actor_of(request)))


@router.get("/invoices/{uuid:invoice_id}", response=SupplierInvoiceOut, summary="One invoice")
def get_invoice(request: HttpRequest, invoice_id: UUID) -> Any:
    return _invoice(queries.invoice(invoice_id, seen_by=actor_of(request)))


@router.post("/invoices/{uuid:invoice_id}/approve", response=SupplierInvoiceOut, summary="Agree that it is owed")
def approve_invoice(request: HttpRequest, invoice_id: UUID, body: ApproveIn) -> Any:
    return _invoice(actions.approve_invoice(invoice_id, note=body.note, by=actor_of(request)))


@router.post("/invoices/{uuid:invoice_id}/drop", response=SupplierInvoiceOut, summary="Put an invoice aside")
def drop_invoice(request: HttpRequest, invoice_id: UUID, body: PurchaseReasonIn) -> Any:
    return _invoice(actions.drop_invoice(invoice_id, body.reason, by=actor_of(request)))


@router.post("/invoices/{uuid:invoice_id}/reverse", response=SupplierInvoiceOut, summary="Take an approval back")
def reverse_invoice(request: HttpRequest, invoice_id: UUID, body: PurchaseReasonIn) -> Any:
    return _invoice(actions.reverse_invoice(invoice_id, body.reason, by=actor_of(request)))


@router.post("/invoices/{uuid:invoice_id}/payments", response={201: SupplierPaymentOut}, summary="Write a payment down")
def pay_invoice(request: HttpRequest, invoice_id: UUID, body: SupplierPaymentIn) -> Any:
    made = actions.pay_invoice(
        invoice_id, body.amount, body.method, reference=body.reference, key=body.key, by=actor_of(request)
    )
    return 201, SupplierPaymentOut.from_orm(made)


@router.post("/payments/{uuid:payment_id}/back", response={201: SupplierPaymentOut}, summary="Take a payment back")
def take_payment_back(request: HttpRequest, payment_id: UUID, body: PurchaseReasonIn) -> Any:
    return 201, SupplierPaymentOut.from_orm(actions.take_payment_back(payment_id, body.reason, by=actor_of(request)))


def _details(body: PurchaseOrderIn) -> actions.OrderDetails:
    lines = [actions.OrderLineDetails(**one.dict()) for one in body.lines]
    return actions.OrderDetails(**(body.dict() | {"lines": lines}))


def _order(request: HttpRequest, row: PurchaseOrder) -> OrderWithLinesOut:
    lines = [
        OrderLineOut(
            id=one.line.pk, item_id=one.line.item_id, item=one.line.item.name, quantity=one.line.quantity,
            came=one.came, unit_price=one.line.unit_price, tax_percent=one.line.tax_percent,
        )
        for one in queries.progress(row.pk, seen_by=actor_of(request))
    ]  # fmt: skip
    return OrderWithLinesOut(**PurchaseOrderOut.from_orm(row).dict(), lines=lines)


def _invoice(row: SupplierInvoice) -> SupplierInvoiceOut:
    return SupplierInvoiceOut.from_orm(row)
