"""How a name sounds, so that what recognition made of it is still known: Zubeida may come back as "you bet it"."""

import re
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler, Levenshtein

SPELLINGS = (
    ("tch", "c"), ("sch", "s"), ("ksh", "ks"), ("chh", "c"), ("ght", "t"), ("dge", "j"), ("ck", "k"), ("ch", "c"),
    ("sh", "s"), ("ph", "f"), ("bh", "b"), ("dh", "d"), ("th", "t"), ("kh", "k"), ("gh", "g"), ("jh", "j"),
    ("zh", "j"), ("wh", "v"), ("mk", "nk"), ("kn", "n"), ("wr", "r"), ("qu", "kv"), ("q", "k"), ("x", "ks"),
    ("w", "v"), ("z", "s"),
    ("ee", "i"), ("ea", "i"), ("ie", "i"), ("oo", "u"), ("ou", "u"), ("ai", "e"), ("ay", "e"), ("ei", "e"),
    ("ey", "e"), ("au", "o"), ("aw", "o"), ("ow", "o"),
)  # fmt: skip
VOICELESS = str.maketrans("bdgjvy", "ptkcfi")


@lru_cache(maxsize=65536)
def heard(word: str) -> str:
    """One spelling of a sound, its vowels kept."""
    text = re.sub(r"[^a-z]", "", word)
    text = re.sub(r"c(?=[eiy])", "s", text)
    for written, sound in SPELLINGS:
        text = text.replace(written, sound)
    text = text.replace("c", "c" if "ch" in word else "k")
    text = re.sub(r"(?<!^)h", "", text)
    text = re.sub(r"[aeo]r$", "a", text)
    text = re.sub(r"(?<!^)y(?![aeiou])", "i", text)
    return re.sub(r"(.)\1+", r"\1", text)


@lru_cache(maxsize=65536)
def bones(sound: str) -> str:
    """The consonants of a sound, loud and soft alike; a vowel at the head as one sign."""
    head = "a" if sound[:1] in "aeiou" else ""
    text = re.sub(r"[aeiou]", "", sound.translate(VOICELESS).replace("i", ""))
    return head + re.sub(r"(.)\1+", r"\1", text)


@lru_cache(maxsize=131072)
def alike(one: str, other: str) -> float:
    """How much alike two words are, written or heard: 1 is the same."""
    if not one or not other:
        return 0.0
    written = JaroWinkler.similarity(one, other)
    first, second = heard(one), heard(other)
    spoken = (
        Levenshtein.normalized_similarity(first, second)
        + Levenshtein.normalized_similarity(bones(first), bones(second))
    ) / 2
    return max(written if abs(len(one) - len(other)) < 3 else 0.0, spoken)
