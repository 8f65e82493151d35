"""What a patient owes who cancels late or does not come."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from kalon.catalog import rules
from kalon.catalog.models.shapes import HSN_SAC
from kalon.kernel.models.records import OrganizationRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity

PER_CENT = [MinValueValidator(Decimal("0.01")), MaxValueValidator(100)]


def per_cent(words: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    """A column of per cents of a price; empty when the fee is an amount, or there is none."""
    return models.DecimalField(words, max_digits=5, decimal_places=2, null=True, blank=True, validators=PER_CENT)


def one_of(percent: str, amount: str) -> Q:
    """A fee is a per cent of the price, or an amount, or nothing; never two of them."""
    return (
        Q(**{f"{percent}__isnull": True, f"{amount}__isnull": True})
        | Q(**{f"{amount}__isnull": True, f"{percent}__gt": 0, f"{percent}__lte": 100})
        | Q(**{f"{percent}__isnull": True, f"{amount}__gt": 0})
    )


class CancellationPolicy(OrganizationRecord):
    """Until when a visit is cancelled for nothing, and what is owed after that or for not coming.

    A fee is a per cent of the visit's price before tax, or an amount; `tax_code` says which tax comes on top.
    `sentence` is what patients read before they book.
    """

    name = models.CharField(max_length=80)
    notice_hours = models.PositiveSmallIntegerField("hours of notice", default=24)
    late_cancel_percent = per_cent("late cancellation, per cent of the price")
    late_cancel_amount = AmountField("late cancellation, amount", null=True, blank=True)
    no_show_percent = per_cent("not coming, per cent of the price")
    no_show_amount = AmountField("not coming, amount", null=True, blank=True)
    tax_code = models.CharField(max_length=40, blank=True)
    hsn_sac = models.CharField("HSN or SAC", max_length=8, blank=True)
    sentence = models.CharField("what patients read", max_length=300)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = "cancellation policies"
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="catalog_cancellationpolicy_name_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="catalog_cancellationpolicy_in_organization"),
            models.CheckConstraint(condition=Q(notice_hours__lte=720), name="catalog_cancellationpolicy_notice"),
            models.CheckConstraint(
                condition=one_of("late_cancel_percent", "late_cancel_amount"), name="catalog_cancellationpolicy_late"
            ),
            models.CheckConstraint(
                condition=one_of("no_show_percent", "no_show_amount"), name="catalog_cancellationpolicy_no_show"
            ),
            models.CheckConstraint(
                condition=Q(hsn_sac="") | Q(hsn_sac__regex=HSN_SAC), name="catalog_cancellationpolicy_hsn_sac_digits"
            ),
            models.CheckConstraint(condition=~Q(sentence=""), name="catalog_cancellationpolicy_said"),
            RowSecurity(name="catalog_cancellationpolicy_rows", portal="SELECT"),
        ]

    def __str__(self) -> str:
        return self.name

    def late_cancel_fee(self, price: Decimal) -> Decimal:
        """What cancelling late costs, before tax, of a visit with this price."""
        return rules.part_of(price, rate=self.late_cancel_percent, amount=self.late_cancel_amount)

    def no_show_fee(self, price: Decimal) -> Decimal:
        """What not coming costs, before tax, of a visit with this price."""
        return rules.part_of(price, rate=self.no_show_percent, amount=self.no_show_amount)
