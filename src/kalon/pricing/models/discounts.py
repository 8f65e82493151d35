"""Discounts as data: groups of patients, what is taken off from what, and how often it was used."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value

from kalon.kernel.models.records import OrganizationRecord, PatientRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import Trigger
from kalon.pricing.models.days import Days, fixed

CODE = r"^[A-Z0-9][A-Z0-9_-]{0,39}$"

LIMITS = """
    SELECT max_uses, max_uses_each INTO bounds FROM pricing_discount WHERE id = NEW.discount_id FOR UPDATE;
    SELECT count(*), count(*) FILTER (WHERE patient_id = ANY (kalon_records_of(NEW.patient_id))) INTO used, theirs
        FROM pricing_discountuse WHERE discount_id = NEW.discount_id AND given_back_at IS NULL;
    IF used >= bounds.max_uses OR theirs >= bounds.max_uses_each THEN
        RAISE EXCEPTION 'this discount was used as often as it may be'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discountuse_limits';
    END IF;
    RETURN NEW;"""

GIVEN_BACK = """
    IF OLD.given_back_at IS NOT NULL OR to_jsonb(NEW) - 'given_back_at' <> to_jsonb(OLD) - 'given_back_at' THEN
        RAISE EXCEPTION 'a use of a discount is only given back'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pricing_discountuse_fixed';
    END IF;
    RETURN NEW;"""


class Tier(models.TextChoices):
    STANDARD = "STANDARD", "Standard"
    GROUP = "GROUP", "Special group"
    LOYALTY = "LOYALTY", "Loyalty points"
    BULK = "BULK", "Quantity"
    PROMOTION = "PROMOTION", "Promotion"


class PatientGroup(OrganizationRecord):
    """A group of patients who pay less, such as senior citizens or staff; its discounts name it."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    proof = models.CharField("what to ask for", max_length=200, blank=True)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="pricing_patientgroup_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="pricing_patientgroup_in_organization"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="pricing_patientgroup_code_shape"),
            models.CheckConstraint(condition=~Q(name=""), name="pricing_patientgroup_named"),
            RowSecurity(name="pricing_patientgroup_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(PatientRecord):
    """A patient belongs to a group from a day on; `valid_to` is the first day on which they no longer do."""

    group = models.ForeignKey(PatientGroup, on_delete=models.PROTECT, related_name="members")
    valid_from = models.DateField("from")
    valid_to = models.DateField("until before", null=True, blank=True)
    proof = models.CharField("what was shown", max_length=200, blank=True)
    added_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")

    group_id: UUID

    class Meta:
        ordering = ["-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="pricing_groupmember_ends_later",
            ),
            ExclusionConstraint(
                name="pricing_groupmember_once_a_day",
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    ("patient", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            fixed(
                "pricing_groupmember", "patient_id", "group_id", "valid_from",
                says="who left a group is written down again, never changed",
            ),
            SameOrganization(name="pricing_groupmember_same_group", field="group_id", to="pricing.PatientGroup"),
            SameOrganization(name="pricing_groupmember_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="pricing_groupmember_rows", patient="patient_id", portal="SELECT"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.group)


class Discount(OrganizationRecord):
    """Something that is taken off: for a group, a quantity, a campaign or a coupon, or chosen by the desk.

    Exactly one of: `percent` of what is left, an `amount` off the line, or `free_quantity` free for each
    `buy_quantity` paid. It holds on its days, at its branch, for the services and packages it names (all when it
    names none). What it takes off is never changed: it is ended and followed by another.
    """

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    tier = models.CharField(max_length=9, choices=Tier)
    percent = models.DecimalField(
        "per cent", max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    amount = AmountField("amount off the line", null=True, blank=True)
    buy_quantity = models.PositiveSmallIntegerField("for each so many", null=True, blank=True)
    free_quantity = models.PositiveSmallIntegerField("so many are free", null=True, blank=True)
    group = models.ForeignKey(PatientGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="discounts")
    min_quantity = models.PositiveSmallIntegerField("from a quantity of", null=True, blank=True)
    coupon = models.CharField("coupon code", max_length=40, blank=True)
    max_uses = models.PositiveIntegerField("uses in all", null=True, blank=True)
    max_uses_each = models.PositiveIntegerField("uses by one patient", null=True, blank=True)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField("from")
    valid_to = models.DateField("until before", null=True, blank=True)

    branch_id: UUID | None
    group_id: UUID | None

    class Meta:
        ordering = ["tier", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="pricing_discount_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="pricing_discount_in_organization"),
            models.CheckConstraint(condition=Q(code__regex=CODE), name="pricing_discount_code_shape"),
            models.CheckConstraint(
                condition=Q(coupon="") | Q(coupon__regex=CODE) & Q(tier="PROMOTION"), name="pricing_discount_coupon"
            ),
            ExclusionConstraint(
                name="pricing_discount_coupon_once",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("coupon", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
                condition=~Q(coupon=""),
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100, amount=None, buy_quantity=None, free_quantity=None)
                | Q(percent=None, amount__gt=0, buy_quantity=None, free_quantity=None)
                | Q(percent=None, amount=None, buy_quantity__gte=1, free_quantity__gte=1),
                name="pricing_discount_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(tier="GROUP", group__isnull=False) | ~Q(tier="GROUP") & Q(group=None),
                name="pricing_discount_of_group",
            ),
            models.CheckConstraint(
                condition=Q(tier="BULK", min_quantity__gte=2) | ~Q(tier="BULK") & Q(min_quantity=None),
                name="pricing_discount_of_quantity",
            ),
            models.CheckConstraint(condition=~Q(tier="LOYALTY"), name="pricing_discount_no_points"),
            models.CheckConstraint(
                condition=Q(max_uses=None) | Q(max_uses__gte=1), name="pricing_discount_uses"
            ),
            models.CheckConstraint(
                condition=Q(max_uses_each=None) | Q(max_uses_each__gte=1), name="pricing_discount_uses_each"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="pricing_discount_ends_later",
            ),
            fixed(
                "pricing_discount", "code", "tier", "percent", "amount", "buy_quantity", "free_quantity", "group_id",
                "min_quantity", "coupon", "max_uses", "max_uses_each", "branch_id", "valid_from",
                says="a discount is ended and followed by another, never changed",
            ),
            SameOrganization(name="pricing_discount_same_group", field="group_id", to="pricing.PatientGroup"),
            SameOrganization(name="pricing_discount_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="pricing_discount_rows", portal="SELECT", portal_where="coupon = ''"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["organization", "valid_from"], name="pricing_discount_days")]

    def __str__(self) -> str:
        return self.name


class DiscountOffer(OrganizationRecord):
    """A service or package that a discount is on; a discount without any is on everything."""

    discount = models.ForeignKey(Discount, on_delete=models.PROTECT, related_name="offers")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, related_name="+")
    package = models.ForeignKey("catalog.Package", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["discount", "service", "package"], name="pricing_discountoffer_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(service__isnull=False, package__isnull=True)
                | Q(service__isnull=True, package__isnull=False),
                name="pricing_discountoffer_of_one",
            ),
            SameOrganization(name="pricing_discountoffer_same_discount", field="discount_id", to="pricing.Discount"),
            SameOrganization(name="pricing_discountoffer_same_service", field="service_id", to="catalog.Service"),
            SameOrganization(name="pricing_discountoffer_same_package", field="package_id", to="catalog.Package"),
            RowSecurity(
                name="pricing_discountoffer_rows",
                app="SELECT, INSERT",
                portal="SELECT",
                portal_where="discount_id IN (SELECT id FROM pricing_discount)",
            ),
        ]

    def __str__(self) -> str:
        return str(self.service or self.package)

    @property
    def offered(self) -> Any:
        """The service or package it is about."""
        return self.service or self.package


class DiscountUse(PatientRecord):
    """A discount was used for a line of a bill ("line:…"); given back when the line is taken off again.

    The database counts uses under the discount's lock, so eight desks at once cannot use the last one twice.
    """

    discount = models.ForeignKey(Discount, on_delete=models.PROTECT, related_name="uses")
    used_for = models.CharField(max_length=80)
    amount = AmountField()
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            Trigger(
                name="pricing_discountuse_limits", events="BEFORE INSERT", body=LIMITS,
                declare="bounds record; used bigint; theirs bigint;",
            ),
            Trigger(name="pricing_discountuse_fixed", events="BEFORE UPDATE", body=GIVEN_BACK),
            models.UniqueConstraint(
                fields=["discount", "used_for"], condition=Q(given_back_at=None), name="pricing_discountuse_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="pricing_discountuse_not_negative"),
            SameOrganization(name="pricing_discountuse_same_discount", field="discount_id", to="pricing.Discount"),
            SameOrganization(name="pricing_discountuse_same_patient", field="patient_id", to="patients.Patient"),
            RowSecurity(name="pricing_discountuse_rows", patient="patient_id", portal="SELECT"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["discount", "patient"], name="pricing_discountuse_counted"),
            models.Index(fields=["used_for"], name="pricing_discountuse_for"),
        ]
