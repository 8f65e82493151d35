"""Holidays: whose calendar a branch follows, which days it keeps, and who works all the same."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.scheduling import actions, queries, rules
from kalon.scheduling.forms import CalendarForm, OwnHolidayForm
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import Holiday
from kalon.scheduling.pages.schedules.answers import Question, answers_in, asking
from kalon.scheduling.pages.schedules.frame import address, everybody, frame
from kalon.web.fronts import actor_of, go, render, staff_page

AHEAD = timedelta(days=731)
LOOKED_BACK = timedelta(days=800)  # how the branch decided about the same feast before
CLOSED, PROPOSED = Holiday.Decision.CLOSED, Holiday.Decision.PROPOSED


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def holidays(request: HttpRequest) -> HttpResponse:
    """The days of the coming two years: the ticked ones the branch keeps, on the others it is open."""
    by = actor_of(request)
    facts = frame(request, "holidays")
    here = facts["here"]
    form, question = forms.Form(request.POST or None), Question()
    days = list(queries.holidays_of(here.pk, facts["today"] - LOOKED_BACK, facts["today"] + AHEAD, seen_by=by))
    coming = [day for day in days if day.on_date >= facts["today"]]
    if request.method == "POST" and form.is_valid():
        ticked = set(request.POST.getlist("closed"))
        shown = [day for day in coming if str(day.pk) in set(request.POST.getlist("shown"))]
        with asking(request, form) as question:
            actions.decide_holidays(
                here.pk,
                closed=[day.pk for day in shown if str(day.pk) in ticked],
                open_=[day.pk for day in shown if str(day.pk) not in ticked],
                answers=answers_in(request.POST),
                by=by,
            )
        if not question.is_open and not form.errors:
            return go(request, address("holidays", branch=here.pk), toast="Holidays saved")
    facts |= _page(request, facts, days, coming) | {"form": form, "question": question}
    return render(request, "scheduling/schedules_holidays.html", facts, status=422 if request.method == "POST" else 200)


@require_POST
@staff_page(MANAGE)
def follow_calendar(request: HttpRequest) -> HttpResponse:
    """Choose whose public holidays are proposed."""
    by = actor_of(request)
    facts = frame(request, "holidays")
    here = facts["here"]
    country = request.POST.get("country", "")
    known = dict(rules.categories(country))
    wanted = [code for code in request.POST.getlist("categories") if code in known] or list(known)[:1]
    part = request.POST.get("subdivision", "")
    part = part if part in dict(rules.subdivisions(country)) else ""  # of the country chosen before
    actions.follow_calendar(here.pk, country, part, wanted, by=by)
    return go(request, address("holidays", branch=here.pk), toast="The holidays of two years are proposed")


@require_POST
@staff_page(MANAGE)
def propose_again(request: HttpRequest) -> HttpResponse:
    """Look for holidays that the calendar has learned of since."""
    facts = frame(request, "holidays")
    count = actions.propose_holidays(facts["here"].pk, by=actor_of(request))
    told = f"{count} new day{'' if count == 1 else 's'} proposed" if count else "No new days"
    return go(request, address("holidays", branch=facts["here"].pk), toast=told)


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def add_holiday(request: HttpRequest) -> HttpResponse:
    """Close the branch on a day of its own."""
    facts = frame(request, "holidays")
    here = facts["here"]
    form, question = OwnHolidayForm(request.POST or None), Question()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        with asking(request, form) as question:
            actions.add_holiday(
                here.pk, typed["on_date"], typed["name"], answers=answers_in(request.POST), by=actor_of(request)
            )
        if not question.is_open and not form.errors:
            return go(request, address("holidays", branch=here.pk), toast=f"Closed on {typed['on_date']:%-d %b %Y}")
    facts |= {"form": form, "question": question}
    return render(request, "scheduling/schedules_own_day.html", facts, status=422 if request.method == "POST" else 200)


@require_POST
@staff_page(MANAGE)
def remove_holiday(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a day of the branch's own away."""
    by = actor_of(request)
    day = queries.holiday(pk, seen_by=by)
    actions.remove_holiday(pk, by=by)
    return go(request, address("holidays", branch=day.branch_id), toast=f"Open on {day.on_date:%-d %b %Y}")


@require_http_methods(["GET", "POST"])
@staff_page(MANAGE)
def work_on_holiday(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who works on a holiday all the same."""
    by = actor_of(request)
    facts = frame(request, "holidays")
    day = queries.holiday(pk, seen_by=by)
    staff = everybody(day.branch_id, by)
    form, question = forms.Form(request.POST or None), Question()
    works = set(map(str, day.time_off.except_staff)) if day.time_off else set()
    if request.method == "POST" and form.is_valid():
        works = set(request.POST.getlist("works"))
        with asking(request, form) as question:
            chosen = [one.pk for one in staff if str(one.pk) in works]
            actions.work_on_holiday(pk, chosen, answers=answers_in(request.POST), by=by)
        if not question.is_open and not form.errors:
            return go(request, address("holidays", branch=day.branch_id), toast="Saved who works")
    facts |= {
        "day": day,
        "staff": [(one, str(one.pk) in works) for one in staff],
        "form": form,
        "question": question,
    }
    return render(request, "scheduling/schedules_duty.html", facts, status=422 if request.method == "POST" else 200)


def _page(request: HttpRequest, facts: dict[str, Any], days: list[Holiday], coming: list[Holiday]) -> dict[str, Any]:
    """The days in years, each ticked as decided, as posted, or as the branch decided the last time."""
    by = actor_of(request)
    calendar = queries.calendar_of(facts["here"].pk, seen_by=by)
    ticked = set(request.POST.getlist("closed")) if request.method == "POST" else None
    works = {one.pk: str(one.name) for one in everybody(facts["here"].pk, by)}
    rows: list[dict[str, Any]] = [
        {
            "day": day,
            "ticked": str(day.pk) in ticked if ticked is not None else _ticked(day, days),
            "is_new": day.decision == PROPOSED,
            "works": [works[pk] for pk in (day.time_off.except_staff if day.time_off else ()) if pk in works],
        }
        for day in coming
    ]
    years = sorted({day.on_date.year for day in coming})
    return {
        "calendar": calendar,
        "calendar_form": _calendar_form(calendar, by),
        "years": [(year, [row for row in rows if row["day"].on_date.year == year]) for year in years],
        "undecided": sum(day.decision == PROPOSED for day in coming),
        "kept": sum(day.decision == CLOSED for day in coming),
    }


def _ticked(day: Holiday, days: list[Holiday]) -> bool:
    return queries.kept_before(day, days) if day.decision == PROPOSED else day.decision == CLOSED


def _calendar_form(calendar: Any, by: Actor) -> CalendarForm:
    country = calendar.country if calendar else str(people.organization(seen_by=by).country)
    sorts = rules.categories(country)
    chosen = calendar.categories if calendar else [code for code, _ in sorts[:1]]
    return CalendarForm(
        initial={
            "country": country,
            "subdivision": calendar.subdivision if calendar else "",
            "categories": chosen,
        },
        countries=rules.countries(),
        subdivisions=rules.subdivisions(country),
        categories=sorts,
    )
