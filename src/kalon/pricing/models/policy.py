"""How discounts combine, up to where the desk decides alone, and what points are worth."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity
from kalon.pricing.models.discounts import Tier

TIERS = [str(tier) for tier in Tier]
PER_CENT = [MinValueValidator(0), MaxValueValidator(100)]


def _order() -> list[str]:
    return list(TIERS)


def _combining() -> list[str]:
    return list(TIERS)


class PricingPolicy(OrganizationRecord):
    """The clinic's rules of discounts.

    `tier_order`: in which order the tiers apply, each on what the one before left. `combining`: the tiers that add
    up; any other stands alone, and the patient gets whichever comes to more. `max_percent`: no line gets more off.
    `free_percent`: what whoever bills may give by hand without asking, where their role has no limit of its own. A
    point is earned for each `points_per` paid, is worth `point_value`, and expires after `points_days`; no points
    without `points_per`.
    """

    tier_order = ArrayField(models.CharField(max_length=9, choices=Tier), default=_order, size=5)
    combining = ArrayField(models.CharField(max_length=9, choices=Tier), default=_combining, size=5, blank=True)
    max_percent = models.DecimalField(
        "most that is taken off a line, per cent", max_digits=5, decimal_places=2, default=Decimal(100),
        validators=PER_CENT,
    )  # fmt: skip
    free_percent = models.DecimalField(
        "given by hand without asking, per cent", max_digits=5, decimal_places=2, default=Decimal(10),
        validators=PER_CENT,
    )  # fmt: skip
    points_per = AmountField("amount paid for a point", null=True, blank=True)
    point_value = AmountField("what a point is worth", default=Decimal(1))
    points_days = models.PositiveSmallIntegerField("days until points expire", default=365)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="pricing_pricingpolicy_once"),
            models.CheckConstraint(
                condition=Q(tier_order__contains=TIERS, tier_order__len=len(TIERS)), name="pricing_pricingpolicy_order"
            ),
            models.CheckConstraint(condition=Q(combining__contained_by=TIERS), name="pricing_pricingpolicy_combining"),
            models.CheckConstraint(
                condition=Q(max_percent__range=(0, 100), free_percent__range=(0, 100)),
                name="pricing_pricingpolicy_percents",
            ),
            models.CheckConstraint(
                condition=(Q(points_per=None) | Q(points_per__gt=0))
                & Q(point_value__gt=0, points_days__gte=1, points_days__lte=3650),
                name="pricing_pricingpolicy_points",
            ),
            RowSecurity(name="pricing_pricingpolicy_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return "How discounts combine"
