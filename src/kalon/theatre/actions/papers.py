"""The operation note as a signed paper: what stands in it, and the one before it that holds no longer."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kalon.inventory import queries as stock
from kalon.inventory.events import Source
from kalon.kernel.actors import Actor
from kalon.papers import actions as papers
from kalon.papers import queries as signed
from kalon.papers.queries import Kind
from kalon.plans.lifecycles import Side
from kalon.theatre import queries
from kalon.theatre.models import Case, Count, OperationNote
from kalon.theatre.rules.notes import PARTS

PAPER = Path(__file__).parent.parent / "templates" / "theatre" / "paper" / "note.typ"
TITLE = "Operation note"


def sign_paper(note: OperationNote, case: Case, *, by: Actor) -> Any:
    """Draw the note, sign it as its writer, and take the one that it corrects out of force."""
    if note.corrects_id is not None:
        old = signed.holding(note.corrects_id, Kind.OTHER, seen_by=by)
        if old is not None:
            papers.withdraw(old.pk, "Corrected by a further note.", by=by)
    return papers.sign(
        PAPER, paper_data(note, case, by=by), kind=Kind.OTHER, title=TITLE, number=case.number,
        patient_id=case.patient_id, branch_id=case.branch_id, source_id=note.pk, by=by,
    )  # fmt: skip


def paper_data(note: OperationNote, case: Case, *, by: Actor) -> dict[str, Any]:
    """What stands on the paper, as plain data."""
    zone, born = ZoneInfo(case.branch.timezone), case.patient.born
    on = case.surgery_date
    inside = stock.implants_of(case.patient_id, seen_by=by)
    paper = Source("case", case.pk)
    rows = inside.filter(source_kind=paper.kind, source_id=paper.id, explanted_at=None).order_by("implanted_at", "id")
    return {
        "title": TITLE,
        "number": case.number,
        "date": f"{on.day} {on:%B %Y}",
        "patient": str(case.patient.name),
        "mrn": case.patient.mrn,
        "born": f"{born.day} {born:%B %Y}" if born else "",
        "surgeon": case.surgeon.name,
        "room": case.room.name,
        "anaesthesia": case.get_anaesthesia_display(),
        "lines": [
            f"{queries.title_of(one)}, {Side(one.side).label.lower()}" if one.side else queries.title_of(one)
            for one in case.lines.all()
        ],
        "times": [(word, f"{at.astimezone(zone):%H:%M}" if at else "–") for word, at in case.times],
        "facts": [
            ("Complications", str(case.complications)),
            ("Return to theatre", str(case.emergency_reason)),
            ("Team", ", ".join(queries.team_of(case))),
            ("Counts", "; ".join(map(_counted, queries.counts_of(case)))),
        ],
        "parts": [
            {"heading": title, "lines": str(note.content[name]).splitlines()}
            for name, title, _ in PARTS if note.content.get(name)
        ],
        "implants": [
            (one.get_side_display(), f"{one.item_name} {one.size}".strip(), one.serial, one.lot,
             f"{one.expires_on:%b %Y}" if one.expires_on else "–")
            for one in rows
        ],
        "corrects": "Corrects an earlier note of this case." if note.corrects_id else "",
    }  # fmt: skip


def _counted(one: Count) -> str:
    return f"{one.get_what_display()} {one.before}/{one.after}"
