"""Where a measurement asks for a second look, by age. Every figure is to be reviewed by the clinic before clinical use.

Adults (16 years and older)
    blood pressure 140/90 mmHg: 2023 ESH guidelines, office hypertension; below 90 upper: NEWS2
    pulse 50 to 100, breathing 12 to 20, oxygen from 95 %, temperature 36.1 to 38.0 °C: NEWS2, Royal College of
    Physicians 2017 (zero-score bands, widened at the slow pulse)
Children
    pulse (awake), breathing, blood pressure by age: Pediatric Advanced Life Support, American Heart Association 2015.
    Blood pressure there is the usual span; hypertension in a child is decided by the centiles of sex, age and height
    (AAP 2017), which a single limit does not replace.
    oxygen from 92 %: British Thoracic Society 2011 (community acquired pneumonia in children)
    temperature 36.0 to 38.0 °C: NICE NG143 (fever in under 5s) for the upper limit
Everybody
    blood glucose 70 to 199 mg/dL at any time of the day: American Diabetes Association, Standards of Care 2024
    (below 70: hypoglycaemia level 1; from 200: diabetes range)
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kalon.consultations.rules.units import MEASURES, plain

Limits = dict[str, tuple[Decimal | None, Decimal | None]]
ADULT_FROM = 16 * 12  # months


def _limits(**spans: tuple[str | None, str | None]) -> Limits:
    return {
        field: (None if low is None else Decimal(low), None if high is None else Decimal(high))
        for field, (low, high) in spans.items()
    }


EVERYBODY = _limits(glucose=("70", "199"), pain=(None, "6"))
ADULT = EVERYBODY | _limits(
    systolic=("90", "139"),
    diastolic=("50", "89"),
    pulse=("50", "100"),
    respiration=("12", "20"),
    temperature=("36.1", "38.0"),
    oxygen=("95", None),
)
CHILD = EVERYBODY | _limits(temperature=("36.0", "38.0"), oxygen=("92", None))


def _child(pulse: str, breathing: str, upper: str, lower: str) -> Limits:
    spans = {"pulse": pulse, "respiration": breathing, "systolic": upper, "diastolic": lower}
    return CHILD | _limits(**{field: (span.split("-")[0], span.split("-")[1]) for field, span in spans.items()})


# Each row holds for those younger than so many months.
CHILDREN: tuple[tuple[int, Limits], ...] = (
    (1, _child("100-205", "30-53", "67-84", "35-53")),
    (12, _child("100-190", "30-53", "72-104", "37-56")),
    (3 * 12, _child("98-140", "22-37", "86-106", "42-63")),
    (6 * 12, _child("80-120", "20-28", "89-112", "46-72")),
    (10 * 12, _child("75-118", "18-25", "97-115", "57-76")),
    (12 * 12, _child("75-118", "18-25", "102-120", "61-80")),
    (ADULT_FROM, _child("60-100", "12-20", "110-131", "64-83")),
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One measurement outside its limits, with the limit that held for this age."""

    field: str
    value: Decimal
    direction: str  # "high" or "low"
    limit: Decimal

    @property
    def name(self) -> str:
        return MEASURES[self.field].name

    @property
    def unit(self) -> str:
        return MEASURES[self.field].unit

    @property
    def sentence(self) -> str:
        return f"{self.name} {self.direction}: {plain(self.value)} {self.unit}, limit {plain(self.limit)}."

    def kept(self) -> dict[str, str]:
        """As it is kept with the measurements."""
        return {name: str(value) for name, value in asdict(self).items()}


def alert_of(kept: Mapping[str, str]) -> Alert:
    """The alert as it was kept."""
    return Alert(kept["field"], Decimal(kept["value"]), kept["direction"], Decimal(kept["limit"]))


def limits_at(born: date | None, on: date) -> Limits:
    """The limits for somebody of this age on a day; for an unknown birth date only those that hold for everybody."""
    if born is None or born > on:
        return EVERYBODY
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    return next((limits for below, limits in CHILDREN if months < below), ADULT)


def alerts(vitals: Any, *, born: date | None, on: date) -> list[Alert]:
    """What lies outside the limits of the patient's age on the day it was measured."""
    found = []
    for field, (low, high) in _in_order(limits_at(born, on)):
        value = getattr(vitals, field)
        if value is None:
            continue
        if low is not None and value < low:
            found.append(Alert(field, Decimal(str(value)), "low", low))
        elif high is not None and value > high:
            found.append(Alert(field, Decimal(str(value)), "high", high))
    return found


def _in_order(limits: Limits) -> list[tuple[str, tuple[Decimal | None, Decimal | None]]]:
    return [(field, limits[field]) for field in MEASURES if field in limits]
