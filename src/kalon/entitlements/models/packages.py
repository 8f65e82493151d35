"""A package that a patient bought, the sessions in it, each use of one, and how what was left ended."""

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from kalon.entitlements.lifecycles import HOLDING, HoldingStatus
from kalon.entitlements.models import guards, postings
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

OF_HOLDING = ("organization_id", "patient_id")


def _derived() -> AmountField[Decimal, Decimal]:
    return AmountField(default=ZERO, editable=False)


class PackageHolding(PatientRecord, Staged):
    """A package that a patient may use until a day: bought by a line of a bill, or given by another patient.

    `value` is what was paid for it before tax. It is used + kept + refunded + forfeited + moved + `left`, each of
    which the database works out. `kept`: what a used session costs above its share, when the rest was taken back.
    """

    package = models.ForeignKey("catalog.Package", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=12, choices=HoldingStatus, default=HoldingStatus.PENDING, editable=False)
    bill_line = models.ForeignKey("billing.BillLine", on_delete=models.PROTECT, related_name="+")
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="passed_to")
    value = AmountField()
    sold_at = models.DateTimeField()
    sold_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    valid_until = models.DateField()
    warned_at = models.DateTimeField(null=True)

    used, kept, refunded, forfeited, moved = _derived(), _derived(), _derived(), _derived(), _derived()

    package_id: UUID
    branch_id: UUID
    bill_line_id: UUID
    origin_id: UUID | None
    items: "RelatedManager[HoldingItem]"
    uses: "RelatedManager[Use]"
    settlements: "RelatedManager[Settlement]"

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *HOLDING.rules("entitlements_packageholding", patient="patient_id"),
            guards.holding_sums(),
            models.UniqueConstraint(fields=["organization", "patient", "id"], name="entitlements_holding_of_patient"),
            models.UniqueConstraint(
                fields=["bill_line"], condition=Q(origin=None), name="entitlements_holding_line_once"
            ),
            models.UniqueConstraint(fields=["origin"], name="entitlements_holding_passed_once"),
            models.CheckConstraint(condition=Q(value__gte=0), name="entitlements_holding_not_negative"),
            SameOrganization(name="entitlements_holding_same_package", field="package_id", to="catalog.Package"),
            SameOrganization(name="entitlements_holding_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="entitlements_holding_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="entitlements_holding_rows", patient="patient_id", portal="SELECT", reviewed="SELECT"),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="entitlements_holding_newest"),
            models.Index(fields=["organization", "status", "valid_until"], name="entitlements_holding_expiry"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> Decimal:
        """What was paid and is not used, paid back, forfeited or given away."""
        return self.value - self.used - self.kept - self.refunded - self.forfeited - self.moved


class HoldingItem(PatientRecord):
    """How many sessions of a service a package holds, and the part of its price that they share.

    `single_price` is what one session cost by itself on the day of the sale. `used` and `used_value` are counted by
    the database.
    """

    holding = models.ForeignKey(PackageHolding, on_delete=models.PROTECT, related_name="items")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    quantity = models.PositiveSmallIntegerField()
    value = AmountField()
    single_price = AmountField()
    used = models.PositiveSmallIntegerField(default=0, editable=False)
    used_value = _derived()

    holding_id: UUID
    service_id: UUID

    class Meta:
        ordering = ["holding", "position"]
        constraints = [
            guards.item_sums(),
            models.UniqueConstraint(fields=["holding", "service"], name="entitlements_item_service_once"),
            models.UniqueConstraint(
                fields=["organization", "patient", "holding", "id"], name="entitlements_item_of_holding"
            ),
            models.CheckConstraint(condition=Q(quantity__range=(1, 200)), name="entitlements_item_quantity"),
            models.CheckConstraint(condition=Q(used__lte=F("quantity")), name="entitlements_item_never_below_zero"),
            models.CheckConstraint(
                condition=Q(value__gte=0, single_price__gte=0), name="entitlements_item_not_negative"
            ),
            SameOrganization(
                name="entitlements_item_same_holding",
                field="holding_id",
                to="entitlements.PackageHolding",
                through=OF_HOLDING,
            ),
            SameOrganization(name="entitlements_item_same_service", field="service_id", to="catalog.Service"),
            RowSecurity(name="entitlements_item_rows", patient="patient_id", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.service}"

    @property
    def left(self) -> int:
        return self.quantity - self.used


class Use(PatientRecord):
    """One session of a package used at a visit, or given back by a row that names the first. Never changed.

    The database writes `number` ("session 3 of 6"), `value` (what of the package's price is earned by it; negative
    when it is given back) and `source`, the visit's first date and the service: what is used there is used once,
    and not billed for money.
    """

    holding = models.ForeignKey(PackageHolding, on_delete=models.PROTECT, related_name="uses")
    item = models.ForeignKey(HoldingItem, on_delete=models.PROTECT, related_name="uses")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey("scheduling.Appointment", on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey("people.Staff", on_delete=models.PROTECT, null=True, related_name="+")
    takes_back = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="taken_back_by")
    used_on = models.DateField()
    number = models.PositiveSmallIntegerField(editable=False, default=0)
    value = AmountField(editable=False, default=ZERO)
    source = models.CharField(max_length=80, editable=False, default="")
    reason = models.CharField(max_length=300, blank=True)
    used_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    used_by_name = models.CharField(max_length=120)

    holding_id: UUID
    item_id: UUID
    service_id: UUID
    appointment_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("entitlements_use", name="entitlements_use_kept"),
            guards.use_may_be(),
            guards.use_counts(),
            guards.used_is_not_billed(),
            guards.shown_is_covered(),
            postings.use_posts(),
            models.UniqueConstraint(fields=["organization", "id"], name="entitlements_use_in_organization"),
            models.CheckConstraint(
                condition=Q(takes_back=None) | ~Q(reason=""), name="entitlements_use_taken_back_explained"
            ),
            SameOrganization(
                name="entitlements_use_same_item",
                field="item_id",
                to="entitlements.HoldingItem",
                through=("organization_id", "patient_id", "holding_id"),
            ),
            SameOrganization(name="entitlements_use_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="entitlements_use_same_doctor", field="doctor_id", to="people.Staff"),
            SameOrganization(name="entitlements_use_same_use", field="takes_back_id", to="entitlements.Use"),
            RowSecurity(name="entitlements_use_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"),
        ]
        indexes = [
            models.Index(fields=["organization", "source"], name="entitlements_use_source"),
            models.Index(fields=["item", "created_at"], name="entitlements_use_of_item"),
            models.Index(fields=["holding", "created_at"], name="entitlements_use_of_holding"),
        ]

    def __str__(self) -> str:
        return f"Session {self.number}"


class Settlement(PatientRecord):
    """How what was left of a package ended: forfeited, paid back, given to another patient, or alive again.

    `value` is what leaves the package (negative when an expired one is extended), `kept` what the clinic earns by
    single prices in place of shares. Together they are all that was left. Never changed.
    """

    class Kind(models.TextChoices):
        FORFEIT = "FORFEIT", "Expired"
        RESTORE = "RESTORE", "Extended"
        REFUND = "REFUND", "Taken back"
        TRANSFER = "TRANSFER", "Given to another patient"

    holding = models.ForeignKey(PackageHolding, on_delete=models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=8, choices=Kind)
    value = AmountField()
    kept = AmountField(default=ZERO)
    credit_note = models.ForeignKey("billing.CreditNote", on_delete=models.PROTECT, null=True, related_name="+")
    to_holding = models.OneToOneField(PackageHolding, on_delete=models.PROTECT, null=True, related_name="came_by")
    reason = models.CharField(max_length=500)
    settled_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    settled_by_name = models.CharField(max_length=120)

    holding_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("entitlements_settlement", name="entitlements_settlement_kept"),
            guards.settlement_may_be(),
            guards.settlement_counts(),
            postings.settlement_posts(),
            models.CheckConstraint(
                condition=Q(kind="RESTORE", value__lte=0, kept=0) | ~Q(kind="RESTORE") & Q(value__gte=0, kept__gte=0),
                name="entitlements_settlement_signs",
            ),
            models.CheckConstraint(
                condition=Q(kind="REFUND") | Q(kept=0, credit_note=None),
                name="entitlements_settlement_credit_of_refund",
            ),
            models.CheckConstraint(
                condition=Q(kind="TRANSFER", to_holding__isnull=False) | ~Q(kind="TRANSFER") & Q(to_holding=None),
                name="entitlements_settlement_to_whom",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="entitlements_settlement_explained"),
            SameOrganization(
                name="entitlements_settlement_same_holding",
                field="holding_id",
                to="entitlements.PackageHolding",
                through=OF_HOLDING,
            ),
            RowSecurity(
                name="entitlements_settlement_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"
            ),
        ]
        indexes = [
            models.Index(fields=["holding", "created_at"], name="entitlements_settlement_of"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
