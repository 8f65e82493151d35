"""Money in words and ways of paying, for the papers and pages of the contexts above."""

from kalon.billing.models import Payment
from kalon.billing.rules import grouped, in_words
from kalon.billing.rules.words import SYMBOLS

Method = Payment.Method  # every way of paying, with its label


def symbol(currency: str) -> str:
    """What stands before an amount: ₹, $, or the three letters."""
    return SYMBOLS.get(currency, f"{currency} ")


__all__ = ["Method", "grouped", "in_words", "symbol"]
