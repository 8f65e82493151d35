"""Money received, where it went, and money paid back."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from kalon.billing.lifecycles import PAYMENT, RECEIVED, REFUND, PaymentStatus, RefundStatus
from kalon.billing.models import postings, sums, transfer_guards
from kalon.billing.models.bills import Bill, BillLine
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only


class Payment(PatientRecord, Staged):
    """Money that came in, or is expected: `allocated` of it went to bills, the rest is kept on account.

    One that names a `plan` is a deposit: it is kept for the bills of that plan until somebody frees it.
    `key` makes a repeated request pay once. An online payment that succeeds after it expired or failed becomes a
    payment of its own, `late_for` the first, kept on account.
    """

    class Method(models.TextChoices):
        CASH = "CASH", "Cash"
        CARD = "CARD", "Card"
        UPI = "UPI", "UPI"
        ONLINE = "ONLINE", "Online"
        BANK = "BANK", "Bank transfer"
        FINANCE = "FINANCE", "Paid by a lender"
        VOUCHER = "VOUCHER", "Gift voucher"
        TRANSFER = "TRANSFER", "From another patient's account"

    status = models.CharField(max_length=20, choices=PaymentStatus, default=PaymentStatus.PENDING, editable=False)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, null=True, related_name="payments")
    plan = models.ForeignKey("plans.ProcedurePlan", on_delete=models.PROTECT, null=True, related_name="+")
    method = models.CharField(max_length=8, choices=Method)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=120)
    reference = models.CharField(max_length=80, blank=True)
    gateway = models.CharField(max_length=20, blank=True)
    gateway_reference = models.CharField(max_length=80, blank=True)
    checkout_token = models.CharField(max_length=64, null=True, unique=True)
    checkout_url = models.CharField(max_length=500, blank=True)
    return_url = models.CharField(max_length=500, blank=True)
    expires_at = models.DateTimeField(null=True)
    late_for = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    failure = models.CharField(max_length=200, blank=True)
    receipt_number = models.CharField(max_length=16, null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    received_by_name = models.CharField(max_length=120, blank=True)

    allocated = AmountField(default=ZERO, editable=False)
    refunding = AmountField(default=ZERO, editable=False)
    refunded = AmountField(default=ZERO, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *PAYMENT.rules("billing_payment", patient="patient_id"),
            sums.payment_sums(),
            transfer_guards.payment_of_transfer(),
            postings.payment_posts(),
            models.UniqueConstraint(fields=["organization", "patient", "key"], name="billing_payment_key_once"),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="billing_payment_of_patient"),
            models.UniqueConstraint(fields=["organization", "id"], name="billing_payment_in_organization"),
            models.UniqueConstraint(fields=["organization", "receipt_number"], name="billing_payment_receipt_once"),
            models.UniqueConstraint(
                fields=["organization", "gateway", "gateway_reference"],
                condition=~Q(gateway_reference=""),
                name="billing_payment_gateway_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_payment_positive"),
            models.CheckConstraint(
                condition=Q(status__in=RECEIVED, received_at__isnull=False, receipt_number__isnull=False)
                | (~Q(status__in=RECEIVED) & Q(received_at=None, receipt_number=None)),
                name="billing_payment_received_with_receipt",
            ),
            models.CheckConstraint(
                condition=Q(method="ONLINE") & ~Q(gateway="") | ~Q(method="ONLINE") & Q(gateway=""),
                name="billing_payment_gateway_named",
            ),
            SameOrganization(name="billing_payment_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="billing_payment_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="billing_payment_same_bill",
                field="bill_id",
                to="billing.Bill",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="billing_payment_same_plan",
                field="plan_id",
                to="plans.ProcedurePlan",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="billing_payment_rows", patient="patient_id", portal="SELECT, INSERT", reviewed="SELECT"),
        ]
        indexes = [
            models.Index(fields=["organization", "-received_at"], name="billing_payment_received"),
            models.Index(fields=["bill"], name="billing_payment_bill"),
            models.Index(fields=["plan"], condition=Q(plan__isnull=False), name="billing_payment_plan"),
            models.Index(
                fields=["organization", "expires_at"],
                condition=Q(status="PENDING"),
                name="billing_payment_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt_number or f"{self.get_method_display()} payment"

    @property
    def is_received(self) -> bool:
        return self.status in RECEIVED

    @property
    def on_account(self) -> Decimal:
        """What was received and is neither on a bill, nor paid back, nor about to be."""
        if not self.is_received:
            return ZERO
        return self.amount - self.allocated - self.refunding - self.refunded


class PaymentAllocation(PatientRecord):
    """A part of a payment put on one line of a bill; a negative amount takes it off again. Never changed."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="allocations")
    bill_line = models.ForeignKey(BillLine, on_delete=models.PROTECT, related_name="allocations")
    amount = AmountField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("billing_paymentallocation", name="billing_paymentallocation_kept"),
            sums.allocation_counts(),
            postings.allocation_posts(),
            models.CheckConstraint(condition=~Q(amount=0), name="billing_paymentallocation_not_zero"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) | ~Q(reason=""), name="billing_paymentallocation_release_explained"
            ),
            SameOrganization(
                name="billing_paymentallocation_same_payment",
                field="payment_id",
                to="billing.Payment",
                through=("organization_id", "patient_id"),
            ),
            SameOrganization(
                name="billing_paymentallocation_same_line",
                field="bill_line_id",
                to="billing.BillLine",
                through=("organization_id", "patient_id", "bill_id"),
            ),
            RowSecurity(
                name="billing_paymentallocation_rows",
                patient="patient_id",
                app="SELECT, INSERT",
                portal="SELECT",
                reviewed="SELECT",
            ),
        ]


