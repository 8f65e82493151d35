"""Medicines against one another: those prescribed now, and those already taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from kalon.prescribing.rules.formulary import Formulary, Interaction, Medicine
from kalon.prescribing.rules.formulary.loading import slug
from kalon.prescribing.rules.safety.facts import NOTE, RANK, WARN, Finding, Line, Person

# Two of one of these do what one does, with twice the harm.
ONCE_IS_ENOUGH = {
    "nsaid": "anti-inflammatory medicines",
    "paracetamol": "medicines with paracetamol",
    "opioid": "opioids",
    "benzodiazepine": "benzodiazepines",
    "ppi": "proton pump inhibitors",
    "antihistamine": "antihistamines",
    "ssri": "antidepressants of one class",
    "statin": "statins",
    "corticosteroid": "corticosteroids",
    "ras-blocker": "medicines on the renin system",
    "beta-blocker": "beta blockers",
    "gabapentinoid": "gabapentin-like medicines",
    "retinoid-topical": "retinoids on the skin",
    "corticosteroid-topical": "corticosteroids on the skin",
    "antibiotic": "antibiotics",
    "hormonal-contraceptive": "hormonal contraceptives",
    "botulinum": "botulinum toxins",
}
NOTHING = (
    "none",
    "nil",
    "no",
    "no medicines",
    "no regular medicines",
    "no medication",
    "nothing",
    "not taking any",
    "na",
)


@dataclass(frozen=True, slots=True)
class _Held:
    """A medicine and whether it is on this prescription or taken already."""

    medicine: Medicine
    is_taken: bool
    words: str = ""


def together_findings(lines: Sequence[Line], person: Person, formulary: Formulary) -> Iterator[Finding]:
    """Interactions and doubles among what is prescribed, and between that and what is taken already."""
    held = [_Held(line.medicine, is_taken=False) for line in lines if line.medicine]
    for line in lines:
        if line.medicine is None:
            yield _unknown_line(line.name)
    for words in person.taking:
        if " ".join(words.lower().replace(".", "").split()) in NOTHING:
            continue
        known = formulary.named(words)
        if not known and lines:
            yield _unknown_taken(words)
        held += [_Held(medicine, is_taken=True, words=words) for medicine in known]
    for one, other in combinations(held, 2):
        if one.is_taken and other.is_taken:
            continue
        yield from _of_pair(one, other, formulary)


def interaction(one: Medicine, other: Medicine, formulary: Formulary) -> Interaction | None:
    """The gravest rule between two medicines."""
    by_pair = formulary.interactions_of
    rules = [rule for a in one.terms for b in other.terms for rule in by_pair.get((a, b), ())]
    return min(rules, key=lambda rule: (RANK[rule.severity], rule.a, rule.b), default=None)


def _of_pair(one: _Held, other: _Held, formulary: Formulary) -> Iterator[Finding]:
    first, second = one.medicine, other.medicine
    pair = ":".join(sorted((first.code, second.code)))
    names = f"{first.name} with {second.name}" + (", taken already" if other.is_taken else "")
    if first.code == second.code:
        title = f"{first.name} is taken already" if other.is_taken else f"{first.name} is prescribed twice"
        yield _double(pair, title, "The doses add up.", formulary)
        return
    if rule := interaction(first, second, formulary):
        yield Finding(f"interaction:{pair}", rule.severity, names, rule.mechanism, rule.action, str(rule.source))
    shared = [words for key, words in ONCE_IS_ENOUGH.items() if key in first.terms and key in second.terms]
    same_kind = len(first.atc) == 7 and first.atc[:5] == second.atc[:5] and first.is_local == second.is_local
    if shared:
        yield _double(pair, f"{names}: two {shared[0]}", "They do the same and their harm adds up.", formulary)
    elif same_kind:
        yield _double(pair, f"{names}: medicines of one kind", "They do the same and their harm adds up.", formulary)


def _double(pair: str, title: str, mechanism: str, formulary: Formulary) -> Finding:
    known = formulary.sources["wmf2008"]
    source = f"{known.title} ({known.publisher}, {known.year}), General advice to prescribers"
    return Finding(f"double:{pair}", WARN, title, mechanism, "Keep one, unless both are meant.", source)


def _unknown_line(name: str) -> Finding:
    return Finding(
        f"unchecked:medicine:{slug(name) or name}",
        WARN,
        f"{name} could not be checked",
        "It is not in the formulary: no allergy, interaction, dose or age was compared.",
        "Check it by hand, or choose the generic medicine from the list.",
        "This clinic's formulary",
    )


def _unknown_taken(words: str) -> Finding:
    return Finding(
        f"unchecked:taken:{slug(words) or words}"[:120],
        NOTE if len(words) > 120 else WARN,
        f"Taken already, and could not be checked: {words[:120]}",
        "No medicine of the formulary was found in these words.",
        "Ask for the generic name and write it into the history.",
        "This clinic's formulary",
    )
