"""A medicine as a doctor writes it down, checked field by field, with a sentence for each slip."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from kalon.kernel.errors import Invalid
from kalon.prescribing.rules.amounts import DOSE_UNITS, PIECES
from kalon.prescribing.rules.dosing import FREQUENCIES, LONGEST_DAYS, TIMINGS, Course, Step
from kalon.prescribing.rules.formulary import Medicine, load

LONGEST_NAME, LONGEST_WORDS = 200, 1000
BY_HOURS = {24: "OD", 12: "BD", 8: "TDS", 6: "QDS"}
SAID = (
    ("at night", "HS"), ("once a day", "OD"), ("once or twice a day", "OD"), ("twice a day", "BD"),
    ("two or three times a day", "BD"), ("three times a day", "TDS"), ("three or four times a day", "TDS"),
    ("four times a day", "QDS"), ("once a week", "WEEKLY"),
)  # fmt: skip
MOST = Decimal("100000")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDetails:
    """What is written for one medicine; `quantity` None means that it is worked out."""

    medicine: str = ""
    name: str = ""
    form: str = ""
    strength: str = ""
    route: str = ""
    dose: Decimal = Decimal(1)
    dose_unit: str = "tablet"
    frequency: str = "OD"
    every_hours: int | None = None
    most_a_day: int | None = None
    days: int | None = None
    steps: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    timing: str = ""
    quantity: Decimal | None = None
    is_in_house: bool = False
    stock_item: UUID | None = None
    instructions: str = ""

    def checked(self) -> "LineDetails":
        """The line as it may be kept, or Invalid with a sentence for each field that needs somebody."""
        errors: dict[str, list[str]] = {}

        def wrong(name: str, sentence: str) -> None:
            errors.setdefault(name, []).append(sentence)

        known = load().medicines.get(self.medicine)
        name = " ".join(self.name.split()) or (known.name if known else "")
        if self.medicine and known is None:
            wrong("name", "This medicine is not in the formulary any more. Choose it again.")
        if not name:
            wrong("name", "Write the name of the medicine.")
        elif len(name) > LONGEST_NAME or any(not letter.isprintable() for letter in name):
            wrong("name", f"Write the name in at most {LONGEST_NAME} plain characters.")
        for what, most in (("form", 60), ("strength", 60), ("route", 40), ("instructions", LONGEST_WORDS)):
            if len(getattr(self, what)) > most:
                wrong(what, f"This is too long; keep it under {most} characters.")
        if self.dose_unit not in DOSE_UNITS:
            wrong("dose_unit", "Choose the unit of the dose from the list.")
        _check_number(self.dose, "dose", "the dose", wrong)
        if self.quantity is not None:
            _check_number(self.quantity, "quantity", "the quantity", wrong)
        self._check_frequency(wrong)
        if self.timing not in TIMINGS:
            wrong("timing", "Choose the time from the list.")
        steps = self._steps(wrong)
        if errors:
            first = next(iter(errors))
            sentence = errors[first][0] if len(errors) == 1 else f"{len(errors)} fields need you."
            raise Invalid(sentence, field=first, errors=errors)
        kept = replace(self, name=name, instructions=self.instructions.strip(), steps=steps)
        return replace(kept, quantity=self.quantity if self.quantity is not None else kept.course().quantity())

    def course(self) -> Course:
        """How it is taken, for the arithmetic."""
        return Course(
            dose=self.dose, unit=self.dose_unit, frequency=self.frequency, days=self.days,
            every_hours=self.every_hours, most_a_day=self.most_a_day,
            steps=tuple(Step(Decimal(str(one["dose"])), one["frequency"], int(one["days"])) for one in self.steps),
        )  # fmt: skip

    def _check_frequency(self, wrong: Any) -> None:
        if self.frequency not in FREQUENCIES:
            wrong("frequency", "Choose how often from the list.")
        if self.frequency == "EVERY" and not (self.every_hours and 1 <= self.every_hours <= 24):
            wrong("every_hours", "Say every how many hours, from 1 to 24.")
        if self.frequency == "SOS" and not (self.most_a_day and 1 <= self.most_a_day <= 24):
            wrong("most_a_day", "Say how often a day at most, so that the patient knows when to stop.")
        if self.days is not None and not 1 <= self.days <= LONGEST_DAYS:
            wrong("days", f"Write from 1 to {LONGEST_DAYS} days.")

    def _steps(self, wrong: Any) -> list[dict[str, Any]]:
        """The tapering course in the shape in which it is kept."""
        kept: list[dict[str, Any]] = []
        for one in self.steps:
            try:
                dose, days = Decimal(str(one["dose"])), int(one["days"])
            except (InvalidOperation, KeyError, TypeError, ValueError):
                wrong("steps", "Each step needs a dose, how often and for how many days.")
                continue
            preset = FREQUENCIES.get(str(one.get("frequency", "")))
            if preset is None or preset.a_day is None:
                wrong("steps", "A step is taken once to four times a day.")
            elif not (dose.is_finite() and 0 < dose < MOST and 1 <= days <= LONGEST_DAYS):
                wrong("steps", "Each step needs a dose above zero and at least one day.")
            else:
                kept.append({"dose": f"{dose.normalize():f}", "frequency": preset.code, "days": days})
        return kept


def begun_with(medicine: Medicine) -> LineDetails:
    """A line as the formulary suggests to begin it: its first form, and the usual dose as often as it is usual.

    Of a range the smaller amount and the longer interval; what the usual dose does not say is one of the first
    strength, once a day.
    """
    form = medicine.forms[0] if medicine.forms else None
    frequency, every = usual_frequency(medicine.usual)
    return LineDetails(
        medicine=medicine.code,
        name=medicine.name,
        form=form.name if form else "",
        strength=_usual_strength(form.strengths, medicine.usual) if form else "",
        route=medicine.routes[0] if medicine.routes else "",
        frequency=frequency,
        every_hours=every,
        dose_unit=_unit_of(form.name if form else "", medicine),
    )


def usual_frequency(usual: str) -> tuple[str, int | None]:
    """How often a usual dose is given: its preset, and the hours where it is one of so many hours."""
    if hours := re.search(r"\bevery (?:\d+ to )?(\d+) hours\b", usual):
        gap = int(hours[1])
        return (BY_HOURS[gap], None) if gap in BY_HOURS else ("EVERY", gap)
    said = ((usual.find(words), code) for words, code in SAID if words in usual)
    return min(said, default=(0, "OD"))[1], None


def _usual_strength(strengths: Sequence[str], usual: str) -> str:
    """The strength that a usual dose begins with; the first one where it is made of none."""
    dose = re.match(r"(\d+(?:\.\d+)?)(?: to \d+(?:\.\d+)?)? (\w+)", usual)
    meant = f"{dose[1]} {dose[2]}" if dose else ""
    return meant if meant in strengths else next(iter(strengths), "")


def _unit_of(form: str, medicine: Medicine) -> str:
    if any(word in form for word in ("cream", "gel", "ointment", "lotion", "wash", "shampoo", "foam", "wipe")):
        return "application"
    for piece in PIECES:
        if piece in form:
            return piece
    if "unit" in str(medicine.usual):
        return "unit"
    if "solution" in form and medicine.is_local:
        return "application"
    return (
        "mL" if any(word in form for word in ("syrup", "suspension", "solution", "injection", "infusion")) else "tablet"
    )


def _check_number(value: Decimal, name: str, said: str, wrong: Any) -> None:
    if not value.is_finite() or not 0 < value < MOST or value != value.quantize(Decimal("0.001")):
        wrong(name, f"Write {said} as a number above zero, with at most three places after the point.")
