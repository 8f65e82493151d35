"""Hours: a person's week and its versions, the editor of a week, and its copy to somebody else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_time
from django.views.decorators.http import require_GET, require_http_methods

from kalon.kernel.errors import NotFound
from kalon.scheduling import actions, queries, rules
from kalon.scheduling.forms import CopyForm, WeekForm
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import WeeklySchedule
from kalon.scheduling.models.schedules import Weekday
from kalon.scheduling.pages.asked import asked_date
from kalon.scheduling.pages.schedules.answers import Question, answers_in, asking
from kalon.scheduling.pages.schedules.frame import address, chosen, everybody, frame, with_words
from kalon.scheduling.pages.schedules.pictures import picture
from kalon.web.fronts import actor_of, go, render, staff_page

SHOWN_OFF = 12


@require_GET
@staff_page(MANAGE)
def manage(request: HttpRequest) -> HttpResponse:
    """Somebody's week as it stands on a day, the versions before and after it, and when they are away."""
    by = actor_of(request)
    facts = _facts(request)
    person, here = facts["person"], facts["here"]
    on = asked_date(request, "on", facts["today"])
    if person:
        lines = list(queries.schedules_of(person.pk, seen_by=by))
        mine = [line for line in lines if line.branch_id == here.pk]
        now = [line for line in mine if queries.hours_of(line).is_valid(on)]
        away = list(queries.time_off_of(person.pk, seen_by=by)[: SHOWN_OFF + 1])
        facts |= {
            "on": on,
            "versions": _versions(mine, on),
            "picture": picture([queries.hours_of(line) for line in now]),
            "days": [(day.label, [line for line in now if line.weekday == day]) for day in Weekday],
            "elsewhere": _elsewhere(lines, here.pk, on),
            "gaps": _gaps(mine, facts["today"]),
            "outside": queries.stranded(person.pk, here.pk, seen_by=by),
            "time_off": with_words(away[:SHOWN_OFF], facts["zone"]),
            "more_off": len(away) > SHOWN_OFF,
            "copy_form": _copy_form(None, facts),
        }
    return render(request, "scheduling/schedules.html", facts)


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def edit_week(request: HttpRequest) -> HttpResponse:
    """The editor of a week: stretches are added, taken away and copied, and hold from a day on."""
    facts = _facts(request)
    person, here = _somebody(facts), facts["here"]
    first = max(asked_date(request, "first", facts["today"]), facts["today"])
    week = queries.week_of(person.pk, here.pk, first, seen_by=actor_of(request))
    form = WeekForm(request.POST if request.method == "POST" else None, first=first, lines=week)
    question, status = Question(), 200
    do = request.POST.get("do") or ("show" if request.POST.get("show") else "")
    if do and do != "save":
        form.rearranged(do, request.POST)
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            question = _save(request, form, facts)
            if not question.is_open and not form.period.errors:
                begins = form.period.cleaned_data["first"]
                told = f"Hours of {person.name} saved from {begins:%-d %b}"
                return go(request, address("schedules", staff=person.pk, branch=here.pk, on=begins), toast=told)
    facts |= {"form": form, "question": question, "picture": picture(_drawn(form, week))}
    return render(request, "scheduling/schedules_week.html", facts, status=status)


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def copy_week(request: HttpRequest) -> HttpResponse:
    """Give somebody else the week of a person."""
    by = actor_of(request)
    facts = _facts(request)
    person, here = _somebody(facts), facts["here"]
    form = _copy_form(request.POST if request.method == "POST" else None, facts)
    question = Question()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with asking(request, form) as question:
            actions.copy_week(
                person.pk,
                here.pk,
                typed["to"],
                first=typed["first"],
                last=typed["last"],
                answers=answers_in(request.POST),
                by=by,
            )
        if not question.is_open and not form.errors:
            to = address("schedules", staff=typed["to"], branch=here.pk, on=typed["first"])
            return go(request, to, toast=f"The week of {person.name} is copied")
    facts |= {"form": form, "question": question}
    return render(request, "scheduling/schedules_copy.html", facts, status=422 if request.method == "POST" else 200)


def _save(request: HttpRequest, form: WeekForm, facts: dict[str, Any]) -> Question:
    typed = form.period.cleaned_data
    with asking(request, form.period) as question:
        actions.set_week(
            facts["person"].pk,
            facts["here"].pk,
            form.lines(),
            first=typed["first"],
            last=typed["last"],
            answers=answers_in(request.POST),
            by=actor_of(request),
        )
    return question


def _facts(request: HttpRequest) -> dict[str, Any]:
    facts = frame(request, "schedules")
    staff = everybody(facts["here"].pk, actor_of(request))
    return facts | {"everybody": staff, "person": chosen(request, staff)}


def _somebody(facts: dict[str, Any]) -> Any:
    if facts["person"] is None:
        raise NotFound("There is nobody to schedule yet. Add staff under Settings.")
    return facts["person"]


def _copy_form(typed: Any, facts: dict[str, Any]) -> CopyForm:
    others = [(str(one.pk), one.name) for one in facts["everybody"] if one.pk != facts["person"].pk]
    return CopyForm(typed, people=others, initial={"first": facts["today"]})


def _drawn(form: WeekForm, week: list[WeeklySchedule]) -> list[rules.ScheduleHours]:
    """What can be drawn of what is typed: a stretch that makes no sense yet is left out."""
    if not any(span.is_bound for span in form.spans):
        typed = [span.initial for span in form.spans]
        return [hours for row in typed if (hours := _hours(row)) is not None]
    return [hours for span in form.spans if span.is_valid() and (hours := _hours(span.cleaned_data)) is not None]


def _hours(row: Mapping[str, Any]) -> rules.ScheduleHours | None:
    def clock(value: Any) -> Any:
        return parse_time(value) if isinstance(value, str) and value else value or None

    start, end = clock(row.get("starts_at")), clock(row.get("ends_at"))
    if start is None or end is None or start == end:
        return None
    pairs = [(clock(row.get(f"break_{n}_from")), clock(row.get(f"break_{n}_to"))) for n in range(4)]
    return rules.ScheduleHours(
        weekday=int(row["weekday"]),
        starts_at=start,
        ends_at=end,
        slot_minutes=int(row.get("slot_minutes") or 30),
        capacity=int(row.get("capacity") or 1),
        breaks=tuple((a, b) for a, b in pairs if a and b and a != b),
        valid_from=rules.FIRST_DAY,
    )


def _versions(lines: list[WeeklySchedule], on: date) -> list[dict[str, Any]]:
    """The days on which the week changes: from when to when it stands as it does."""
    starts = {line.valid_from for line in lines}
    starts |= {line.valid_to + rules.DAY for line in lines if line.valid_to}
    days = sorted(starts)
    current = max((day for day in days if day <= on), default=None)
    return [
        {
            "first": day,
            "last": days[place + 1] - rules.DAY if place + 1 < len(days) else None,
            "count": sum(queries.hours_of(line).is_valid(day) for line in lines),
            "current": day == current,
        }
        for place, day in enumerate(days)
    ]


def _elsewhere(lines: list[WeeklySchedule], branch_id: Any, on: date) -> list[WeeklySchedule]:
    return [line for line in lines if line.branch_id != branch_id and queries.hours_of(line).is_valid(on)]


def _gaps(lines: list[WeeklySchedule], today: date) -> list[str]:
    """Weeks without hours between two versions, in words."""
    found = rules.gaps([queries.hours_of(line) for line in lines], today)
    return [f"No hours on {Weekday(day).label}s from {first:%-d %b} to {last:%-d %b %Y}." for day, first, last in found]
