"""What can be said of vitals and outcomes without looking anything up."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kalon.consultations.models import Vitals

# Adult limits for a first alert, to be reviewed before clinical use by each clinic. Sources: blood pressure
# 140/90 mmHg (ESH 2023, office hypertension), pulse 50 to 100 and oxygen below 95 % and respiration 12 to 20
# (NEWS2, Royal College of Physicians 2017, zero-score bands widened at the low pulse), temperature 36.1 to 38.0
# degrees Celsius (NEWS2). Children need the age-aware ranges of the full clinical record.
LIMITS: dict[str, tuple[str, str, Decimal | None, Decimal | None]] = {
    "systolic": ("Blood pressure, upper", "mmHg", Decimal(90), Decimal(139)),
    "diastolic": ("Blood pressure, lower", "mmHg", Decimal(50), Decimal(89)),
    "pulse": ("Pulse", "/min", Decimal(50), Decimal(100)),
    "respiration": ("Breathing", "/min", Decimal(12), Decimal(20)),
    "temperature": ("Temperature", "°C", Decimal("36.1"), Decimal("38.0")),
    "oxygen": ("Oxygen", "%", Decimal(95), None),
    "pain": ("Pain", "of 10", None, Decimal(6)),
}
ADULT_YEARS = 18


@dataclass(frozen=True, slots=True)
class Alert:
    """One measurement outside its limits, in words."""

    name: str
    value: Decimal
    unit: str
    direction: str  # "high" or "low"
    limit: Decimal

    @property
    def sentence(self) -> str:
        return f"{self.name} {self.direction}: {self.value:g} {self.unit}, limit {self.limit:g}."


def alerts(vitals: "Vitals", *, age: int | None) -> list[Alert]:
    """The measurements of an adult outside their limits; none are claimed for a child or an unknown age."""
    if age is None or age < ADULT_YEARS:
        return []
    return list(_outside(vitals))


def _outside(vitals: "Vitals") -> Iterator[Alert]:
    for field, (name, unit, low, high) in LIMITS.items():
        value = getattr(vitals, field)
        if value is None:
            continue
        if low is not None and value < low:
            yield Alert(name, Decimal(value), unit, "low", low)
        elif high is not None and value > high:
            yield Alert(name, Decimal(value), unit, "high", high)


def bmi(weight_kg: Decimal | None, height_cm: Decimal | None) -> Decimal | None:
    """Body mass index in kg/m², to one place; None unless both are measured."""
    if not weight_kg or not height_cm:
        return None
    metres = height_cm / 100
    return (weight_kg / (metres * metres)).quantize(Decimal("0.1"))
