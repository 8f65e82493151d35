"""Reading orders, deliveries, invoices and what is owed."""

from kalon.purchasing.queries.invoices import Payables, invoice, invoices, payables, payables_proof
from kalon.purchasing.queries.orders import Progress, order, orders, progress, to_order, to_receive
from kalon.purchasing.queries.suppliers import supplier, suppliers

__all__ = [
    "Payables",
    "Progress",
    "invoice",
    "invoices",
    "order",
    "orders",
    "payables",
    "payables_proof",
    "progress",
    "supplier",
    "suppliers",
    "to_order",
    "to_receive",
]
