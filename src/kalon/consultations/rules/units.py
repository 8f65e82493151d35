"""What is measured in triage, in which unit it is kept, and which other units may be written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from kalon.kernel.errors import Invalid

Number = Decimal | int | float
Convert = Callable[[Decimal], Decimal]


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured: its name in words and the unit it is kept in."""

    name: str
    unit: str
    places: int = 0


MEASURES: dict[str, Measure] = {
    "systolic": Measure("Blood pressure, upper", "mmHg"),
    "diastolic": Measure("Blood pressure, lower", "mmHg"),
    "pulse": Measure("Pulse", "/min"),
    "respiration": Measure("Breathing", "/min"),
    "temperature": Measure("Temperature", "°C", places=1),
    "oxygen": Measure("Oxygen", "%"),
    "glucose": Measure("Blood glucose", "mg/dL", places=1),
    "weight": Measure("Weight", "kg", places=1),
    "height": Measure("Height", "cm", places=1),
    "pain": Measure("Pain", "of 10"),
}

# Other units than the one a value is kept in. Pound and inch are exact by definition (international yard and pound
# agreement, 1959); glucose: 1 mmol/L is 18.016 mg/dL (molar mass of glucose 180.16 g/mol).
_OTHER: dict[str, dict[str, Convert]] = {
    "temperature": {"°F": lambda value: (value - 32) * 5 / 9},
    "glucose": {"mmol/L": lambda value: value * Decimal("18.016")},
    "weight": {"lb": lambda value: value * Decimal("0.45359237")},
    "height": {"in": lambda value: value * Decimal("2.54")},
}
_SPELT = {"C": "°C", "F": "°F", "c": "°C", "f": "°F", "mg/dl": "mg/dL", "mmol/l": "mmol/L", "lbs": "lb"}

UNITS: dict[str, tuple[str, ...]] = {
    field: (measure.unit, *_OTHER.get(field, {})) for field, measure in MEASURES.items()
}


def in_stored_unit(measured: Mapping[str, Number | None], units: Mapping[str, str]) -> dict[str, Number | None]:
    """The measurements in the units they are kept in.

    Raises Invalid for a measurement nobody takes here and for a unit that it is not taken in.
    """
    strange = sorted({*measured, *units} - {*MEASURES})
    if strange:
        raise Invalid(f"We do not measure {strange[0]}. Choose one of: {', '.join(MEASURES)}.", field=strange[0])
    return {field: _kept(field, value, units.get(field, "")) for field, value in measured.items()}


def _kept(field: str, value: Number | None, unit: str) -> Number | None:
    unit = _SPELT.get(unit, unit) or MEASURES[field].unit
    if unit not in UNITS[field]:
        allowed = " or ".join(UNITS[field])
        raise Invalid(f"{MEASURES[field].name} is measured in {allowed}, not in “{unit}”.", field=field)
    if value is None or unit == MEASURES[field].unit:
        return value
    return _OTHER[field][unit](Decimal(str(value))).quantize(Decimal("0.1"), ROUND_HALF_UP)


def plain(value: Number | None) -> str:
    """A measurement as people write it: no zeros that say nothing; empty when it was not taken."""
    if value is None:
        return ""
    text = f"{Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
