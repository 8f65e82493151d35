"""What suppliers ask for, and what they were paid."""

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.purchasing.lifecycles import INVOICE, InvoiceStatus
from kalon.purchasing.models import guards
from kalon.purchasing.models.orders import CHANGED, OrderLine, PurchaseOrder, quantity_field, rate_field
from kalon.purchasing.models.suppliers import Supplier

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def _derived() -> AmountField[Decimal, Decimal]:
    return AmountField(default=ZERO, editable=False)


class SupplierInvoice(OrganizationRecord, Staged):
    """A supplier's invoice, by the supplier's own number. The database works out its sums and what was paid.

    `order`: what it is for; without one it is for something that is not kept in stock. `note`: why it was approved
    although it asks for more than was ordered.
    """

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="invoices")
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, null=True, related_name="invoices")
    number = models.CharField("Invoice number", max_length=40)
    invoice_date = models.DateField()
    due_date = models.DateField()
    status = models.CharField(max_length=12, choices=InvoiceStatus, default=InvoiceStatus.DRAFT, editable=False)
    written_by_name = models.CharField(max_length=120)
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by_name = models.CharField(max_length=120, blank=True, editable=False)
    note = models.CharField(max_length=500, blank=True)
    taxable, cgst, sgst, igst, total, paid = (_derived() for _column in range(6))

    lines: "RelatedManager[InvoiceLine]"
    payments: "RelatedManager[SupplierPayment]"
    branch_id: UUID
    supplier_id: UUID
    order_id: UUID | None

    class Meta:
        ordering = ["-invoice_date", "-id"]
        constraints = [
            *INVOICE.rules("purchasing_supplierinvoice"),
            guards.invoice_sums(),
            guards.invoice_of_what_came(),
            guards.invoice_posts(),
            models.UniqueConstraint(
                fields=["supplier", "number"],
                condition=Q(status__in=(InvoiceStatus.DRAFT, InvoiceStatus.APPROVED)),
                name="purchasing_invoice_number_once",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="purchasing_invoice_in_organization"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("total")), name="purchasing_invoice_not_overpaid"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & Q(due_date__gte=F("invoice_date")), name="purchasing_invoice_named"
            ),
            SameOrganization(name="purchasing_invoice_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="purchasing_invoice_same_supplier", field="supplier_id", to="purchasing.Supplier"),
            SameOrganization(name="purchasing_invoice_same_order", field="order_id", to="purchasing.PurchaseOrder"),
            RowSecurity(name="purchasing_invoice_rows", reviewed="SELECT"),
        ]
        indexes = [
            models.Index(fields=["organization", "status", "due_date"], name="purchasing_invoice_due"),
            models.Index(fields=["order"], name="purchasing_invoice_of_order"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def owed(self) -> Decimal:
        """What is still to be paid; nothing before it is approved."""
        return self.total - self.paid if self.status == InvoiceStatus.APPROVED else ZERO


class InvoiceLine(OrganizationRecord):
    """One line of a supplier's invoice: of an order, or in words; its tax by halves within the state, else whole."""

    invoice = models.ForeignKey(SupplierInvoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, null=True, related_name="invoiced")
    words = models.CharField(max_length=200)
    quantity = quantity_field()
    unit_price = AmountField()
    tax_percent = rate_field()
    taxable, cgst, sgst, igst = (_derived() for _column in range(4))

    invoice_id: UUID
    line_id: UUID | None

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "line"], name="purchasing_invoiceline_line_once"),
            models.UniqueConstraint(fields=["invoice", "position"], name="purchasing_invoiceline_position_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, tax_percent__range=(0, 100), position__gte=1)
                & Q(taxable__gte=0, cgst__gte=0, sgst__gte=0, igst__gte=0)
                & ~Q(words=""),
                name="purchasing_invoiceline_amounts",
            ),
            models.CheckConstraint(
                condition=Q(taxable__gt=F("quantity") * F("unit_price") - Decimal("0.006"))
                & Q(taxable__lt=F("quantity") * F("unit_price") + Decimal("0.006")),
                name="purchasing_invoiceline_taxable",
            ),
            models.CheckConstraint(
                condition=Q(igst=0, cgst=F("sgst")) | Q(cgst=0, sgst=0), name="purchasing_invoiceline_one_tax"
            ),
            seal_children(
                "purchasing_invoiceline", parent="purchasing_supplierinvoice", key="invoice_id", states=INVOICE.seals
            ),
            SameOrganization(
                name="purchasing_invoiceline_same_invoice", field="invoice_id", to="purchasing.SupplierInvoice"
            ),
            SameOrganization(name="purchasing_invoiceline_same_line", field="line_id", to="purchasing.OrderLine"),
            RowSecurity(name="purchasing_invoiceline_rows", app=CHANGED),
        ]
        indexes = [models.Index(fields=["line"], name="purchasing_invoiceline_of_line")]

    def __str__(self) -> str:
        return self.words


class SupplierPayment(OrganizationRecord):
    """Money that went to a supplier from the clinic's bank for an invoice, or such a payment taken back.

    Never changed: `reverses` names the payment that a later row takes back, whole.
    """

    class Method(models.TextChoices):
        TRANSFER = "TRANSFER", "Bank transfer"
        CHEQUE = "CHEQUE", "Cheque"
        UPI = "UPI", "UPI"
        CARD = "CARD", "Company card"

    invoice = models.ForeignKey(SupplierInvoice, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=10, choices=Method)
    amount = AmountField()
    reference = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=100)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    reason = models.CharField(max_length=500, blank=True)
    made_by_name = models.CharField(max_length=120)

    invoice_id: UUID
    reverses_id: UUID | None

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("purchasing_supplierpayment", name="purchasing_supplierpayment_kept"),
            guards.payment_may_be(),
            guards.payment_counts(),
            guards.payment_posts(),
            models.UniqueConstraint(fields=["invoice", "key"], name="purchasing_payment_key_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="purchasing_payment_in_organization"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="purchasing_payment_positive"),
            models.CheckConstraint(
                condition=Q(reverses=None) | ~Q(reason=""), name="purchasing_payment_reversal_explained"
            ),
            SameOrganization(
                name="purchasing_payment_same_invoice", field="invoice_id", to="purchasing.SupplierInvoice"
            ),
            SameOrganization(
                name="purchasing_payment_same_reversed", field="reverses_id", to="purchasing.SupplierPayment"
            ),
            RowSecurity(name="purchasing_payment_rows", app="SELECT, INSERT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.amount}"
