"""Blocking a time on the calendar, and opening it again."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.people import queries as people
from kalon.scheduling import actions
from kalon.scheduling.forms import BlockForm
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.pages.asked import asked_branch, asked_id
from kalon.scheduling.pages.calendar.asked import asked_wall
from kalon.scheduling.pages.schedules.answers import Question, answers_in, asking
from kalon.web.fronts import render, staff_page
from kalon.web.toasts import toast

CHANGED = '{"day-changed": true, "calendar-close": true}'


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def block(request: HttpRequest) -> HttpResponse:
    """The form for the stretch that was dragged; what becomes of visits inside is asked before it is blocked."""
    by = request.actor  # type: ignore[attr-defined]
    branch = asked_branch(request)
    staff_id = asked_id(request, "doctor")
    room_id = asked_id(request, "room")
    person = people.staff_member(staff_id, seen_by=by) if staff_id else None
    room = people.room(room_id, seen_by=by) if room_id else None
    form = BlockForm(request.POST or None, initial=_dragged(request))
    question = Question()
    if request.method == "POST" and form.is_valid():
        start, end = form.stretch
        with asking(request, form) as question:
            actions.block(
                start,
                end,
                staff_id=person.pk if person else None,
                room_id=room.pk if room else None,
                branch_id=branch.pk,
                kind=form.cleaned_data["kind"],
                reason=form.cleaned_data["reason"],
                answers=answers_in(request.POST),
                by=by,
            )
        if not question.is_open and not form.errors:
            return toast(HttpResponse(status=204, headers={"HX-Trigger": CHANGED}), "Time blocked")
    facts: dict[str, Any] = {"form": form, "person": person, "room": room, "here": branch, "question": question}
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/calendar_block.html", facts, status=status)


@require_POST
@staff_page(MANAGE)
def open_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a blocked time for booking again."""
    actions.unblock(pk, by=request.actor)  # type: ignore[attr-defined]
    return toast(HttpResponse(status=204, headers={"HX-Trigger": CHANGED}), "Open for booking again")


def _dragged(request: HttpRequest) -> dict[str, Any]:
    """The stretch in the address, as the mouse drew it."""
    found: dict[str, Any] = {}
    for name, day, clock_time in (("start", "date", "starts_at"), ("end", "last", "ends_at")):
        if at := asked_wall(request, name):
            found |= {day: at.date(), clock_time: at.time()}
    return found
