"""Whom the clinic buys from."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity

LONGEST_TERM = 365  # days


class Supplier(OrganizationRecord):
    """Whom the clinic buys from, how they are registered for tax, and in how many days they are paid.

    `tax_number` is a GSTIN in India. `state_code` decides between the two kinds of GST; empty is the clinic's own.
    """

    name = models.CharField(max_length=120)
    tax_number = models.CharField("GSTIN or VAT number", max_length=15, blank=True)
    state_code = models.CharField("GST state code", max_length=2, blank=True)
    contact = models.CharField("Whom to ask for", max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField("E-mail", blank=True)
    address = models.TextField(blank=True, max_length=500)
    payment_days = models.PositiveSmallIntegerField(
        "Days to pay", default=30, validators=[MaxValueValidator(LONGEST_TERM, "At most 365 days.")]
    )
    note = models.TextField(blank=True, max_length=1000)
    is_active = models.BooleanField("We buy there", default=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="purchasing_supplier_name_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="purchasing_supplier_in_organization"),
            models.CheckConstraint(
                condition=~Q(name="") & Q(payment_days__lte=LONGEST_TERM), name="purchasing_supplier_named"
            ),
            models.CheckConstraint(
                condition=Q(tax_number="") | Q(tax_number__regex=r"^[0-9A-Z]{5,15}$"),
                name="purchasing_supplier_tax_number_shape",
            ),
            RowSecurity(name="purchasing_supplier_rows"),
        ]

    def __str__(self) -> str:
        return self.name
