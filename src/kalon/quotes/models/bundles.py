"""Bundles: several treatments that are offered together for one price, or for less than they cost by themselves."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.plans.lifecycles import PlanType, Side

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

KINDS = (PlanType.SURGICAL, PlanType.NON_SURGICAL, PlanType.SERIES)


class Bundle(OrganizationRecord):
    """What is offered together: one `price` before tax for the treatments, or `percent` less than they cost today."""

    name = models.CharField(max_length=120)
    price = AmountField(null=True, blank=True)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    retired_at = models.DateTimeField(null=True, editable=False)

    parts: "RelatedManager[BundlePart]"

    class Meta:
        db_table = "quotes_bundle"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="quotes_bundle_of_organization"),
            models.UniqueConstraint(
                fields=["organization", "name"], condition=Q(retired_at=None), name="quotes_bundle_name_once"
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=False, price__gt=0, percent=None)
                | Q(price=None, percent__isnull=False, percent__gt=0, percent__lte=100),
                name="quotes_bundle_one_price",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="quotes_bundle_named"),
            RowSecurity(name="quotes_bundle_rows"),
        ]

    def __str__(self) -> str:
        return self.name


class BundlePart(OrganizationRecord):
    """One treatment of a bundle: it becomes a plan of its own, with this side and technique until the doctor says."""

    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, related_name="+")
    plan_type = models.CharField(max_length=16, choices=[(str(kind), kind.label) for kind in KINDS])
    side = models.CharField(max_length=8, choices=Side.choices, blank=True, default="")
    technique = models.CharField(max_length=200, blank=True, default="")
    quantity = models.PositiveSmallIntegerField(default=1)
    session_count = models.PositiveSmallIntegerField(default=1)
    interval_days = models.PositiveSmallIntegerField(null=True, blank=True)

    bundle_id: UUID
    service_id: UUID

    class Meta:
        db_table = "quotes_bundlepart"
        ordering = ["bundle", "position"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "position"], name="quotes_bundlepart_position_once"),
            models.CheckConstraint(
                condition=Q(position__range=(1, 10), quantity__range=(1, 999)), name="quotes_bundlepart_counts"
            ),
            models.CheckConstraint(
                condition=Q(
                    plan_type=PlanType.SERIES,
                    session_count__range=(2, 60),
                    interval_days__isnull=False,
                    interval_days__range=(1, 366),
                )
                | Q(plan_type__in=(PlanType.SURGICAL, PlanType.NON_SURGICAL), session_count=1, interval_days=None),
                name="quotes_bundlepart_sessions",
            ),
            SameOrganization(name="quotes_bundlepart_of_bundle", field="bundle_id", to="quotes.Bundle"),
            SameOrganization(name="quotes_bundlepart_service_here", field="service_id", to="catalog.Service"),
            RowSecurity(name="quotes_bundlepart_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]
