"""Memberships: what a clinic offers, what a patient bought, and how it is earned month by month."""

from decimal import Decimal
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from kalon.entitlements.lifecycles import MEMBERSHIP, MembershipStatus
from kalon.entitlements.models import membership_guards, postings
from kalon.kernel.lifecycle import Staged
from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only

MONTHS = {"MONTH": 1, "YEAR": 12}


class MembershipOffer(OrganizationRecord):
    """A membership that a clinic sells: its price before tax for a month or a year, and what a member pays less.

    The discount is that of the `group` of patients whom pricing knows; a `package` is given with each term.
    """

    class Period(models.TextChoices):
        MONTH = "MONTH", "A month"
        YEAR = "YEAR", "A year"

    name = models.CharField(max_length=80)
    period = models.CharField("for", max_length=5, choices=Period, default=Period.YEAR)
    price = AmountField("price before tax")
    tax_code = models.CharField("tax", max_length=20, blank=True)
    percent = models.DecimalField(
        "per cent off", max_digits=5, decimal_places=2, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    group = models.ForeignKey("pricing.PatientGroup", on_delete=models.PROTECT, related_name="+")
    package = models.ForeignKey("catalog.Package", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_active = models.BooleanField("on offer", default=True)

    group_id: UUID
    package_id: UUID | None

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="entitlements_offer_name_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="entitlements_offer_in_organization"),
            models.CheckConstraint(condition=Q(price__gt=0), name="entitlements_offer_positive"),
            models.CheckConstraint(condition=Q(percent__range=(1, 100)), name="entitlements_offer_percent"),
            models.CheckConstraint(condition=~Q(name=""), name="entitlements_offer_named"),
            SameOrganization(name="entitlements_offer_same_group", field="group_id", to="pricing.PatientGroup"),
            SameOrganization(name="entitlements_offer_same_package", field="package_id", to="catalog.Package"),
            RowSecurity(name="entitlements_offer_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def months(self) -> int:
        return MONTHS[self.period]


class Membership(PatientRecord, Staged):
    """One term of a membership of a patient: bought by a line of a bill, begun when that is paid.

    `value` is what was paid before tax: earned + refunded + `left`, each of which the database works out.
    """

    offer = models.ForeignKey(MembershipOffer, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    status = models.CharField(max_length=8, choices=MembershipStatus, default=MembershipStatus.PENDING, editable=False)
    bill_line = models.OneToOneField("billing.BillLine", on_delete=models.PROTECT, related_name="+")
    renews = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="renewed_by")
    member = models.ForeignKey("pricing.GroupMember", on_delete=models.PROTECT, null=True, related_name="+")
    months = models.PositiveSmallIntegerField()
    value = AmountField()
    sold_at = models.DateTimeField()
    sold_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)  # the last day
    earned = AmountField(default=ZERO, editable=False)
    refunded = AmountField(default=ZERO, editable=False)

    branch_id: UUID
    offer_id: UUID
    bill_line_id: UUID
    renews_id: UUID | None

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *MEMBERSHIP.rules("entitlements_membership", patient="patient_id"),
            membership_guards.membership_sums(),
            models.UniqueConstraint(
                fields=["organization", "patient", "id"], name="entitlements_membership_of_patient"
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="entitlements_membership_positive"),
            models.CheckConstraint(condition=Q(months__in=(1, 12)), name="entitlements_membership_months"),
            models.CheckConstraint(
                condition=Q(starts_on=None, ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="entitlements_membership_term",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("ACTIVE", "LAPSED")) | Q(starts_on__isnull=False),
                name="entitlements_membership_begun",
            ),
            SameOrganization(
                name="entitlements_membership_same_offer", field="offer_id", to="entitlements.MembershipOffer"
            ),
            SameOrganization(name="entitlements_membership_same_branch", field="branch_id", to="people.Branch"),
            SameOrganization(name="entitlements_membership_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(
                name="entitlements_membership_same_renewed",
                field="renews_id",
                to="entitlements.Membership",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(name="entitlements_membership_rows", patient="patient_id", portal="SELECT", reviewed="SELECT"),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="entitlements_member_newest"),
            models.Index(fields=["organization", "status", "ends_on"], name="entitlements_member_expiry"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> Decimal:
        """What was paid and is neither earned nor taken back."""
        return self.value - self.earned - self.refunded


class MembershipMove(PatientRecord):
    """A month of a membership that is over and so earned, or what was taken back of one. Never changed.

    The database writes a month's `amount`: parts that follow each other add up to the price.
    """

    class Kind(models.TextChoices):
        EARN = "EARN", "A month is over"
        REFUND = "REFUND", "Taken back"

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=6, choices=Kind)
    number = models.PositiveSmallIntegerField(default=0)
    amount = AmountField(default=ZERO)
    credit_note = models.ForeignKey("billing.CreditNote", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    membership_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *append_only("entitlements_membershipmove", name="entitlements_membershipmove_kept"),
            membership_guards.month_may_be_earned(),
            membership_guards.month_counts(),
            postings.month_posts(),
            models.UniqueConstraint(
                fields=["membership", "number"], condition=Q(kind="EARN"), name="entitlements_membershipmove_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="EARN", credit_note=None)
                | Q(kind="REFUND", credit_note__isnull=False, amount__gt=0) & ~Q(reason=""),
                name="entitlements_membershipmove_explained",
            ),
            SameOrganization(
                name="entitlements_membershipmove_same_membership",
                field="membership_id",
                to="entitlements.Membership",
                through=("organization_id", "patient_id"),
            ),
            RowSecurity(
                name="entitlements_membershipmove_rows", patient="patient_id", app="SELECT, INSERT", portal="SELECT"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
