"""What a patient paid in one go, by one tender or several."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only


class Checkout(PatientRecord):
    """One request to take money for a bill, all of it or none; `key` makes a retry the same checkout."""

    bill = models.ForeignKey("billing.Bill", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    asked = models.JSONField()
    given = AmountField(default=ZERO)
    change = AmountField(default=ZERO)
    taken_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    taken_by_name = models.CharField(max_length=120)

    bill_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("tills_checkout", name="tills_checkout_kept"),
            models.UniqueConstraint(fields=["organization", "patient", "key"], name="tills_checkout_key_once"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="tills_checkout_of_patient"),
            models.CheckConstraint(condition=Q(given__gte=0, change__gte=0), name="tills_checkout_positive"),
            SameOrganization(name="tills_checkout_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(
                name="tills_checkout_same_bill",
                field="bill_id",
                to="billing.Bill",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="tills_checkout_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"Checkout of {self.bill}"


class CheckoutPart(PatientRecord):
    """One tender of a checkout: the payment it made, or the money on account it used, and how much went on the bill."""

    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    tender = models.CharField(max_length=8)
    payment = models.ForeignKey("billing.Payment", on_delete=models.PROTECT, related_name="+")
    amount = AmountField()
    on_bill = AmountField()

    checkout_id: UUID
    payment_id: UUID

    class Meta:
        ordering = ["checkout", "position"]
        constraints = [
            *append_only("tills_checkoutpart", name="tills_checkoutpart_kept"),
            models.UniqueConstraint(fields=["checkout", "position"], name="tills_checkoutpart_position_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, on_bill__gte=0, on_bill__lte=models.F("amount")),
                name="tills_checkoutpart_sums",
            ),
            SameOrganization(
                name="tills_checkoutpart_same_checkout",
                field="checkout_id",
                to="tills.Checkout",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="tills_checkoutpart_same_payment",
                field="payment_id",
                to="billing.Payment",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="tills_checkoutpart_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.tender} {self.amount}"
