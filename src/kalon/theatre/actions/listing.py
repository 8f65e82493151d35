"""The theatre's list of a day, on paper."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import verb
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.theatre import queries
from kalon.theatre.models import Case
from kalon.web.papers import draw

PAPER = Path(__file__).parent.parent / "templates" / "theatre" / "paper"


@verb
def list_pdf(branch_id: UUID, day: date, *, by: Actor) -> bytes:
    """The cases of a day in the order of the theatres, on A4; each reading is logged."""
    branch = people.branch(branch_id, seen_by=by)
    found = list(queries.list_of_day(day, seen_by=by, branch_id=branch_id))
    audit.reads(by, found, purpose="theatre list on paper")
    names, banners = _team(found, by), patients.banners([one.patient for one in found])
    data = {
        **people.letterhead(branch, seen_by=by),
        "number": branch.name,
        "date": f"{day.day} {day:%B %Y}",
        "language": "en",
        "day": f"{day:%A} {day.day} {day:%B %Y}",
        "cases": [_row(one, names, banners[one.patient_id]) for one in found],
        "cards": _cards(found, by),
    }
    return draw(PAPER / "list.typ", data)


def _row(one: Case, names: dict[UUID, str], banner: Any) -> dict[str, Any]:
    visit = one.reservation.appointment if one.reservation else None
    return {
        "number": one.number,
        "room": one.room.name,
        "time": f"{visit.local_start:%H:%M}\u2013{visit.local_end:%H:%M}" if visit else "",
        "patient": str(one.patient.name),
        "mrn": one.patient.mrn,
        "born": f"{one.patient.born:%d.%m.%Y}" if one.patient.born else "",
        "what": [
            {"name": _what(line), "side": line.get_side_display() if line.side not in ("", "NONE") else ""}
            for line in one.lines.all()
        ],
        "anaesthesia": one.get_anaesthesia_display(),
        "surgeon": one.surgeon.name,
        "team": [names[pk] for pk in (visit.team if visit else []) if pk in names],
        "allergies": ", ".join(str(each.substance) for each in banner.allergies),
        "allergy_state": str(banner.allergy_state),
        "state": one.get_status_display(),
        "urgent": one.urgency == "EMERGENCY",
    }


def _cards(found: list[Case], by: Actor) -> list[dict[str, Any]]:
    """How the surgeons of the day like their operations prepared, each card once."""
    wanted: dict[UUID | None, list[UUID]] = {}
    for one in found:
        wanted.setdefault(one.surgeon_id, []).extend(line.entry_id for line in one.lines.all() if line.entry_id)
    return [
        {"procedure": one.card.procedure.name, "whose": one.whose, "said": [list(pair) for pair in one.said]}
        for one in queries.preferred_by(wanted, seen_by=by)
    ]


def _what(line: Any) -> str:
    named = line.entry or line.service
    return str(named.name) if named else str(line.line.procedure)


def _team(found: list[Case], by: Actor) -> dict[UUID, str]:
    wanted = {pk for one in found if one.reservation for pk in one.reservation.appointment.team}
    return dict(people.staff_list(seen_by=by, also_left=True).filter(pk__in=wanted).values_list("pk", "name"))
