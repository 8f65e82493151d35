"""Pregnancy, breastfeeding, age and kidneys."""

from collections.abc import Iterator, Sequence

from kalon.prescribing.rules.formulary import Flag, Formulary, Medicine
from kalon.prescribing.rules.safety.facts import NOTE, STOP, WARN, Finding, Line, Person

MAY_BEAR = range(11, 56)  # years in which a pregnancy is asked for


def person_findings(lines: Sequence[Line], person: Person, formulary: Formulary) -> Iterator[Finding]:
    """What each medicine means for this person; and what would have to be asked to know."""
    for line in lines:
        if line.medicine is not None:
            for term in sorted(line.medicine.terms):
                for flag in formulary.flags_of.get(term, ()):
                    if found := _of_flag(flag, line.medicine, person):
                        yield found


def _of_flag(flag: Flag, medicine: Medicine, person: Person) -> Finding | None:
    key = f"{flag.kind}:{medicine.code}"
    if flag.kind == "pregnancy":
        return _pregnancy(flag, medicine, person, key)
    if flag.kind == "breastfeeding":
        holds, about = person.pregnancy == "BREASTFEEDING", "while breastfeeding"
    elif flag.kind == "renal":
        if person.kidneys == "" and flag.severity == STOP:
            title = f"{medicine.name}: kidney function is not on file"
            return Finding(key, NOTE, title, flag.mechanism, "Ask for a creatinine and the eGFR.", str(flag.source))
        holds, about = person.kidneys == "REDUCED", "with weak kidneys"
    else:
        return _age(flag, medicine, person, key)
    return _said(flag, medicine, key, about) if holds else None


def _pregnancy(flag: Flag, medicine: Medicine, person: Person, key: str) -> Finding | None:
    if person.pregnancy == "YES":
        return _said(flag, medicine, key, "in pregnancy")
    possible = person.may_be_pregnant and (person.age is None or person.age in MAY_BEAR)
    if person.pregnancy == "" and possible and flag.severity in (STOP, WARN):
        title = f"{medicine.name}: nobody asked about pregnancy"
        severity = WARN if flag.severity == STOP else NOTE
        return Finding(key, severity, title, flag.mechanism, "Ask, and test where needed.", str(flag.source))
    return None


def _age(flag: Flag, medicine: Medicine, person: Person, key: str) -> Finding | None:
    assert flag.limit is not None
    if person.age is None:
        title = f"{medicine.name}: the age is not known"
        return Finding(key, NOTE, title, flag.mechanism, "Ask for the date of birth.", str(flag.source))
    if flag.kind == "age_under" and person.age < flag.limit:
        return _said(flag, medicine, key, f"under {flag.limit} years")
    if flag.kind == "age_over" and person.age >= flag.limit:
        return _said(flag, medicine, key, f"from {flag.limit} years on")
    return None


def _said(flag: Flag, medicine: Medicine, key: str, about: str) -> Finding:
    return Finding(key, flag.severity, f"{medicine.name} {about}", flag.mechanism, flag.action, str(flag.source))
