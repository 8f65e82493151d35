"""Public holidays of the world's countries and their parts, as the `holidays` library knows them. No database here."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

ESTIMATED = "(estimated)"  # the library says so of feasts that hang on the moon
ENGLISH = ("en_US", "en_GB", "en_IN")
PUBLIC = "public"


def public_holidays(
    country: str, subdivision: str, categories: Iterable[str], first: date, last: date
) -> list[tuple[date, str]]:
    """The holidays between two days, in order, each with its name in English where the calendar has one."""
    known = _calendar(country)
    if known is None:
        return []
    found = known(
        subdiv=subdivision or None,
        categories=tuple(categories) or (PUBLIC,),
        years=range(first.year, last.year + 1),
        language=next((one for one in ENGLISH if one in known.supported_languages), None),
    )
    return [(on, found[on]) for on in sorted(found) if first <= on <= last]


@cache
def countries() -> list[tuple[str, str]]:
    """Every country whose holidays are known: (code, name), by name."""
    from holidays.registry import COUNTRIES

    return sorted(
        ((names[1], key.replace("_", " ").title()) for key, names in COUNTRIES.items()), key=lambda pair: pair[1]
    )


@cache
def subdivisions(country: str) -> list[tuple[str, str]]:
    """The states or provinces that keep holidays of their own: (code, name), by name."""
    known = _calendar(country)
    if known is None:
        return []
    names: dict[str, str] = {}
    for name, code in getattr(known, "subdivisions_aliases", {}).items():
        names.setdefault(code, name)
    return sorted(((code, names.get(code, code)) for code in known.subdivisions), key=lambda pair: pair[1])


@cache
def categories(country: str) -> list[tuple[str, str]]:
    """The sorts of holidays a country has: (code, words), the public ones first."""
    known = _calendar(country)
    if known is None:
        return []
    sorts = sorted(known.supported_categories, key=lambda code: (code != PUBLIC, code))
    return [(code, code.replace("_", " ").capitalize()) for code in sorts]


def same_feast(one: str, other: str) -> bool:
    """Whether two names mean the same holiday, though one of them was still an estimate."""
    return one.replace(ESTIMATED, "").strip() == other.replace(ESTIMATED, "").strip()


@cache
def _calendar(country: str) -> Any:
    import holidays  # slow to import, and needed on few pages

    return getattr(holidays, country, None) if country in dict(countries()) else None
