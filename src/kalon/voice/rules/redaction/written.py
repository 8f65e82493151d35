"""Identifiers of letters and digits: e-mail addresses, PAN, record numbers, spelled or written."""

import re
from collections.abc import Iterable, Iterator
from string import ascii_uppercase

from kalon.voice.rules.redaction.digits import ENGLISH, GLUED, HINDI, TEENS, TENS, TIMES, figures
from kalon.voice.rules.redaction.kinds import Kind, Known
from kalon.voice.rules.redaction.numbers import Found
from kalon.voice.rules.redaction.texts import View, compared
from kalon.voice.rules.redaction.vocabulary import common

EMAIL = re.compile(r"[\w.%+-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)*", re.UNICODE)
ENDINGS = {"com", "in", "org", "net", "edu", "gov", "io", "co"}
JOINTS = {"dot", "underscore", "dash", "hyphen", "period", "point"}
STOPS = {
    "is", "id", "mail", "email", "e", "address", "to", "on", "at", "my", "the", "hai", "mera", "meri", "me", "it",
    "its", "and", "or", "you", "write", "send", "contact", "use", "from", "gmail", "ka", "par", "pe",
}  # fmt: skip
FORMS = (
    (re.compile(r"[A-Z]{5}\d{4}[A-Z](?!\d)"), Kind.PAN),
    (re.compile(r"(?<![A-Z])(?!ABHA|PIN|CARD)[A-Z]{2,4}\d{6,8}(?!\d)"), Kind.MRN),
    (re.compile(r"(?<![A-Z])[A-Z]{4,6}\d{4}[A-Z](?![A-Z\d])"), Kind.PAN),
    (re.compile(r"(?<![A-Z])(?!ABHA|PIN|CARD)[A-Z]{2,4}0\d{3,7}(?!\d)"), Kind.MRN),
    (re.compile(r"(?<![A-Z])[A-Z]\d{7}(?!\d)"), Kind.NUMBER),
    (re.compile(r"[A-Z]{4}0[A-Z0-9]{6}"), Kind.NUMBER),
)
LONGEST_GROUP = 6
# What is said before a code, and may stand between; the code itself has lost or won a letter on its way to the ear.
ANNOUNCES = {"pan": Kind.PAN, **dict.fromkeys(("file", "record", "mrn", "uhid", "folder", "chart", "open"), Kind.MRN)}
FILLERS = {"is", "was", "number", "no", "card", "the", "my", "her", "his", "your", "hai", "ka", "it", "code", "of"}
HEARD_AS = {
    Kind.PAN: re.compile(r"[A-Z]{2,7}\d{3,6}[A-Z]{0,3}"),
    Kind.MRN: re.compile(r"(?!BP|HR|PR|RR|HB|BMI)[A-Z]{1,4}[OD]{0,4}\d{3,8}"),
}
TIGHT = (".", "-", "_", "")


def found_addresses(view: View) -> Iterator[Found]:
    """E-mail addresses, written with their sign or said with "at" and "dot"."""
    for match in EMAIL.finditer(view.text):
        yield match.span(), Kind.EMAIL, "the form of an e-mail address"
    words = view.words
    for at, word in enumerate(words):
        if word.low == "at" and (end := _host_ends(view, at + 1)) and (start := _local_starts(view, at)) < at:
            yield (words[start].start, words[end].end), Kind.EMAIL, "an e-mail address as it is said"


def _host_ends(view: View, at: int) -> int:
    """The last word of "gmail dot com" from here, or 0."""
    words = view.words
    while at < len(words) and words[at].low in ("the", "rate", "of"):
        at += 1
    for dot in range(at + 1, min(at + 4, len(words) - 1)):
        if words[dot].low in ("dot", "point") and words[dot + 1].low in ENDINGS:
            last = dot + 1
            while last + 2 < len(words) and words[last + 1].low == "dot" and words[last + 2].low in ENDINGS:
                last += 2
            return last
    for end in range(at + 1, min(at + 3, len(words))):
        if view.gap(end - 1, end) == "." and words[end].low in ENDINGS:
            return end
    return 0


def _local_starts(view: View, at: int) -> int:
    """The first word of what stands before "at"."""
    words, start = view.words, at
    free = True  # whether the word before may be taken though nothing joins it
    while start > 0 and at - start < 14:
        word = words[start - 1]
        tight = start < at and view.gap(start - 1, start) in TIGHT
        if word.is_blank or (words[start].opens and start < at and not tight):
            break
        spoken = word.low in JOINTS or word.is_number or word.low in ENGLISH or word.low in TIMES or len(word.low) == 1
        spoken = spoken or tight
        if word.low in STOPS or not (spoken or free or word.low not in common()):
            break
        free = word.low in JOINTS
        start -= 1
    return start


def found_forms(view: View, people: Iterable[Known]) -> Iterator[Found]:
    """PAN, record numbers and their like, in one word, in groups, or letter by letter."""
    codes = {code for person in people for one in person.codes if len(code := squeezed(one)) >= 5}
    for row in _rows(view):
        begins, ends, text = {}, {}, ""
        for part, first, last in row:
            begins[len(text)] = view.words[first].start
            text += part
            ends[len(text)] = view.words[last].end
        for start, stop, kind, why in (*_forms(text, codes), *_announced(view, row, text)):
            if start in begins and stop in ends:
                yield (begins[start], ends[stop]), kind, why


