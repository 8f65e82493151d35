"""Dates of birth as people type them."""

import re
from datetime import UTC, date

from kalon.kernel import clock

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMBERS = re.compile(r"^(\d{1,4})[-/. ](\d{1,2})[-/. ](\d{2,4})$")
DAY_MONTH = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})\.?,?[-/. ]*(\d{2,4})$")
MONTH_DAY = re.compile(r"^([a-z]{3,9})\.?[-/. ]*(\d{1,2})(?:st|nd|rd|th)?,?[-/. ]+(\d{2,4})$")


def parsed_dates(text: str) -> list[date]:
    """The dates a text may mean; 03/04/1994 is two, the day first as it is written in India."""
    text = " ".join(text.strip().casefold().split())
    if found := NUMBERS.match(text):
        first, middle, last = found.groups()
        if len(first) == 4:
            return _dates((first, middle, last))
        return _dates((last, middle, first), (last, first, middle))
    if found := DAY_MONTH.match(text):
        day, month, year = found.groups()
        return _dates((year, _month(month), day))
    if found := MONTH_DAY.match(text):
        month, day, year = found.groups()
        return _dates((year, _month(month), day))
    return []


def _month(word: str) -> str:
    return str(MONTHS.index(word[:3]) + 1) if word[:3] in MONTHS else "0"


def _dates(*readings: tuple[str, str, str]) -> list[date]:
    days: list[date] = []
    for year, month, day in readings:
        try:
            found = date(_year(year), int(month), int(day))
        except ValueError:
            continue
        if found not in days:
            days.append(found)
    return days


def _year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    year = 2000 + int(text)
    return year if year <= clock.today(UTC).year else year - 100
