"""The theatres' calendar: a day or a week, reserving from a plan, moving, giving back, and the list on paper."""

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kalon.catalog import queries as catalog
from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.people import queries as people
from kalon.plans import queries as plans
from kalon.theatre import actions, queries
from kalon.theatre.lifecycles import ARRANGE, BLOCKS, VIEW, Anaesthesia
from kalon.theatre.pages.board import asked_day
from kalon.theatre.pages.grid import grid
from kalon.theatre.pages.typed import CaseForm, ReasonForm, TheatreForm
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

TEAM_KINDS = ("ANAESTHETIST", "NURSE", "TECHNICIAN", "SURGEON")


@require_GET
@staff_page(VIEW)
def calendar(request: HttpRequest) -> HttpResponse:
    """The theatres of the branch on a day, or through a week."""
    by = actor_of(request)
    here = people.own_branch(by)
    today = clock.today(here.timezone)
    on = asked_day(request, "date", today)
    is_week = request.GET.get("view") == "week"
    first = on - timedelta(days=on.weekday()) if is_week else on
    last = first + timedelta(days=6) if is_week else on
    columns = queries.columns(here, first, last, seen_by=by)
    rooms = queries.theatres(branch_id=here.pk, seen_by=by)
    room = _chosen(rooms, request.GET.get("room", ""))
    if is_week:
        columns = [column for column in columns if column.room == room]
    seen = [one.reservation or one.case for column in columns for one in column.entries]
    audit.reads(by, [one for one in seen if one is not None], purpose="theatres")
    step = timedelta(days=7 if is_week else 1)
    now = clock.now().astimezone(ZoneInfo(here.timezone))
    context = {
        "here": here, "today": today, "on": on, "is_week": is_week, "first": first, "last": last, "now": now,
        "grid": grid(here, columns, may_move=by.may(ARRANGE)), "earlier": on - step, "later": on + step,
        "rooms": rooms, "room": room, "may_arrange": by.may(ARRANGE),
        "in_calendar": f"{reverse('scheduling:calendar')}?columns=rooms&date={on.isoformat()}",
    }  # fmt: skip
    return render(request, "theatre/board/calendar.html", context)


