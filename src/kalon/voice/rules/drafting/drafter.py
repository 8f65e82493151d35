"""The drafter of the house: what was said, picked out and labelled, and nothing that was not said."""

from collections.abc import Sequence
from typing import Any

from kalon.voice.rules.drafting import scope
from kalon.voice.rules.drafting.dosing import dosing
from kalon.voice.rules.drafting.findings import allergies, diagnoses, follow_up
from kalon.voice.rules.drafting.medicines import ALLERGY, TO_A_MACHINE, medicines
from kalon.voice.rules.drafting.names import Vocabulary
from kalon.voice.rules.drafting.sections import NEGATIVE, PLAN, SECTIONS, SUBJECTIVE, placed
from kalon.voice.rules.drafting.statements import Statement, statements
from kalon.voice.rules.lines import Line

NOTHING = "Nothing was said that belongs in a note. Write it by hand, or listen to the recording."
ANSWER_MS = 6_000  # between a question and what answers it
LONGEST_ANSWER, LONGEST_ALLERGY = 8, 25  # pieces of an answer that stands beside its question
SHORTEST = 3  # pieces of a statement that stands for itself


def drafted(lines: Sequence[Line], words: Vocabulary) -> dict[str, Any]:
    """The note as it is drafted: lines by section, diagnoses, medicines, allergies and the next visit, with sources."""
    said = statements(lines)
    sections: dict[str, list[dict[str, Any]]] = {name: [] for name in SECTIONS}
    at = 0
    while at < len(said):
        at += _one(said, at, sections, words)
    body = {
        "sections": sections, "diagnoses": diagnoses(said, words), "medicines": medicines(said, words),
        "allergies": allergies(said, words), "follow_up": follow_up(said), "sentence": "",
    }  # fmt: skip
    if not any(sections.values()) and not body["medicines"] and not body["allergies"]:
        body["sentence"] = NOTHING
    return body


def _one(said: Sequence[Statement], at: int, sections: dict[str, list[dict[str, Any]]], words: Vocabulary) -> int:
    """Place one statement, or a question with its answer; how many statements that were."""
    statement = said[at]
    if statement.is_question:
        return _asked(said, at, sections)
    place = placed(statement.plain)
    if words.medicines_in(statement) and not ALLERGY.search(statement.plain):
        place = _of_medicine(statement, words, place)
    if place is not None and len(statement.pieces) >= SHORTEST:
        _write(sections, place, statement.shown(), [statement])
    return 1


def _asked(said: Sequence[Statement], at: int, sections: dict[str, list[dict[str, Any]]]) -> int:
    """A question belongs in a note with its answer only; one that nobody answers is left out."""
    question = said[at]
    answer = said[at + 1] if at + 1 < len(said) else None
    if answer is None or answer.is_question or answer.from_ms - question.to_ms > ANSWER_MS:
        return 1
    place = (SUBJECTIVE, "Allergies") if ALLERGY.search(question.plain) else placed(question.plain)
    if place is None:
        return 1
    if not scope.is_no(answer) and not scope.is_yes(answer):
        return 1  # what is answered in full stands for itself
    if len(answer.pieces) >= (LONGEST_ALLERGY if ALLERGY.search(question.plain) else LONGEST_ANSWER):
        return 1
    label = "Denied" if scope.is_no(answer) else ("Complaint" if place[0] != SUBJECTIVE else place[1])
    _write(sections, (SUBJECTIVE, label), f"{question.shown()} {answer.text}", [question, answer])
    return 2


def _of_medicine(statement: Statement, words: Vocabulary, place: tuple[str, str] | None) -> tuple[str, str] | None:
    """A statement on a medicine that is taken is history; one that says how to take it is the plan."""
    for one in words.medicines_in(statement):
        if scope.is_of_others(statement, one.first, one.end):
            return SUBJECTIVE, "Family"
        if scope.is_current(statement, one.first, one.end):
            return SUBJECTIVE, "Medicines taken"
    return (PLAN, "Medicines") if dosing(statement.plain) else place


def _write(
    sections: dict[str, list[dict[str, Any]]], place: tuple[str, str], text: str, of: Sequence[Statement]
) -> None:
    section, label = place
    if section == SUBJECTIVE and NEGATIVE.search(of[0].plain) and label not in ("Allergies", "Denied"):
        label = "Denied"
    if ALLERGY.search(of[0].plain):
        section, label = SUBJECTIVE, "Allergies"
    line = {
        "label": label,
        "text": text,
        "sources": [one.source() for one in of],
        "flags": [TO_A_MACHINE] if any(one.is_to_a_machine for one in of) else [],
    }
    if all(line["text"] != held["text"] for held in sections[section]):
        sections[section].append(line)
