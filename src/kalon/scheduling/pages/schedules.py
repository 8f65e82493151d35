"""When people work: the week, the time off, and what a change would leave outside before it is made."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import HoursForm, TimeOffForm
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import Appointment
from kalon.scheduling.models.schedules import Weekday
from kalon.scheduling.pages.asked import asked_branch, asked_id
from kalon.scheduling.rules import Span, instant
from kalon.web.fronts import go, refusals_on, render, staff_page


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def manage(request: HttpRequest) -> HttpResponse:
    """A person's week at a branch; posting adds hours, or changes the line named in the address."""
    by = request.actor  # type: ignore[attr-defined]
    facts = _facts(request)
    editing = queries.schedule(line_id, seen_by=by) if (line_id := asked_id(request, "line")) else None
    form = HoursForm(request.POST or None, initial=_initial(editing, facts["today"]))
    stranded: list[Appointment] = []
    if request.method == "POST" and facts["person"] and form.is_valid():
        line = _line(form)
        stranded = _stranded(request, facts, line, editing)
        if not stranded or form.cleaned_data["confirmed"]:
            with refusals_on(form):
                _save(request, facts, line, editing)
            if not form.errors:
                return go(request, _address(facts), toast=f"Hours on {Weekday(line.weekday).label} saved")
    facts |= {"hours_form": form, "editing": editing, "stranded": stranded}
    return render(request, "scheduling/schedules.html", facts, status=422 if request.method == "POST" else 200)


@require_POST
@staff_page(MANAGE)
def end_hours(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the hours of a weekday away."""
    line = actions.end_schedule(pk, by=request.actor)  # type: ignore[attr-defined]
    address = f"{reverse('scheduling:schedules')}?staff={line.staff_id}&branch={line.branch_id}"
    return go(request, address, toast=f"Hours on {line.get_weekday_display()} taken away")


@require_POST
@staff_page(MANAGE)
def take_off(request: HttpRequest) -> HttpResponse:
    """Block a time; visits that stand inside it are shown first."""
    by = request.actor  # type: ignore[attr-defined]
    facts = _facts(request)
    form = TimeOffForm(request.POST)
    inside: list[Appointment] = []
    if form.is_valid():
        start, end = _stretch(form)
        staff_id = facts["person"].pk if facts["person"] else None
        zone = ZoneInfo(facts["here"].timezone)
        span = Span(instant(start.date(), start.time(), zone), instant(end.date(), end.time(), zone))
        inside = queries.inside(span, seen_by=by, staff_id=staff_id, branch_id=None)
        if not inside or form.cleaned_data["confirmed"]:
            with refusals_on(form):
                actions.block(
                    start,
                    end,
                    staff_id=staff_id,
                    branch_id=facts["here"].pk,
                    kind=form.cleaned_data["kind"],
                    reason=form.cleaned_data["reason"],
                    by=by,
                )
            if not form.errors:
                return go(request, _address(facts), toast="Time blocked")
    facts |= {
        "hours_form": HoursForm(initial=_initial(None, facts["today"])),
        "off_form": form,
        "inside": inside,
    }
    return render(request, "scheduling/schedules.html", facts, status=422)


@require_POST
@staff_page(MANAGE)
def open_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a blocked time for booking again."""
    actions.unblock(pk, by=request.actor)  # type: ignore[attr-defined]
    back = request.POST.get("next", "")
    return go(
        request,
        back if back.startswith("/doctor-schedules/") else "/doctor-schedules/manage",
        toast="Open again",
    )


def _facts(request: HttpRequest) -> dict[str, Any]:
    by = request.actor  # type: ignore[attr-defined]
    branch = asked_branch(request)
    everybody = _everybody(branch.pk, by)
    staff_id = asked_id(request, "staff")
    person = people.staff_member(staff_id, seen_by=by) if staff_id else (everybody[0] if everybody else None)
    lines = list(queries.schedules_of(person.pk, seen_by=by)) if person else []
    return {
        "here": branch,
        "branches": people.branches(seen_by=by),
        "everybody": everybody,
        "person": person,
        "days": [(day.label, [line for line in lines if line.weekday == day.value]) for day in Weekday],
        "time_off": list(queries.time_off_of(person.pk, seen_by=by)) if person else [],
        "zone": ZoneInfo(branch.timezone),
        "today": clock.today(branch.timezone),
        "off_form": TimeOffForm(initial={"first": clock.today(branch.timezone), "last": clock.today(branch.timezone)}),
    }


def _everybody(branch_id: UUID, by: Actor) -> list[Any]:
    """Who may be scheduled here: the doctors of the branch, and whoever has hours already."""
    known = {doctor.pk: doctor for doctor in people.doctors(seen_by=by, branch_id=branch_id)}
    for staff_id in queries.scheduled_staff(branch_id, seen_by=by):
        if staff_id not in known:
            known[staff_id] = people.staff_member(staff_id, seen_by=by)
    return sorted(known.values(), key=lambda person: str(person.name))


def _initial(editing: Any, today: date) -> dict[str, Any]:
    if editing is None:
        return {"valid_from": today, "starts_at": time(9), "ends_at": time(17)}
    pause = next(iter(editing.breaks.all()), None)
    facts = ("weekday", "starts_at", "ends_at", "slot_minutes", "capacity", "valid_from", "valid_to")
    return {name: getattr(editing, name) for name in facts} | {
        "break_from": pause.starts_at if pause else None,
        "break_to": pause.ends_at if pause else None,
    }


def _line(form: HoursForm) -> actions.ScheduleLine:
    typed = form.cleaned_data
    names = ("weekday", "starts_at", "ends_at", "slot_minutes", "capacity", "valid_from", "valid_to")
    return actions.ScheduleLine(**{name: typed[name] for name in names}, breaks=form.breaks)


def _save(request: HttpRequest, facts: dict[str, Any], line: actions.ScheduleLine, editing: Any) -> None:
    by = request.actor  # type: ignore[attr-defined]
    if editing is None:
        actions.set_schedule(facts["person"].pk, facts["here"].pk, line, by=by)
    else:
        actions.change_schedule(editing.pk, line, by=by)


def _stranded(
    request: HttpRequest, facts: dict[str, Any], line: actions.ScheduleLine, editing: Any
) -> list[Appointment]:
    """Coming visits that would lie outside the hours after the change."""
    by = request.actor  # type: ignore[attr-defined]
    if editing is None:
        return []
    others = [
        queries.hours_of(other)
        for other in queries.schedules_of(editing.staff_id, seen_by=by)
        if other.pk != editing.pk and other.branch_id == editing.branch_id
    ]
    return queries.stranded(
        editing.staff_id,
        editing.branch_id,
        seen_by=by,
        lines=[*others, line.hours],
        weekdays=[editing.weekday, line.weekday],
    )


def _stretch(form: TimeOffForm) -> tuple[datetime, datetime]:
    """From the first moment to the last, on the branch's clock; whole days where no hours are given."""
    typed = form.cleaned_data
    start = datetime.combine(typed["first"], typed["starts_at"] or time(0))
    if typed["ends_at"]:
        return start, datetime.combine(typed["last"], typed["ends_at"])
    return start, datetime.combine(typed["last"] + timedelta(days=1), time(0))


def _address(facts: dict[str, Any]) -> str:
    person = f"&staff={facts['person'].pk}" if facts["person"] else ""
    return f"{reverse('scheduling:schedules')}?branch={facts['here'].pk}{person}"
