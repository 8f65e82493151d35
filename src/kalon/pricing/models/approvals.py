"""A discount above the desk's limit: asked for by one person, decided by another, used once."""

from django.db import models
from django.db.models import F, Q

from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.pricing.lifecycles import APPROVAL, ApprovalStatus
from kalon.pricing.models.days import fixed


class DiscountApproval(PatientRecord, Staged):
    """Up to how many per cent may be taken off one thing ("line:…"): who asked and why, who decided."""

    status = models.CharField(max_length=8, choices=ApprovalStatus, default=ApprovalStatus.ASKED, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=80)
    what = models.CharField(max_length=200)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_by_name = models.CharField(max_length=120)
    decided_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_name = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *APPROVAL.rules("pricing_discountapproval", patient="patient_id"),
            fixed(
                "pricing_discountapproval", "organization_id", "patient_id", "branch_id", "subject", "what", "percent",
                "reason", "asked_by_id", "asked_by_name", says="what was asked for is what is decided; ask again",
            ),
            models.UniqueConstraint(
                fields=["organization", "subject"],
                condition=Q(status__in=(ApprovalStatus.ASKED, ApprovalStatus.APPROVED)),
                name="pricing_discountapproval_open_once",
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="pricing_discountapproval_percent"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pricing_discountapproval_explained"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(asked_by=None) | ~Q(decided_by=F("asked_by")),
                name="pricing_discountapproval_by_another",
            ),
            SameOrganization(name="pricing_discountapproval_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="pricing_discountapproval_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="pricing_discountapproval_rows", patient="patient_id"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organization", "status", "-created_at"], name="pricing_approval_status")]

    def __str__(self) -> str:
        return f"{self.percent.normalize():f}% off {self.what}"
