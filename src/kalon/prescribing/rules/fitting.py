"""Whether what stands on the shelf is what was prescribed, and how much of it is a whole number of steps."""

from decimal import ROUND_FLOOR, Decimal

from kalon.prescribing.rules.amounts import of_dose, plain

UNCOUNTED = ("mg", "g", "mL", "microgram")
# What a "pack" of something that is spread or dropped is counted in on the shelf.
PACKS = ("pack", "tube", "bottle", "jar", "box")


def counted(quantity: Decimal, unit: str) -> str:
    """A quantity with its unit in words: "15 tablets", "1 pack", "4 mL"."""
    many = "" if quantity == 1 or unit in UNCOUNTED else "es" if unit.endswith("ch") else "s"
    return f"{plain(quantity)} {unit}{many}"


def fits(*, unit: str, strength: str, stock_unit: str, stock_strength: str) -> str | None:
    """Why an item of the store does not stand for a prescribed medicine; None where it does.

    Its unit must be the one that was prescribed, as nobody should reckon at the counter, and its strength the same;
    a strength that one of the two does not say is compared by eye.
    """
    if not _same_unit(unit, stock_unit):
        return f"It is counted in {stock_unit}, and {unit}s were prescribed."
    if strength and stock_strength and not _same_strength(strength, stock_strength):
        return f"It is {stock_strength}, and {strength} was prescribed."
    return None


def whole(quantity: Decimal, step: Decimal) -> Decimal:
    """The most that can be taken in whole steps without going above a quantity."""
    return (quantity / step).to_integral_value(ROUND_FLOOR) * step


def _same_unit(unit: str, stock_unit: str) -> bool:
    return stock_unit.lower() in PACKS if unit == "pack" else unit.lower() == stock_unit.lower()


def _same_strength(one: str, other: str) -> bool:
    if _bare(one) == _bare(other):
        return True
    mine, theirs = (of_dose(Decimal(1), "tablet", text) for text in (one, other))
    return mine is not None and mine == theirs


def _bare(text: str) -> str:
    return "".join(text.lower().split())
