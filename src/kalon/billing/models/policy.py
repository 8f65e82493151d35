"""What each clinic decides about its bills by itself."""

from django.db import models
from django.db.models import Q

from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import ZERO, AmountField
from kalon.kernel.rows import RowSecurity


class BillingPolicy(OrganizationRecord):
    """Up to which amount one person alone may write off what is owed (`write_off_limit`); above, two decide."""

    write_off_limit = AmountField("written off by one person alone, up to", default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="billing_billingpolicy_once"),
            models.CheckConstraint(condition=Q(write_off_limit__gte=0), name="billing_billingpolicy_limit"),
            RowSecurity(name="billing_billingpolicy_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return "How bills are kept"
