"""The agreement to pay in parts, and its parts."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.installments.lifecycles import (
    COUNTED,
    INSTALLMENT,
    PAYMENT_PLAN,
    UNPAID,
    Frequency,
    PartStatus,
    PlanStatus,
)
from kalon.installments.models import standing
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

PATIENT = ("organization_id", "patient_id")


class PaymentPlan(PatientRecord, Staged):
    """What was agreed of an accepted quote: `total` in parts. Its content never changes; new dates are a new agreement.

    `received` is what came in for the treatment (`plan`) so far and `waived` what the patient was let off; the database
    works both out, and the status with them. One that names a `predecessor` took its place.
    """

    number = models.CharField(max_length=20, editable=False)
    status = models.CharField(max_length=10, choices=PlanStatus, default=PlanStatus.ACTIVE, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey("quotes.Quote", on_delete=models.PROTECT, related_name="payment_plans")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, related_name="+")
    predecessor = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="successor")
    total = AmountField()
    currency = models.CharField(max_length=3)
    frequency = models.CharField(max_length=8, choices=Frequency)
    count = models.PositiveSmallIntegerField()
    first_date = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=120)
    agreed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    agreed_by_name = models.CharField(max_length=120)

    received = AmountField(default=ZERO, editable=False)
    waived = AmountField(default=ZERO, editable=False)

    installments: "RelatedManager[Installment]"
    branch_id: UUID
    quote_id: UUID
    plan_id: UUID
    predecessor_id: UUID | None

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["patient", "-id"], name="installments_of_patient"),
            models.Index(fields=["organization", "status", "-id"], name="installments_by_status"),
        ]
        constraints = [
            *PAYMENT_PLAN.rules("installments_paymentplan", patient="patient_id"),
            standing.plan_derives(),
            standing.plan_tells_parts(),
            standing.plan_is_whole("installments_paymentplan", "NEW.id"),
            standing.rests_on_quote(),
            standing.MoneyWatched(name="installments_paymentplan_money"),
            models.UniqueConstraint(fields=["organization", "number"], name="installments_paymentplan_number_once"),
            models.UniqueConstraint(
                fields=["organization", "patient", "key"], name="installments_paymentplan_key_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "patient", "id"], name="installments_paymentplan_of_patient"
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(status__in=COUNTED), name="installments_paymentplan_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="installments_paymentplan_positive"),
            models.CheckConstraint(condition=Q(count__range=(1, 60)), name="installments_paymentplan_count"),
            models.CheckConstraint(
                condition=Q(predecessor=None) | ~Q(reason=""), name="installments_paymentplan_replanned_with_reason"
            ),
            SameOrganization(name="installments_paymentplan_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name="installments_paymentplan_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(
                name="installments_paymentplan_same_plan", field="plan_id", to="plans.ProcedurePlan", through=PATIENT
            ),
            SameOrganization(
                name="installments_paymentplan_same_predecessor",
                field="predecessor_id",
                to="installments.PaymentPlan",
                through=PATIENT,
            ),
            RowSecurity(name="installments_paymentplan_rows", patient="patient_id", portal="SELECT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def owed(self) -> Decimal:
        """What is still to come in."""
        return max(ZERO, self.total - self.waived - self.received)

    @property
    def counted(self) -> Decimal:
        """What came in and counts for it: never more than it asks for."""
        return min(self.received, self.total - self.waived)


class Installment(PatientRecord, Staged):
    """One part: what is paid at the beginning (position 0), or an instalment. `paid` and the status are worked out.

    Money fills the parts in their order. `told`: the last reminder's day, counted from the day it is due (-3, 1, 7).
    """

    payment_plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="installments")
    status = models.CharField(max_length=8, choices=PartStatus, default=PartStatus.DUE, editable=False)
    position = models.PositiveSmallIntegerField()
    due_date = models.DateField()
    amount = AmountField()
    waived_reason = models.CharField(max_length=500, blank=True)
    told = models.SmallIntegerField(null=True)

    paid = AmountField(default=ZERO, editable=False)

    payment_plan_id: UUID

    class Meta:
        ordering = ["payment_plan", "position"]
        indexes = [
            models.Index(
                fields=["organization", "due_date"], condition=Q(status__in=UNPAID), name="installments_to_come"
            ),
        ]
        constraints = [
            *INSTALLMENT.rules("installments_installment", patient="patient_id"),
            standing.part_derives(),
            standing.waived_part_counts(),
            standing.plan_is_whole("installments_installment", "NEW.payment_plan_id"),
            models.UniqueConstraint(fields=["payment_plan", "position"], name="installments_installment_position_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="installments_installment_positive"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("amount")), name="installments_installment_paid_within"
            ),
            models.CheckConstraint(
                condition=Q(status="WAIVED", paid=0) & ~Q(waived_reason="") | ~Q(status="WAIVED") & Q(waived_reason=""),
                name="installments_installment_waived_with_reason",
            ),
            SameOrganization(
                name="installments_installment_same_plan",
                field="payment_plan_id",
                to="installments.PaymentPlan",
                through=PATIENT,
            ),
            RowSecurity(name="installments_installment_rows", patient="patient_id", portal="SELECT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.payment_plan_id} {self.position}"

    @property
    def owed(self) -> Decimal:
        """What is still to come of it."""
        return ZERO if self.status == PartStatus.WAIVED else self.amount - self.paid

    @property
    def is_unpaid(self) -> bool:
        return self.status in UNPAID

    def days_late(self, today: date) -> int:
        """Days since it was due, of one that is not paid; nothing before."""
        return max(0, (today - self.due_date).days) if self.is_unpaid else 0
