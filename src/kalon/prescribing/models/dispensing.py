"""What was handed out of a prescription, and what came back: rows that are only ever added."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.prescribing.models import guards
from kalon.prescribing.models.prescriptions import Prescription, PrescriptionItem


class Dispensing(PatientRecord):
    """One visit to the counter: who handed out what of a prescription, in which filling (0 the first, 1 a refill)."""

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="dispensings")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    filling = models.PositiveSmallIntegerField()
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField(max_length=120)

    branch_id: UUID
    prescription_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["prescription"], name="prescribing_dispensing_of")]
        constraints = [
            *append_only("prescribing_dispensing", name="prescribing_dispensing_kept"),
            models.UniqueConstraint(
                fields=["organization", "patient", "prescription", "id"], name="prescribing_dispensing_once"
            ),
            SameOrganization(name="prescribing_dispensing_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(
                name="prescribing_dispensing_of_patient",
                field="prescription_id",
                to="prescribing.Prescription",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="prescribing_dispensing_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"
            ),
        ]

    def __str__(self) -> str:
        return f"Refill {self.filling}" if self.filling else "First filling"


class DispensedLine(PatientRecord):
    """So much of one batch that left for a medicine of the prescription; below zero where it came back.

    `movement` is the row of the store's ledger that it stands for. `bill_line` is the line of `bill` that charges what
    is still out, None where nothing is charged. A row that comes back names the row it takes back, and why.
    """

    dispensing = models.ForeignKey(Dispensing, on_delete=models.PROTECT, related_name="lines")
    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(PrescriptionItem, on_delete=models.PROTECT, related_name="handed_out")
    filling = models.PositiveSmallIntegerField()
    quantity = models.DecimalField(max_digits=10, decimal_places=3)
    movement = models.OneToOneField("inventory.Movement", on_delete=models.PROTECT, related_name="+")
    batch_number = models.CharField(max_length=60, blank=True)
    expires_on = models.DateField(null=True)
    takes_back = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="came_back")
    reason = models.CharField(max_length=300, blank=True)
    bill = models.ForeignKey("billing.Bill", on_delete=models.PROTECT, null=True, related_name="+")
    bill_line = models.UUIDField(null=True)  # no reference: a draft bill's lines may be removed at the desk
    made_by_name = models.CharField(max_length=120)

    dispensing_id: UUID
    prescription_id: UUID
    item_id: UUID
    movement_id: UUID
    bill_id: UUID | None
    takes_back_id: UUID | None

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["item", "filling"], name="prescribing_dispensed_of_item")]
        constraints = [
            *append_only("prescribing_dispensedline", name="prescribing_dispensed_kept"),
            guards.handed_out_as_prescribed(),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, takes_back=None, reason="")
                | Q(quantity__lt=0, takes_back__isnull=False) & ~Q(reason=""),
                name="prescribing_dispensed_two_ways",
            ),
            models.UniqueConstraint(
                fields=["organization", "patient", "prescription", "id"], name="prescribing_dispensed_once"
            ),
            SameOrganization(
                name="prescribing_dispensed_same_dispensing",
                field="dispensing_id",
                to="prescribing.Dispensing",
                through=("organization_id", "patient_id", "prescription_id"),
            ),
            SameOrganization(
                name="prescribing_dispensed_same_item",
                field="item_id",
                to="prescribing.PrescriptionItem",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="prescribing_dispensed_same_back",
                field="takes_back_id",
                to="prescribing.DispensedLine",
                through=("organization_id", "patient_id", "prescription_id"),
            ),
            SameOrganization(
                name="prescribing_dispensed_same_bill",
                field="bill_id",
                to="billing.Bill",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(name="prescribing_dispensed_same_movement", field="movement_id", to="inventory.Movement"),
            RowSecurity(
                name="prescribing_dispensedline_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of batch {self.batch_number}"
