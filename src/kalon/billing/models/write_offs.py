"""Giving up what is owed: asked for by one person, decided by another above the clinic's limit."""

from django.db import models
from django.db.models import Q

from kalon.billing.lifecycles import WRITE_OFF, WriteOffStatus
from kalon.billing.models.bills import Bill
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger

_ASKED = "bill_id, organization_id, patient_id, amount, reason, asked_by_id, asked_by_name"


def _of(row: str) -> str:
    return ", ".join(f"{row}.{column}" for column in _ASKED.split(", "))


def asked_stands() -> Trigger:
    """What was asked for is what is decided."""
    return Trigger(
        name="billing_writeoff_fixed",
        events="BEFORE UPDATE",
        body=f"""
    IF ({_of("NEW")}) IS DISTINCT FROM ({_of("OLD")}) THEN
        RAISE EXCEPTION 'what was asked for is what is decided; ask again'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_writeoff_fixed';
    END IF;
    RETURN NEW;""",
    )


def by_another() -> Trigger:
    """Above the clinic's limit, who approves is somebody, and somebody else than who asked."""
    return Trigger(
        name="billing_writeoff_by_another",
        events="BEFORE INSERT OR UPDATE",
        body="""
    IF NEW.status = 'APPROVED' AND (NEW.decided_by_id IS NULL OR NEW.decided_by_id = NEW.asked_by_id)
        AND NEW.amount > COALESCE((SELECT write_off_limit FROM billing_billingpolicy
            WHERE organization_id = NEW.organization_id), 0) THEN
        RAISE EXCEPTION 'so much is written off by two people, not by one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_writeoff_by_another';
    END IF;
    RETURN NEW;""",
    )


class WriteOff(PatientRecord, Staged):
    """What is owed on a bill (`amount`) that somebody wants to give up: who asked and why, who decided."""

    status = models.CharField(max_length=9, choices=WriteOffStatus, default=WriteOffStatus.ASKED, editable=False)
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="write_offs")
    amount = AmountField()
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
            *WRITE_OFF.rules("billing_writeoff", patient="patient_id"),
            asked_stands(),
            by_another(),
            models.UniqueConstraint(
                fields=["bill"], condition=Q(status=WriteOffStatus.ASKED), name="billing_writeoff_open_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_writeoff_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_writeoff_explained"),
            SameOrganization(
                name="billing_writeoff_same_bill",
                field="bill_id",
                to="billing.Bill",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="billing_writeoff_rows", patient="patient_id"),
        ]
        indexes = [models.Index(fields=["organization", "status", "-created_at"], name="billing_writeoff_status")]

    def __str__(self) -> str:
        return f"Write-off of {self.amount}"
