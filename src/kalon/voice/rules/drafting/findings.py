"""Allergies, conditions and the next visit in what was said."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

import re
from collections.abc import Iterator, Sequence
from typing import Any

from kalon.voice.rules.drafting import scope
from kalon.voice.rules.drafting.dosing import SPAN, SPANS
from kalon.voice.rules.drafting.medicines import ALLERGY, REACTION
from kalon.voice.rules.drafting.names import Vocabulary
from kalon.voice.rules.drafting.statements import Statement

ALLERGIC_TO = re.compile(
    r"\b(?:allergic to|allergy to|allergies to|reacts? (?:badly )?to|reacted to|reaction to|sensitive to)\b"
)
NONE_KNOWN = re.compile(
    r"\b(?:no|not any|don't have any|do not have any|without|any|nil) (?:known |drug |medicine |food |other |such )*allerg(?:y|ies)\b|"
    r"\bnot allergic to (?:any|anything)\b|\b(?:koi|kisi) (?:cheez se )?allergy nahin?\b|\bnkda\b"
)
ANY_ALLERGY = re.compile(
    r"\b(?:any|koi|known|allergic to (?:any|anything)) ?(?:\w+ )*?(?:allerg\w*|medicines?|drugs?|thing)?\b"
)
ENDS_NAME = frozenset(
    ["and", "so", "but", "it", "which", "that", "with", "gave", "gives", "i", "she", "he", "you", "because", "or", "since", "when", "then", "as", "is", "was", "are", "were", "then", "mujhe", "hai"]
)  # fmt: skip
IS = re.compile(
    r"\b(?:diagnos\w+|impression|looks like|looks to be|appears to be|seems to be|consistent with|suggestive of|suggests|suspect\w*|"
    r"most likely|likely|this is|that is|it is|it's|that's|you have|she has|he has|you've got|we call|called|case of|i think|"
    r"assessment)\b"
)
MODIFIERS = frozenset(
    [
        "mild",
        "moderate",
        "severe",
        "grade",
        "type",
        "stage",
        "chronic",
        "acute",
        "early",
        "late",
        "left",
        "right",
        "bilateral",
        "upper",
        "lower",
        "deep",
        "superficial",
        "dynamic",
        "static",
        "1",
        "2",
        "3",
        "4",
        "5",
        "i",
        "ii",
        "iii",
        "iv",
        "inflammatory",
        "nodulocystic",
        "hypertrophic",
        "atrophic",
        "post",
        "pigmented",
        "recurrent",
        "infected",
        "secondary",
        "primary",
        "androgenetic",
        "epidermal",
        "dermal",
        "mixed",
        "male",
        "female",
        "pattern",
    ]
)
AGAIN = re.compile(
    r"\b(?:come back|come again|come in|come for|see you|see me|see her|see him|review|follow up|followup|revisit|return|recheck|"
    r"next (?:visit|appointment|session|sitting|check|dressing)|check ?up|dressing change|stitch(?:es)?|sutures?|meet|visit|"
    r"wapas|dobara|phir (?:se )?(?:aana|aaiye|milte)|aana|aaiye)\b"
)
IN = re.compile(
    rf"\b(?:in|after|within|at|around|about|on day) (?:about |around |another |the next )?(\d+|a|an|1)(?: (?:to|or) (\d+))? ?({SPANS}|years?)?\b|"
    rf"\b(\d+) ({SPANS}) (?:baad|later|from (?:now|today)|time|ke baad)\b"
)
NEXT = (
    ("day after tomorrow", 2),
    ("tomorrow", 1),
    ("next week", 7),
    ("next month", 30),
    ("fortnight", 14),
    ("kal aa", 1),
)


def allergies(said: Sequence[Statement], words: Vocabulary) -> list[dict[str, Any]]:
    """What the patient reacts to, or does not; each substance once."""
    kept: dict[tuple[str, bool], dict[str, Any]] = {}
    for at, statement in enumerate(said):
        following = said[at + 1] if at + 1 < len(said) else None
        for one in _allergies(statement, following, words):
            before = kept.setdefault((one["substance"].lower(), one["negated"]), one)
            if before is not one:
                before["sources"] += [source for source in one["sources"] if source not in before["sources"]]
                before["reaction"] = before["reaction"] or one["reaction"]
    return list(kept.values())


def _allergies(said: Statement, following: Statement | None, words: Vocabulary) -> Iterator[dict[str, Any]]:
    match = ALLERGY.search(said.plain)
    if not match or scope.OTHERS.search(said.plain[: match.start()]):
        return
    if said.is_question:
        if scope.is_no(following) and following is not None:
            yield _allergy("", "", True, [said, following])
        elif following is not None and ANY_ALLERGY.search(said.plain):
            for one in words.allergens_in(following):
                if not scope.is_negated(following, one.first, one.end):
                    yield _allergy(
                        _as_said(following, one.first, one.end), _reaction(following), False, [said, following]
                    )
        return
    reaction, sources = _reaction(said), [said]
    if not reaction and following is not None and not following.is_question and _reaction(following):
        reaction, sources = _reaction(following), [said, following]
    names = [one for one in words.allergens_in(said) if _near(said, one.first, one.end)]
    for one in names:
        negated = scope.is_negated(said, one.first, one.end)
        yield _allergy(_as_said(said, one.first, one.end), "" if negated else reaction, negated, sources)
    if not names and NONE_KNOWN.search(said.plain):
        yield _allergy("", "", True, [said])
    elif not names and (to := ALLERGIC_TO.search(said.plain)):
        first = len(said.plain[: to.end()].split())
        end = first
        while end < len(said.pieces) and end - first < 4 and said.pieces[end][0] not in ENDS_NAME:
            end += 1
        if end > first:
            negated = scope.is_negated(said, first, end)
            yield _allergy(_as_said(said, first, end), "" if negated else reaction, negated, sources)


def _near(said: Statement, first: int, end: int) -> bool:
    start, stop = scope.clause(said, first, end)
    return bool(ALLERGY.search(" ".join(piece for piece, _word in said.pieces[start:stop])))


def _allergy(substance: str, reaction: str, negated: bool, of: Sequence[Statement]) -> dict[str, Any]:
    """One allergy; no substance and negated: none is known."""
    return {"substance": substance, "reaction": reaction, "negated": negated,
            "sources": [one.source() for one in of], "flags": []}  # fmt: skip


def _reaction(said: Statement) -> str:
    match = REACTION.search(said.plain)
    return match[1] if match else ""


def _as_said(said: Statement, first: int, end: int) -> str:
    text = said.source(said.pieces[first][1], said.pieces[end - 1][1])["words"].strip(".,;:?! ")
    return str(text[:1].upper() + text[1:])


def diagnoses(said: Sequence[Statement], words: Vocabulary) -> list[dict[str, Any]]:
    """Conditions that were named as what this is, or as what it is not."""
    kept: dict[tuple[str, bool], dict[str, Any]] = {}
    for statement in said:
        if statement.is_question:
            continue
        for one in words.conditions_in(statement):
            start, _stop = scope.clause(statement, one.first, one.end)
            before = " ".join(piece for piece, _word in statement.pieces[start : one.first])
            if not IS.search(before) or scope.is_of_others(statement, one.first, one.end) or ALLERGY.search(before):
                continue
            first = one.first
            while first > start and statement.pieces[first - 1][0] in MODIFIERS:
                first -= 1
            made = {
                "text": _as_said(statement, first, one.end), "code": "", "term": str(one.of),
                "negated": scope.is_negated(statement, first, one.end), "sources": [statement.source()], "flags": [],
            }  # fmt: skip
            held = kept.setdefault((str(one.of), bool(made["negated"])), made)
            if held is not made:
                held["sources"] += made["sources"]
    return list(kept.values())


def follow_up(said: Sequence[Statement]) -> dict[str, Any] | None:
    """When the patient is to come again: the soonest that was said; none where nobody named a time."""
    return min(follow_ups(said), key=lambda one: int(one["in_days"]), default=None)


def follow_ups(said: Sequence[Statement]) -> list[dict[str, Any]]:
    """Every time that the patient was told to come again."""
    found: list[dict[str, Any]] = []
    for at, statement in enumerate(said):
        cue = AGAIN.search(statement.plain)
        answer = said[at + 1] if at + 1 < len(said) else None
        if not cue or (statement.is_question and not scope.is_yes(answer)):
            continue
        first = len(statement.plain[: cue.start()].split())
        if scope.is_negated(statement, first, first + 1):
            continue
        days = _days(statement.plain)
        if days is not None:
            sources = [statement.source()] + ([answer.source()] if statement.is_question and answer else [])
            found.append({"in_days": days, "reason": statement.shown(), "sources": sources, "flags": []})
    return found


def _days(plain: str) -> int | None:
    for match in IN.finditer(plain):
        many, unit = (match[1], match[3]) if match[1] else (match[4], match[5])
        if unit is None and not match[0].startswith("on day"):
            continue
        count = 1 if many in ("a", "an") else int(many)
        days = count * (SPAN.get(unit or "day") or 365)
        if 0 < days <= 730:
            return days
    return next((days for words, days in NEXT if words in plain), None)
