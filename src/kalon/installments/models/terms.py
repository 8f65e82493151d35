"""What a clinic offers whoever pays in parts: one row of data that it sets."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity


class Terms(OrganizationRecord):
    """How often, in how many parts, with what at the beginning; when patients are written to; when it is broken."""

    frequencies = ArrayField(models.CharField(max_length=8), size=3)
    most_parts = models.PositiveSmallIntegerField()
    least_down_percent = models.DecimalField(max_digits=5, decimal_places=2)
    remind_days = ArrayField(models.PositiveSmallIntegerField(), size=5)
    chase_days = ArrayField(models.PositiveSmallIntegerField(), size=5)
    default_days = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="installments_terms_once"),
            models.CheckConstraint(condition=Q(most_parts__range=(1, 60)), name="installments_terms_most_parts"),
            models.CheckConstraint(
                condition=Q(least_down_percent__gte=Decimal(0), least_down_percent__lt=Decimal(100)),
                name="installments_terms_least_down",
            ),
            models.CheckConstraint(
                condition=Q(default_days=None) | Q(default_days__range=(1, 365)), name="installments_terms_default_days"
            ),
            RowSecurity(name="installments_terms_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return "Terms of payment plans"
