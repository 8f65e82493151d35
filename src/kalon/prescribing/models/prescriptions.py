"""A prescription, its medicines, and what the checks said when it was finalised."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.prescribing.lifecycles import PRESCRIPTION, Status
from kalon.prescribing.models import guards
from kalon.prescribing.rules import FREQUENCIES, TIMINGS, Course, Step, counted

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kalon.prescribing.models.dispensing import Dispensing

SEALED: Sequence[str] = tuple(str(state) for state in PRESCRIPTION.seals)
NOT_A_DRAFT = "prescription_id IN (SELECT id FROM prescribing_prescription WHERE status <> 'DRAFT')"


def _words() -> "EncryptedText[str, str]":
    return EncryptedText(key="patient.data_key", blank=True, default="")


class Prescription(PatientRecord, Staged):
    """What a doctor prescribes in a consultation: numbered and sealed once finalised.

    `pregnancy` and `kidneys` are what the doctor knew of them ("" when nobody asked). It may be handed out again
    `refills` times until `refills_until`; `refills_used` counts those begun. `repeats` names what it was copied from.
    """

    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    consultation = models.ForeignKey("consultations.Consultation", on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, related_name="+")
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=24, null=True)
    serial = models.BigIntegerField(null=True)
    prescribed_on = models.DateField(null=True)
    pregnancy, kidneys = _words(), _words()
    advice, diet, follow_up = _words(), _words(), _words()
    refills = models.PositiveSmallIntegerField(default=0)
    refills_used = models.PositiveSmallIntegerField(default=0)
    refills_until = models.DateField(null=True)
    finalized_at = models.DateTimeField(null=True)
    finalized_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")

    items: "RelatedManager[PrescriptionItem]"
    dispensings: "RelatedManager[Dispensing]"
    findings: "RelatedManager[KeptFinding]"
    branch_id: UUID
    consultation_id: UUID
    doctor_id: UUID
    finalized_by_id: UUID | None

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="prescribing_of_patient"),
            models.Index(fields=["consultation"], name="prescribing_of_consultation"),
            models.Index(fields=["organization", "status", "-created_at"], name="prescribing_by_status"),
        ]
        constraints = [
            *PRESCRIPTION.rules("prescribing_prescription", patient="patient_id"),
            guards.of_its_doctor(),
            guards.checked_first(),
            guards.status_says_what_is_out(),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="prescribing_once_of_patient"),
            models.UniqueConstraint(fields=["organization", "number"], name="prescribing_number_once"),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, number=None, finalized_at=None, finalized_by=None)
                | Q(status=Status.CANCELLED, number=None, finalized_at=None, finalized_by=None)
                | ~Q(status=Status.DRAFT)
                & Q(number__isnull=False, serial__isnull=False, prescribed_on__isnull=False, finalized_at__isnull=False)
                & Q(finalized_by=F("doctor")),
                name="prescribing_numbered",
            ),
            models.CheckConstraint(
                condition=Q(refills__lte=12, refills_used__lte=F("refills"))
                & (Q(refills=0, refills_until=None) | Q(refills__gt=0, refills_until__isnull=False)),
                name="prescribing_refills_authorised",
            ),
            SameOrganization(name="prescribing_patient_here", field="patient_id", to="patients.Patient"),
            SameOrganization(name="prescribing_branch_here", field="branch_id", to="people.Branch"),
            SameOrganization(name="prescribing_doctor_here", field="doctor_id", to="people.Staff"),
            SameOrganization(
                name="prescribing_consultation_of_patient",
                field="consultation_id",
                to="consultations.Consultation",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="prescribing_repeats_of_patient",
                field="repeats_id",
                to="prescribing.Prescription",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="prescribing_prescription_rows",
                patient="patient_id",
                portal="SELECT",
                portal_where="status <> 'DRAFT'",
            ),
        ]

    def __str__(self) -> str:
        return self.number or "Draft prescription"

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def refills_left(self) -> int:
        return self.refills - self.refills_used


class PrescriptionItem(PatientRecord):
    """One medicine of a prescription: how it is taken and how much is handed out. Sealed with it.

    `medicine` is the code in the formulary, empty for a name in free text. `quantity` is in `dose_unit`, or in packs
    where a dose is an application. `steps` is a tapering course: dose, frequency and days, in order.
    """

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    medicine = models.CharField(max_length=80, blank=True)
    name = _words()
    form = models.CharField(max_length=60, blank=True)
    strength = models.CharField(max_length=60, blank=True)
    route = models.CharField(max_length=40, blank=True)
    dose = models.DecimalField(max_digits=9, decimal_places=3, default=Decimal(1))
    dose_unit = models.CharField(max_length=20, default="tablet")
    frequency = models.CharField(max_length=8, default="OD")
    every_hours = models.PositiveSmallIntegerField(null=True)
    most_a_day = models.PositiveSmallIntegerField(null=True)
    days = models.PositiveSmallIntegerField(null=True)
    steps = models.JSONField(default=list)
    timing = models.CharField(max_length=20, blank=True)
    quantity = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    is_in_house = models.BooleanField(default=False)
    stock_item = models.UUIDField(null=True)  # the inventory's item, where it comes from the clinic's own stock
    instructions = _words()

    class Meta:
        ordering = ["prescription", "position", "id"]
        constraints = [
            seal_children(
                "prescribing_prescriptionitem",
                parent="prescribing_prescription",
                key="prescription_id",
                states=SEALED,
            ),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="prescribing_item_of_patient"),
            models.CheckConstraint(
                condition=Q(frequency__in=list(FREQUENCIES)), name="prescribing_item_frequency_known"
            ),
            models.CheckConstraint(condition=Q(timing__in=list(TIMINGS)), name="prescribing_item_timing_known"),
            models.CheckConstraint(
                condition=Q(dose__gt=0) & (Q(quantity=None) | Q(quantity__gt=0)), name="prescribing_item_above_zero"
            ),
            models.CheckConstraint(
                condition=(Q(frequency="EVERY", every_hours__range=(1, 24)) | ~Q(frequency="EVERY", every_hours=None))
                & (~Q(frequency="SOS") | Q(most_a_day__isnull=False)),
                name="prescribing_item_frequency_complete",
            ),
            SameOrganization(
                name="prescribing_item_same_prescription",
                field="prescription_id",
                to="prescribing.Prescription",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="prescribing_prescriptionitem_rows",
                patient="patient_id",
                app="SELECT, INSERT, UPDATE, DELETE",
                portal="SELECT",
                portal_where=NOT_A_DRAFT,
            ),
        ]

    @property
    def course(self) -> Course:
        """The dose and how often, for the arithmetic."""
        return Course(
            dose=self.dose,
            unit=self.dose_unit,
            frequency=self.frequency,
            days=self.days,
            every_hours=self.every_hours,
            most_a_day=self.most_a_day,
            steps=tuple(Step(Decimal(step["dose"]), step["frequency"], int(step["days"])) for step in self.steps),
        )

    @property
    def sentence(self) -> str:
        """As a patient reads it."""
        return self.course.sentence()

    @property
    def when(self) -> str:
        return TIMINGS[self.timing].lower() if self.timing else ""

    @property
    def amount(self) -> str:
        """The quantity in words, or nothing where it is for the pharmacist to choose."""
        if self.quantity is None:
            return ""
        return counted(self.quantity, self.counted_in)

    @property
    def counted_in(self) -> str:
        """What its quantity is counted in: the unit of a dose, or packs of what is spread or dropped."""
        return "pack" if self.dose_unit in ("application", "drop") else self.dose_unit


class KeptFinding(PatientRecord):
    """What the checks said, kept with the prescription; a hard stop carries the reason why it was passed.

    While the prescription is a draft only answered stops are kept; finalising writes all that was found.
    """

    prescription = models.ForeignKey(Prescription, on_delete=models.PROTECT, related_name="findings")
    severity = models.CharField(max_length=4)
    key = _words()
    title, mechanism, action, source = _words(), _words(), _words(), _words()
    reason = EncryptedText(key="patient.data_key", null=True)
    answered_by = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["prescription", "created_at", "id"]
        constraints = [
            seal_children(
                "prescribing_keptfinding",
                parent="prescribing_prescription",
                key="prescription_id",
                states=SEALED,
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["stop", "warn", "note"]), name="prescribing_finding_severity"
            ),
            models.CheckConstraint(
                condition=~Q(severity="stop")
                | Q(reason__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                name="prescribing_stop_has_reason",
            ),
            SameOrganization(
                name="prescribing_finding_same_prescription",
                field="prescription_id",
                to="prescribing.Prescription",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(name="prescribing_finding_answered_here", field="answered_by_id", to="people.Staff"),
            RowSecurity(
                name="prescribing_keptfinding_rows", patient="patient_id", app="SELECT, INSERT, UPDATE, DELETE"
            ),
        ]
