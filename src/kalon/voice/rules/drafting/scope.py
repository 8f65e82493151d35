"""What a statement says of a name in it: that it is not so, that it is over, that it is of somebody else."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

import re

from kalon.voice.rules.drafting.statements import Statement

CLAUSE = frozenset(
    [
        "so",
        "therefore",
        "but",
        "instead",
        "hence",
        "however",
        "although",
        "rather",
        "except",
        "because",
        "lekin",
        "par",
        "isliye",
    ]
)
NOT = re.compile(
    r"\b(?:no|not|never|without|denies|denied|deny|don't|doesn't|didn't|isn't|aren't|wasn't|haven't|hasn't|won't|shouldn't|"
    r"can't|cannot|dont|doesnt|didnt|isnt|neither|nor|avoid|avoiding|nahi|nahin|nai|mat|negative for|free of|none|"
    r"नहीं|मत)\b"
)
NOT_REALLY = re.compile(
    r"\b(?:no (?:problem|doubt|issue|worries)|(?:no|not|never|don't|do not)(?: (?:take|use|give|it|have|any)){0,3} more than|not only|not just|don't (?:worry|forget|stop|skip|miss))\b"
)
NOT_AFTER = re.compile(r"^(?: \S+){0,2} (?:nahi|nahin|mat|नहीं|मत)\b")
STOP = re.compile(
    r"\b(?:stop|stopped|stopping|stops|discontinue\w*|hold off|withhold|come off|came off|leave off|quit|given up|no longer|"
    r"was (?:taking|using|on|given|prescribed)|were (?:taking|using|on)|used to (?:take|use|be on)|had been (?:taking|on)|"
    r"previously|earlier (?:took|taking)|took|in the past|band kar\w*|chhod)\b"
)
GOES_ON = re.compile(r"\b(?:don't|do not|never|not) (?:stop|discontinue|skip)\b")
CURRENT = re.compile(
    r"\b(?:(?:i|she|he|they|you) (?:take|takes|use|uses|am taking|is taking|are taking|am on|is on|are on|am using)|"
    r"i'm (?:on|taking|using)|(?:she|he)'s (?:on|taking|using)|currently|already (?:on|taking|using)|been (?:taking|using|on)|"
    r"regularly (?:take|takes|taking)|le raha|le rahi|leta hoon|leti hoon)\b"
)
OTHERS = re.compile(
    r"\b(?:my|her|his|your|the patient's) (?:\w+ )?(?:mother|father|mom|dad|mum|sister|brother|husband|wife|son|daughter|aunt|"
    r"uncle|friend|cousin|grandmother|grandfather|neighbour|parents?|family)\b|\b(?:family history|runs in the family)\b"
)
YES = re.compile(r"^(?:yes|yeah|yep|yup|correct|right|haan|han|ji|ji haan|sure|of course|i do|i am|i have|हाँ|जी)\b")
OVER = re.compile(r"\b(?:finished|completed|is over|ran out)\b")
NO = re.compile(
    r"^(?:no|nope|never|not(?! (?:every|always|really|much|often|regular|sure|only|just|all|yet|that|since))|nahi|nahin|none|nothing|i don't|i do not|i haven't|नहीं)\b"
)
REACH = 8  # pieces before a name within which a negation reaches it


def clause(said: Statement, first: int, end: int) -> tuple[int, int]:
    """The pieces of the clause around a name: from the word after the last "so" or "but" to the next one."""
    pieces = [piece for piece, _word in said.pieces]
    start = next((at + 1 for at in range(first - 1, -1, -1) if pieces[at] in CLAUSE), 0)
    stop = next((at for at in range(end, len(pieces)) if pieces[at] in CLAUSE), len(pieces))
    return start, stop


def is_negated(said: Statement, first: int, end: int) -> bool:
    """Whether the clause says that it is not so, before the name or, as Hindi does, after it."""
    start, stop = clause(said, first, end)
    pieces = [piece for piece, _word in said.pieces]
    before = NOT_REALLY.sub("", " ".join(pieces[max(start, first - REACH) : first]))
    after = " " + " ".join(pieces[end : min(stop, end + 4)])
    return bool(NOT.search(before)) or bool(NOT_AFTER.search(after))


def is_stopped(said: Statement, first: int, end: int) -> bool:
    """Whether the clause says that it is over or is to end; "do not stop" is no end."""
    before, after = _around(said, first, end)
    if GOES_ON.search(before):
        return False
    return bool(STOP.search(before)) or bool(
        re.match(r"^ ?(?:was|is|has been)? ?(?:stopped|discontinued|band)\b", after)
    )


def is_current(said: Statement, first: int, end: int) -> bool:
    """Whether the clause says that it is taken already."""
    before, after = _around(said, first, end)
    return bool(CURRENT.search(before)) or bool(re.search(r"\b(?:le rah[ai]|leta|leti) ho+n?\b", after))


def is_of_others(said: Statement, first: int, end: int) -> bool:
    """Whether it is told of somebody else."""
    return bool(OTHERS.search(_around(said, first, end)[0]))


def is_yes(said: Statement | None) -> bool:
    return said is not None and bool(YES.search(said.plain))


def is_no(said: Statement | None) -> bool:
    return said is not None and bool(NO.search(said.plain)) and not NOT_REALLY.match(said.plain)


def is_over(said: Statement | None) -> bool:
    """Whether an answer says that it was taken to its end."""
    return said is not None and bool(OVER.search(said.plain)) and not NOT.search(said.plain)


def _around(said: Statement, first: int, end: int) -> tuple[str, str]:
    start, stop = clause(said, first, end)
    pieces = [piece for piece, _word in said.pieces]
    return " ".join(pieces[start:first]), " ".join(pieces[end:stop])
