"""What a doctor says to the screen that verifies a note: "accept plan", "reject line two", "play line four"."""

import re
from dataclasses import dataclass

ACTIONS = {
    "accept": "accept", "except": "accept", "accepted": "accept", "approve": "accept", "take": "accept",
    "keep": "accept", "reject": "reject", "rejected": "reject", "remove": "reject", "leave": "reject",
    "delete": "reject", "edit": "edit", "change": "edit", "play": "play", "hear": "play",
}  # fmt: skip
SECTIONS = {
    "subjective": "subjective", "history": "subjective", "objective": "objective", "examination": "objective",
    "findings": "objective", "assessment": "assessment", "plan": "plan", "plane": "plan", "plant": "plan",
}  # fmt: skip
ITEMS = {
    "line": "line", "lines": "line", "lying": "line", "diagnosis": "diagnoses", "diagnoses": "diagnoses",
    "medicine": "medicines", "medicines": "medicines", "medication": "medicines", "allergy": "allergies",
}  # fmt: skip
FOLLOW_UP = re.compile(r"\bfollow(?:ing)?[ -]?up\b")
ALL = {"everything", "all"}
NUMBERS = {
    word: number
    for number, words in enumerate(
        ("one won first", "two to too second", "three third", "four for fourth", "five fifth", "six sixth",
         "seven seventh", "eight ate eighth", "nine ninth", "ten tenth", "eleven", "twelve", "thirteen", "fourteen",
         "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"), 1,
    )
    for word in words.split()
}  # fmt: skip
SPOKEN = {"accept": "accepted", "reject": "rejected", "edit": "open to edit", "play": "played"}
CALLED = {
    "subjective": "What was said", "objective": "What was found", "assessment": "Assessment", "plan": "Plan",
    "line": "Line", "diagnoses": "Diagnosis", "medicines": "Medicine", "allergies": "Allergy", "follow_up": "Follow-up",
    "all": "Everything that is not flagged",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be done with which part; `number` is counted from one, 0 where there is but one."""

    action: str
    what: str
    number: int = 0

    @property
    def read_back(self) -> str:
        """What is said back to the doctor."""
        named = f"{CALLED[self.what]} {self.number}" if self.number else CALLED[self.what]
        return f"{named}: {SPOKEN[self.action]}."


def command(said: str) -> Command | None:
    """The command in what was heard; None where there is none, or more than one."""
    plain = said.casefold()
    words = re.findall(r"[a-z]+|\d+", plain)
    actions = [(at, ACTIONS[word]) for at, word in enumerate(words) if word in ACTIONS]
    if len({action for _at, action in actions}) != 1:
        return None
    at, action = actions[0]
    return _target(action, words[at + 1 :], plain)


def _target(action: str, rest: list[str], plain: str) -> Command | None:
    number = next((int(word) if word.isdecimal() else NUMBERS[word] for word in rest if _is_number(word)), 0)
    if FOLLOW_UP.search(plain):
        return Command(action, "follow_up") if action in ("accept", "reject") else None
    item = next((ITEMS[word] for word in rest if word in ITEMS), "")
    if item:
        can = ("reject", "play") if item == "line" else ("accept", "reject")
        return Command(action, item, number) if action in can and number else None
    section = {SECTIONS[word] for word in rest if word in SECTIONS}
    if len(section) == 1:
        return Command(action, section.pop()) if action != "play" else None
    return Command(action, "all") if action == "accept" and ALL & set(rest) else None


def _is_number(word: str) -> bool:
    return word in NUMBERS or (word.isdecimal() and 0 < int(word) < 100)
