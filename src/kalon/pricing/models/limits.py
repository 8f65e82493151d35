"""Up to how many per cent the holders of a role may take off by hand; above it somebody else decides."""

from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity, SameOrganization


class DiscountLimit(OrganizationRecord):
    """What one role may give by hand, held by `billing_billline_within_limit`.

    A role without a limit of its own may give what the rules say for everybody.
    """

    role = models.OneToOneField("people.Role", on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )

    role_id: UUID

    class Meta:
        ordering = ["role__name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__range=(0, 100)), name="pricing_discountlimit_percent"),
            SameOrganization(name="pricing_discountlimit_same_role", field="role_id", to="people.Role"),
            RowSecurity(name="pricing_discountlimit_rows", app="SELECT, INSERT, UPDATE, DELETE"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.role}: {self.percent.normalize():f}%"
