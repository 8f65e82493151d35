"""Medicines that are taken only when they are needed: for what, and how often a day at most."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

import re
from dataclasses import dataclass

TROUBLE = (
    r"(?P<{name}>pain(?:s|ful)?|hurts?|hurting|ach(?:e|es|ing)|fever|temperature|head ?aches?|itch(?:es|ing|y)?|nausea|vomiting|"
    r"swelling|burning|discomfort|cough|acidity|heartburn|sore|soreness|dard|bukhar|khujli|sujan|jalan)"
)
NAMED = {
    "hurts": "pain", "hurt": "pain", "hurting": "pain", "painful": "pain", "pains": "pain", "ache": "pain", "aches": "pain",
    "aching": "pain", "sore": "soreness", "itches": "itching", "itch": "itching", "itchy": "itching", "headaches": "headache",
    "temperature": "fever", "dard": "pain", "bukhar": "fever", "khujli": "itching", "sujan": "swelling", "jalan": "burning",
}  # fmt: skip
FILLED = (
    r"(?:(?:of|you|your|there|there's|is|it|it's|has|have|get|gets|feel|feels|are|in|any|some|a|an|the|much|more|too|severe|"
    r"bad|strong|mild|still|really|only) ){0,6}"
)
WHEN = r"(?:if|when|whenever|in case)"
NEEDED = re.compile(
    rf"\b(?:sos|s o s|prn|p r n|as and when(?: (?:needed|required))?|(?:as|{WHEN}) (?:it's |it is |you )?(?:needed|required|necessary|"
    r"need it)|zaroorat (?:ho|hone|pad\w+|lage)(?: \w+)?)(?![\w-])"
)
TROUBLED = re.compile(
    rf"\b(?:{WHEN} {FILLED}{TROUBLE.format(name='first')}|"
    rf"{TROUBLE.format(name='second')} (?:(?:ho|hone|lage|hota hai) (?:to|toh|par|tab)))(?![\w-])"
)
FOR = re.compile(rf"\bfor (?:the |any |your )?{TROUBLE.format(name='first')}(?![\w-])")
TAKES = r"take|taking|use|using|apply|give|swallow|put|have|add|start|continue|lena|lo|lagana|khana"
NO_TAKING = (
    r"stop|stopping|discontinue|call|phone|ring|tell|inform|come|return|report|message|visit|go|see|contact|skip|increase|reduce|"
    r"wait|avoid|don't|do not|never"
)
REFUSED = re.compile(r"\b(?:not|never|even|than|without|mat|of|don't|unless)(?: \w+){0,3} ?$")
REFUSED_AFTER = re.compile(r"^(?: \S+){0,2} (?:nahi|nahin|mat)\b")
LAST_VERB = re.compile(rf"\b(?:(?P<no>{NO_TAKING})|{TAKES})\b")
BEGINS_ANEW = re.compile(r"(?:^|\b(?:and|but|then|also|or)) ?(?:only |just )?$")
ORDER = re.compile(rf"^(?: (?:or \w+|then|please|you|should|must))* (?:{NO_TAKING})\b")

PIECES = (
    r"tablets?|tabs?|capsules?|caps?|drops?|puffs?|sprays?|sachets?|patch(?:es)?|suppositor(?:y|ies)|applications?|injections?|goli|"
    r"goliyan"
)
COUNT = rf"(?:(?P<{{n}}>\d+)(?: (?P<{{n}}_unit>times?|doses?|baa?r|{PIECES}))?|(?P<{{n}}_word>once|twice|thrice))"
A_DAY = r"(?: ,)?(?: (?:a|per|each|every|in|in a|in any|in 1|the))* (?:day|daily|24 hours?|din)"
LEAD = (
    r"(?:up to|upto|at (?:the )?most|(?:to )?a maximum of|maximum(?: of)?|max(?: of)?|not exceeding|(?:don't|do not|never) exceed|"
    r"(?:not|no|never|don't|do not)(?: (?:take|use|give|it|this|them|have|any)){0,3} more than)"
)
MOST = re.compile(
    rf"\b(?:{LEAD} {COUNT.format(n='a')}{A_DAY}|{COUNT.format(n='b')}{A_DAY} (?:at (?:the )?most|maximum|max)|"
    rf"din mein {COUNT.format(n='c')} se zyada (?:nahin?|mat)(?: \w+)?)(?![\w-])"
)
WORDS = {"once": 1, "twice": 2, "thrice": 3}
BEGINS = re.compile(
    rf"^(?:(?:and|but|so|only|just|please|you can|take it|use it) )*(?:{WHEN}|sos|prn|as needed|as required|{LEAD})\b"
)


@dataclass(frozen=True, slots=True)
class Limit:
    """How much a day is the most that was said; `is_pieces`: tablets or the like, not times of taking."""

    count: int
    is_pieces: bool

    def times(self, dose: str) -> int | None:
        """How many times a day at most, with so much at a time; None where that was not said, or was a range."""
        if not self.is_pieces:
            return self.count
        each = re.match(r"^(\d+(?:\.\d+)?) (?!to )", dose)
        return int(self.count / float(each[1])) or None if each and float(each[1]) else None


def limited(plain: str) -> tuple[str, Limit | None]:
    """The words without what they say of the most in a day, and that."""
    found = MOST.search(plain)
    if found is None:
        return plain, None
    said = found.groupdict()
    name = next(one for one in "abc" if said[one] or said[f"{one}_word"])
    count = int(said[name] or WORDS[said[f"{name}_word"]])
    unit = said[f"{name}_unit"] or "times"
    rest = f"{plain[: found.start()]}{plain[found.end() :]}"
    return " ".join(rest.split()), Limit(count, not re.match(r"(?:times?|doses?|baa?r)$", unit)) if count else None


def needed(plain: str) -> tuple[bool, str]:
    """Whether it is taken only when it is needed, and for what; "even if", "not only when" and "call me if" are not."""
    for found in NEEDED.finditer(plain):
        if _is_meant(plain, found):
            what = FOR.search(plain) or next((one for one in TROUBLED.finditer(plain) if _is_meant(plain, one)), None)
            return True, _trouble(what) if what else ""
    for found in TROUBLED.finditer(plain):
        if _is_meant(plain, found) and not _orders(plain, found):
            return True, _trouble(found)
    return False, ""


def _is_meant(plain: str, found: re.Match[str]) -> bool:
    before, after = plain[: found.start()], plain[found.end() :]
    verbs = list(LAST_VERB.finditer(before))
    return not (REFUSED.search(before) or REFUSED_AFTER.match(after) or (verbs and verbs[-1]["no"]))


def _orders(plain: str, found: re.Match[str]) -> bool:
    """Whether the trouble is the reason for something else: "if there is pain, call us"."""
    return bool(BEGINS_ANEW.search(plain[: found.start()]) and ORDER.match(plain[found.end() :]))


def _trouble(found: re.Match[str]) -> str:
    said = next(value for value in found.groupdict().values() if value)
    return NAMED.get(said, said)
