"""What people mean when they write to the clinic's number."""

import re
import unicodedata

# A word, in English and Hindi, as it is typed on a phone; anything else is for a person to read.
MEANINGS = {
    "CONFIRM": ("1", "confirm", "confirmed", "yes", "y", "ok", "okay", "haan", "ha", "हाँ", "हां", "जी", "पुष्टि"),
    "RESCHEDULE": ("2", "reschedule", "move", "change", "बदलें", "बदलना"),
    "CANCEL": ("3", "cancel", "रद्द"),
    "STOP": ("stop", "stopall", "unsubscribe", "end", "quit", "optout", "रोकें", "बंद"),
    "START": ("start", "unstop", "subscribe", "शुरू"),
}
_BY_WORD = {word: meaning for meaning, words in MEANINGS.items() for word in words}
_POLITE = frozenset({"please", "pls", "thanks", "thank", "you", "it", "my", "visit", "appointment", "ji", "कृपया"})


def meaning_of(text: str) -> str:
    """CONFIRM, RESCHEDULE, CANCEL, STOP, START or OTHER. Digits of any script count, and keycaps (1️⃣).

    One word means something, polite ones aside. A sentence does not ("3 of us will come"): a person reads it.
    """
    words = [word for word in _words(text) if word not in _POLITE]
    return _BY_WORD.get(words[0], "OTHER") if len(words) == 1 else "OTHER"


def _words(text: str) -> list[str]:
    plain = "".join(_digit(letter) for letter in unicodedata.normalize("NFKC", text))
    return [word.casefold() for word in re.findall(r"[\w\u0900-\u097f]+", plain)]


def _digit(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "" if letter in "\u20e3\ufe0f" else letter
