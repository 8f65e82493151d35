"""Amounts as people write them in India: grouped in lakhs and crores, and in words."""

from decimal import Decimal
from urllib.parse import quote

SYMBOLS = {"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£", "AED": "AED ", "AUD": "A$"}  # fmt: skip

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_INDIAN = ((10_000_000, "crore"), (100_000, "lakh"), (1_000, "thousand"), (100, "hundred"))
_WESTERN = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))


def grouped(amount: Decimal, currency: str = "INR") -> str:
    """An amount with two places: 1,13,280.00 in rupees, 113,280.00 elsewhere."""
    if currency != "INR":
        return f"{amount:,.2f}"
    sign, (whole, paise) = "−" if amount < 0 else "", f"{abs(amount):.2f}".split(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return sign + ",".join([*reversed(groups), tail]) + "." + paise


def in_words(amount: Decimal, currency: str = "INR") -> str:
    """An amount as it stands on an invoice: "Rupees one lakh thirteen thousand two hundred eighty only"."""
    whole, cents = divmod(int(abs(amount) * 100), 100)
    if currency == "INR":
        words, minor = f"Rupees {_spoken(whole, _INDIAN)}", "paise"
    else:
        words, minor = f"{currency} {_spoken(whole, _WESTERN)}", "hundredths"
    return words + (f" and {_spoken(cents, _INDIAN)} {minor}" if cents else "") + " only"


def upi_link(*, upi_id: str, payee: str, amount: Decimal, note: str) -> str:
    """The link behind a UPI QR code: who is paid, how much, for which bill (NPCI linking specification)."""
    return f"upi://pay?pa={quote(upi_id, safe='@')}&pn={quote(payee)}&am={amount:.2f}&cu=INR&tn={quote(note)}"


def _spoken(number: int, scale: tuple[tuple[int, str], ...]) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_SMALL[ones]}" if ones else "")
    unit, name = next((unit, name) for unit, name in scale if number >= unit)
    many, rest = divmod(number, unit)
    return f"{_spoken(many, scale)} {name}" + (f" {_spoken(rest, scale)}" if rest else "")
