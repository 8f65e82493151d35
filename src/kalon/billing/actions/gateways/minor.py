"""Amounts as gateways write them: whole numbers of the currency's smallest unit (paise, cents)."""

from decimal import Decimal

from kalon.billing.actions.gateways.port import Refused

# Currencies that have no hundredths, as gateways count them (ISO 4217: no decimals, or three of them). Our amounts have
# exactly two places, so money in these is not taken online at all rather than taken a hundredfold.
WHOLE = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF")
THOUSANDTHS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
NOT_HUNDREDTHS = frozenset((*WHOLE, "XPF", *THOUSANDTHS))


def to_minor(amount: Decimal, currency: str) -> int:
    """1234.50 as 123450; refused for a currency without hundredths."""
    if currency.upper() in NOT_HUNDREDTHS:
        raise Refused(
            f"Amounts in {currency.upper()} have no hundredths, so they are not taken online. Pay at the desk."
        )
    minor = amount * 100
    if minor != minor.to_integral_value() or minor <= 0:
        raise Refused("This is not an amount that can be paid online.")
    return int(minor)


def from_minor(minor: object) -> Decimal:
    """123450 as 1234.50; anything but a whole number is no amount."""
    if isinstance(minor, bool) or not isinstance(minor, int):
        raise ValueError("An amount is a whole number of hundredths.")
    return (Decimal(minor) / 100).quantize(Decimal("0.01"))
