"""What the papers of a visit say: parts with a heading and lines, those of the note and those that others add."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from kalon.consultations.lifecycles import Section, Status
from kalon.consultations.models import Consultation
from kalon.consultations.queries.diagnosis import diagnoses_of
from kalon.consultations.queries.encounters import consultations
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.papers import queries as papers
from kalon.people import queries as people

Part = dict[str, Any]  # "heading" and "lines"
Lines = Callable[[Consultation, Actor], list[str]]
RECENT = timedelta(days=30)
_added: list[tuple[int, str, Lines]] = []


def papers_of(of: Consultation, *, seen_by: Actor) -> list[Any]:
    """The signed papers of a visit that hold, newest first; nothing for who may not see papers."""
    if not seen_by.may(papers.READ):
        return []
    rows = papers.papers(seen_by=seen_by).filter(source_id=of.pk, withdrawn_at=None)
    return list(rows.order_by("-signed_at"))


def add_summary_part(heading: str, lines: Lines, *, order: int = 50) -> None:
    """Let a context above add lines to the summary that the patient takes home: medicines, plans, tests."""
    if all(held is not lines for _order, _heading, held in _added):
        _added.append((order, heading, lines))
        _added.sort(key=lambda entry: entry[0])


def summary_parts(of: Consultation, *, seen_by: Actor) -> list[Part]:
    """The summary for the patient: why they came, what was found, what others add, what to do."""
    follow_up = [f"We see you again on {of.follow_up_on.day} {of.follow_up_on:%B %Y}."] if of.follow_up_on else []
    referred = [f"You are referred to {of.referred_to}."] if str(of.referred_to).strip() else []
    return [
        _part("Why you came", _lines(of.text_of(Section.COMPLAINT))),
        _part("What we found", _found(of, seen_by)),
        *[_part(heading, lines(of, seen_by)) for _order, heading, lines in _added],
        _part("What to do", _lines(of.text_of(Section.ADVICE))),
        _part("What comes next", [of.get_outcome_display(), *follow_up, *referred]),
    ]


def without_summary(*, seen_by: Actor) -> "QuerySet[Consultation]":
    """The visits of the last weeks whose note one signed oneself and whose summary nobody has signed, newest first.

    An older one is signed from its own page: what a patient has done without for a month is no work that waits.
    """
    me = people.staff_of(seen_by)
    rows = consultations(seen_by=seen_by).filter(status=Status.CLOSED, signed_by_id=me.pk if me else None)
    held = papers.papers(seen_by=seen_by).filter(kind=papers.Kind.SUMMARY, withdrawn_at=None, source_id=OuterRef("pk"))
    rows = rows.exclude(signed_by=None).filter(signed_at__gte=clock.now() - RECENT)
    return rows.filter(~Exists(held)).order_by("-signed_at", "-id")


def clinical_parts(of: Consultation, *, seen_by: Actor) -> list[Part]:
    """What another doctor is told: the note in its own words, and the coded diagnoses."""
    return [
        _part("Complaint and history", _lines(of.text_of(Section.COMPLAINT), of.text_of(Section.PRESENT_ILLNESS))),
        _part("Examination", _lines(of.text_of(Section.EXAMINATION), of.text_of(Section.OBJECTIVE))),
        _part("Diagnoses", [row.sentence for row in diagnoses_of(of, seen_by=seen_by)]),
        _part("Assessment", _lines(of.text_of(Section.ASSESSMENT))),
        *[_part(heading, lines(of, seen_by)) for _order, heading, lines in _added],
        _part("Plan", _lines(of.text_of(Section.PLAN))),
    ]


def _found(of: Consultation, seen_by: Actor) -> list[str]:
    """The diagnoses in their words, without codes; the assessment where nothing was coded."""
    return [str(row.title) for row in diagnoses_of(of, seen_by=seen_by)] or _lines(of.text_of(Section.ASSESSMENT))


def _part(heading: str, lines: list[str]) -> Part:
    return {"heading": heading, "lines": lines}


def _lines(*texts: str) -> list[str]:
    return [line.strip() for text in texts for line in str(text).splitlines() if line.strip()]
