"""Doses as exact numbers with their units: what a strength holds, how much a dose is, where a limit lies.

Masses are compared in milligrams, volumes in millilitres, activities in units; a unit that cannot be turned into
another is said, never guessed. 1 % is 10 mg in each mL (w/v).
"""

import re
from dataclasses import dataclass
from decimal import Decimal

TO_MG = {"microgram": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000)}
SAME_UNIT = {"mcg": "microgram", "µg": "microgram", "ug": "microgram", "ml": "mL", "units": "unit", "iu": "unit"}
# What is counted by pieces: a dose of two tablets is two times the strength.
PIECES = ("tablet", "capsule", "patch", "puff", "sachet", "suppository", "vial", "ampoule")
WHOLE = (*PIECES, "tube", "bottle", "unit")
DOSE_UNITS = (*PIECES, "mg", "microgram", "g", "mL", "unit", "drop", "application")

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(microgram|mcg|µg|ug|mg|g|ml|unit|units|iu)", re.IGNORECASE)
_STRENGTH = re.compile(
    r"(\d+(?:\.\d+)?)\s*(microgram|mcg|µg|ug|mg|g|units?|iu)(?:\s*/\s*(\d+(?:\.\d+)?)?\s*ml)?", re.IGNORECASE
)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit; masses are held in mg."""

    value: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit}"

    def times(self, count: Decimal | int) -> "Amount":
        return Amount(self.value * count, self.unit)


@dataclass(frozen=True, slots=True)
class Limit:
    """The most of a medicine: an amount, an amount for each kilogram of weight, or the smaller of both."""

    fixed: Amount | None = None
    per_kg: Amount | None = None

    def __str__(self) -> str:
        if self.per_kg and self.fixed:
            return f"{self.per_kg}/kg, at most {self.fixed}"
        return f"{self.per_kg}/kg" if self.per_kg else str(self.fixed)

    def at(self, weight_kg: Decimal | None) -> Amount | None:
        """The limit of somebody of this weight; None where it needs a weight that is not known and has no cap."""
        if self.per_kg is None or weight_kg is None:
            return self.fixed
        scaled = self.per_kg.times(weight_kg)
        if self.fixed is None:
            return scaled
        return min(self.fixed, scaled, key=lambda amount: amount.value)


def plain(value: Decimal) -> str:
    """A number without trailing zeros and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(text: str) -> Amount:
    """An amount as it is written: "500 mg", "0.5 g", "20 unit", "3 mL". Raises ValueError for anything else."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no amount; write a number and mg, g, microgram, mL or unit")
    return _amount(Decimal(found[1]), found[2])


def limit(text: str) -> Limit | None:
    """A limit as it is written: "300 mg", "28 mg/kg", "4.5 mg/kg to 300 mg"; None for an empty one."""
    text = text.strip()
    if not text:
        return None
    first, _, cap = text.partition(" to ")
    if first.endswith("/kg"):
        fixed, per_kg = amount(cap) if cap else None, amount(first.removesuffix("/kg"))
        if fixed is not None and fixed.unit != per_kg.unit:
            raise ValueError(f"{text!r}: the cap has another unit")
        return Limit(fixed, per_kg)
    if cap:
        raise ValueError(f"{text!r} is no limit; a cap belongs to an amount for each kg")
    return Limit(amount(first))


def of_dose(dose: Decimal, dose_unit: str, strength: str) -> Amount | None:
    """How much medicine a dose is: two tablets of 500 mg are 1000 mg, 4 mL of 1 % are 40 mg; None when unknown."""
    unit = SAME_UNIT.get(dose_unit.lower(), dose_unit)
    if unit in TO_MG or unit == "unit":
        return _amount(dose, unit)
    if unit in PIECES:
        piece = _piece(strength)
        return piece.times(dose) if piece else None
    if unit == "mL":
        each = _in_one_ml(strength)
        return each.times(dose) if each else Amount(dose, "mL")
    return None


def _piece(strength: str) -> Amount | None:
    found = _STRENGTH.fullmatch(strength.strip())
    return _amount(Decimal(found[1]), found[2]) if found and "/" not in strength else None


def _in_one_ml(strength: str) -> Amount | None:
    if percent := _PERCENT.fullmatch(strength.strip()):
        return Amount(Decimal(percent[1]) * 10, "mg")
    found = _STRENGTH.fullmatch(strength.strip())
    if found is None or "/" not in strength:
        return None
    held = _amount(Decimal(found[1]), found[2])
    return Amount(held.value / Decimal(found[3] or 1), held.unit)


def _amount(value: Decimal, unit: str) -> Amount:
    unit = unit.lower()
    unit = SAME_UNIT.get(unit, unit)
    return Amount(value * TO_MG[unit], "mg") if unit in TO_MG else Amount(value, unit)
