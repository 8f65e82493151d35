"""How a medicine is taken, from the words: strength, dose, route, how often, for how long."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

import re
from dataclasses import dataclass, fields, replace

from kalon.voice.rules.drafting.needed import limited, needed

MASS = r"(?:mg|milligrams?|mcg|micrograms?|g|gm|grams?|iu|units?|percent|%)"
UNIT = {
    "milligram": "mg", "milligrams": "mg", "microgram": "mcg", "micrograms": "mcg", "gram": "g", "grams": "g",
    "gm": "g", "percent": "%", "units": "unit",
}  # fmt: skip
PIECE = (
    "tablet|tab|capsule|cap|drop|puff|spray|sachet|patch|suppository|vial|ampoule|teaspoon|spoon|application|injection|"
    "ml|goli"
)
PLURAL = {"tab": "tablet", "cap": "capsule", "goli": "tablet", "ml": "mL"}
NUMBER = r"\d+(?:\.\d+)?"
STRENGTH = re.compile(rf"\b({NUMBER}) ({MASS})(?: (?:per|in|/) (?:({NUMBER}) )?(ml|tablet))?(?!\w)")
DOSE = re.compile(rf"\b(?:({NUMBER})(?: (?:to|or) ({NUMBER}))?|(half)(?: an?)?|(an?)) ({PIECE})(?:s|es|goliyan)?\b")
THIN = re.compile(r"\b(?:a )?(thin layer|thick layer|pea sized amount|small amount|fingertip)\b")
ROUTES = (
    ("oral", r"by mouth|orally|oral|with water|swallow|muh se"),
    ("topical", r"on (?:the |your )?(?:skin|face|scar|wound|area|scalp)|topical(?:ly)?|locally|apply|rub|lagana|lagao"),
    ("intramuscular", r"intramuscular(?:ly)?|into the muscle|i m injection"),
    ("intravenous", r"intravenous(?:ly)?|i v"),
    ("subcutaneous", r"subcutaneous(?:ly)?|under the skin"),
    ("nasal", r"in(?:to)? (?:the |each |your )?(?:nose|nostrils?)|nasal(?:ly)?"),
    ("ophthalmic", r"in(?:to)? (?:the |each |both |your )?eyes?"),
    ("rectal", r"rectal(?:ly)?"),
    ("sublingual", r"under the tongue|sublingual(?:ly)?"),
)
HOURS = {24: "OD", 12: "BD", 8: "TDS", 6: "QDS"}
A_DAY = r"(?:a|per|each|every|in a|in the|in 1)? ?(?:day|daily)"
FREQUENCIES = (
    ("ALT", r"(?:every|on) (?:other|second|alternate) (?:day|night)|alternate (?:day|night)s?|every 2 days"),
    ("WEEKLY", r"(?:once|1 time|1) (?:a|per|every|each|in a) week|once weekly|every week|weekly"),
    ("QDS", rf"4 times (?:{A_DAY})|qds|qid|q i d|1-1-1-1|din mein 4 baa?r"),
    ("TDS", rf"(?:3 times|thrice) (?:{A_DAY})|tds|tid|t d s|1-1-1|din mein 3 baa?r|morning (?:afternoon|noon) and (?:night|evening)"),
    ("BD", rf"(?:2 times|twice) (?:{A_DAY})|bd|bid|b d|b i d|1-0-1|din mein 2 baa?r|(?:every |in the )?morning and (?:in the |at )?(?:evening|night)|subah (?:aur )?(?:shaa?m|raat)"),
    ("HS", r"(?:at|every|each|before) (?:night|bedtime)|at bed time|before (?:sleep|sleeping|going to bed|bed)|nightly|hs|h s|0-0-1|raat ko|sone se pehle"),
    ("OD", rf"(?:once|1 time) (?:{A_DAY})|od|o d|1-0-0|0-1-0|every (?:day|morning|evening)|daily|each day|in the morning|din mein 1 baa?r|roz"),
    ("STAT", r"stat|single dose|1 dose only|once only|just once|1 time only"),
)  # fmt: skip
EVERY = re.compile(r"\b(?:every|each) (\d{1,2})(?: to \d{1,2})? hours?\b|\b(\d{1,2}) hourly\b")
RANGED = re.compile(r"\b(?:every|each) \d{1,2} to \d{1,2} hours?\b")
A_DAY_AT_MOST = {"OD": 1, "HS": 1, "BD": 2, "TDS": 3, "QDS": 4}
OFTEN = tuple((code, re.compile(rf"\b(?:{words})(?![\w-])")) for code, words in FREQUENCIES)
SPAN = {"day": 1, "days": 1, "din": 1, "dino": 1, "dinon": 1, "week": 7, "weeks": 7, "hafte": 7, "hafta": 7, "month": 30,
        "months": 30, "mahine": 30, "mahina": 30, "fortnight": 14}  # fmt: skip
SPANS = "|".join(sorted(SPAN, key=len, reverse=True))
LASTING = re.compile(
    rf"\b(?:for|x|only for|next|total|to complete)(?: the)?(?: next| another| a total of)? (\d+|an?|1)(?: (?:to|or) (\d+))? "
    rf"({SPANS})\b|\b(\d+)(?: (?:to|or) (\d+))? (din|dinon?|haft[ea]|mahin[ea])\b|\b(\d+) (days?|weeks?|months?) (?:course|only)\b"
)
AGO = re.compile(r"^ ?(?:ago|back|earlier|before|old)\b")
TAKING = re.compile(
    r"\b(?:take|taking|takes|start|begin|give|giving|prescrib\w+|apply|applying|use|using|continue|add|put|swallow|inject\w*|"
    r"write|writing|lena|lo|lijiye|lagana|lagaiye|khana|khao|kha|dena)\b"
)


@dataclass(slots=True)
class Dosing:
    """What was said of how a medicine is taken; "" and None where nothing was."""

    strength: str = ""
    dose: str = ""
    route: str = ""
    frequency: str = ""
    every_hours: int | None = None
    duration: str = ""
    days: int | None = None
    most_a_day: int | None = None
    needed_for: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self) if one.name != "route")

    def take(self, other: "Dosing") -> bool:
        """Add what another time of saying adds; False where the two contradict each other."""
        agrees = True
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if theirs and not mine:
                setattr(self, one.name, theirs)
            elif theirs and mine != theirs and one.name != "route":
                agrees = False
        return agrees

    def go_on(self, other: "Dosing") -> None:
        """Add what is said right afterwards: "three times a day. Only if there is pain." """
        if {self.frequency, other.frequency} & {"SOS"} and self.frequency != other.frequency:
            often = self.frequency if other.frequency == "SOS" else other.frequency
            hours = self.every_hours or other.every_hours
            most = self.most_a_day or other.most_a_day or _most(often, hours)
            self.frequency, self.every_hours, self.most_a_day = "SOS", None, most
            other = replace(other, frequency="SOS", every_hours=None, most_a_day=most)
        self.take(other)


def dosing(plain: str) -> Dosing:
    """What a stretch of plain words says of how something is taken."""
    found = Dosing()
    plain, limit = limited(plain)
    if match := STRENGTH.search(plain):
        found.strength = f"{match[1]} {UNIT.get(match[2], match[2])}" if match[2] != "%" else f"{match[1]} %"
        if match[4] == "ml":
            found.strength += f"/{match[3]} mL" if match[3] else "/mL"
    if match := DOSE.search(plain):
        found.dose = _dose(match)
    elif match := THIN.search(plain):
        found.dose = match[1]
    found.route = next((name for name, words in ROUTES if re.search(rf"\b(?:{words})\b", plain)), "")
    found.frequency, found.every_hours = how_often(plain)
    found.duration, found.days = how_long(plain)
    found.most_a_day = limit.times(found.dose) if limit else None
    is_needed, found.needed_for = needed(plain)
    if is_needed:
        ranged = RANGED.search(plain)
        found.most_a_day = found.most_a_day or (None if ranged else _most(found.frequency, found.every_hours))
        found.frequency, found.every_hours = "SOS", None
    return found


def _most(frequency: str, every_hours: int | None) -> int | None:
    """How often a day at most, where something is taken when needed and yet so often was said."""
    return 24 // every_hours if every_hours else A_DAY_AT_MOST.get(frequency)


def how_often(plain: str) -> tuple[str, int | None]:
    """How often, as prescriptions write it, and the hours where it is one of so many hours."""
    if match := EVERY.search(plain):
        hours = int(match[1] or match[2])
        return (HOURS[hours], None) if hours in HOURS else ("EVERY", hours) if 0 < hours <= 24 else ("", None)
    return next((code for code, words in OFTEN if words.search(plain)), ""), None


def how_long(plain: str) -> tuple[str, int | None]:
    """For how long, in words and, where it is one number, in days."""
    for match in LASTING.finditer(plain):
        if AGO.match(plain[match.end() :]):
            continue
        many, most, unit = (
            next((match[at], match[at + 1], match[at + 2]) for at in (1, 4) if match[at])
            if (match[1] or match[4])
            else (match[7], None, match[8])
        )
        count = 1 if many in ("a", "an") else int(many)
        days = count * SPAN[unit]
        word = unit.rstrip("s") if unit in SPAN and unit.isascii() else unit
        said = {"din": "day", "dino": "day", "dinon": "day", "hafte": "week", "hafta": "week", "mahine": "month",
                "mahina": "month"}.get(word, word)  # fmt: skip
        if most:
            return f"{count} to {most} {said}s", None
        return f"{count} {said}{'' if count == 1 else 's'}", days
    return "", None


def _dose(match: re.Match[str]) -> str:
    many = match[1] or ("0.5" if match[3] else "1")
    piece = PLURAL.get(match[5], match[5])
    upto = f" to {match[2]}" if match[2] else ""
    return f"{many}{upto} {piece}"
