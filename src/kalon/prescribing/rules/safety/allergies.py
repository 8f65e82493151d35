"""Recorded allergies against what is prescribed, with the classes that react alike."""

from collections.abc import Iterable, Iterator

from kalon.prescribing.rules.formulary import CrossRule, Formulary, Medicine, Source
from kalon.prescribing.rules.formulary.loading import slug
from kalon.prescribing.rules.safety.facts import NOTE, RANK, STOP, WARN, Finding, Line, Person


def allergy_findings(lines: Iterable[Line], person: Person, formulary: Formulary) -> Iterator[Finding]:
    """Every recorded allergy against every medicine; and what about allergies is not known."""
    yield from _not_known(person)
    asked = list(lines)
    for substance in person.allergies:
        classes = formulary.allergen_classes(substance)
        very = {medicine.code for medicine in formulary.named(substance)}
        if not classes and not very:
            yield _unknown(substance)
        for rule in formulary.cross:
            if rule.given == "*" and rule.allergic_to in classes and asked:
                yield _of_rule(rule, substance, "")
        for line in asked:
            medicine = line.medicine
            if medicine is None:
                if slug(substance) and slug(substance) in slug(line.name):
                    yield _very_same(line.name, substance, formulary)
            elif medicine.code in very:
                yield _very_same(medicine.name, substance, formulary)
            elif found := crossing(classes, medicine, formulary):
                yield _of_rule(found, substance, medicine.name)


def crossing(classes: Iterable[str], medicine: Medicine, formulary: Formulary) -> CrossRule | None:
    """The gravest rule between these allergen classes and a medicine; the same class counts where no rule speaks."""
    known = frozenset(classes)
    rules = [row for row in formulary.cross if row.allergic_to in known and row.given in medicine.allergy]
    spoken = {(row.allergic_to, row.given) for row in rules}
    rules += [
        CrossRule(
            one,
            one,
            STOP,
            "Same substance or class.",
            "Choose another medicine, or ask what happened.",
            _label(formulary),
        )
        for one in sorted(known & set(medicine.allergy))
        if (one, one) not in spoken
    ]
    return min(rules, key=lambda row: RANK[row.severity], default=None)


def _of_rule(rule: CrossRule, substance: str, name: str) -> Finding:
    title = f"{name} with an allergy to {substance}" if name else f"Allergy to {substance}"
    key = f"allergy:{slug(substance)}:{slug(name) or rule.allergic_to}"
    return Finding(key, rule.severity, title, rule.mechanism, rule.action, str(rule.source))


def _very_same(name: str, substance: str, formulary: Formulary) -> Finding:
    return Finding(
        f"allergy:{slug(substance)}:{slug(name)}",
        STOP,
        f"{name} with an allergy to {substance}",
        "The patient is recorded as allergic to this very medicine.",
        "Choose another medicine, or correct the record when the allergy proved wrong.",
        str(_label(formulary)),
    )


def _label(formulary: Formulary) -> Source:
    known = formulary.sources["uslabel"]
    return Source(known.title, known.publisher, known.year, "Contraindications")


def _unknown(substance: str) -> Finding:
    return Finding(
        f"unchecked:allergy:{slug(substance) or substance}",
        WARN,
        f"Allergy to {substance} could not be checked",
        "This word is not on the list of allergens, so no medicine was compared with it.",
        "Compare by hand, or write the allergy by the name of its medicine or class.",
        "This clinic's list of allergens",
    )


def _not_known(person: Person) -> Iterator[Finding]:
    if person.allergy_state == "NOT_RECORDED":
        yield Finding(
            "unchecked:allergies",
            STOP,
            "Allergies were never asked",
            "Nobody is treated before being asked what they react to.",
            "Ask now and record the answer, even when there are none.",
            "This clinic's rule",
        )
    elif person.allergy_state == "UNAVAILABLE" or (person.allergy_state == "KNOWN" and not person.allergies):
        yield Finding(
            "unchecked:allergies",
            WARN,
            "Allergies could not be checked",
            "The list of allergies could not be read, or nobody could be asked.",
            "Ask the patient or a relative before giving anything.",
            "This clinic's rule",
        )
    elif person.allergy_state == "NONE_KNOWN":
        yield Finding(
            "allergies:none",
            NOTE,
            "No known allergies",
            "The patient was asked and named none.",
            "Ask again before an injection or operation.",
            "This clinic's rule",
        )
