"""Names as people write, type and mishear them."""

import re
import unicodedata
from functools import lru_cache

import jellyfish

# Scripts whose vowel signs are marks: taking them off would take the vowels with them.
INDIC = re.compile(r"[\u0900-\u0DFF]")
NUKTAS = frozenset("\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc")
SAME_LETTER = str.maketrans(
    {
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ـ": "",
        "ß": "ss",
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
    }
)
LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0DFF])*")
LATIN = re.compile(r"^[a-z]+$")

# One spelling for the consonants that Indian and Western names write in several ways; longest first.
CONSONANTS = (
    ("tsch", "C"), ("sch", "s"), ("ksh", "ks"), ("tch", "C"), ("chh", "C"), ("cch", "C"), ("ght", "t"), ("dge", "j"),
    ("ck", "k"), ("ch", "C"), ("sh", "s"), ("ph", "f"), ("bh", "b"), ("dh", "d"), ("th", "t"), ("kh", "k"), ("gh", "g"),
    ("jh", "j"), ("zh", "l"), ("wh", "v"), ("rh", "r"), ("kn", "n"), ("wr", "r"), ("mc", "mk"), ("qu", "k"),
    ("ce", "se"), ("ci", "si"), ("cy", "si"), ("c", "k"), ("x", "ks"), ("q", "k"), ("w", "v"), ("z", "s"),
)  # fmt: skip
VOWELS = "aeiou"
LIKELY = "aeiohnrtslmkdvjypbgcufwzqx"  # letters left out, the frequent ones of names first
VOWEL_RUN = re.compile(r"[aeiouy]+")
LONG_VOWELS = (
    ("ee", "i"),
    ("ea", "i"),
    ("ie", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("au", "o"),
    ("ow", "o"),
    ("aw", "o"),
)


def normalize(text: str) -> str:
    """Lower case without accents; vowel signs of Indian scripts stay, they are letters there."""
    if text.isascii():
        return text.lower()
    plain = []
    for letter in unicodedata.normalize("NFKD", text).casefold().translate(SAME_LETTER):
        kind = unicodedata.category(letter)
        if kind == "Cf" or letter in NUKTAS or (kind == "Mn" and not INDIC.match(letter)):
            continue
        plain.append(letter)
    return unicodedata.normalize("NFC", "".join(plain))


def words(text: str) -> list[str]:
    """The words of a name; apostrophes join (O'Brien), everything else divides."""
    return LETTERS.findall(re.sub(r"['’`ʼ]", "", normalize(text)))


@lru_cache(maxsize=8192)
def latin(word: str) -> str:
    """The word in Latin letters, read letter by letter from Indian scripts; empty for other scripts."""
    if LATIN.match(word):
        return word
    if not INDIC.search(word):
        return ""
    spelled = ""
    for letter in word:
        spelled = _spell(spelled, unicodedata.name(letter, ""))
    return re.sub(r"[^a-z]", "", spelled.removesuffix("a") or spelled)


def _spell(spelled: str, name: str) -> str:
    if " LETTER " in name:
        return spelled + name.rsplit(" ", 1)[1].lower()
    if " VOWEL SIGN " in name:
        return spelled.removesuffix("a") + name.rsplit(" ", 1)[1].lower()
    if "VIRAMA" in name or "AL-LAKUNA" in name:
        return spelled.removesuffix("a")
    if "ANUSVARA" in name or "CANDRABINDU" in name:
        return spelled + "n"
    return spelled


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """One spelling for words that sound the same: Meera and Mira, Laxmi and Lakshmi, Sunita and Suneetha."""
    text = re.sub(r"(.)\1{2,}", r"\1\1", word)
    for written, heard in LONG_VOWELS:
        text = text.replace(written, heard)
    text = _consonants(text)
    text = VOWEL_RUN.sub(lambda run: run.group()[0].replace("y", "i"), text)
    text = text.replace("e", "i").replace("o", "u")
    return text.rstrip("aiu") or text


@lru_cache(maxsize=8192)
def skeleton(word: str) -> str:
    """The consonants alone, an opening vowel as one sign: Nayar and Nair are both nr."""
    text = _consonants(word)
    head = "a" if text[:1] in "aeiou" else ""
    return head + re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyh]", "", text))


def sounds(word: str) -> set[str]:
    """The keys under which a misspelt word is found; each with its kind."""
    spelled = latin(word)
    if len(spelled) < 2:
        return set()
    keys = {f"f:{fold(spelled)}"}
    metaphone = jellyfish.metaphone(spelled)
    if len(metaphone) > 1:
        keys.add(f"m:{metaphone.lower()}")
    bones = skeleton(spelled)
    if len(bones) > 1:
        keys.add(f"s:{bones}")
    return keys


def slips(word: str) -> list[str]:
    """The words from which one slip of the pen makes this one, the likeliest first; the first letter stays.

    Two letters swapped, one too many, another vowel, one left out.
    """
    if not LATIN.match(word) or len(word) < 3:
        return []
    places = range(1, len(word))
    found = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places[:-1]]
    found += [word[:at] + word[at + 1 :] for at in places]
    found += [word[:at] + vowel + word[at + 1 :] for at in places if word[at] in VOWELS for vowel in VOWELS]
    found += [word[:at] + letter + word[at:] for letter in LIKELY for at in range(1, len(word) + 1)]
    return [spelling for spelling in dict.fromkeys(found) if spelling != word]


def _consonants(text: str) -> str:
    for written, heard in CONSONANTS:
        text = text.replace(written, heard)
    text = re.sub(r"(?<=[A-Za-z])h(?![aeiouy])", "", text)
    return re.sub(r"([^aeiou])\1+", r"\1", text)
