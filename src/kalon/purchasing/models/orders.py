"""What is ordered of a supplier, and what came of it."""

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.purchasing.lifecycles import ORDER, OrderStatus
from kalon.purchasing.models import guards
from kalon.purchasing.models.suppliers import Supplier

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

CHANGED = "SELECT, INSERT, UPDATE, DELETE"


def quantity_field() -> "models.DecimalField[Decimal, Decimal]":
    """A quantity in the item's unit of stock, with at most three places."""
    return models.DecimalField(max_digits=12, decimal_places=3)


def rate_field() -> "models.DecimalField[Decimal, Decimal]":
    """Tax, per cent."""
    return models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))


class PurchaseOrder(OrganizationRecord, Staged):
    """What is ordered of a supplier for a branch; once placed, its lines stay as they were."""

    number = models.CharField(max_length=24, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="orders")
    status = models.CharField(max_length=12, choices=OrderStatus, default=OrderStatus.DRAFT, editable=False)
    expected_on = models.DateField(null=True, blank=True)
    words = models.CharField("What the supplier is told", max_length=500, blank=True)
    written_by_name = models.CharField(max_length=120)
    ordered_at = models.DateTimeField(null=True, editable=False)

    lines: "RelatedManager[OrderLine]"
    receipts: "RelatedManager[GoodsReceipt]"
    branch_id: UUID
    supplier_id: UUID

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *ORDER.rules("purchasing_purchaseorder"),
            models.UniqueConstraint(fields=["organization", "number"], name="purchasing_order_number_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="purchasing_order_in_organization"),
            SameOrganization(name="purchasing_order_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="purchasing_order_same_supplier", field="supplier_id", to="purchasing.Supplier"),
            RowSecurity(name="purchasing_order_rows"),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="purchasing_order_newest"),
            models.Index(fields=["supplier", "status"], name="purchasing_order_of_supplier"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(OrganizationRecord):
    """So much of an item, at a price of one unit of stock before tax."""

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field()
    unit_price = AmountField()
    tax_percent = rate_field()

    order_id: UUID
    item_id: UUID

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "item"], name="purchasing_orderline_item_once"),
            models.UniqueConstraint(fields=["order", "position"], name="purchasing_orderline_position_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="purchasing_orderline_in_organization"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, tax_percent__range=(0, 100), position__gte=1),
                name="purchasing_orderline_amounts",
            ),
            seal_children(
                "purchasing_orderline", parent="purchasing_purchaseorder", key="order_id", states=ORDER.seals
            ),
            SameOrganization(name="purchasing_orderline_same_order", field="order_id", to="purchasing.PurchaseOrder"),
            SameOrganization(name="purchasing_orderline_same_item", field="item_id", to="inventory.Item"),
            RowSecurity(name="purchasing_orderline_rows", app=CHANGED),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item}"


class GoodsReceipt(OrganizationRecord):
    """A delivery of an order, on one day, with the supplier's delivery note. Never changed."""

    number = models.CharField(max_length=24, editable=False)
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="receipts")
    reference = models.CharField("Delivery note", max_length=60, blank=True)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    received_by_name = models.CharField(max_length=120)

    lines: "RelatedManager[ReceiptLine]"
    order_id: UUID

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *append_only("purchasing_goodsreceipt", name="purchasing_goodsreceipt_kept"),
            models.UniqueConstraint(fields=["organization", "number"], name="purchasing_receipt_number_once"),
            models.UniqueConstraint(fields=["order", "key"], name="purchasing_receipt_key_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="purchasing_receipt_in_organization"),
            SameOrganization(name="purchasing_receipt_same_order", field="order_id", to="purchasing.PurchaseOrder"),
            RowSecurity(name="purchasing_receipt_rows", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return self.number


class ReceiptLine(OrganizationRecord):
    """What came of one line: the movement by which it went on the shelf. Never more than was ordered."""

    receipt = models.ForeignKey(GoodsReceipt, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="received")
    movement = models.OneToOneField("inventory.Movement", on_delete=models.PROTECT, related_name="+")
    quantity = quantity_field()

    receipt_id: UUID
    line_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("purchasing_receiptline", name="purchasing_receiptline_kept"),
            guards.received_as_ordered(),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchasing_receiptline_positive"),
            SameOrganization(
                name="purchasing_receiptline_same_receipt", field="receipt_id", to="purchasing.GoodsReceipt"
            ),
            SameOrganization(name="purchasing_receiptline_same_line", field="line_id", to="purchasing.OrderLine"),
            SameOrganization(name="purchasing_receiptline_same_movement", field="movement_id", to="inventory.Movement"),
            RowSecurity(name="purchasing_receiptline_rows", app="SELECT, INSERT"),
        ]
        indexes = [models.Index(fields=["line"], name="purchasing_receiptline_of_line")]
