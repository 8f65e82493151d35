"""What changed between two versions of a text, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|\w+|[^\w\s]")
LONGEST = 4000  # words; beyond it the comparison is by lines, so that no page waits for it


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of the comparison: "same", "added" or "removed"."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The later text with what was added and what was taken away, in reading order."""
    old, new = _cut(before), _cut(after)
    if max(len(old), len(new)) > LONGEST:
        old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(new[c:d])))
            continue
        if a < b:
            pieces.append(Piece("removed", "".join(old[a:b])))
        if c < d:
            pieces.append(Piece("added", "".join(new[c:d])))
    return pieces


def _cut(text: str) -> list[str]:
    return WORDS.findall(text)
