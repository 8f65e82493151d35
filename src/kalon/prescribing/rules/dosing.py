"""How often and how long: presets, tapering, the most in a day and the quantity to hand out, in whole arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from kalon.prescribing.rules.amounts import WHOLE, plain


@dataclass(frozen=True, slots=True)
class Frequency:
    """A preset as doctors write it (BD) and as patients read it; `a_day` is None where it depends."""

    code: str
    label: str
    words: str
    a_day: int | None = None


FREQUENCIES: dict[str, Frequency] = {
    one.code: one
    for one in (
        Frequency("OD", "OD, once a day", "once a day", 1),
        Frequency("BD", "BD, twice a day", "twice a day", 2),
        Frequency("TDS", "TDS, three times a day", "three times a day", 3),
        Frequency("QDS", "QDS, four times a day", "four times a day", 4),
        Frequency("HS", "HS, at night", "at night", 1),
        Frequency("EVERY", "Every … hours", "every {hours} hours"),
        Frequency("SOS", "SOS, when needed", "when needed, at most {most} times a day"),
        Frequency("ALT", "Every second day", "every second day"),
        Frequency("WEEKLY", "Once a week", "once a week"),
        Frequency("STAT", "STAT, once only", "once only"),
    )
}
TIMINGS = {
    "": "Any time",
    "BEFORE_FOOD": "Before food",
    "AFTER_FOOD": "After food",
    "WITH_FOOD": "With food",
    "EMPTY": "On an empty stomach",
    "BEDTIME": "At bedtime",
    "BEFORE_PROCEDURE": "Before the procedure",
}
LONGEST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a tapering course: so much, so often, for so many days."""

    dose: Decimal
    frequency: str
    days: int


@dataclass(frozen=True, slots=True)
class Course:
    """How a medicine is taken: a dose and how often, for so many days; or steps that follow one another."""

    dose: Decimal
    unit: str
    frequency: str
    days: int | None = None
    every_hours: int | None = None
    most_a_day: int | None = None
    steps: Sequence[Step] = field(default_factory=tuple)

    def doses_in_a_day(self) -> int:
        """The most doses that fall into 24 hours."""
        return _in_a_day(self.frequency, self.every_hours, self.most_a_day)

    def largest_dose(self) -> Decimal:
        return max((step.dose for step in self.steps), default=self.dose)

    def most_in_a_day(self) -> Decimal:
        """The largest amount of any day, in the dose's own unit."""
        by_step = (step.dose * _in_a_day(step.frequency, None, None) for step in self.steps)
        return max(by_step, default=self.dose * self.doses_in_a_day())

    def quantity(self) -> Decimal | None:
        """How much to hand out for the whole course, whole pieces rounded up; None when it cannot be worked out."""
        if self.unit in ("application", "drop"):
            return None
        if self.steps:
            total = sum((step.dose * _doses(step.frequency, step.days, None, None) for step in self.steps), Decimal(0))
        elif self.frequency == "STAT":
            total = self.dose
        elif self.days is None:
            return None
        else:
            total = self.dose * _doses(self.frequency, self.days, self.every_hours, self.most_a_day)
        return total.to_integral_value(ROUND_CEILING) if self.unit in WHOLE else total

    def total_days(self) -> int | None:
        return sum(step.days for step in self.steps) if self.steps else self.days

    def by_days(self) -> list[tuple[str, str]]:
        """A tapering course as a timetable: "Days 6 to 10", "6 tablets once a day"; empty for any other."""
        found, first = [], 1
        for step in self.steps:
            last = first + step.days - 1
            days = f"Day {first}" if step.days == 1 else f"Days {first} to {last}"
            found.append((days, f"{_spoken(step.dose, self.unit)} {_often(step.frequency)}"))
            first = last + 1
        return found

    def sentence(self) -> str:
        """As a patient reads it: "2 tablets three times a day for 5 days"."""
        if self.steps:
            parts = [
                f"{_spoken(step.dose, self.unit)} {_often(step.frequency)} for {_days(step.days)}"
                for step in self.steps
            ]
            return ", then ".join(parts)
        for_days = f" for {_days(self.days)}" if self.days and self.frequency != "STAT" else ""
        return f"{_spoken(self.dose, self.unit)} {_often(self.frequency, self.every_hours, self.most_a_day)}{for_days}"


def _in_a_day(frequency: str, every_hours: int | None, most_a_day: int | None) -> int:
    preset = FREQUENCIES[frequency]
    if preset.a_day is not None:
        return preset.a_day
    if frequency == "EVERY" and every_hours:
        return -(-24 // every_hours)
    if frequency == "SOS" and most_a_day:
        return most_a_day
    return 1


def _doses(frequency: str, days: int, every_hours: int | None, most_a_day: int | None) -> int:
    if frequency == "EVERY" and every_hours:
        return -(-24 * days // every_hours)
    if frequency == "ALT":
        return -(-days // 2)
    if frequency == "WEEKLY":
        return -(-days // 7)
    if frequency == "STAT":
        return 1
    return _in_a_day(frequency, every_hours, most_a_day) * days


def _often(frequency: str, every_hours: int | None = None, most_a_day: int | None = None) -> str:
    return FREQUENCIES[frequency].words.format(hours=every_hours or "…", most=most_a_day or "…")


def _days(days: int | None) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _spoken(dose: Decimal, unit: str) -> str:
    many = (
        unit if dose == 1 or unit in ("mg", "g", "mL", "microgram") else f"{unit}{'es' if unit.endswith('ch') else 's'}"
    )
    return "a thin layer" if unit == "application" else f"{plain(dose)} {many}"
