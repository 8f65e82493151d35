"""Payment gateways: which one a clinic uses and by which keys, what we asked of it, and what it told us."""

from django.db import models
from django.db.models import Q

from kalon.billing.models.payments import Payment, Refund
from kalon.kernel import clock
from kalon.kernel.encrypted import EncryptedText, KeyedRecord
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger, append_only


def refund_of_payment() -> Trigger:
    """A line about a refund is about a refund of that very payment."""
    return Trigger(
        name="billing_gatewaycall_same_refund",
        events="BEFORE INSERT",
        body="""
    IF NEW.refund_id IS NOT NULL AND NOT EXISTS (SELECT FROM billing_refund refund
        WHERE refund.id = NEW.refund_id AND refund.payment_id = NEW.payment_id) THEN
        RAISE EXCEPTION 'this refund is not of that payment'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_gatewaycall_same_refund';
    END IF;
    RETURN NEW;""",
    )


class GatewayChoice(OrganizationRecord):
    """Which gateway an organisation's patients pay through; patients may read that, and nothing of its keys."""

    gateway = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="billing_gatewaychoice_once"),
            RowSecurity(name="billing_gatewaychoice_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return self.gateway or "none"


class GatewayAccount(OrganizationRecord, KeyedRecord):
    """An organisation's account with a gateway. `key_id` is no secret; what is one is sealed.

    The webhook secret before the present one is believed until `old_until`, so that it can be changed there and here
    without losing a message.
    """

    gateway = models.CharField(max_length=20)
    key_id = models.CharField(max_length=120, blank=True)
    secret = EncryptedText(max_length=300)
    webhook_secret = EncryptedText(max_length=300, blank=True, default="")
    old_webhook_secret = EncryptedText(max_length=300, blank=True, default="")
    old_until = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "gateway"], name="billing_gatewayaccount_once"),
            RowSecurity(name="billing_gatewayaccount_rows"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.key_id}"


class GatewayCall(PatientRecord):
    """One line of what was asked of a gateway for a payment, or for a refund of it: never changed.

    BEGAN is committed before anything is asked, under the key the gateway is asked by: whoever finds it without an
    answer knows that nobody knows, and asks what became of it instead of asking for it again.
    """

    class Kind(models.TextChoices):
        CHECKOUT = "CHECKOUT", "Checkout"
        REFUND = "REFUND", "Refund"

    class Step(models.TextChoices):
        BEGAN = "BEGAN", "About to ask"
        ANSWERED = "ANSWERED", "Taken on"
        NO_ANSWER = "NO_ANSWER", "No answer"
        REFUSED = "REFUSED", "Refused"
        SETTLED = "SETTLED", "Done, the gateway says"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="calls")
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="calls")
    gateway = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=Kind)
    step = models.CharField(max_length=10, choices=Step)
    key = models.CharField(max_length=80)
    reference = models.CharField(max_length=80, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("billing_gatewaycall", name="billing_gatewaycall_kept"),
            models.UniqueConstraint(
                fields=["organization", "key"], condition=Q(step="BEGAN"), name="billing_gatewaycall_began_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="REFUND", refund__isnull=False) | Q(kind="CHECKOUT", refund=None),
                name="billing_gatewaycall_of_refund",
            ),
            SameOrganization(
                name="billing_gatewaycall_same_payment",
                field="payment_id",
                to="billing.Payment",
                through=("organization_id", "patient_id"),
            ),
            refund_of_payment(),
            RowSecurity(name="billing_gatewaycall_rows", patient="patient_id", app="SELECT, INSERT"),
        ]
        indexes = [models.Index(fields=["payment", "kind"], name="billing_gatewaycall_payment")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.get_kind_display()}: {self.get_step_display()}"