@require_http_methods(["GET", "POST"])
@staff_page(ARRANGE)
def reserve(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Keep a theatre, its team and devices for a plan."""
    by = actor_of(request)
    plan = plans.plan(plan_id, seen_by=by)
    form = _theatre_form(request, plan)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.reserve(plan_id, form.wish(), by=by)
        if not form.errors:
            return go(request, "theatre:reservation", pk=made.pk, toast="Theatre reserved")
    audit.read(by, plan, purpose="reserving a theatre")
    context = {"plan": plan, "patient": plan.patient, "form": form, "kept": None}
    return render(request, "theatre/board/reserve.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(VIEW)
def reservation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is kept for a surgery, and its next step."""
    return _reservation(request, pk)


@require_http_methods(["GET", "POST"])
@staff_page(ARRANGE)
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep another time for the same surgery."""
    by = actor_of(request)
    kept = queries.reservation(pk, seen_by=by)
    form = _theatre_form(request, kept.plan, kept)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.move(pk, form.wish(), reason=form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "theatre:reservation", pk=made.pk, toast="Moved")
    audit.read(by, kept, purpose="moving a surgery")
    context = {"plan": kept.plan, "patient": kept.patient, "form": form, "kept": kept}
    return render(request, "theatre/board/reserve.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(ARRANGE)
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give the theatre back."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.release(pk, reason=form.cleaned_data["reason"], by=actor_of(request))
        if not form.errors:
            return go(request, "theatre:calendar", toast="Theatre given back")
    return _reservation(request, pk, form)


@require_POST
@staff_page(ARRANGE)
def schedule(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make a case of what is kept."""
    form = CaseForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.schedule(pk, anaesthesia=form.cleaned_data["anaesthesia"], by=actor_of(request))
        if not form.errors:
            return go(request, "theatre:reservation", pk=pk, toast="Case scheduled")
    return _reservation(request, pk, form)


@require_GET
@staff_page(VIEW)
def day_list(request: HttpRequest) -> HttpResponse:
    """The theatre's list of a day, on paper."""
    by = actor_of(request)
    here = people.own_branch(by)
    on = asked_day(request, "date", clock.today(here.timezone))
    drawn = actions.list_pdf(here.pk, on, by=by)
    shown = {"Content-Disposition": f'inline; filename="theatre-{on}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(drawn, content_type="application/pdf", headers=shown)


def _reservation(request: HttpRequest, pk: UUID, form: Any = None) -> HttpResponse:
    by = actor_of(request)
    kept = queries.reservation(pk, seen_by=by)
    audit.read(by, kept, purpose="opened the reservation")
    visit = kept.appointment
    case = queries.cases(seen_by=by).filter(reservation=kept).first()
    team = list(people.staff_list(seen_by=by).filter(pk__in=visit.team))
    given = queries.clearances(seen_by=by).filter(plan_id=kept.plan_id, surgery_date=visit.local_start.date())
    context = {
        "kept": kept, "visit": visit, "plan": kept.plan, "patient": kept.patient,
        "team": team,
        "lacking": _taken(kept.plan, by).without(one.kind for one in team),
        "devices": people.equipment_of(branch_id=visit.branch_id, seen_by=by).filter(pk__in=visit.equipment),
        "given": given.exclude(status="EXPIRED").first(),
        "case": case,
        "may_arrange": by.may(ARRANGE) and kept.status != "RELEASED", "case_form": _case_form(kept, case, by),
        "form": form if form is not None and form.errors else None, "kinds": Anaesthesia.choices,
    }  # fmt: skip
    return render(request, "theatre/board/reservation.html", context, status=422 if context["form"] else 200)


def _case_form(kept: Any, case: Any, by: Actor) -> CaseForm | None:
    """What is asked when a case is made, as the surgeon's card says it; nothing once there is one."""
    return None if case else CaseForm(initial={"anaesthesia": queries.usual_anaesthesia(kept, seen_by=by)})


def _theatre_form(request: HttpRequest, plan: Any, kept: Any = None) -> TheatreForm:
    by = actor_of(request)
    visit = kept.appointment if kept else None
    minutes, usual_team = queries.usual(plan, plans.lines_of(plan), seen_by=by)
    initial = {
        "date": asked_day(request, "date", visit.local_start.date() if visit else clock.today(plan.branch.timezone)),
        "clock": _asked_clock(request) or (visit.local_start.time() if visit else None),
        "minutes": int((visit.local_end - visit.local_start).total_seconds() // 60) if visit else minutes or 90,
        "room": request.GET.get("room") or (visit.room_id if visit else None),
        "surgeon": visit.doctor_id if visit else plan.doctor_id,
        "team": visit.team if visit else usual_team, "equipment": visit.equipment if visit else [],
        "preparation": visit.preparation_minutes if visit else 30, "cleaning": visit.cleaning_minutes if visit else 30,
    }  # fmt: skip
    staff = people.staff_list(seen_by=by).filter(kind__in=TEAM_KINDS, is_active=True).order_by("kind", "name")
    form = TheatreForm(
        request.POST or None, initial=initial, needs_reason=kept is not None, may_override=by.may(BLOCKS),
        rooms=queries.theatres(branch_id=plan.branch_id, seen_by=by),
        surgeons=people.doctors(seen_by=by).order_by("name"),
        staff=staff, devices=people.equipment_of(branch_id=plan.branch_id, seen_by=by),
    )  # fmt: skip
    if taken := _taken(plan, by):
        form.fields["team"].help_text = f"It takes {taken} besides the surgeon."
    return form


def _taken(plan: Any, by: Actor) -> Any:
    """Whom the procedures of a plan take besides the surgeon, as the catalogue says."""
    return catalog.team_for([line.entry_id for line in plans.lines_of(plan) if line.entry_id], seen_by=by)


def _asked_clock(request: HttpRequest) -> time | None:
    """The time in the address that a surgery was dropped on, or None."""
    try:
        return time.fromisoformat(request.GET.get("clock", "")).replace(tzinfo=None)
    except ValueError:
        return None


def _chosen(rooms: Sequence[Any], asked: str) -> Any:
    """The theatre whose week is shown."""
    return next((room for room in rooms if str(room.pk) == asked), rooms[0] if rooms else None)
