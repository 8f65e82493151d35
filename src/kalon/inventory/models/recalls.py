"""Recalls: what a maker or an authority calls back, what of it was here, and which patients have it."""

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.inventory.lifecycles import NOTICE, TASK, BatchStatus, RecallStatus, TaskStatus, UnitStatus
from kalon.inventory.models import recall_guards as guards
from kalon.inventory.models.items import Batch, Item, QuantityField
from kalon.inventory.models.units import SerialUnit
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class RecallNotice(OrganizationRecord, Staged):
    """A notice: from whom, about what, and until when its patients are to be reached. `advice` is told to staff."""

    number = models.CharField(max_length=12, editable=False)
    title = models.CharField("What is recalled", max_length=160)
    issued_by = models.CharField("From whom", max_length=120)
    reference = models.CharField("Their number", max_length=60, blank=True)
    issued_on = models.DateField("Date of the notice")
    due_on = models.DateField("Patients are reached by", null=True, blank=True)
    hazard = models.TextField("What is wrong", max_length=2000)
    advice = models.TextField("What to do for a patient", max_length=2000, blank=True)
    status = models.CharField(max_length=8, choices=RecallStatus, default=RecallStatus.OPEN, editable=False)
    made_by_name = models.CharField(max_length=120, editable=False)

    tasks: "RelatedManager[RecallTask]"
    hits: "RelatedManager[RecallHit]"
    scopes: "RelatedManager[RecallScope]"

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *NOTICE.rules("inventory_recallnotice"),
            guards.closed_when_settled(),
            models.UniqueConstraint(fields=["organization", "id"], name="inventory_recallnotice_in_organization"),
            models.UniqueConstraint(fields=["organization", "number"], name="inventory_recallnotice_number_once"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(issued_by="") & ~Q(hazard=""), name="inventory_recallnotice_complete"
            ),
            RowSecurity(name="inventory_recallnotice_rows"),
        ]

    def __str__(self) -> str:
        return self.number


