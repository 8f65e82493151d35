"""A model's answer against what was said: whatever has no words behind it is flagged, shown, and never pre-filled."""

import re
from collections.abc import Sequence
from typing import Any

from kalon.voice.rules.drafting import scope
from kalon.voice.rules.drafting.dosing import Dosing, dosing
from kalon.voice.rules.drafting.evidence import AMOUNT, Evidence, statements_of
from kalon.voice.rules.drafting.findings import allergies, diagnoses, follow_ups
from kalon.voice.rules.drafting.medicines import medicines
from kalon.voice.rules.drafting.names import Medicine, Vocabulary
from kalon.voice.rules.drafting.sections import ASSESSMENT, OBJECTIVE, PLAN, SECTIONS, SUBJECTIVE
from kalon.voice.rules.drafting.statements import Statement, statements
from kalon.voice.rules.lines import Line

DRUG, DOSE, NEGATION = "UNSUPPORTED_DRUG", "UNSUPPORTED_DOSE", "UNSUPPORTED_NEGATION"
FOLLOW_UP, NO_SOURCE = "UNSUPPORTED_FOLLOW_UP", "NO_SOURCE"
PARTS = (
    ("chief_complaint", SUBJECTIVE, "Complaint"), ("history_of_present_illness", SUBJECTIVE, "History"),
    ("subjective", SUBJECTIVE, "Reported"), ("objective", OBJECTIVE, "Examination"),
    ("assessment", ASSESSMENT, "Assessment"), ("plan", PLAN, "Plan"),
)  # fmt: skip
NUMBER = re.compile(r"\b\d+(?:\.\d+)?\b")


def checked(answer: dict[str, Any], lines: Sequence[Line], words: Vocabulary) -> dict[str, Any]:
    """The draft that an answer makes: each of its statements with the words it comes from, or with a flag."""
    said = statements(lines)
    evidence = Evidence(said, words)
    sections: dict[str, list[dict[str, Any]]] = {name: [] for name in SECTIONS}
    for name, section, label in PARTS:
        for statement in statements_of(answer[name]):
            line = _line(label, statement, evidence)
            if all(line["text"] != held["text"] for held in sections[section]):
                sections[section].append(line)
    return {
        "sections": sections,
        "diagnoses": _diagnoses(answer["assessment"], said, evidence),
        "medicines": _medicines(answer["prescriptions"], said, words),
        "allergies": _allergies(answer["allergies_mentioned"], said, evidence),
        "follow_up": _follow_up(answer["follow_up_days"], said),
        "sentence": "",
    }


def _line(label: str, statement: Statement, evidence: Evidence) -> dict[str, Any]:
    sources, is_covered = evidence.sources(statement)
    flags = [] if is_covered else [NO_SOURCE]
    for one in evidence.words.medicines_in(statement):
        assert isinstance(one.of, Medicine)
        if not evidence.polarities(one.of.code):
            flags.append(DRUG)
        elif scope.is_negated(statement, one.first, one.end) not in evidence.polarities(one.of.code):
            flags.append(NEGATION)
    for term, negated in evidence.claims(statement):
        polarities = evidence.polarities(term)
        if (polarities and negated not in polarities) or (not polarities and negated):
            flags.append(NEGATION)
        elif not polarities:
            flags.append(NO_SOURCE)
    amounts = {(match[1], match[2].rstrip("s")) for match in AMOUNT.finditer(statement.plain)}
    if amounts - evidence.amounts:
        flags.append(DOSE)
    elif set(NUMBER.findall(statement.plain)) - evidence.numbers:
        flags.append(NO_SOURCE)
    return {"label": label, "text": statement.text, "sources": sources, "flags": list(dict.fromkeys(flags))}


def _medicines(
    answered: Sequence[dict[str, str]], said: Sequence[Statement], words: Vocabulary
) -> list[dict[str, Any]]:
    """Each medicine of the answer beside what was said of it; what was said and not answered is kept too."""
    heard = medicines(said, words)
    made = [_medicine(one, heard, said, words) for one in answered]
    answered_codes = {(one["code"], one["negated"], one["stopped"]) for one in made}
    return made + [one for one in heard if (one["code"], one["negated"], one["stopped"]) not in answered_codes]


