"""Gift vouchers: what was paid for one, and each time something of it was redeemed or came back."""

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.entitlements.lifecycles import VOUCHER, VoucherStatus
from kalon.entitlements.models import postings, voucher_guards
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def _derived() -> AmountField[Decimal, Decimal]:
    return AmountField(default=ZERO, editable=False)


class GiftVoucher(PatientRecord, Staged):
    """Money for whoever brings the code, until a day. `patient` is who bought it.

    `value` = redeemed + forfeited + refunded + `left`, each of which the database works out. One for a `service` is
    worth what that cost with tax on the day of the sale. The code stands sealed under the buyer's key, to print it
    again; it is found by a keyed hash.
    """

    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=VoucherStatus, default=VoucherStatus.PENDING, editable=False)
    bill_line = models.OneToOneField("billing.BillLine", on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, related_name="+")
    value = AmountField()
    code = EncryptedText(key="patient.data_key")
    code_hash = models.CharField(max_length=64)
    last4 = models.CharField(max_length=4)
    recipient = EncryptedText(key="patient.data_key", blank=True, default="")
    message = EncryptedText(key="patient.data_key", blank=True, default="")
    sold_at = models.DateTimeField()
    sold_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    valid_until = models.DateField()
    warned_at = models.DateTimeField(null=True)

    redeemed, forfeited, refunded = _derived(), _derived(), _derived()

    branch_id: UUID
    bill_line_id: UUID
    service_id: UUID | None
    moves: "RelatedManager[VoucherMove]"

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *VOUCHER.rules("entitlements_giftvoucher", patient="patient_id"),
            voucher_guards.voucher_sums(),
            models.UniqueConstraint(fields=["organization", "id"], name="entitlements_voucher_in_organization"),
            models.UniqueConstraint(fields=["organization", "code_hash"], name="entitlements_voucher_code_once"),
            models.CheckConstraint(condition=Q(value__gt=0), name="entitlements_voucher_positive"),
            SameOrganization(name="entitlements_voucher_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="entitlements_voucher_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name="entitlements_voucher_same_service", field="service_id", to="catalog.Service"),
            RowSecurity(name="entitlements_voucher_rows", patient="patient_id", portal="SELECT", reviewed="SELECT"),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="entitlements_voucher_newest"),
            models.Index(fields=["organization", "-created_at"], name="entitlements_voucher_list"),
            models.Index(fields=["organization", "status", "valid_until"], name="entitlements_voucher_expiry"),
        ]

    def __str__(self) -> str:
        return f"Gift voucher ending in {self.last4}"

    @property
    def left(self) -> Decimal:
        """What can still be redeemed."""
        return self.value - self.redeemed - self.forfeited - self.refunded


class VoucherMove(PatientRecord):
    """Something of a voucher that was redeemed, came back, was forfeited or paid back to the buyer. Never changed.

    `patient` is whose account it is about: the redeemer's, else the buyer's. A payment by voucher has the move's
    `key` as its own, and there is neither without the other.
    """

    class Kind(models.TextChoices):
        REDEEM = "REDEEM", "Redeemed"
        RETURN = "RETURN", "Came back"
        FORFEIT = "FORFEIT", "Expired"
        RESTORE = "RESTORE", "Extended"
        REFUND = "REFUND", "Taken back"

    voucher = models.ForeignKey(GiftVoucher, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=8, choices=Kind)
    amount = AmountField()
    key = models.CharField(max_length=120, blank=True)
    refund = models.OneToOneField("billing.Refund", on_delete=models.PROTECT, null=True, related_name="+")
    credit_note = models.ForeignKey("billing.CreditNote", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    moved_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    moved_by_name = models.CharField(max_length=120)

    voucher_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("entitlements_vouchermove", name="entitlements_vouchermove_kept"),
            voucher_guards.move_may_be(),
            voucher_guards.move_counts(),
            voucher_guards.redeemed_is_paid(),
            voucher_guards.payment_was_redeemed(),
            voucher_guards.refund_goes_back(),
            postings.forfeit_posts(),
            models.UniqueConstraint(
                fields=["organization", "patient", "key"],
                condition=~Q(key=""),
                name="entitlements_vouchermove_key_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="entitlements_vouchermove_positive"),
            models.CheckConstraint(
                condition=Q(kind="REDEEM") & ~Q(key="") | ~Q(kind="REDEEM") & Q(key="") & ~Q(reason=""),
                name="entitlements_vouchermove_explained",
            ),
            models.CheckConstraint(
                condition=Q(kind="RETURN", refund__isnull=False) | ~Q(kind="RETURN") & Q(refund=None),
                name="entitlements_vouchermove_of_refund",
            ),
            models.CheckConstraint(
                condition=Q(kind="REFUND", credit_note__isnull=False) | ~Q(kind="REFUND") & Q(credit_note=None),
                name="entitlements_vouchermove_credited",
            ),
            SameOrganization(
                name="entitlements_vouchermove_same_voucher", field="voucher_id", to="entitlements.GiftVoucher"
            ),
            SameOrganization(name="entitlements_vouchermove_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(
                name="entitlements_vouchermove_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"
            ),
        ]
        indexes = [models.Index(fields=["voucher", "created_at"], name="entitlements_vouchermove_of")]

    def __str__(self) -> str:
        return self.get_kind_display()
