"""What a clinic decided about packages and vouchers."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.rows import RowSecurity


class Terms(OrganizationRecord):
    """One row for a clinic: when a package can be used, what a used session counts in a refund, and how long things
    are valid.

    `warn_days`: so many days before it expires the patient hears of it. `voucher_months`: how long a gift voucher
    can be redeemed.
    """

    class Usable(models.TextChoices):
        PAID = "PAID", "Once it is paid in full"
        SHARE = "SHARE", "As far as it is paid"

    class UsedAt(models.TextChoices):
        SHARE = "SHARE", "Its share of the package's price"
        SINGLE = "SINGLE", "The price of a single session"

    usable = models.CharField("a package can be used", max_length=8, choices=Usable, default=Usable.PAID)
    used_at = models.CharField("a used session costs", max_length=8, choices=UsedAt, default=UsedAt.SHARE)
    warn_days = models.PositiveSmallIntegerField(
        "days of warning before something expires", default=30, validators=[MaxValueValidator(365)]
    )
    voucher_months = models.PositiveSmallIntegerField(
        "months a gift voucher is valid", default=12, validators=[MaxValueValidator(120)]
    )

    class Meta:
        verbose_name_plural = "terms"
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="entitlements_terms_once"),
            models.CheckConstraint(condition=Q(warn_days__lte=365), name="entitlements_terms_warn_days"),
            models.CheckConstraint(condition=Q(voucher_months__range=(1, 120)), name="entitlements_terms_months"),
            RowSecurity(name="entitlements_terms_rows"),
        ]
