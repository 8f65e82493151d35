"""Reads of classifications: one code, what is below it, and what somebody means who types."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from kalon.codes.models import Code, Edition, Level, System
from kalon.codes.rules import SHORTEST, asked, looks_like_code
from kalon.kernel.errors import NotFound

__all__ = ["Code", "Edition", "Level", "System", "below", "code", "editions", "is_known", "search"]

MOST = 20
_RANKED = """
SELECT id FROM codes_code
WHERE system = %(system)s AND level IN ('CATEGORY', 'CODE')
    AND words @@ to_tsquery('simple', %(query)s)
ORDER BY id = ANY(%(favoured)s) DESC, strpos(lower(title), %(begins)s) = 1 DESC, length(title), code
LIMIT %(most)s
"""
_LIKE = """
SELECT id FROM codes_code
WHERE system = %(system)s AND level IN ('CATEGORY', 'CODE')
    AND %(text)s <%% title
ORDER BY word_similarity(%(text)s, title) DESC, length(title), code
LIMIT %(most)s
"""
_BEGINNING = """
SELECT id FROM codes_code
WHERE system = %(system)s AND code LIKE %(begins)s AND level NOT IN ('CHAPTER', 'BLOCK')
ORDER BY id = ANY(%(favoured)s) DESC, length(code), code
LIMIT %(most)s
"""


def search(text: str, *, system: System, favoured: Collection[int] = (), most: int = MOST) -> list[Code]:
    """The codes that somebody means who types these letters: favoured ones first, then the plainest title.

    A code's own letters ("L57", "l570") find it and what is below it; words find titles and synonyms by their
    beginnings, in British or American spelling, abbreviations written out; where nothing fits, what is spelt alike.
    """
    text = text.replace("\0", "")
    ways = {"system": str(system), "favoured": list(favoured), "most": min(most, 100)}
    begins = looks_like_code(text)
    if begins and (found := _rows(_BEGINNING, {**ways, "begins": f"{begins}%"})):
        return found
    words = [word for word in asked(text) if word]
    if not words or len("".join(words)) < SHORTEST:
        return []
    query = " & ".join(f"{word}:*" for word in words)
    found = _rows(_RANKED, {**ways, "query": query, "begins": text.strip().lower()})
    return found or _rows(_LIKE, {**ways, "text": text.strip()[:80]})


def code(value: str, *, system: System) -> Code:
    """The node of a code as it is written, with its dot or without."""
    dotted = looks_like_code(value) or value.strip().upper()
    found = Code.objects.filter(system=system, code=dotted).first()
    if found is None:
        raise NotFound(f"{system.label} has no code {value.strip()[:12]}.")
    return found


def is_known(value: str) -> bool:
    """Whether a loaded classification has this code; while none is loaded there is nothing to compare it with."""
    dotted = looks_like_code(value) or value.strip().upper()
    return Code.objects.filter(code=dotted).exists() or not Edition.objects.exists()


def below(of: Code) -> QuerySet[Code]:
    """The more exact codes of a node."""
    return Code.objects.filter(system=of.system, parent=of.code).order_by("code")


def editions() -> QuerySet[Edition]:
    """What is loaded."""
    return Edition.objects.order_by("system")


def _rows(statement: str, values: Mapping[str, Any]) -> list[Code]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        ids = [row[0] for row in cursor.fetchall()]
    found = Code.objects.in_bulk(ids)
    return [found[pk] for pk in ids]
