"""Implants by serial: one row for each piece, and one for the patient in whom it is."""

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.inventory.lifecycles import HERE, UNIT, RecallMark, UnitStatus
from kalon.inventory.models import unit_guards as guards
from kalon.inventory.models.items import Batch, Item, Location
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

BY_PATIENT = ("organization_id", "patient_id")


class SerialUnit(OrganizationRecord, Staged):
    """One piece with a serial number: where it stands, what became of it, and whether it is recalled.

    `udi` is the code as it was scanned, empty where the pack was typed. `location` is worked out from the ledger,
    none once it left. Its lot and its expiry are the batch's.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="units")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="units")
    serial = models.CharField("Serial number", max_length=40)
    udi = models.CharField("UDI", max_length=200, blank=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="units")
    status = models.CharField(max_length=12, choices=UnitStatus, default=UnitStatus.IN_STOCK, editable=False)
    recall = models.CharField(max_length=16, choices=RecallMark, default=RecallMark.CLEAR, editable=False)

    item_id: UUID
    batch_id: UUID
    location_id: UUID | None

    class Meta:
        ordering = ["batch__expires_on", "serial", "id"]
        constraints = [
            *UNIT.rules("inventory_serialunit"),
            guards.unit_is_complete(),
            guards.unit_stands_where_it_is(),
            guards.unit_counts(),
            guards.unit_in_step(),
            models.UniqueConstraint(fields=["organization", "id"], name="inventory_serialunit_in_organization"),
            models.UniqueConstraint(fields=["organization", "batch", "id"], name="inventory_serialunit_of_batch"),
            models.UniqueConstraint(fields=["item", "serial"], name="inventory_serialunit_once"),
            models.CheckConstraint(condition=~Q(serial=""), name="inventory_serialunit_named"),
            models.CheckConstraint(
                condition=Q(recall=RecallMark.CLEAR) | ~Q(status__in=[UnitStatus.IN_STOCK, UnitStatus.RESERVED]),
                name="inventory_serialunit_recalled_is_locked",
            ),
            SameOrganization(
                name="inventory_serialunit_same_batch",
                field="batch_id",
                to="inventory.Batch",
                through=("organization_id", "item_id"),
            ),
            SameOrganization(name="inventory_serialunit_same_place", field="location_id", to="inventory.Location"),
            RowSecurity(name="inventory_serialunit_rows", reviewed="SELECT"),
        ]
        indexes = [
            models.Index(fields=["organization", "serial"], name="inventory_serialunit_serial"),
            models.Index(fields=["batch", "status"], name="inventory_serialunit_in_batch"),
            models.Index(fields=["item", "status"], name="inventory_serialunit_of_item"),
        ]

    def __str__(self) -> str:
        return self.serial

    @property
    def is_here(self) -> bool:
        """Whether it stands on one of our shelves."""
        return self.status in HERE


class Implant(PatientRecord):
    """The implant registry: which piece is in which patient, on which side, since when, and until when.

    What stood on the pack is written down once more, by the database, so that the patient's card says the same when
    the catalogue is changed. A piece is in exactly one patient; when it is taken out, that is added and stays.
    """

    class Side(models.TextChoices):
        NONE = "NONE", "No side"
        LEFT = "LEFT", "Left"
        RIGHT = "RIGHT", "Right"
        MIDLINE = "MIDLINE", "Midline"

    unit = models.ForeignKey(SerialUnit, on_delete=models.PROTECT, related_name="implants")
    movement = models.OneToOneField("inventory.Movement", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    source_kind = models.CharField(max_length=60)
    source_id = models.UUIDField()
    side = models.CharField(max_length=8, choices=Side)
    implanted_at = models.DateTimeField()
    surgeon_name = models.CharField(max_length=120, blank=True)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField(max_length=120)
    item_name = models.CharField(max_length=160)
    manufacturer = models.CharField(max_length=120, blank=True)
    model = models.CharField(max_length=60, blank=True)
    size = models.CharField(max_length=40, blank=True)
    shape = models.CharField(max_length=40, blank=True)
    device_code = models.CharField(max_length=30, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    serial = models.CharField(max_length=40)
    udi = models.CharField(max_length=200, blank=True)
    expires_on = models.DateField(null=True)
    explanted_at = models.DateTimeField(null=True)
    explanted_by_name = models.CharField(max_length=120, blank=True)
    explant_reason = EncryptedText(key="patient.data_key", blank=True, default="")

    unit_id: UUID
    plan_id: UUID
    branch_id: UUID

    class Meta:
        ordering = ["-implanted_at", "-id"]
        constraints = [
            guards.implant_may_be(),
            guards.implant_is_kept(),
            guards.implant_looks_again(),
            models.UniqueConstraint(fields=["unit"], name="inventory_implant_one_patient"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="inventory_implant_of_patient"),
            models.CheckConstraint(
                condition=Q(explanted_at=None, explanted_by_name="")
                | Q(explanted_at__isnull=False) & ~Q(explanted_by_name=""),
                name="inventory_implant_explanted_by",
            ),
            SameOrganization(name="inventory_implant_same_unit", field="unit_id", to="inventory.SerialUnit"),
            SameOrganization(
                name="inventory_implant_same_plan", field="plan_id", to="plans.ProcedurePlan", through=BY_PATIENT
            ),
            SameOrganization(name="inventory_implant_same_movement", field="movement_id", to="inventory.Movement"),
            SameOrganization(name="inventory_implant_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="inventory_implant_rows", patient="patient_id", portal="SELECT", reviewed="SELECT"),
        ]
        indexes = [
            models.Index(fields=["patient", "-implanted_at"], name="inventory_implant_in"),
            models.Index(fields=["source_id"], name="inventory_implant_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.item_name} {self.serial}"

    @property
    def is_inside(self) -> bool:
        """Whether it is still in the patient."""
        return self.explanted_at is None

    @property
    def since(self) -> datetime:
        """When it was implanted."""
        return self.implanted_at
