"""What a clinic asks for before it books, and what it puts on a quote besides the procedure."""

from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.plans.lifecycles import PlanType
from kalon.quotes.lifecycles import Section

# What holds until the owner decides: a single treatment may be taken at once, its price shown; the rest is quoted.
ASKED = (PlanType.SURGICAL, PlanType.SERIES)
MAY_BE_ASKED = (PlanType.SURGICAL, PlanType.SERIES, PlanType.NON_SURGICAL)


def asked_by_default() -> list[str]:
    return [str(kind) for kind in ASKED]


class Policy(OrganizationRecord):
    """For which plans an accepted quote is asked before booking, and how a quote begins: deposit and days.

    `asked_for` holds types of plan; a type that is not in it may be booked without a quote. `hold_days`: how long an
    accepted price is kept for booking. There is one row, or none while the clinic's owner changed nothing.
    """

    asked_for: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=16, choices=PlanType.choices), default=asked_by_default, blank=True
    )
    deposit_percent = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal("20.00"),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    valid_days = models.PositiveSmallIntegerField(default=30, validators=[MinValueValidator(1), MaxValueValidator(365)])
    remind_days = models.PositiveSmallIntegerField(default=3, validators=[MaxValueValidator(60)])
    hold_days = models.PositiveSmallIntegerField(default=180, validators=[MinValueValidator(1), MaxValueValidator(730)])

    class Meta:
        db_table = "quotes_policy"
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="quotes_policy_one"),
            models.CheckConstraint(
                condition=Q(asked_for__contained_by=[str(kind) for kind in MAY_BE_ASKED]), name="quotes_policy_types"
            ),
            models.CheckConstraint(condition=Q(deposit_percent__range=(0, 100)), name="quotes_policy_deposit"),
            models.CheckConstraint(
                condition=Q(valid_days__range=(1, 365), remind_days__lte=60, hold_days__range=(1, 730)),
                name="quotes_policy_days",
            ),
            RowSecurity(name="quotes_policy_rows", portal="SELECT"),
        ]


class SectionDefault(OrganizationRecord):
    """What usually comes with a service on a quote: theatre, anaesthesia, implants, materials, with its price."""

    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=12, choices=Section.choices)
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=10, decimal_places=3, default=Decimal(1))
    unit_price = AmountField()
    tax_code = models.CharField(max_length=40, blank=True)
    hsn_sac = models.CharField("HSN or SAC", max_length=8, blank=True)

    service_id: UUID

    class Meta:
        db_table = "quotes_sectiondefault"
        ordering = ["service", "position"]
        constraints = [
            models.UniqueConstraint(fields=["service", "position"], name="quotes_sectiondefault_position_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0) & ~Q(description=""), name="quotes_sectiondefault_said"
            ),
            SameOrganization(name="quotes_sectiondefault_service_here", field="service_id", to="catalog.Service"),
            RowSecurity(name="quotes_sectiondefault_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]
