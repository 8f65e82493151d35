"""Reading the tables, and refusing what is not fit to be relied on."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

from kalon.prescribing.rules.amounts import limit
from kalon.prescribing.rules.formulary.tables import (
    CrossRule,
    Flag,
    Form,
    Formulary,
    Interaction,
    Medicine,
    Source,
    words,
)

HERE = Path(__file__).parent
GROUPS = ("analgesics", "anaesthesia", "infection", "skin", "general", "other")
SEVERITIES = ("stop", "warn", "note")
KINDS = ("pregnancy", "breastfeeding", "age_under", "age_over", "renal")
ATC = re.compile(r"[A-Z]\d\d[A-Z]{1,2}(\d\d)?")
Row = dict[str, str]
T = TypeVar("T")


class Unfit(ValueError):
    """A row that must not be relied on: it names the file, the row and what is missing."""


@cache
def load() -> Formulary:
    """The formulary as it is shipped."""
    return read(HERE)


def read(folder: Path) -> Formulary:
    """Read and check every table of a folder."""
    sources = {row["key"]: _register(row) for row in _rows(folder / "sources.csv")}
    medicines: dict[str, Medicine] = {}
    for group in GROUPS:
        for medicine in _each(folder / f"{group}.csv", partial(_medicine, group=group, sources=sources)):
            if medicine.code in medicines:
                raise Unfit(f"{group}.csv: {medicine.name} is there twice")
            medicines[medicine.code] = medicine
    allergens = {row["class"]: _terms(row["words"]) for row in _rows(folder / "allergens.csv")}
    cross = list(_each(folder / "cross.csv", lambda row: _cross(row, sources)))
    interactions = list(_each(folder / "interactions.csv", lambda row: _interaction(row, sources)))
    flags = list(_each(folder / "flags.csv", lambda row: _flag(row, sources)))
    loaded = Formulary(medicines, allergens, cross, interactions, flags, sources)
    _check_names(loaded)
    _check_terms(loaded)
    return loaded


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file, delimiter="|", quoting=csv.QUOTE_NONE)
        for row in table:
            if None in row or None in row.values():
                raise Unfit(f"{path.name}: line {table.line_num} has another number of columns")
            yield {name: value.strip() for name, value in row.items()}


def _each(path: Path, make: Callable[[Row], T]) -> Iterable[T]:
    for number, row in enumerate(_rows(path), start=2):
        try:
            yield make(row)
        except ValueError as error:
            raise Unfit(f"{path.name}, line {number} ({next(iter(row.values()))}): {error}") from error


def _register(row: Row) -> Source:
    if not (row["title"] and row["publisher"] and re.fullmatch(r"(19|20)\d\d", row["year"])):
        raise Unfit(f"sources.csv: {row['key']} needs title, publisher and year")
    return Source(row["title"], row["publisher"], int(row["year"]), "")


def _cited(text: str, sources: dict[str, Source], *, what: str) -> Source:
    key, mark, section = (part.strip() for part in text.partition("§"))
    if not (mark and section):
        raise ValueError(f"{what} has no source; write it as: key § section")
    if key not in sources:
        raise ValueError(f"{key!r} is not in sources.csv")
    known = sources[key]
    return Source(known.title, known.publisher, known.year, section)


def _medicine(row: Row, *, group: str, sources: dict[str, Source]) -> Medicine:
    if row["atc"] and not ATC.fullmatch(row["atc"]):
        raise ValueError(f"{row['atc']!r} is no ATC code")
    once, daily = limit(row["once"]), limit(row["daily"])
    limited = once is not None or daily is not None
    return Medicine(
        code=slug(row["name"]),
        name=row["name"],
        group=group,
        also=_terms(row["also"]),
        atc=row["atc"],
        forms=tuple(_form(text) for text in row["forms"].split(";")),
        routes=_terms(row["routes"]),
        usual=row["usual"],
        usual_source=_cited(row["usual_source"], sources, what="the usual dose"),
        once=once,
        daily=daily,
        max_source=_cited(row["max_source"], sources, what="the maximum") if limited else None,
        allergy=_terms(row["allergy"]),
        classes=_terms(row["classes"]),
    )


def _form(text: str) -> Form:
    """ "tablet 250 mg, 500 mg": the form's words come before the first number."""
    found = re.match(r"\s*([^\d]+?)\s*(\d.*)?$", text)
    if found is None:
        raise ValueError(f"{text!r} is no form")
    return Form(found[1].strip(), _terms(found[2] or ""))


def _cross(row: Row, sources: dict[str, Source]) -> CrossRule:
    return CrossRule(row["allergic_to"], row["given"], *_said(row), _cited(row["source"], sources, what="the rule"))


def _interaction(row: Row, sources: dict[str, Source]) -> Interaction:
    return Interaction(row["a"], row["b"], *_said(row), _cited(row["source"], sources, what="the interaction"))


def _flag(row: Row, sources: dict[str, Source]) -> Flag:
    if row["kind"] not in KINDS:
        raise ValueError(f"{row['kind']!r} is no kind of flag")
    if row["kind"].startswith("age") != bool(row["limit"]):
        raise ValueError("an age needs its years, and nothing else has any")
    years = int(row["limit"]) if row["limit"] else None
    severity, sentence, action = _said({**row, "mechanism": row["sentence"]})
    return Flag(
        row["of"], row["kind"], years, severity, sentence, action, _cited(row["source"], sources, what="the flag")
    )


def _said(row: Row) -> tuple[str, str, str]:
    if row["severity"] not in SEVERITIES:
        raise ValueError(f"{row['severity']!r} is no severity")
    if not (row["mechanism"] and row["action"]):
        raise ValueError("say why, and what to do")
    return row["severity"], row["mechanism"], row["action"]


def _terms(text: str) -> tuple[str, ...]:
    return tuple(part for term in text.split(", ") if (part := term.strip()))


def slug(name: str) -> str:
    """The code of a medicine: its name in small letters, joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower().replace("'", "").replace("%", "")).strip("-")


def _check_names(loaded: Formulary) -> None:
    """One name must not mean two medicines."""
    meant: dict[tuple[str, ...], str] = {}
    for medicine in loaded.medicines.values():
        for name in (medicine.name, *medicine.also):
            if meant.setdefault(words(name), medicine.code) != medicine.code:
                raise Unfit(f"{name!r} means both {meant[words(name)]} and {medicine.code}")


def _check_terms(loaded: Formulary) -> None:
    """A rule about a class that no medicine has would never speak: a slip of the pen, refused."""
    classes = {term for medicine in loaded.medicines.values() for term in medicine.terms}
    allergy = {term for medicine in loaded.medicines.values() for term in medicine.allergy}
    for row in loaded.interactions:
        if unknown := {row.a, row.b} - classes:
            raise Unfit(f"interactions.csv: no medicine is {', '.join(sorted(unknown))}")
    for flag in loaded.flags:
        if flag.of not in classes:
            raise Unfit(f"flags.csv: no medicine is {flag.of}")
    for rule in loaded.cross:
        if rule.allergic_to not in loaded.allergens:
            raise Unfit(f"cross.csv: {rule.allergic_to} is not in allergens.csv")
        if rule.given != "*" and rule.given not in allergy:
            raise Unfit(f"cross.csv: no medicine has the allergy class {rule.given}")
