"""Names that are registered, found as they are written, misspelt, spelled out, run together, or misheard."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kalon.voice.rules.redaction.kinds import Kind, Known
from kalon.voice.rules.redaction.numbers import Found
from kalon.voice.rules.redaction.sounds import alike, bones, heard
from kalon.voice.rules.redaction.texts import PIECES, View, Word, compared
from kalon.voice.rules.redaction.vocabulary import common, is_medical

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "doctor",
        "prof",
        "professor",
        "shri",
        "shree",
        "smt",
        "sri",
        "kumari",
        "master",
        "baby",
        "sister",
        "nurse",
        "mister",
        "missus",
    ]
)
INTRODUCES = (
    ("name", "is"), ("names",), ("named",), ("called",), ("i", "am"), ("im",), ("this", "is"), ("naam", "hai"),
    ("naam",), ("calling",), ("speaking", "with"), ("speaking", "to"), ("patient",),
)  # fmt: skip
AFTER = frozenset(
    [
        "ji",
        "jee",
        "bhai",
        "ben",
        "bai",
        "saab",
        "sahab",
        "sahib",
        "madam",
        "garu",
        "amma",
        "anna",
        "didi",
        "bhaiya",
        "beta",
        "chechi",
        "chettan",
    ]
)
ARTICLES = frozenset({"the", "a", "my", "your", "our", "this", "her", "his", "their", "each", "every"})
SURE, ASKED = 0.86, 0.58
WINDOW = 3


@dataclass(frozen=True)
class Part:
    """One word of a registered name."""

    low: str
    sound: str
    person: Known


class Names:
    """The names of the people who are known, ready to be looked for."""

    def __init__(self, people: Iterable[Known], allowed: frozenset[str]) -> None:
        self.allowed = allowed
        self.parts = list(_parts(people))
        self.exact = {part.low: part for part in reversed(self.parts)}
        self.sounds = {part.sound: part for part in reversed(self.parts) if len(part.sound) > 4}
        self.long = [part for part in self.parts if len(part.low) > 4]
        self._fits: dict[str, tuple[float, Part | None]] = {}

    def __bool__(self) -> bool:
        return bool(self.parts)

    def is_ordinary(self, word: Word) -> bool:
        """Whether the word is one of everyday speech or of medicine."""
        return word.low in common() or word.low in self.allowed or is_medical(word.low)

    def nearest(self, low: str) -> tuple[float, Part | None]:
        """The registered name that a word sounds most like, and how much."""
        if low not in self._fits:
            fits = ((_score(low, part), part) for part in self.parts)
            self._fits[low] = max(fits, key=lambda fit: fit[0], default=(0.0, None))
        return self._fits[low]


def _parts(people: Iterable[Known]) -> Iterator[Part]:
    for person in sorted(people, key=lambda known: known.kind is not Kind.PATIENT):
        for name in person.names:
            for piece in PIECES.finditer(name):
                low = compared(piece.group())
                if len(low) > 1 and low.isalpha() and low not in TITLES:
                    yield Part(low, heard(low), person)


def _score(low: str, part: Part) -> float:
    if low == part.low:
        return 1.0
    if len(low) < 3 or len(part.low) < 3:
        return 0.0
    score = alike(low, part.low)
    same = bones(heard(low)) == bones(part.sound)
    return min(0.99, score + 0.08) if same and len(bones(part.sound)) > 1 else score


Hit = tuple[int, Part, str]  # the last word, whose name, why


class Hits:
    """What was found so far, by its first word."""

    def __init__(self) -> None:
        self.found: dict[int, Hit] = {}
        self._covered: dict[int, Part] = {}

    def add(self, first: int, hit: Hit) -> None:
        self.found[first] = hit
        self._covered |= dict.fromkeys(range(first, hit[0] + 1), hit[1])

    def at(self, at: int) -> Part | None:
        """Whose name a word is part of."""
        return self._covered.get(at)

    def beside(self, first: int, last: int) -> list[Part]:
        """The names that stand next to these words."""
        return [
            part
            for at in (first - 2, first - 1, last + 1, last + 2)
            if (part := self._covered.get(at)) is not None
            and (self._covered.get(first - 1) or self._covered.get(last + 1))
        ]


def found_people(view: View, names: Names) -> Iterator[Found]:
    """Everybody who is known: sure hits first, then what stands beside one, after a title or in an introduction."""
    if not names:
        return
    hits = Hits()
    for find in (_sure, _asked):
        for at in range(len(view.words)):
            if hits.at(at) is None and (hit := find(view, names, at, hits)) is not None:
                hits.add(at, hit)
    yield from _merged(view, hits.found)


def _sure(view: View, names: Names, at: int, _hits: Hits) -> Hit | None:
    words = view.words
    word = words[at]
    if word.is_blank or word.is_number:
        return None
    if spelled := _spelled(view, at):
        text, last = spelled
        if (part := names.exact.get(text)) is not None:
            return last, part, "a registered name, spelled out"
        for part in names.long:
            if part.low in text:
                return last, part, "a registered name, spelled out"
    if (exact := _exactly(view, names, at)) is not None:
        return exact
    if not names.is_ordinary(word) and len(word.low) > 2:
        score, part = names.nearest(word.low)
        if part is not None and score >= (SURE if len(word.low) > 3 else 0.9):
            return at, part, "sounds or is written like a registered name"
        for part in names.long:
            if part.low in word.low:
                return at, part, "holds a registered name"
        if (part := names.exact.get(word.low[: -len(_tail(word.low))] if _tail(word.low) else "")) is not None:
            return at, part, "a registered name with a form of address"
    elif word.is_capital and word.low not in names.allowed:
        score, part = names.nearest(word.low)
        if part is not None and score >= 0.93 and len(part.low) > 3:
            return at, part, "written like a name, sounds like a registered one"
    return _windows(view, names, at)


def _tail(low: str) -> str:
    return next((tail for tail in AFTER if low.endswith(tail) and len(low) - len(tail) > 2), "")


def _exactly(view: View, names: Names, at: int) -> Hit | None:
    words = view.words
    word = words[at]
    part = names.exact.get(word.low)
    if part is None:
        return None
    if word.low in names.allowed and word.low not in common():
        return None if not _is_pair(view, names, at) else (at, part, "a registered name")
    if not names.is_ordinary(word) and len(word.low) > 2:
        return at, part, "a registered name"
    if (
        (word.is_capital and word.low not in names.allowed)
        or _is_pair(view, names, at)
        or (len(word.low) > 2 and word.text.isupper())
    ):
        return at, part, "a registered name"
    return None


def _is_pair(view: View, names: Names, at: int) -> bool:
    """Whether the other word of the same person's name stands beside this one."""
    part = names.exact[view.words[at].low]
    for other in (at - 1, at + 1):
        if 0 <= other < len(view.words) and len(view.gap(min(at, other), max(at, other))) < 3:
            beside = view.words[other].low
            if any(beside == one.low != part.low and one.person == part.person for one in names.parts):
                return True
    return False


