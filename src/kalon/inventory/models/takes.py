"""Stock takes: what two people found at a place, and what the books said at that moment."""

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.inventory.lifecycles import TAKE, TakeStatus
from kalon.inventory.models import take_guards as guards
from kalon.inventory.models.items import Batch, Item, Location
from kalon.inventory.models.units import SerialUnit
from kalon.kernel.lifecycle import Staged
from kalon.kernel.lifecycle.rules import seal_children
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

ROWS = "SELECT, INSERT, UPDATE"


class StockTake(OrganizationRecord, Staged):
    """A place that is counted: one person counts without seeing the books, another one confirms."""

    number = models.CharField(max_length=12, editable=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="takes")
    status = models.CharField(max_length=9, choices=TakeStatus, default=TakeStatus.COUNTING, editable=False)
    started_by_name = models.CharField(max_length=120)
    counted_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    counted_by_name = models.CharField(max_length=120, blank=True)
    confirmed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by_name = models.CharField(max_length=120, blank=True)

    location_id: UUID
    counted_by_id: UUID | None
    lines: "RelatedManager[StockTakeLine]"
    pieces: "RelatedManager[StockTakePiece]"

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *TAKE.rules("inventory_stocktake"),
            guards.take_has_two_people(),
            models.UniqueConstraint(fields=["organization", "id"], name="inventory_stocktake_in_organization"),
            models.UniqueConstraint(fields=["organization", "number"], name="inventory_stocktake_number_once"),
            models.UniqueConstraint(
                fields=["location"],
                condition=Q(status__in=[TakeStatus.COUNTING, TakeStatus.COUNTED]),
                name="inventory_stocktake_one_at_a_place",
            ),
            SameOrganization(name="inventory_stocktake_same_place", field="location_id", to="inventory.Location"),
            RowSecurity(name="inventory_stocktake_rows", app=ROWS),
        ]

    def __str__(self) -> str:
        return self.number


class StockTakeLine(OrganizationRecord):
    """One batch at the place: how much was counted, and how much the books had at that moment (`book`)."""

    take = models.ForeignKey(StockTake, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    counted: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=12, decimal_places=3, null=True
    )
    book: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, editable=False
    )
    counted_at = models.DateTimeField(null=True, editable=False)
    counted_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    movement = models.ForeignKey("inventory.Movement", on_delete=models.PROTECT, null=True, related_name="+")

    take_id: UUID
    batch_id: UUID
    item_id: UUID

    class Meta:
        ordering = ["item__name", "batch__expires_on", "id"]
        constraints = [
            seal_children(
                "inventory_stocktakeline", parent="inventory_stocktake", key="take_id", states=TAKE.seals
            ),
            guards.line_is_counted(),
            models.UniqueConstraint(fields=["take", "batch"], name="inventory_stocktakeline_once"),
            models.CheckConstraint(
                condition=Q(counted=None) | Q(counted__gte=0), name="inventory_stocktakeline_positive"
            ),
            models.CheckConstraint(
                condition=Q(movement=None) | ~Q(counted=F("book")), name="inventory_stocktakeline_differs"
            ),
            SameOrganization(name="inventory_stocktakeline_same_take", field="take_id", to="inventory.StockTake"),
            SameOrganization(
                name="inventory_stocktakeline_same_batch", field="batch_id", to="inventory.Batch",
                through=("organization_id", "item_id"),
            ),
            SameOrganization(
                name="inventory_stocktakeline_same_movement", field="movement_id", to="inventory.Movement"
            ),
            RowSecurity(name="inventory_stocktakeline_rows", app=ROWS),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.item.name}, batch {self.batch}"

    @property
    def difference(self) -> Decimal:
        """How much more was there than in the books; below zero, how much less."""
        return (self.counted or Decimal(0)) - (self.book or Decimal(0)) if self.counted is not None else Decimal(0)

    @property
    def less(self) -> Decimal:
        """How much of the books was not there."""
        return max(Decimal(0), -self.difference)


class StockTakePiece(OrganizationRecord):
    """A piece with a serial: scanned where it should stand, scanned unexpectedly, or not found.

    `unit` is empty where nothing of ours carries what was scanned; `scan` is that code.
    """

    class Found(models.TextChoices):
        FOUND = "FOUND", "Found"
        UNEXPECTED = "UNEXPECTED", "Not expected here"
        MISSING = "MISSING", "Not found"

    take = models.ForeignKey(StockTake, on_delete=models.PROTECT, related_name="pieces")
    unit = models.ForeignKey(SerialUnit, on_delete=models.PROTECT, null=True, related_name="+")
    scan = models.CharField(max_length=200)
    found = models.CharField(max_length=10, choices=Found)
    stood = models.CharField(max_length=200, blank=True)
    counted_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    movement = models.ForeignKey("inventory.Movement", on_delete=models.PROTECT, null=True, related_name="+")

    take_id: UUID
    unit_id: UUID | None

    class Meta:
        ordering = ["found", "created_at", "id"]
        constraints = [
            seal_children(
                "inventory_stocktakepiece", parent="inventory_stocktake", key="take_id", states=TAKE.seals
            ),
            guards.piece_is_scanned(),
            models.UniqueConstraint(
                fields=["take", "unit"], condition=Q(unit__isnull=False), name="inventory_stocktakepiece_once"
            ),
            models.UniqueConstraint(
                fields=["take", "scan"], condition=Q(unit=None), name="inventory_stocktakepiece_code_once"
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(found="UNEXPECTED"), name="inventory_stocktakepiece_known"
            ),
            SameOrganization(name="inventory_stocktakepiece_same_take", field="take_id", to="inventory.StockTake"),
            SameOrganization(name="inventory_stocktakepiece_same_unit", field="unit_id", to="inventory.SerialUnit"),
            SameOrganization(
                name="inventory_stocktakepiece_same_movement", field="movement_id", to="inventory.Movement"
            ),
            RowSecurity(name="inventory_stocktakepiece_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.unit.serial if self.unit else self.scan
