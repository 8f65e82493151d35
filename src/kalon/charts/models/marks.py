"""What is drawn on a chart: points of injection, and passes of a device."""

from decimal import Decimal
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.charts.models.charts import SEALED, Chart
from kalon.charts.rules import Depth, Region, Technique, View, side_of, spoken
from kalon.kernel.encrypted import EncryptedText
from kalon.kernel.lifecycle import seal_children
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.rows import RowSecurity, SameOrganization

ALL = "SELECT, INSERT, UPDATE, DELETE"


def _of_chart(table: str) -> list[models.BaseConstraint]:
    return [
        seal_children(table, parent="charts_chart", key="chart_id", states=SEALED),
        SameOrganization(
            name=f"{table}_same_chart", field="chart_id", to="charts.Chart", through=("organization_id", "patient_id")
        ),
        RowSecurity(name=f"{table}_rows", patient="patient_id", app=ALL),
    ]


class Point(PatientRecord):
    """One injection: where, what from which batch, how much in the item's unit, how deep and how.

    `x` and `y` are in the units of the view's box, so they stand at the same place at any size.
    """

    chart = models.ForeignKey(Chart, on_delete=models.PROTECT, related_name="points")
    view = models.CharField(max_length=10, choices=View)
    region = models.CharField(max_length=20, choices=Region)
    x = models.DecimalField(max_digits=6, decimal_places=1)
    y = models.DecimalField(max_digits=6, decimal_places=1)
    item = models.ForeignKey("inventory.Item", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey("inventory.Batch", on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.DecimalField(max_digits=9, decimal_places=3)
    depth = models.CharField(max_length=16, choices=Depth, blank=True)
    technique = models.CharField(max_length=16, choices=Technique, blank=True)

    chart_id: UUID
    item_id: UUID
    batch_id: UUID | None

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *_of_chart("charts_point"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="charts_point_positive"),
            models.CheckConstraint(
                condition=Q(x__gte=-200, x__lte=200, y__gte=0, y__lte=520), name="charts_point_on_the_map"
            ),
            models.CheckConstraint(condition=Q(view__in=View.values), name="charts_point_view"),
            models.CheckConstraint(condition=Q(region__in=Region.values), name="charts_point_region"),
            SameOrganization(name="charts_point_same_item", field="item_id", to="inventory.Item"),
            SameOrganization(
                name="charts_point_same_batch", field="batch_id", to="inventory.Batch",
                through=("organization_id", "item_id"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.quantity} at {self.place}"

    @property
    def place(self) -> str:
        """Where, in words."""
        return spoken(self.view, self.region, self.x)

    @property
    def side(self) -> str:
        return side_of(self.view, self.x)


def _measure(digits: int, places: int, least: str, most: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(
        max_digits=digits,
        decimal_places=places,
        validators=[MinValueValidator(Decimal(least)), MaxValueValidator(Decimal(most))],
    )


class Setting(PatientRecord):
    """How a laser or another device was set on one area.

    Units: wavelength nm, fluence J/cm², spot mm, pulse ms.
    """

    chart = models.ForeignKey(Chart, on_delete=models.PROTECT, related_name="settings")
    equipment = models.ForeignKey("people.Equipment", on_delete=models.PROTECT, related_name="+")
    wavelength = models.PositiveIntegerField(validators=[MinValueValidator(190), MaxValueValidator(11000)])
    fluence = _measure(6, 2, "0.01", "500")
    spot = _measure(4, 1, "0.1", "50")
    pulse = _measure(9, 4, "0.0001", "5000")
    passes = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(50)])
    area = EncryptedText(key="patient.data_key", max_length=120)

    chart_id: UUID

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            *_of_chart("charts_setting"),
            models.CheckConstraint(
                condition=Q(wavelength__gte=190, wavelength__lte=11000, fluence__gt=0, fluence__lte=500)
                & Q(spot__gt=0, spot__lte=50, pulse__gt=0, pulse__lte=5000, passes__gte=1, passes__lte=50),
                name="charts_setting_possible",
            ),
            SameOrganization(name="charts_setting_same_equipment", field="equipment_id", to="people.Equipment"),
        ]

    def __str__(self) -> str:
        return f"{self.wavelength} nm"
