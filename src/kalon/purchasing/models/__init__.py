"""Tables of what is bought: suppliers, orders, receipts, suppliers' invoices, payments."""

from kalon.purchasing.models.invoices import InvoiceLine, SupplierInvoice, SupplierPayment
from kalon.purchasing.models.orders import GoodsReceipt, OrderLine, PurchaseOrder, ReceiptLine
from kalon.purchasing.models.suppliers import Supplier

__all__ = [
    "GoodsReceipt",
    "InvoiceLine",
    "OrderLine",
    "PurchaseOrder",
    "ReceiptLine",
    "Supplier",
    "SupplierInvoice",
    "SupplierPayment",
]
