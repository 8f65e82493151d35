"""Dates of birth, registered or announced ("born on …"), written and said; every other date stays."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from kalon.voice.rules.redaction.digits import ENGLISH, HINDI, TEENS, TENS, figures
from kalon.voice.rules.redaction.kinds import Kind, Known
from kalon.voice.rules.redaction.numbers import Found
from kalon.voice.rules.redaction.texts import View, Word

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvari", "february feb farvari", "march mar maarch", "april apr aprail", "may mai",
            "june jun", "july jul julai", "august aug agast", "september sept sep sitambar", "october oct aktubar",
            "november nov navambar", "december dec disambar",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
ORDINALS = {
    name: number
    for number, name in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        1,
    )
} | {"thirtieth": 30}
NUMBERS = {name: int(value) for name, value in (*ENGLISH.items(), *TEENS.items(), *HINDI.items())} | {
    name: int(value) * 10 for name, value in TENS.items()
}
BIRTH = frozenset(["born", "birth", "dob", "birthday", "birthdate", "janm", "janam", "janma", "paida", "janmatithi"])
FILLERS = frozenset(
    [
        "is",
        "was",
        "on",
        "the",
        "of",
        "in",
        "to",
        "and",
        "year",
        "date",
        "hai",
        "hua",
        "hui",
        "tha",
        "thi",
        "ko",
        "my",
        "her",
        "his",
        "mera",
        "meri",
        "it",
        "day",
        "a",
        "st",
        "nd",
        "rd",
        "th",
    ]
)
AGES = frozenset(["year", "years", "old", "yrs", "yr", "ago", "weeks", "months", "days", "week", "month"])
REACH = 6


def found_births(view: View, people: Iterable[Known]) -> Iterator[Found]:
    """Dates after words of birth, and registered birth dates wherever they stand."""
    known = {person.born for person in people if person.born}
    words, at = view.words, 0
    while at < len(words):
        end = _stretch(view, at)
        if end <= at:
            at += 1
            continue
        reach = (words[at].start, words[end - 1].end)
        if _announced(view, at) and _is_date(words[at:end]):
            yield reach, Kind.BIRTH_DATE, "said to be a date of birth"
        elif known & _readings(words[at:end]):
            yield reach, Kind.BIRTH_DATE, "a registered date of birth"
        at = end


def _stretch(view: View, at: int) -> int:
    """One past the last of the words of a date from here."""
    words, end = view.words, at
    if not _dated(words[at]):
        return at
    last = at
    while end < len(words) and end - at < 12:
        if end > at and not re.fullmatch(r"[\s,./-]{0,3}", view.gap(end - 1, end)):
            break
        if _dated(words[end]):
            last = end
        elif words[end].low not in ("of", "the", "and", "st", "nd", "rd", "th"):
            break
        end += 1
    return last + 1


def _dated(word: Word) -> bool:
    return (
        (word.is_number and len(word.text) <= 4)
        or word.low in MONTHS
        or word.low in ORDINALS
        or word.low in NUMBERS
        or word.low in ("hundred", "thousand", "oh")
    )


def _is_date(words: list[Word]) -> bool:
    """Whether there is enough of a date: a month, a year, or three figures."""
    if any(word.low in MONTHS for word in words) and len(words) > 1:
        return True
    years = [word for word in words if word.is_number and len(word.text) == 4 and word.text[:2] in ("19", "20")]
    spoken = [word for word in words if word.low in ("nineteen", "twenty", "thousand")]
    return bool(years) or (bool(spoken) and len(words) > 1) or sum(word.is_number for word in words) >= 3


def _announced(view: View, at: int) -> bool:
    words = view.words
    for back in range(1, REACH + 1):
        if at - back < 0:
            return False
        low = words[at - back].low
        if low in BIRTH or (low == "b" and at - back >= 2 and words[at - back - 2].low == "d"):
            return True
        if low not in FILLERS:
            return False
    return False


def _readings(words: list[Word]) -> set[date]:
    """The dates that these words may mean, the day first as in India, or the month."""
    months = [at for at, word in enumerate(words) if word.low in MONTHS]
    if months:
        month, split = MONTHS[words[months[0]].low], months[0]
        before, after = _values(words[:split]), _values(words[split + 1 :])
        tries = [(_year(after), month, day) for day in before[:1]]
        if after:
            tries += [(_year(after[1:]), month, after[0]), *((_year(before[:1]), month, after[0]),)]
    else:
        values = _values(words)
        tries = []
        if len(values) >= 3:
            tries = [(_year(values[2:]), values[1], values[0]), (_year(values[2:]), values[0], values[1])]
            tries.append((values[0], values[1], values[2]))
    return {day for year, month, number in tries if (day := _date(year, month, number))}


def _values(words: list[Word]) -> list[int]:
    """The numbers that words say: "twenty first" is 21, "nineteen eighty five" is 19 and 85."""
    values: list[int] = []
    tens = False
    for word in words:
        low = word.low
        if word.is_number:
            values.append(int(figures(word.text)))
            tens = False
        elif low in TENS:
            values.append(NUMBERS[low])
            tens = True
        elif low in NUMBERS or low in ORDINALS:
            value = NUMBERS.get(low) or ORDINALS.get(low, 0)
            if tens and value < 10:
                values[-1] += value
            else:
                values.append(value)
            tens = False
        elif low == "thousand" and values:
            values[-1] *= 1000
            tens = False
    return values


def _year(values: list[int]) -> int:
    if not values:
        return 0
    if values[0] > 999:
        return values[0] + (values[1] if len(values) > 1 and values[0] % 1000 == 0 and values[1] < 100 else 0)
    if len(values) > 1 and values[0] in (19, 20):
        return values[0] * 100 + values[1]
    return (1900 if values[0] > 26 else 2000) + values[0] if values[0] < 100 else 0


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