class Refund(PatientRecord, Staged):
    """Money to be paid back out of a payment's part on account: held back from the moment it is asked for.

    It goes back the way it came, unless a `method` says how else.
    """

    status = models.CharField(max_length=12, choices=RefundStatus, default=RefundStatus.REQUESTED, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = AmountField()
    reason = models.CharField(max_length=500)
    key = models.CharField(max_length=120)
    method = models.CharField(max_length=8, choices=Payment.Method, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    transfer = models.ForeignKey("billing.AccountTransfer", on_delete=models.PROTECT, null=True, related_name="parts")
    requested_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    done_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *REFUND.rules("billing_refund", patient="patient_id"),
            sums.refund_fixed(),
            sums.refund_touches_payment(),
            postings.refund_posts(),
            sums.refund_by_gateway(),
            transfer_guards.refund_of_transfer(),
            models.CheckConstraint(
                condition=Q(method="TRANSFER", transfer__isnull=False) | ~Q(method="TRANSFER") & Q(transfer=None),
                name="billing_refund_transfer_named",
            ),
            SameOrganization(name="billing_refund_same_transfer", field="transfer_id", to="billing.AccountTransfer"),
            models.UniqueConstraint(fields=["organization", "patient", "key"], name="billing_refund_key_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="billing_refund_in_organization"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_refund_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_refund_explained"),
            SameOrganization(
                name="billing_refund_same_payment",
                field="payment_id",
                to="billing.Payment",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="billing_refund_rows", patient="patient_id", portal="SELECT", reviewed="SELECT"),
        ]

    def __str__(self) -> str:
        return f"Refund of {self.amount}"


class GatewayEvent(OrganizationRecord):
    """A message a payment gateway sent, as it was signed: kept once, however often it was sent."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    payload = models.JSONField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=40)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *append_only("billing_gatewayevent", name="billing_gatewayevent_kept"),
            models.UniqueConstraint(fields=["organization", "gateway", "event_id"], name="billing_gatewayevent_once"),
            SameOrganization(name="billing_gatewayevent_same_payment", field="payment_id", to="billing.Payment"),
            SameOrganization(name="billing_gatewayevent_same_refund", field="refund_id", to="billing.Refund"),
            RowSecurity(name="billing_gatewayevent_rows", app="SELECT, INSERT"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind}"
