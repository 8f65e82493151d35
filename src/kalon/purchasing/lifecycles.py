"""The states of an order and of a supplier's invoice, and every move between them."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

from kalon.kernel.lifecycle import Lifecycle, Move, Row

if TYPE_CHECKING:
    from kalon.purchasing.models import PurchaseOrder, SupplierInvoice

VIEW, ORDERS, INVOICES, PAY = "purchasing.view", "purchasing.order", "purchasing.invoice", "purchasing.pay"


class OrderStatus(TextChoices):
    DRAFT = "DRAFT", "Being written"
    ORDERED = "ORDERED", "Ordered"
    RECEIVED = "RECEIVED", "All of it came"
    CLOSED = "CLOSED", "Closed, the rest does not come"
    CANCELLED = "CANCELLED", "Cancelled"


class InvoiceStatus(TextChoices):
    DRAFT = "DRAFT", "To be checked"
    APPROVED = "APPROVED", "Approved"
    REVERSED = "REVERSED", "Taken back"
    DROPPED = "DROPPED", "Not ours"


O, I = OrderStatus, InvoiceStatus  # noqa: E741  (as the tables below are read)


def has_lines(row: "PurchaseOrder | SupplierInvoice") -> str | None:
    """There is something on it."""
    return None if row.lines.exists() else "Write at least one line first."


def nothing_came(order: "PurchaseOrder") -> str | None:
    """Nothing of it was received."""
    if order.receipts.exists():
        return "Some of it came already. Close the order instead: what came stays."
    return None


def nothing_paid(invoice: "SupplierInvoice") -> str | None:
    """Nothing was paid for it."""
    return "It is paid already, at least in part. Take the payments back first." if invoice.paid else None


ORDER = Lifecycle(
    of="purchasing.PurchaseOrder",
    noun="order",
    states=OrderStatus,
    initial=(O.DRAFT,),
    seals=(O.ORDERED, O.RECEIVED, O.CLOSED, O.CANCELLED),
    moves=(
        Move("send", (O.DRAFT,), O.ORDERED, "place the order", ORDERS, requires=(has_lines,),
             where=(Row.filled("ordered_at"),), icon="send"),
        Move("complete", (O.ORDERED,), O.RECEIVED, "note that all of it came", ORDERS, automatic=True),
        Move("close", (O.ORDERED,), O.CLOSED, "close the order", ORDERS, reason_needed=True, icon="archive"),
        Move("cancel", (O.DRAFT, O.ORDERED), O.CANCELLED, "cancel the order", ORDERS, requires=(nothing_came,),
             reason_needed=True, icon="x"),
    ),
)  # fmt: skip

INVOICE = Lifecycle(
    of="purchasing.SupplierInvoice",
    noun="invoice",
    states=InvoiceStatus,
    initial=(I.DRAFT,),
    seals=(I.APPROVED, I.REVERSED, I.DROPPED),
    open_columns=("paid",),
    moves=(
        Move("approve", (I.DRAFT,), I.APPROVED, "approve the invoice", PAY, requires=(has_lines,),
             where=(Row.filled("approved_at"),), icon="badge-check"),
        Move("drop", (I.DRAFT,), I.DROPPED, "put the invoice aside", INVOICES, reason_needed=True, icon="x"),
        Move("reverse", (I.APPROVED,), I.REVERSED, "take the approval back", PAY, requires=(nothing_paid,),
             reason_needed=True, icon="undo-2"),
    ),
)  # fmt: skip
