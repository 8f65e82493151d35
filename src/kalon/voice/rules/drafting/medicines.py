"""Medicines in what was said, each with how it is taken, whether it is new, taken already, over, or not to be taken."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kalon.voice.rules.drafting import scope
from kalon.voice.rules.drafting.dosing import DOSE, LASTING, OFTEN, STRENGTH, TAKING, Dosing, dosing
from kalon.voice.rules.drafting.names import Found, Medicine, Vocabulary
from kalon.voice.rules.drafting.needed import BEGINS
from kalon.voice.rules.drafting.statements import Statement

SAID_DIFFERENTLY, UNSURE, TO_A_MACHINE = "SAID_DIFFERENTLY", "UNSURE_WORDS", "SAID_TO_A_MACHINE"
REACTION = re.compile(
    r"\b(rash(?:es)?|hives|itching|swelling|swollen (?:lips|face|eyes)|breathlessness|difficulty (?:in )?breathing|anaphyla\w+|"
    r"vomiting|blisters?|redness|wheez\w+|fainted|low blood pressure|stomach upset|diarrhoea|diarrhea|urticaria)\b"
)
HOW_BAD = r"(?:(?:an?|some|bad|terrible|severe|itchy|skin) )*"
ALLERGY = re.compile(
    r"\b(?:allerg\w*|anaphyla\w*|sensitive to|react(?:s|ed|ion)? (?:badly )?to|intoleran\w*)\b|"
    rf"\b(?:gives?|gave|caus(?:es?|ed)) (?:(?:me|him|her|them|you) )?{HOW_BAD}{REACTION.pattern}|"
    rf"\b(?:get|gets|got|had|developed?|(?:broke|come|comes|came) out in) {HOW_BAD}{REACTION.pattern} (?:from|after|with)\b"
)
JOINS = frozenset(["and", "then", "plus", "also", "along", "with", "aur"])
GOES_ON = re.compile(
    r"^(?:(?:so|and|then|okay|ok|you|please|will|should|have to|can|to|must|yeh|isko) )*(?:(?:take|use|apply|give|continue|do|"
    r"lo|lena|lagana) )?(?:it|this|that|these|them|isko|after|before|with|for|once|twice|thrice|at night|every|daily|"
    r"a (?:thin|thick|small|pea)|half|\d)"
)
WITHIN_MS = 12_000
MOST_FOLLOWING = 3
NUMBERED = re.compile(r"^\d")


@dataclass
class Said:
    """One medicine as it was spoken of, in one place or several."""

    medicine: Medicine
    called: str
    negated: bool
    stopped: bool
    current: bool
    dosing: Dosing
    prescribed: bool
    sources: list[dict[str, Any]] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def state(self) -> tuple[str, bool, bool, bool]:
        return self.medicine.code, self.negated, self.stopped, self.current

    def written(self) -> dict[str, Any]:
        """As it stands in a draft."""
        how = self.dosing
        return {
            "code": self.medicine.code, "name": self.medicine.name, "said": self.called, "strength": how.strength,
            "dose": how.dose, "route": how.route,
            "frequency": how.frequency or ("SOS" if how.most_a_day else ""), "every_hours": how.every_hours,
            "most_a_day": how.most_a_day, "needed_for": how.needed_for,
            "duration": how.duration, "days": how.days, "negated": self.negated, "stopped": self.stopped,
            "current": self.current, "sources": self.sources, "flags": self.flags,
        }  # fmt: skip


def medicines(said: Sequence[Statement], words: Vocabulary) -> list[dict[str, Any]]:
    """Every medicine that is prescribed, taken, stopped or ruled out; one that is only spoken of is not among them."""
    kept: dict[tuple[str, bool, bool, bool], Said] = {}
    for at in range(len(said)):
        for one in _in_statement(said, at, words):
            before = kept.setdefault(one.state, one)
            if before is one:
                continue
            before.sources += one.sources
            before.prescribed = before.prescribed or one.prescribed
            before.flags += [flag for flag in one.flags if flag not in before.flags]
            if not before.dosing.take(one.dosing) and SAID_DIFFERENTLY not in before.flags:
                before.flags.append(SAID_DIFFERENTLY)
    return [one.written() for one in kept.values() if one.prescribed]


def _in_statement(said: Sequence[Statement], at: int, words: Vocabulary) -> list[Said]:
    statement = said[at]
    mentions = [one for one in words.medicines_in(statement) if _counts(statement, one)]
    if not mentions:
        return []
    found = [_said(statement, mentions, number) for number in range(len(mentions))]
    answer = said[at + 1] if at + 1 < len(said) else None
    if statement.is_question:
        return _answered(found, answer)
    for follow in _following(said, at, words):
        last = found[-1]
        if last.negated or last.stopped:
            break
        last.prescribed = True
        last.dosing.go_on(dosing(follow.plain))
        last.sources.append(follow.source())
        _mark_unsure(last, follow)
    return found


def _counts(statement: Statement, one: Found) -> bool:
    """Not where somebody reacts to it, and not where somebody else takes it."""
    start, stop = scope.clause(statement, one.first, one.end)
    around = " ".join(piece for piece, _word in statement.pieces[start:stop])
    return not ALLERGY.search(around) and not scope.is_of_others(statement, one.first, one.end)


def _said(statement: Statement, mentions: Sequence[Found], number: int) -> Said:
    one = mentions[number]
    first, end = _segment(statement, mentions, number)
    segment = [piece for piece, _word in statement.pieces[first:end]]
    plain = " ".join((*segment[: one.first - first], ",", *segment[one.end - first :]))
    how = dosing(plain)
    medicine = one.of
    assert isinstance(medicine, Medicine)
    if not how.strength:
        how.strength = _bare_strength(statement, one, end, medicine)
    words = statement.pieces[one.first][1], statement.pieces[one.end - 1][1]
    made = Said(
        medicine=medicine,
        called=statement.source(*words)["words"].strip(".,;:?!"),
        negated=scope.is_negated(statement, one.first, one.end),
        stopped=scope.is_stopped(statement, one.first, one.end),
        current=scope.is_current(statement, one.first, one.end),
        dosing=how,
        prescribed=False,
        sources=[statement.source()],
    )
    if made.stopped or scope.GOES_ON.search(statement.plain):
        made.negated = False
    made.prescribed = bool(how) or made.negated or made.stopped or made.current or bool(TAKING.search(statement.plain))
    if made.stopped or made.negated:
        made.dosing = Dosing()
        made.current = False
    _mark_unsure(made, statement)
    return made


def _segment(statement: Statement, mentions: Sequence[Found], number: int) -> tuple[int, int]:
    """The pieces that speak of one of several medicines: up to the "and" before the next one."""
    start, stop = scope.clause(statement, mentions[number].first, mentions[number].end)
    first = max(start, _border(statement, mentions[number - 1], mentions[number])) if number else start
    if number + 1 < len(mentions):
        stop = min(stop, _border(statement, mentions[number], mentions[number + 1]))
    return first, stop


def _border(statement: Statement, left: Found, right: Found) -> int:
    between = range(right.first - 1, left.end - 1, -1)
    return next((at for at in between if statement.pieces[at][0] in JOINS), right.first)


def _bare_strength(statement: Statement, one: Found, end: int, medicine: Medicine) -> str:
    """ "Dolo 650": a number right after the name, where the formulary has exactly one strength of that number."""
    if one.end >= end or not NUMBERED.match(number := statement.pieces[one.end][0]):
        return ""
    if one.end + 1 < len(statement.pieces) and re.match(r"(?:times?|tablets?|days?|weeks?|months?|drops?|caps\w*)$",
                                                        statement.pieces[one.end + 1][0]):  # fmt: skip
        return ""
    fitting = [strength for strength in medicine.strengths if strength.split(" ")[0] == number]
    return fitting[0] if len(fitting) == 1 else ""


def _answered(found: list[Said], answer: Statement | None) -> list[Said]:
    """A question tells nothing but by its answer: yes, it is taken; no, it is not."""
    for one in found:
        if not (scope.is_yes(answer) or scope.is_no(answer)) or one.dosing:
            one.prescribed = False
            continue
        assert answer is not None
        one.negated, one.stopped = scope.is_no(answer), scope.is_over(answer)
        one.current, one.prescribed = not (one.negated or one.stopped), True
        one.dosing = Dosing() if one.negated or one.stopped else dosing(answer.plain)
        one.sources.append(answer.source())
    return found


def _following(said: Sequence[Statement], at: int, words: Vocabulary) -> list[Statement]:
    """What is said right afterwards of how it is taken: "One tablet twice daily. For five days." """
    found: list[Statement] = []
    for follow in said[at + 1 : at + 1 + MOST_FOLLOWING]:
        begins = any(
            pattern.match(follow.plain)
            for pattern in (DOSE, STRENGTH, LASTING, BEGINS, *(often for _code, often in OFTEN))
        )
        tells = bool(dosing(follow.plain)) and (begins or bool(GOES_ON.match(follow.plain)))
        near = follow.from_ms - said[at].to_ms < WITHIN_MS
        if not tells or not near or follow.is_question or words.medicines_in(follow):
            break
        found.append(follow)
    return found


def _mark_unsure(one: Said, statement: Statement) -> None:
    """A number that the listener was not sure of is flagged."""
    unsure = any(NUMBERED.match(piece) and statement.words[word].is_unsure for piece, word in statement.pieces)
    if unsure and one.dosing and UNSURE not in one.flags:
        one.flags.append(UNSURE)
    if statement.is_to_a_machine and TO_A_MACHINE not in one.flags:
        one.flags.append(TO_A_MACHINE)