def _spelled(view: View, at: int) -> tuple[str, int] | None:
    """Letters that stand alone, read together."""
    words, last = view.words, at
    while last < len(words) and len(words[last].low) == 1 and not words[last].is_number and not words[last].is_blank:
        if last > at and len(view.gap(last - 1, last)) > 3:
            break
        last += 1
    return ("".join(word.low for word in words[at:last]), last - 1) if last - at > 2 else None


def _windows(view: View, names: Names, at: int) -> Hit | None:
    """Two or three words that are, or sound exactly like, one name."""
    for size in range(2, WINDOW + 1):
        row = _row(view, at, size)
        if row is None:
            return None
        joined = "".join(word.low for word in row)
        part = names.exact.get(joined)
        if part is not None and (len(joined) > 4 or not all(names.is_ordinary(word) for word in row)):
            return at + size - 1, part, "a registered name in pieces"
        part = names.sounds.get(heard(joined))
        if part is not None and not all(len(word.low) > 3 and names.is_ordinary(word) for word in row):
            return at + size - 1, part, "together they sound like a registered name"
    return None


def _row(view: View, at: int, size: int) -> list[Word] | None:
    row = view.words[at : at + size]
    if len(row) < size or any(word.is_blank or word.is_number for word in row):
        return None
    return row if all(len(view.gap(here, here + 1)) < 3 for here in range(at, at + size - 1)) else None