class RecallScope(OrganizationRecord):
    """What a notice covers: an item, its code or its model, and of that a lot or a range of serials."""

    notice = models.ForeignKey(RecallNotice, on_delete=models.PROTECT, related_name="scopes")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="+")
    device_code = models.CharField(max_length=30, blank=True)
    model = models.CharField(max_length=60, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    serial_from = models.CharField(max_length=40, blank=True)
    serial_to = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("inventory_recallscope", name="inventory_recallscope_kept"),
            guards.scope_takes_turns(),
            models.CheckConstraint(
                condition=Q(item__isnull=False) | ~Q(device_code="") | ~Q(model=""),
                name="inventory_recallscope_names_what",
            ),
            models.CheckConstraint(
                condition=Q(serial_from="", serial_to="")
                | ~Q(serial_from="") & ~Q(serial_to="") & Q(serial_to__gte=models.F("serial_from")),
                name="inventory_recallscope_range",
            ),
            SameOrganization(name="inventory_recallscope_same_notice", field="notice_id", to="inventory.RecallNotice"),
            SameOrganization(name="inventory_recallscope_same_item", field="item_id", to="inventory.Item"),
            RowSecurity(name="inventory_recallscope_rows", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        serials = f"serials {self.serial_from} to {self.serial_to}" if self.serial_from else ""
        what = self.item.name if self.item else self.model or self.device_code
        return ", ".join(part for part in (what, f"lot {self.lot}" if self.lot else "", serials) if part)


class RecallHit(OrganizationRecord):
    """What of it was here when the notice came: a piece, or so much of a batch, and how it stood."""

    notice = models.ForeignKey(RecallNotice, on_delete=models.PROTECT, related_name="hits")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(SerialUnit, on_delete=models.PROTECT, null=True, related_name="recalls")
    GONE: ClassVar = {"WASTED": "Wasted", "EXPIRED": "Written off as expired", "SENT_BACK": "Sent back"}

    quantity = QuantityField()
    was = models.CharField(max_length=12)

    item_id: UUID
    batch_id: UUID
    unit_id: UUID | None

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("inventory_recallhit", name="inventory_recallhit_kept"),
            guards.unit_recall_is_said(),
            guards.batch_recall_holds(),
            models.UniqueConstraint(
                fields=["notice", "unit"], condition=Q(unit__isnull=False), name="inventory_recallhit_once"
            ),
            models.UniqueConstraint(
                fields=["notice", "batch", "was"], condition=Q(unit=None), name="inventory_recallhit_batch_once"
            ),
            SameOrganization(name="inventory_recallhit_same_notice", field="notice_id", to="inventory.RecallNotice"),
            SameOrganization(
                name="inventory_recallhit_same_batch",
                field="batch_id",
                to="inventory.Batch",
                through=("organization_id", "item_id"),
            ),
            SameOrganization(
                name="inventory_recallhit_same_unit",
                field="unit_id",
                to="inventory.SerialUnit",
                through=("organization_id", "batch_id"),
            ),
            RowSecurity(name="inventory_recallhit_rows", app="SELECT, INSERT"),
        ]
        indexes = [
            models.Index(fields=["unit"], name="inventory_recallhit_unit"),
            models.Index(fields=["batch"], name="inventory_recallhit_batch"),
        ]

    def __str__(self) -> str:
        return str(self.unit or self.batch)

    @property
    def stood(self) -> str:
        """How it stood when the notice came, in words."""
        words = {**dict(UnitStatus.choices), **dict(BatchStatus.choices), **self.GONE}
        return str(words.get(self.was, self.was))

    @property
    def gone(self) -> str:
        """How so much of a batch had left when the notice came; empty for what stood here, and for a piece."""
        return "" if self.unit_id else self.GONE.get(self.was, "")


# what patients read of it once they were told; what staff wrote about them is not among it
TOLD = ("id", "created_at", "organization_id", "patient_id", "branch_id", "what", "status", "told_at")


class RecallTask(PatientRecord, Staged):
    """One patient to be reached about a recall, and what came of it. `what` is what they have or were given."""

    class Outcome(models.TextChoices):
        WELL = "WELL", "Seen, all well"
        CHECK_BOOKED = "CHECK_BOOKED", "A check is booked"
        EXPLANT_PLANNED = "EXPLANT_PLANNED", "It will be taken out"
        EXPLANTED = "EXPLANTED", "It was taken out"
        DECLINED = "DECLINED", "Told, wishes nothing more"
        UNREACHABLE = "UNREACHABLE", "Could not be reached"
        DIED = "DIED", "Has died"

    notice = models.ForeignKey(RecallNotice, on_delete=models.PROTECT, related_name="tasks")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=TaskStatus, default=TaskStatus.TO_REACH, editable=False)
    calls = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    note = EncryptedText(key="patient.data_key", blank=True, default="")
    settled_by_name = models.CharField(max_length=120, blank=True)

    notice_id: UUID
    branch_id: UUID

    class Meta:
        ordering = ["status_at", "id"]
        constraints = [
            *TASK.rules("inventory_recalltask", patient="patient_id"),
            guards.task_of_open_notice(),
            guards.task_stays_with_its_patient(),
            models.UniqueConstraint(fields=["notice", "patient"], name="inventory_recalltask_once"),
            models.CheckConstraint(
                condition=Q(status=TaskStatus.DONE) & ~Q(outcome="") | ~Q(status=TaskStatus.DONE) & Q(outcome=""),
                name="inventory_recalltask_outcome",
            ),
            SameOrganization(name="inventory_recalltask_same_notice", field="notice_id", to="inventory.RecallNotice"),
            SameOrganization(name="inventory_recalltask_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name="inventory_recalltask_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(
                name="inventory_recalltask_rows",
                patient="patient_id",
                portal=f"SELECT ({', '.join(TOLD)})",
                portal_where="told_at IS NOT NULL",
            ),
        ]
        indexes = [models.Index(fields=["patient", "status"], name="inventory_recalltask_of")]

    def __str__(self) -> str:
        return self.what