def _announced(view: View, row: list[tuple[str, int, int]], text: str) -> Iterator[tuple[int, int, Kind, str]]:
    """A code that was announced as a PAN or a record number, however it was heard."""
    at, begins = row[0][1] - 1, 0
    while at > 0 and view.words[at].low in FILLERS and row[0][1] - at < 4:
        at -= 1
    kind = _announces(view.words[at].low) if at >= 0 else None
    for place, (_code, first, _last) in enumerate(row[:-1]):  # "PAN SFCC" may be one row of letters
        if _announces(view.words[first].low):
            kind, begins = _announces(view.words[first].low), sum(len(one) for one, *_ in row[: place + 1])
    match = HEARD_AS[kind].match(text, begins) if kind else None
    if kind and match:
        yield begins, match.end(), kind, f"said to be {_article(kind)}"


def _announces(low: str) -> Kind | None:
    return ANNOUNCES.get(low.removeprefix("my"))


def _forms(text: str, codes: set[str]) -> Iterator[tuple[int, int, Kind, str]]:
    for code in codes:
        at = text.find(code)
        if at >= 0:
            yield at, at + len(code), Kind.MRN, "a registered record number"
    for letters in {code[: len(code) - len(code.lstrip(ascii_uppercase))] for code in codes}:
        if len(letters) >= 2:
            for match in re.finditer(rf"(?<![A-Z]){letters}[A-Z]?\d{{3,}}", text):
                yield match.start(), match.end(), Kind.MRN, "a record number of this clinic, perhaps misheard"
    for form, kind in FORMS:
        for match in form.finditer(text):
            yield match.start(), match.end(), kind, f"the form of {_article(kind)}"


def _article(kind: Kind) -> str:
    return {Kind.PAN: "a PAN", Kind.MRN: "a record number"}.get(kind, "a document's number")


def _rows(view: View) -> Iterator[list[tuple[str, int, int]]]:
    """Rows of letters and figures that may be one code, each part with the first and the last word it stands in."""
    row: list[tuple[str, int, int]] = []
    at, words = 0, view.words
    while at < len(words):
        part, last = _part(view, at)
        if part and (not row or _near(view, row[-1][2], at)):
            row.append((part, at, last))
        else:
            if len(row) > 1:
                yield row
            row = [(part, at, last)] if part else []
        at = last + 1
    if len(row) > 1:
        yield row


def _part(view: View, at: int) -> tuple[str, int]:
    """Letters or figures at a word: itself, a digit said, "double two", "b for ball"."""
    words = view.words
    word = words[at]
    if word.is_blank:
        return "", at
    if word.is_number:
        return figures(word.text), at
    if word.low in TIMES and at + 1 < len(words):
        one, last = ("0", at + 1) if words[at + 1].low in ("oh", "o") else _part(view, at + 1)
        if one.isdecimal():  # "triple 0398" is how a listener writes "triple zero, three nine eight"
            return one[0] * (TIMES[word.low] - 1) + one, last
        return (one * TIMES[word.low], last) if len(one) == 1 else ("", at)
    if word.low in ENGLISH or (word.low in HINDI and word.low not in ("do", "sat", "che", "tin")):
        return ENGLISH.get(word.low) or HINDI[word.low], at
    if word.low == "oh" or word.low in GLUED:
        return GLUED.get(word.low, "0"), at
    if word.low in TEENS:
        return TEENS[word.low], at
    if word.low in TENS:
        unit = ENGLISH.get(words[at + 1].low, "0") if at + 1 < len(words) else "0"
        return TENS[word.low] + unit, at + (unit != "0")
    if len(word.text) == 1 and word.text.isascii():
        if at + 2 < len(words) and words[at + 1].low in ("for", "as") and words[at + 2].low[:1] == word.low:
            return word.text.upper(), at + 2
        return word.text.upper(), at
    if word.text.isascii() and len(word.text) <= LONGEST_GROUP and word.text.isalpha():
        grown = word.text.isupper() or _touches(view, at) or word.low not in common()
        return (word.text.upper(), at) if grown else ("", at)
    return "", at


def _touches(view: View, at: int) -> bool:
    """Whether a word is written together with a figure."""
    words = view.words
    return any(
        left >= 0 and right < len(words) and view.gap(left, right) in ("", "-")
        for left, right in ((at - 1, at), (at, at + 1))
    )


def _near(view: View, left: int, right: int) -> bool:
    gap = view.text[view.words[left].end : view.words[right].start]
    return len(gap) <= 3 and all(letter in " -.,/_" for letter in gap)


def squeezed(code: str) -> str:
    """A code as its letters and figures alone, large."""
    return (
        re.sub(r"[^A-Z0-9]", "", compared(code).upper())
        if not code.isascii()
        else re.sub(r"[^A-Z0-9]", "", code.upper())
    )
