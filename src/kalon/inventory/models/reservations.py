"""What a procedure takes out of the store, and what is put aside for a plan."""

from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.inventory.lifecycles import RESERVATION, ReservationStatus
from kalon.inventory.models import reservation_guards as guards
from kalon.inventory.models.items import Batch, Item, Location, QuantityField
from kalon.inventory.models.units import BY_PATIENT, SerialUnit
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class KitLine(OrganizationRecord):
    """So much of one item that a procedure takes: what is reserved for a plan in which it is done."""

    class Need(models.TextChoices):
        REQUIRED = "REQUIRED", "It cannot begin without it"
        OPTIONAL = "OPTIONAL", "Good to have"

    procedure = models.ForeignKey("catalog.Procedure", on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    need = models.CharField(max_length=8, choices=Need, default=Need.REQUIRED)

    procedure_id: UUID
    item_id: UUID

    class Meta:
        ordering = ["need", "item__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "item"], name="inventory_kitline_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="inventory_kitline_positive"),
            SameOrganization(name="inventory_kitline_same_procedure", field="procedure_id", to="catalog.Procedure"),
            SameOrganization(name="inventory_kitline_same_item", field="item_id", to="inventory.Item"),
            RowSecurity(name="inventory_kitline_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.item_id}"


class Reservation(PatientRecord, Staged):
    """So much of a batch at a place, or one piece with its serial, put aside for a plan on a day.

    `used` is worked out from the ledger. What is held and not used yet counts as gone for everybody else.
    `source_kind` and `source_id` say for what it was asked ("plan", "case", "session").
    """

    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    source_kind = models.CharField(max_length=60)
    source_id = models.UUIDField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="reservations")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="reservations")
    unit = models.ForeignKey(SerialUnit, on_delete=models.PROTECT, null=True, related_name="reservations")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()
    used = QuantityField(default=Decimal(0), editable=False)
    needed_on = models.DateField()
    status = models.CharField(max_length=8, choices=ReservationStatus, default=ReservationStatus.HELD, editable=False)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField(max_length=120)

    plan_id: UUID
    item_id: UUID
    batch_id: UUID
    unit_id: UUID | None
    location_id: UUID

    class Meta:
        ordering = ["needed_on", "created_at", "id"]
        constraints = [
            *RESERVATION.rules("inventory_reservation", patient="patient_id"),
            guards.reservation_may_be(),
            guards.reservation_counts(),
            models.UniqueConstraint(fields=["organization", "id"], name="inventory_reservation_in_organization"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(status=ReservationStatus.HELD), name="inventory_reservation_unit_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, used__gte=0, used__lte=F("quantity")), name="inventory_reservation_quantity"
            ),
            models.CheckConstraint(condition=Q(unit=None) | Q(quantity=1), name="inventory_reservation_unit_is_one"),
            models.CheckConstraint(
                condition=~Q(status=ReservationStatus.USED) | Q(used=F("quantity")),
                name="inventory_reservation_all_used",
            ),
            SameOrganization(
                name="inventory_reservation_same_batch",
                field="batch_id",
                to="inventory.Batch",
                through=("organization_id", "item_id"),
            ),
            SameOrganization(
                name="inventory_reservation_same_unit",
                field="unit_id",
                to="inventory.SerialUnit",
                through=("organization_id", "batch_id"),
            ),
            SameOrganization(name="inventory_reservation_same_place", field="location_id", to="inventory.Location"),
            SameOrganization(
                name="inventory_reservation_same_plan", field="plan_id", to="plans.ProcedurePlan", through=BY_PATIENT
            ),
            RowSecurity(name="inventory_reservation_rows", reviewed="SELECT"),
        ]
        indexes = [
            models.Index(
                fields=["batch", "location"],
                condition=Q(status=ReservationStatus.HELD),
                name="inventory_reservation_held",
            ),
            models.Index(fields=["plan", "status"], name="inventory_reserved_for_plan"),
            models.Index(fields=["source_id"], name="inventory_reserved_for_source"),
            models.Index(fields=["organization", "status", "needed_on"], name="inventory_reserved_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.item_id}"

    @property
    def left(self) -> Decimal:
        """What of it is still put aside."""
        return self.quantity - self.used if self.status == ReservationStatus.HELD else Decimal(0)
