"""Fee schedules: what things cost, for whom, at which branch, on which days."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Lower

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.pricing.models.days import NOWHERE, Days, fixed

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class FeeSchedule(OrganizationRecord):
    """A list of prices that holds from a day on: for who pays themselves, or for one insurer; at one branch or all.

    `payer` is written as on a patient's insurance; empty: the patient pays. `includes_tax`: its prices are those
    that the patient pays, tax and all. `valid_to` is the first day on which it no longer holds.
    """

    name = models.CharField(max_length=120)
    branch = models.ForeignKey("people.Branch", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    payer = models.CharField("insurer", max_length=200, blank=True)
    includes_tax = models.BooleanField("prices include tax", default=False)
    valid_from = models.DateField("holds from")
    valid_to = models.DateField("until before", null=True, blank=True)

    branch_id: UUID | None
    items: "RelatedManager[FeeItem]"

    class Meta:
        ordering = ["name", "-valid_from", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="pricing_feeschedule_in_organization"),
            models.CheckConstraint(condition=~Q(name=""), name="pricing_feeschedule_named"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="pricing_feeschedule_ends_later",
            ),
            ExclusionConstraint(
                name="pricing_feeschedule_one_a_day",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    (Coalesce("branch_id", Value(NOWHERE), output_field=models.UUIDField()), RangeOperators.EQUAL),
                    (Lower("payer"), RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            fixed(
                "pricing_feeschedule", "branch_id", "payer", "includes_tax", "valid_from",
                says="a fee schedule is ended and followed by another, never changed",
            ),
            SameOrganization(name="pricing_feeschedule_same_branch", field="branch_id", to="people.Branch"),
            RowSecurity(name="pricing_feeschedule_rows", portal="SELECT", portal_where="payer = ''"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class FeeItem(OrganizationRecord):
    """One price of a schedule: a service or a package, and the days on which it costs that."""

    schedule = models.ForeignKey(FeeSchedule, on_delete=models.PROTECT, related_name="items")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    package = models.ForeignKey("catalog.Package", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    price = AmountField(validators=[MinValueValidator(ZERO, "A price is not below zero.")])
    valid_from = models.DateField("holds from")
    valid_to = models.DateField("until before", null=True, blank=True)

    schedule_id: UUID
    service_id: UUID | None
    package_id: UUID | None

    class Meta:
        ordering = ["-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=False, package__isnull=True)
                | Q(service__isnull=True, package__isnull=False),
                name="pricing_feeitem_of_one",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="pricing_feeitem_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="pricing_feeitem_ends_later"
            ),
            ExclusionConstraint(
                name="pricing_feeitem_one_a_day",
                expressions=[
                    ("schedule", RangeOperators.EQUAL),
                    (Coalesce("service_id", "package_id", output_field=models.UUIDField()), RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            fixed(
                "pricing_feeitem", "schedule_id", "service_id", "package_id", "price", "valid_from",
                says="a price is ended and followed by another, never changed",
            ),
            SameOrganization(name="pricing_feeitem_same_schedule", field="schedule_id", to="pricing.FeeSchedule"),
            SameOrganization(name="pricing_feeitem_same_service", field="service_id", to="catalog.Service"),
            SameOrganization(name="pricing_feeitem_same_package", field="package_id", to="catalog.Package"),
            RowSecurity(
                name="pricing_feeitem_rows", portal="SELECT",
                portal_where="schedule_id IN (SELECT id FROM pricing_feeschedule)",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["service", "valid_from"], name="pricing_feeitem_service"),
            models.Index(fields=["package", "valid_from"], name="pricing_feeitem_package"),
        ]

    def __str__(self) -> str:
        return f"{self.service or self.package}: {self.price}"

    @property
    def offered(self) -> Any:
        """The service or package it is about."""
        return self.service or self.package
