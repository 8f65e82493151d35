"""Doses against their maximum: worked out from strength, dose and frequency; per kilogram where the limit is."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kalon.prescribing.rules.amounts import Amount, Limit, of_dose, plain
from kalon.prescribing.rules.dosing import Course
from kalon.prescribing.rules.formulary import Medicine
from kalon.prescribing.rules.safety.facts import NOTE, STOP, WARN, Finding, Line, Person

OWN_TABLE = "This clinic's formulary"


def dose_findings(lines: Sequence[Line], person: Person) -> Iterator[Finding]:
    """Too much at once or in a day; and every dose that could not be compared, and why."""
    silent: list[str] = []
    for line in lines:
        medicine = line.medicine
        if medicine is None:
            continue
        if medicine.once is None and medicine.daily is None:
            silent.append(medicine.name)
        elif line.course is None:
            yield _unchecked(medicine, "the dose is not written yet", NOTE)
        else:
            yield from _of_line(line, medicine, person)
    if silent:
        yield Finding(
            "unchecked:maximum",
            NOTE,
            f"No maximum on file for {', '.join(sorted(silent))}",
            "The dose was not compared with a limit.",
            "Look the dose up before giving much.",
            OWN_TABLE,
        )


def _of_line(line: Line, medicine: Medicine, person: Person) -> Iterator[Finding]:
    course = line.course
    assert course is not None
    once = of_dose(course.largest_dose(), course.unit, line.strength)
    daily = of_dose(course.most_in_a_day(), course.unit, line.strength)
    if once is None or daily is None:
        yield _unchecked(medicine, _unknown(course, line.strength.strip()))
        return
    yield from _against(medicine, "once", "at once", medicine.once, once, person)
    yield from _against(medicine, "daily", "in a day", medicine.daily, daily, person)


def _against(
    medicine: Medicine, key: str, when: str, limit: Limit | None, given: Amount, person: Person
) -> Iterator[Finding]:
    if limit is None:
        return
    most = limit.at(person.weight_kg)
    if limit.per_kg is not None and person.weight_kg is None:
        yield Finding(
            f"weight:{medicine.code}:{key}",
            WARN,
            f"{medicine.name}: the weight is not known",
            f"The limit is {limit} {when}; without a weight only a fixed limit can be compared.",
            "Weigh the patient and record it in the vitals.",
            str(medicine.max_source),
        )
    if most is None:
        return
    if most.unit != given.unit:
        yield _unchecked(medicine, f"the dose is in {given.unit} and the limit in {most.unit}")
    elif given.value > most.value:
        of_weight = f" for {plain(person.weight_kg)} kg" if limit.per_kg and person.weight_kg else ""
        yield Finding(
            f"dose:{medicine.code}:{key}",
            STOP,
            f"{medicine.name}: {_rounded(given)} {when} is above the maximum",
            f"The most {when} is {limit}; that is {_rounded(most)}{of_weight}.",
            f"Give no more than {_rounded(most)} {when}.",
            str(medicine.max_source),
        )


def _unchecked(medicine: Medicine, why: str, severity: str = WARN) -> Finding:
    return Finding(
        f"unchecked:dose:{medicine.code}",
        severity,
        f"{medicine.name}: the dose could not be checked",
        f"There is a maximum on file ({medicine.maximum.lower()}), but {why}.",
        "Write strength and dose with their units, or compare by hand.",
        str(medicine.max_source),
    )


def _unknown(course: Course, strength: str) -> str:
    said = f"“{plain(course.dose)} {course.unit}”"
    return f"how much is in {said} of “{strength}” is not known" if strength else f"{said} has no strength beside it"


def _rounded(amount: Amount) -> str:
    """An amount for reading; a limit is never rounded up."""
    return f"{plain(amount.value.quantize(Decimal('0.001'), rounding='ROUND_DOWN'))} {amount.unit}"
