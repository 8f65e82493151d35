"""The summary of a visit as its patient reads it: on the page, as data, and as the signed paper."""

from typing import Any
from uuid import UUID

from kalon.consultations import queries as consultations
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.papers import queries as papers

SAID_ABOVE = "What comes next"  # the page begins with it


def summary(of: Any, *, seen_by: Actor) -> list[dict[str, Any]]:
    """The parts that say something: why they came, what was found in plain words, medicines, tests, plans, advice."""
    parts = consultations.summary_parts(of, seen_by=seen_by)
    return [part for part in parts if part["lines"] and part["heading"] != SAID_ABOVE]


def summary_paper(pk: UUID, *, seen_by: Actor) -> tuple[Any, bytes]:
    """The signed summary of a visit of one's own, byte for byte; the reading is logged."""
    found = consultations.consultation(pk, seen_by=seen_by)
    held = papers.holding(found.pk, papers.Kind.SUMMARY, seen_by=seen_by)
    if held is None:
        raise NotFound("There is no signed summary of this visit. Ask us for it.")
    return papers.content(held.pk, seen_by=seen_by)
