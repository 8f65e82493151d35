"""Amounts as they stand in sentences."""

from decimal import Decimal

from kalon.web.templatetags.words import plain_money


def cash(amount: Decimal, currency: str) -> str:
    """An amount with its sign, as people write it: ₹14,160.00."""
    return plain_money(amount, currency=currency)
