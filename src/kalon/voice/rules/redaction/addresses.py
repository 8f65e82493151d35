"""Where somebody lives: registered lines, and what begins like an address and ends like one."""

from collections.abc import Iterable, Iterator

from kalon.voice.rules.redaction.digits import ENGLISH, TEENS, TENS
from kalon.voice.rules.redaction.kinds import Kind, Known
from kalon.voice.rules.redaction.numbers import Found
from kalon.voice.rules.redaction.texts import PIECES, View, compared
from kalon.voice.rules.redaction.vocabulary import common

DOORS = frozenset(
    ["flat", "house", "plot", "door", "bungalow", "villa", "apartment", "makaan", "makan", "quarter", "shop"]
)
STREETS = frozenset(
    [
        "road",
        "rd",
        "street",
        "st",
        "nagar",
        "colony",
        "apartment",
        "apartments",
        "society",
        "lane",
        "marg",
        "chowk",
        "layout",
        "sector",
        "phase",
        "block",
        "cross",
        "main",
        "vihar",
        "enclave",
        "residency",
        "towers",
        "tower",
        "heights",
        "garden",
        "gardens",
        "park",
        "bagh",
        "ganj",
        "gali",
        "peth",
        "wadi",
        "puram",
        "halli",
        "avenue",
        "circle",
        "cottage",
        "chawl",
        "estate",
        "extension",
        "floor",
        "path",
        "pura",
        "pur",
        "pet",
        "palya",
        "wing",
    ]
)
CITIES = frozenset(
    [
        "mumbai",
        "delhi",
        "pune",
        "bengaluru",
        "bangalore",
        "chennai",
        "hyderabad",
        "kolkata",
        "ahmedabad",
        "surat",
        "jaipur",
        "lucknow",
        "kanpur",
        "nagpur",
        "indore",
        "thane",
        "bhopal",
        "patna",
        "vadodara",
        "ghaziabad",
        "ludhiana",
        "agra",
        "nashik",
        "faridabad",
        "meerut",
        "rajkot",
        "varanasi",
        "srinagar",
        "aurangabad",
        "amritsar",
        "allahabad",
        "ranchi",
        "coimbatore",
        "jabalpur",
        "gwalior",
        "vijayawada",
        "jodhpur",
        "madurai",
        "raipur",
        "kota",
        "guwahati",
        "chandigarh",
        "mysuru",
        "mysore",
        "gurgaon",
        "gurugram",
        "noida",
        "kochi",
        "cochin",
        "ernakulam",
        "thiruvananthapuram",
        "trivandrum",
        "kozhikode",
        "calicut",
        "thrissur",
        "kollam",
        "kannur",
        "mangalore",
        "mangaluru",
        "hubli",
        "belgaum",
        "goa",
        "panaji",
        "dehradun",
        "shimla",
        "jammu",
        "bhubaneswar",
        "cuttack",
        "visakhapatnam",
        "vizag",
    ]
)
LIVING = frozenset(
    [
        "live",
        "lives",
        "living",
        "reside",
        "resides",
        "residing",
        "stay",
        "stays",
        "staying",
        "address",
        "rehti",
        "rehta",
        "rahti",
        "rahta",
        "pata",
    ]
)
SAID = frozenset((*ENGLISH, *TEENS, *TENS, "number", "no", "hundred"))
LONGEST = 16
STEPS = 5  # words that may stand between two words of an address


def found_places(view: View, people: Iterable[Known]) -> Iterator[Found]:
    """Addresses."""
    yield from _registered(view, people)
    words, at = view.words, 0
    while at < len(words):
        end = _address_ends(view, at)
        if end:
            yield (words[at].start, words[end].end), Kind.ADDRESS, "begins and ends like an address"
            at = end
        at += 1


def _address_ends(view: View, at: int) -> int:
    words = view.words
    if words[at].low in DOORS:
        after = words[at + 1 : at + 3]
        numbers = [step for step, word in enumerate(after, at + 1) if word.is_number or word.low in SAID]
        if not numbers or any(word.is_blank for word in after):
            return 0
        least = numbers[-1]
    elif _lives_at(view, at):
        least = 0
    else:
        return 0
    last = least
    for here in range(at, min(at + LONGEST, len(words))):
        word = words[here]
        if (here > at and ("\n" in view.gap(here - 1, here) or word.opens)) or word.is_blank:
            break
        if here - (last or at) > STEPS:
            break
        pin = word.is_number and len(word.text) in (3, 6) and here > at
        if (word.low in STREETS and here > at) or (word.low in CITIES and (last or here - at < 4)) or (last and pin):
            last = here
    while (
        least
        and last + 1 < len(words)
        and last - at < 4
        and words[last + 1].low in SAID
        and view.gap(last, last + 1) == " "
    ):
        last += 1
    return last


def _lives_at(view: View, at: int) -> bool:
    """Whether the word before says that somebody lives here."""
    words = view.words
    before = [word.low for word in words[max(0, at - 3) : at]]
    if not before or (
        before[-1] not in ("is", "at", "in", "on", "hai", "near", "mein", "me") and before[-1] not in LIVING
    ):
        return False
    if words[at].low in ("in", "at", "is", "on", "near", "hai", "with", "the", "home"):
        return False
    return any(low in LIVING for low in before)


def _registered(view: View, people: Iterable[Known]) -> Iterator[Found]:
    """Two words or more that follow one another in a registered address, or one that is in no other text."""
    words = view.words
    for person in people:
        for line in person.addresses:
            parts = [compared(piece.group()) for piece in PIECES.finditer(line)]
            at = 0
            while at < len(words):
                size = _same(words, at, parts)
                told = [words[at + step] for step in range(size)]
                if size >= 2 and any(word.low not in common() and not word.is_number for word in told):
                    yield (words[at].start, words[at + size - 1].end), Kind.ADDRESS, "a registered address"
                    at += size
                else:
                    at += 1


def _same(words: list, at: int, parts: list[str]) -> int:  # type: ignore[type-arg]
    best = 0
    for begin in range(len(parts)):
        size = 0
        while at + size < len(words) and begin + size < len(parts) and words[at + size].low == parts[begin + size]:
            size += 1
        best = max(best, size)
    return best
