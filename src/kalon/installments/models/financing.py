"""A loan of somebody else's: the patient owes the lender, and the lender pays the clinic."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.installments.lifecycles import FINANCING, LoanStatus
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization

PATIENT = ("organization_id", "patient_id")


class Financing(PatientRecord, Staged):
    """What a lender approved for an accepted quote, and the payment by which it reached the clinic."""

    status = models.CharField(max_length=10, choices=LoanStatus, default=LoanStatus.APPROVED, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey("quotes.Quote", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    lender = models.CharField(max_length=120)
    reference = models.CharField(max_length=80)
    approved = AmountField()
    approved_date = models.DateField()
    currency = models.CharField(max_length=3)
    payment = models.OneToOneField("billing.Payment", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_by_name = models.CharField(max_length=120)

    branch_id: UUID
    quote_id: UUID
    plan_id: UUID
    payment_id: UUID | None

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["patient", "-id"], name="installments_loans_of_patient")]
        constraints = [
            *FINANCING.rules("installments_financing", patient="patient_id"),
            models.UniqueConstraint(
                fields=["organization", "lender", "reference"],
                condition=~Q(status=LoanStatus.WITHDRAWN),
                name="installments_financing_once",
            ),
            models.CheckConstraint(condition=Q(approved__gt=0), name="installments_financing_positive"),
            models.CheckConstraint(condition=~Q(lender="") & ~Q(reference=""), name="installments_financing_named"),
            models.CheckConstraint(
                condition=Q(status=LoanStatus.PAID_OUT, payment__isnull=False)
                | (~Q(status=LoanStatus.PAID_OUT) & Q(payment=None)),
                name="installments_financing_paid_out_by_payment",
            ),
            SameOrganization(name="installments_financing_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name="installments_financing_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(
                name="installments_financing_same_plan", field="plan_id", to="plans.ProcedurePlan", through=PATIENT
            ),
            SameOrganization(
                name="installments_financing_same_payment", field="payment_id", to="billing.Payment", through=PATIENT
            ),
            RowSecurity(name="installments_financing_rows", patient="patient_id", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.lender} {self.reference}"