def _of_somebody(words: list[Word], at: int) -> bool:
    """Whether a title is no title: "the doctor has", "my sister will"."""
    return at > 0 and words[at - 1].low in (
        "the",
        "a",
        "my",
        "your",
        "our",
        "this",
        "her",
        "his",
        "their",
        "each",
        "every",
    )


def _introduced(words: list[Word], at: int) -> bool:
    return any(
        at >= len(phrase)
        and tuple(word.low for word in words[at - len(phrase) : at]) == phrase
        and not (phrase == ("patient",) and _of_somebody(words, at - 1))
        for phrase in INTRODUCES
    )


def _asked(view: View, names: Names, at: int, hits: Hits) -> Hit | None:
    """The best fit of one to three words where a name is expected."""
    words = view.words
    announced = at > 0 and view.gap(at - 1, at).strip() in ("", ".", ",", ":")
    titled = announced and words[at - 1].low in TITLES and not _of_somebody(words, at - 1)
    introduced = announced and _introduced(words, at)
    best: tuple[float, int, Part] | None = None
    for size in range(1, WINDOW + 1):
        row = _row(view, at, size)
        if row is None or any(hits.at(at + step) or row[step].low in names.allowed for step in range(size)):
            break
        joined = "".join(word.low for word in row)
        if titled or introduced:
            score, part = names.nearest(joined)
            least = 0.72 if introduced and not titled else 0.66
            least = max(least, 0.8) if len(joined) < 5 else least
        else:
            score, part = _missing(names, hits.beside(at, at + size - 1), joined)
            least = 0.76 if size == 1 else 0.66
        if not all(names.is_ordinary(word) for word in row):
            least = ASKED
        if part is not None and score >= least and (best is None or score > best[0]):
            best = score, at + size - 1, part
    if best is None:
        return None
    last = best[1]
    while (titled or introduced) and (row := _row(view, last, 2)) and hits.at(last + 1) is None:
        if names.is_ordinary(row[1]) or row[1].opens or len(row[1].low) < 3:
            break
        last += 1
    return last, best[2], "stands where a name is said and sounds like a registered one"


def _missing(names: Names, beside: list[Part], joined: str) -> tuple[float, Part | None]:
    """How much a word sounds like that part of a name whose other part stands beside it."""
    said = {part.low for part in beside}
    fits = [
        (_score(joined, part), part)
        for part in names.parts
        if part.low not in said and any(part.person == other.person for other in beside)
    ]
    return max(fits, key=lambda fit: fit[0], default=(0.0, None))


def _merged(view: View, hits: dict[int, Hit]) -> Iterator[Found]:
    """Words of one person's name that follow one another are one."""
    rows: list[tuple[int, int, Part, str]] = []
    for first, (last, part, why) in sorted(hits.items()):
        if rows:
            begin, end, before, reason = rows[-1]
            if first == end + 1 and view.gap(end, first) in (" ", "-", "") and _one_person(before, part):
                person = part if part.person.kind is Kind.PATIENT else before
                rows[-1] = begin, last, person, reason
                continue
        rows.append((first, last, part, why))
    for first, last, part, why in rows:
        yield (view.words[first].start, view.words[last].end), part.person.kind, f"{why}|{part.person.token}"


def _one_person(one: Part, other: Part) -> bool:
    return (
        one.person == other.person
        or other.low in {p.low for p in _parts([one.person])}
        or one.low in {p.low for p in _parts([other.person])}
    )
