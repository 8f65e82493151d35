"""The drawer beside the calendar: one visit, what may be done next, and the form that moves it without a mouse."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.kernel import audit, clock
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.lifecycles import AHEAD, LIFE, RESCHEDULE, VIEW
from kalon.scheduling.models import Appointment
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.day import HIDE_NAMES
from kalon.scheduling.pages.visits import ONE_TAP, WITH_REASON
from kalon.web.fronts import render, staff_page


@require_GET
@staff_page(VIEW)
def pane(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One visit as the drawer shows it."""
    by = request.actor  # type: ignore[attr-defined]
    visit = queries.appointment(pk, seen_by=by)
    audit.read(by, visit, purpose="calendar, one visit")
    hide = request.COOKIES.get(HIDE_NAMES) == "1"
    ways = looks.ways_of(visit, by=by, only=[move.name for move in LIFE.moves if move.name != "reschedule"])
    facts = {
        "visit": visit,
        "name": looks.hidden(visit) if hide else visit.patient.name,
        "hides_names": hide,
        "look": looks.look(visit, today=clock.today(visit.zone)),
        "start": looks.wall(visit.local_start),
        "end": looks.wall(visit.local_end),
        "minutes": int((visit.period.upper - visit.period.lower).total_seconds() // 60),
        "taps": [way for way in ways if way.name in ONE_TAP],
        "corrections": [way for way in ways if way.name in WITH_REASON],
        "team": people.staff_list(seen_by=by, also_left=True).filter(pk__in=visit.team),
        "devices": people.equipment_of_clinic(seen_by=by).filter(pk__in=visit.equipment),
        **_move_facts(request, visit),
    }
    return render(request, "scheduling/calendar_visit.html", facts)


def _move_facts(request: HttpRequest, visit: Appointment) -> dict[str, Any]:
    """Who and which room the visit can be moved to, or why it cannot be moved."""
    by = request.actor  # type: ignore[attr-defined]
    if not by.may(RESCHEDULE, at=visit.branch_id):
        return {"may_move": False, "why_not": "Your role does not move visits.", "who_can": "The front desk can."}
    if visit.status not in AHEAD:
        word = visit.get_status_display().lower()
        return {"may_move": False, "why_not": f"The visit is {word} and stays where it is.", "who_can": ""}
    return {
        "may_move": True,
        "doctors": people.doctors(seen_by=by, branch_id=visit.branch_id),
        "rooms": people.rooms(seen_by=by, branch_id=visit.branch_id),
    }