def _medicine(
    one: dict[str, str], heard: Sequence[dict[str, Any]], said: Sequence[Statement], words: Vocabulary
) -> dict[str, Any]:
    name = one["medicine_name"].strip()
    known = words.medicine_named(name) or next(
        (found.of for part in statements_of(name) for found in words.medicines_in(part)), None
    )
    lasting = f"for {one['duration'].removeprefix('for ')}" if one["duration"] else ""
    text = " . ".join((name, one["dosage"], one["frequency"], lasting, one["instructions"]))
    how = dosing(" ".join(part.plain for part in statements_of(text)))
    made: dict[str, Any] = {
        "code": known.code if isinstance(known, Medicine) else "",
        "name": known.name if isinstance(known, Medicine) else name, "said": name, "strength": how.strength,
        "dose": how.dose, "route": how.route, "frequency": how.frequency, "every_hours": how.every_hours,
        "most_a_day": how.most_a_day, "needed_for": how.needed_for,
        "duration": how.duration, "days": how.days, "negated": False, "stopped": False, "current": False,
        "sources": [], "flags": [],
    }  # fmt: skip
    same = [entry for entry in heard if entry["code"] and entry["code"] == made["code"]]
    if not same:
        made["flags"] = [DRUG]
        return made
    given = [entry for entry in same if not entry["negated"] and not entry["stopped"]]
    if not given:
        return {**made, "sources": same[0]["sources"], "flags": [NEGATION]}
    best = given[0]
    made["current"], made["sources"], made["flags"] = best["current"], best["sources"], list(best["flags"])
    if not _agrees(how, best, one):
        made["flags"].append(DOSE)
    return made


def _agrees(how: Dosing, heard: dict[str, Any], one: dict[str, str]) -> bool:
    """Whether every strength, dose, frequency, duration and number of an answer is one that was said of it."""
    for key in ("strength", "dose", "frequency", "every_hours", "days", "most_a_day", "needed_for"):
        value = getattr(how, key)
        if value and value != heard[key]:
            return False
    spoken = {
        number
        for source in heard["sources"]
        for part in statements_of(source["words"])
        for number in NUMBER.findall(part.plain)
    } | set(NUMBER.findall(f"{heard['strength']} {heard['dose']} {heard['duration']} {heard['days'] or ''}"))
    counts = {"OD": "1", "BD": "2", "TDS": "3", "QDS": "4", "HS": "1"}
    spoken |= {counts.get(heard["frequency"], ""), str(heard["most_a_day"] or "")}
    written = " . ".join(one[key] for key in ("dosage", "frequency", "duration", "instructions"))
    return {number for part in statements_of(written) for number in NUMBER.findall(part.plain)} <= spoken


def _allergies(answered: Sequence[str], said: Sequence[Statement], evidence: Evidence) -> list[dict[str, Any]]:
    heard = allergies(said, evidence.words)
    made: list[dict[str, Any]] = []
    for name in answered:
        low = name.lower()
        same = [one for one in heard if one["substance"] and one["substance"].lower() in low]
        if any(not one["negated"] for one in same) or not name.strip():
            continue  # what was heard says the same, with its reaction
        flag = NEGATION if same else (NO_SOURCE if evidence.has_words(name) else DRUG)
        made.append({"substance": name, "reaction": "", "negated": False, "sources": [], "flags": [flag]})
    return heard + made


def _diagnoses(assessment: str, said: Sequence[Statement], evidence: Evidence) -> list[dict[str, Any]]:
    heard = diagnoses(said, evidence.words)
    found = {(one["term"], one["negated"]) for one in heard}
    for statement in statements_of(assessment):
        for one in evidence.words.conditions_in(statement):
            term, negated = str(one.of), scope.is_negated(statement, one.first, one.end)
            if (term, negated) in found:
                continue
            found.add((term, negated))
            polarities = evidence.polarities(term)
            flags = [] if negated in polarities else [NEGATION if polarities else NO_SOURCE]
            sources = evidence.where(term)
            made = {"text": term[:1].upper() + term[1:], "code": "", "term": term, "negated": negated,
                    "sources": sources, "flags": flags}  # fmt: skip
            heard.append(made)
    return heard


def _follow_up(days: int | None, said: Sequence[Statement]) -> dict[str, Any] | None:
    heard = follow_ups(said)
    soonest = min(heard, key=lambda one: int(one["in_days"]), default=None)
    if days is None:
        return soonest
    same = next((one for one in heard if one["in_days"] == days), None)
    return same or {"in_days": days, "reason": "", "sources": [], "flags": [FOLLOW_UP]}
