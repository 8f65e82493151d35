"""A bill with its lines, and the credit note that cancels it."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from kalon.billing.lifecycles import BILL, OPEN_BILL, BillStatus
from kalon.billing.models import postings, sums
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged, seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from kalon.billing.models.payments import PaymentAllocation

SEALED_BILL = tuple(str(status) for status in BILL.seals)


def _zero() -> AmountField[Decimal, Decimal]:
    return AmountField(default=ZERO, editable=False)


class Bill(PatientRecord, Staged):
    """What a patient owes for a visit, or for missing it: numbered and sealed once finalised.

    It is corrected only by a credit note. `occasion` names what a fee is for and the moment it became due, so that
    a job that runs twice charges once. `allocated`, `credited` and the sums of the lines are written by the
    database; `owed` is what is left.
    """

    class Kind(models.TextChoices):
        VISIT = "VISIT", "For what was done"
        LATE_CANCEL = "LATE_CANCEL", "Fee for cancelling late"
        NO_SHOW = "NO_SHOW", "Fee for not coming"

    class Document(models.TextChoices):
        BILL = "BILL", "Bill"
        BILL_OF_SUPPLY = "BILL_OF_SUPPLY", "Bill of supply"
        TAX_INVOICE = "TAX_INVOICE", "Tax invoice"
        BOTH = "INVOICE_CUM_BILL", "Invoice-cum-bill of supply"

    status = models.CharField(max_length=16, choices=BillStatus, default=BillStatus.DRAFT, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.VISIT, editable=False)
    occasion = models.CharField(max_length=120, null=True, editable=False)
    currency = models.CharField(max_length=3)
    document = models.CharField(max_length=16, choices=Document, blank=True)
    number = models.CharField(max_length=16, null=True)
    serial = models.BigIntegerField(null=True)
    fiscal_year = models.CharField(max_length=7, blank=True)
    bill_date = models.DateField(null=True)
    billed_to = EncryptedText(key="patient.data_key", blank=True)
    supplier_gstin = models.CharField("GSTIN", max_length=15, blank=True)
    buyer_gstin = models.CharField("Buyer's GSTIN", max_length=15, blank=True)
    buyer_name = EncryptedText(key="patient.data_key", blank=True)
    billed_address = EncryptedText(key="patient.data_key", blank=True)
    place_of_supply = models.CharField("Place of supply (state code)", max_length=2, blank=True)
    finalized_at = models.DateTimeField(null=True)
    finalized_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    discount, taxable = _zero(), _zero()
    cgst, sgst, igst = _zero(), _zero(), _zero()
    total = _zero()
    allocated, credited = _zero(), _zero()
    written_off = AmountField(default=ZERO)

    lines: "RelatedManager[BillLine]"
    allocations: "RelatedManager[PaymentAllocation]"

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *BILL.rules("billing_bill", patient="patient_id"),
            sums.bill_sums(),
            sums.given_up_as_approved(),
            sums.patient_bill(),
            postings.bill_posts(),
            models.UniqueConstraint(fields=["organization", "id"], name="billing_bill_in_organization"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="billing_bill_of_patient"),
            models.UniqueConstraint(fields=["organization", "number"], name="billing_bill_number_once"),
            models.UniqueConstraint(fields=["branch", "fiscal_year", "serial"], name="billing_bill_serial_once"),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=~Q(status=BillStatus.VOID) & Q(kind="VISIT"),
                name="billing_bill_appointment_once",
            ),
            models.UniqueConstraint(fields=["organization", "occasion"], name="billing_bill_occasion_once"),
            models.CheckConstraint(
                condition=Q(kind="VISIT", occasion=None) | ~Q(kind="VISIT") & Q(occasion__isnull=False),
                name="billing_bill_fee_has_occasion",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=(BillStatus.DRAFT, BillStatus.VOID),
                    number=None,
                    serial=None,
                    finalized_at=None,
                )
                | (
                    ~Q(status=BillStatus.DRAFT)
                    & Q(
                        number__isnull=False,
                        serial__isnull=False,
                        bill_date__isnull=False,
                        finalized_at__isnull=False,
                    )
                    & ~Q(document="")
                ),
                name="billing_bill_numbered",
            ),
            models.CheckConstraint(condition=Q(written_off__gte=0), name="billing_bill_written_off_positive"),
            # both kinds of supply to a registered buyer need a paper each (CGST rule 46A)
            models.CheckConstraint(
                condition=Q(buyer_gstin="") | ~Q(document="INVOICE_CUM_BILL"), name="billing_bill_one_kind_for_buyer"
            ),
            SameOrganization(name="billing_bill_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="billing_bill_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="billing_bill_same_appointment",
                field="appointment_id",
                to="scheduling.Appointment",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="billing_bill_rows",
                patient="patient_id",
                portal="SELECT, INSERT, UPDATE",
                reviewed="SELECT",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "-created_at", "-id"], name="billing_bill_newest"),
            models.Index(fields=["patient", "-created_at"], name="billing_bill_patient"),
            models.Index(fields=["organization", "status", "-created_at"], name="billing_bill_status"),
        ]

    def __str__(self) -> str:
        return self.number or "Draft bill"

    @property
    def owed(self) -> Decimal:
        """What is still to pay: billed, less what was allocated, credited and written off."""
        return self.total - self.allocated - self.credited - self.written_off

    @property
    def tax(self) -> Decimal:
        return self.cgst + self.sgst + self.igst

    @property
    def is_fee(self) -> bool:
        """Whether it charges a missed visit, not a visit."""
        return self.kind != self.Kind.VISIT

    @property
    def is_open(self) -> bool:
        """Whether money may still be received on it."""
        return self.status in OPEN_BILL


class BillLine(PatientRecord):
    """One thing on a bill: what, how much of it, its tax and who owes it. Sealed with its bill.

    taxable = quantity × unit price − discount, rounded to the paisa; total = taxable + CGST + SGST + IGST.
    `discount_steps` says what was taken off in which order, and why. `doctor` earned it; `earns` says whether it is
    earned by the bill or later. `source` names what is billed ("session:…", "usage:…"): one thing stands on one live
    bill.
    """

    class Payer(models.TextChoices):
        PATIENT = "PATIENT", "Patient"
        INSURER = "INSURER", "Insurer"

    class Earns(models.TextChoices):
        REVENUE = "REVENUE", "Earned"
        DEFERRED = "DEFERRED", "Earned when it is used"
        VOUCHERS = "VOUCHERS", "Owed to who brings the voucher"

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, related_name="+")
    description = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)
    hsn_sac = models.CharField("HSN or SAC", max_length=8, blank=True)
    quantity = models.DecimalField(max_digits=10, decimal_places=3, default=Decimal(1))
    unit = models.CharField("Unit (UQC)", max_length=3, blank=True)
    unit_price = AmountField()
    discount = AmountField(default=ZERO)
    discount_reason = models.CharField(max_length=200, blank=True)
    discount_steps = models.JSONField(default=list, blank=True)
    taxable = AmountField()
    tax_code = models.CharField(max_length=40, blank=True)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, default=ZERO)
    cgst, sgst, igst = AmountField(default=ZERO), AmountField(default=ZERO), AmountField(default=ZERO)
    tax_note = models.CharField(max_length=200, blank=True)
    total = AmountField()
    payer = models.CharField(max_length=8, choices=Payer, default=Payer.PATIENT)
    earns = models.CharField(max_length=8, choices=Earns, default=Earns.REVENUE)
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["bill", "position"]
        constraints = [
            seal_children("billing_billline", parent="billing_bill", key="bill_id", states=SEALED_BILL),
            sums.patient_line(),
            sums.line_touches_bill(),
            sums.billed_once(),
            sums.steps_come_to(),
            sums.within_limit(),
            models.UniqueConstraint(fields=["bill", "position"], name="billing_billline_position_once"),
            models.UniqueConstraint(fields=["organization", "patient", "bill", "id"], name="billing_billline_of_bill"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="billing_billline_quantity_positive"),
            models.CheckConstraint(condition=Q(unit__regex=r"^([A-Z]{3})?$"), name="billing_billline_unit_shape"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount__gte=0, taxable__gte=0, cgst__gte=0, sgst__gte=0, igst__gte=0),
                name="billing_billline_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(taxable__gt=F("quantity") * F("unit_price") - F("discount") - Decimal("0.006"))
                & Q(taxable__lt=F("quantity") * F("unit_price") - F("discount") + Decimal("0.006")),
                name="billing_billline_taxable_exact",
            ),
            models.CheckConstraint(
                condition=Q(total=F("taxable") + F("cgst") + F("sgst") + F("igst")),
                name="billing_billline_sums",
            ),
            models.CheckConstraint(
                condition=Q(igst=0, cgst=F("sgst")) | Q(cgst=0, sgst=0),
                name="billing_billline_inside_or_across_states",
            ),
            # each half of the tax is rounded by itself, so the whole may differ by a paisa
            models.CheckConstraint(
                condition=Q(total__gt=F("taxable") + F("taxable") * F("tax_percent") / 100 - Decimal("0.011"))
                & Q(total__lt=F("taxable") + F("taxable") * F("tax_percent") / 100 + Decimal("0.011")),
                name="billing_billline_tax_exact",
            ),
            models.CheckConstraint(
                condition=Q(discount=0) | ~Q(discount_reason=""), name="billing_billline_discount_explained"
            ),
            SameOrganization(name="billing_billline_same_doctor", field="doctor_id", to="people.Staff"),
            SameOrganization(
                name="billing_billline_same_plan",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(name="billing_billline_same_service", field="service_id", to="catalog.Service"),
            SameOrganization(
                name="billing_billline_same_bill",
                field="bill_id",
                to="billing.Bill",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="billing_billline_rows",
                patient="patient_id",
                app="SELECT, INSERT, UPDATE, DELETE",
                portal="SELECT, INSERT",
                reviewed="SELECT",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "source"], condition=~Q(source=""), name="billing_billline_source"),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def tax(self) -> Decimal:
        return self.cgst + self.sgst + self.igst


class CreditNote(PatientRecord):
    """What was billed and is no longer owed: it names the bill it corrects, and is never changed.

    One that names a `line` takes back so much (`quantity`) of that line; one without takes back all that is left.
    """

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="credit_notes")
    line = models.ForeignKey(BillLine, on_delete=models.PROTECT, null=True, related_name="credit_notes")
    quantity = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    number = models.CharField(max_length=16)
    credit_date = models.DateField()
    taxable = AmountField()
    cgst, sgst, igst = AmountField(default=ZERO), AmountField(default=ZERO), AmountField(default=ZERO)
    total = AmountField()
    reason = models.CharField(max_length=500)
    issued_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["created_at"]
        constraints = [
            *append_only("billing_creditnote", name="billing_creditnote_kept"),
            sums.credit_note_touches_bill(),
            sums.credit_of_line(),
            postings.credit_note_posts(),
            models.CheckConstraint(
                condition=Q(line=None, quantity=None) | Q(line__isnull=False, quantity__gt=0),
                name="billing_creditnote_quantity_of_line",
            ),
            SameOrganization(
                name="billing_creditnote_same_line",
                field="line_id",
                to="billing.BillLine",
                through=("organization_id", "patient_id", "bill_id"),
            ),
            models.UniqueConstraint(fields=["organization", "number"], name="billing_creditnote_number_once"),
            models.CheckConstraint(condition=Q(total__gt=0), name="billing_creditnote_positive"),
            models.CheckConstraint(
                condition=Q(total=F("taxable") + F("cgst") + F("sgst") + F("igst")),
                name="billing_creditnote_sums",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_creditnote_explained"),
            SameOrganization(
                name="billing_creditnote_same_bill",
                field="bill_id",
                to="billing.Bill",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="billing_creditnote_rows",
                patient="patient_id",
                app="SELECT, INSERT",
                portal="SELECT",
                reviewed="SELECT",
            ),
        ]

    def __str__(self) -> str:
        return self.number
