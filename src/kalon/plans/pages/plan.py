"""The page of one plan: its lines, what is still missing, and the moves."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.plans import actions, queries
from kalon.plans.forms import ReasonForm
from kalon.plans.lifecycles import (
    APPROVE,
    ARRANGE,
    GOES_ON,
    PLAN,
    READ,
    UNAPPROVED,
    WRITE,
    ConsentNeed,
    FollowUpStatus,
    PlanStatus,
    PlanType,
)
from kalon.plans.models import ProcedurePlan
from kalon.plans.pages import dates, preferences
from kalon.plans.pages.looks import look, may_be_booked, missing, session_look
from kalon.plans.queries import plan_page
from kalon.scheduling.lifecycles import BOOK
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

ONE_TAP = {"submit": "Send for approval", "approve": "Approve", "begin": "Begin treatment", "finish": "Complete"}
SAID = {"submit": "Sent for approval", "approve": "Plan approved", "begin": "Treatment begun", "finish": "Completed"}


@require_GET
@staff_page(READ)
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One plan on one screen."""
    return _page(request, actions.read(pk, purpose="opened the plan", by=actor_of(request)), ReasonForm())


@require_GET
@staff_page(READ)
def instructions(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the patient takes home, on paper."""
    drawn = actions.instructions_pdf(pk, by=actor_of(request))
    shown = {"Content-Disposition": 'inline; filename="instructions.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(drawn, content_type="application/pdf", headers=shown)


@require_POST
@staff_page(WRITE)
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.submit(pk, by=actor_of(request))
    return go(request, "plans:plan", pk=pk, toast=SAID["submit"])


@require_POST
@staff_page(APPROVE)
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.approve(pk, by=actor_of(request))
    return go(request, "plans:plan", pk=pk, toast=SAID["approve"])


@require_POST
@staff_page(WRITE)
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.begin(pk, by=actor_of(request))
    return go(request, "plans:plan", pk=pk, toast=SAID["begin"])


@require_POST
@staff_page(WRITE)
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.finish(pk, by=actor_of(request))
    return go(request, "plans:plan", pk=pk, toast=SAID["finish"])


@require_POST
@staff_page(ARRANGE)
def hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.hold, "On hold")


@require_POST
@staff_page(ARRANGE)
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.resume(pk, by=actor_of(request))
    return go(request, "plans:plan", pk=pk, toast="The plan goes on")


@require_POST
@staff_page(WRITE)
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _with_reason(request, pk, actions.cancel, "Plan cancelled")


def _with_reason(request: HttpRequest, pk: UUID, verb: Callable[..., ProcedurePlan], toast: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            verb(pk, reason=form.cleaned_data["reason"], by=actor_of(request))
        if not form.errors:
            return go(request, "plans:plan", pk=pk, toast=toast)
    return _page(request, queries.plan(pk, seen_by=actor_of(request)), form)


def _page(request: HttpRequest, found: ProcedurePlan, reason: ReasonForm) -> HttpResponse:
    by = actor_of(request)
    lines = queries.lines_of(found)
    follow_ups = list(found.follow_ups.select_related("patient", "appointment", "appointment__branch"))
    visits = queries.visits_of_plan(found, seen_by=by)
    guards = missing(found, lines, visits, by=by)
    sessions = _sessions(found, follow_ups, by)
    context = {
        "plan": found,
        "patient": found.patient,
        "banner": patients.banner(found.patient),
        "look": look(found.status),
        "lines": lines,
        "revises": found.revises,
        "revisions": queries.revisions_of(found, seen_by=by),
        "guards": guards,
        "unwanted": preferences.warnings(found.patient_id, [line.entry for line in lines], by),
        "done": sum(guard.done for guard in guards),
        "follow_ups": [one for one in follow_ups if one.session_number is None],
        "sessions": sessions,
        "dates_way": _dates_way(found, sessions, by),
        "progress": queries.progress_of(found, seen_by=by) if found.is_series else None,
        "visits": visits,
        "today": clock.today(found.branch.timezone),
        "reason": reason,
        "shows_side": found.plan_type == PlanType.SURGICAL or any(line.side or str(line.technique) for line in lines),
        "is_changeable": found.status in UNAPPROVED and by.may(WRITE),
        "needs_consent": found.consent == ConsentNeed.REQUIRED,
        "held_from": PlanStatus(found.held_from).label if found.status == PlanStatus.ON_HOLD else "",
        "history": [(event, PlanStatus(event.to_state).label) for event in PLAN.history(found)],
        "main_panels": plan_page.panels(request, found, "main"),
        "side_panels": plan_page.panels(request, found, "side"),
        **_moves(found, by),
    }
    return render(request, "plans/plan.html", context, status=422 if reason.errors else 200)


def _moves(found: ProcedurePlan, by: Actor) -> dict[str, Any]:
    buttons = {button.move.name: button for button in PLAN.buttons(found, by=by)}
    taps = [(buttons[name], word) for name, word in ONE_TAP.items() if name in buttons and _fits(name, found)]
    return {
        "taps": taps,
        "may_hold": "hold" in buttons,
        "may_cancel": "cancel" in buttons,
        "may_resume": found.status == PlanStatus.ON_HOLD and by.may(ARRANGE),
    }


def _fits(name: str, found: ProcedurePlan) -> bool:
    """Beginning and completing by hand are only drawn for a treatment without a procedure."""
    return name not in ("begin", "finish") or found.plan_type == PlanType.CONSERVATIVE


def _sessions(found: ProcedurePlan, follow_ups: list[Any], by: Actor) -> list[dict[str, Any]]:
    """The sessions with the way into booking each that waits for one."""
    prompts = [one for one in follow_ups if one.session_number and one.status == FollowUpStatus.PENDING]
    ways = {}
    if prompts and by.may(ARRANGE) and by.may(BOOK):
        rows = list(queries.work(seen_by=by, within_days=None).filter(plan_id=found.pk))
        ways = {todo.work.session_number: todo.url for todo in queries.todos(rows, seen_by=by)}
    return [
        {"session": one, "look": session_look(one.status), "url": ways.get(one.number, "")}
        for one in queries.sessions_of_plan(found, seen_by=by)
    ]


def _dates_way(found: ProcedurePlan, sessions: list[dict[str, Any]], by: Actor) -> dict[str, str]:
    """Into the days of the sessions, once the plan may be booked."""
    goes = found.status in GOES_ON or may_be_booked(found)
    if not (found.is_series and goes and by.may(ARRANGE) and by.may(BOOK)):
        return {}
    return dates.way(found, [one["session"] for one in sessions])
