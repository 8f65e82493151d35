"""The verbs of purchasing: the only writer of its tables."""

from kalon.purchasing.actions.invoicing import (
    InvoiceDetails,
    InvoiceLineDetails,
    approve_invoice,
    drop_invoice,
    enter_invoice,
    pay_invoice,
    reverse_invoice,
    take_payment_back,
)
from kalon.purchasing.actions.ordering import (
    OrderDetails,
    OrderLineDetails,
    cancel_order,
    change_order,
    close_order,
    order_pdf,
    place_order,
    write_order,
)
from kalon.purchasing.actions.receiving import Arrival, receive_order
from kalon.purchasing.actions.suppliers import add_supplier, change_supplier

__all__ = [
    "Arrival",
    "InvoiceDetails",
    "InvoiceLineDetails",
    "OrderDetails",
    "OrderLineDetails",
    "add_supplier",
    "approve_invoice",
    "cancel_order",
    "change_order",
    "change_supplier",
    "close_order",
    "drop_invoice",
    "enter_invoice",
    "order_pdf",
    "pay_invoice",
    "place_order",
    "receive_order",
    "reverse_invoice",
    "take_payment_back",
    "write_order",
]
