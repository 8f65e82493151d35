"""The page of one clearance: each line with what answers it, and what may be done about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit
from kalon.patients import queries as patients
from kalon.theatre import actions, queries
from kalon.theatre.lifecycles import ARRANGE, CLEAR, CLEARANCE, STATE, VIEW, WAIVE, Moment
from kalon.theatre.models import Clearance
from kalon.theatre.pages.told import told
from kalon.theatre.pages.typed import DateForm, ReasonForm, SayForm, WaiveForm
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

LOOKS = {
    "OPEN": ("gold", "clock"), "CLEARED": ("ok", "shield-check"), "NOT_CLEARED": ("rose", "shield-x"),
    "EXPIRED": ("mute", "calendar-x"),
}  # fmt: skip
NEEDED = ("APPROVED", "CONSENT_PENDING", "CONSENT_SIGNED", "SCHEDULED")


@require_GET
@staff_page(VIEW)
def clearance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One clearance on one screen."""
    return show(request, pk)


@require_POST
@staff_page(ARRANGE)
def open_clearance(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Open the clearance of a plan for a day."""
    by, form = actor_of(request), DateForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            made = actions.open_clearance(plan_id, form.cleaned_data["surgery_date"], by=by)
        if not form.errors:
            return go(request, "theatre:clearance", pk=made.pk, toast="Clearance opened")
    said = next(iter(form.errors.values()))[0]
    return go(request, "plans:plan", pk=plan_id, toast=str(said))


@require_POST
@staff_page(VIEW)
def look_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Look at the records again: what answers a line by now, and what does not any more."""
    found = actions.look_again(pk, by=actor_of(request))
    return go(request, "theatre:clearance", pk=found.pk, toast="Looked at again")


@require_POST
@staff_page(CLEAR)
def clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _done(request, pk, ReasonForm(), lambda form, by: actions.clear(pk, by=by), "Cleared for surgery")


@require_POST
@staff_page(CLEAR)
def refuse(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)
    return _done(request, pk, form, lambda said, by: actions.refuse(pk, reason=said["reason"], by=by), "Not cleared")


@require_POST
@staff_page(CLEAR)
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _done(request, pk, ReasonForm(), lambda form, by: actions.reopen(pk, by=by), "Open again")


@require_POST
@staff_page(ARRANGE)
def change_date(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The surgery moves to another day."""
    form = DateForm(request.POST)
    return _done(
        request, pk, form, lambda said, by: actions.change_date(pk, said["surgery_date"], by=by), "Another day"
    )


@require_POST
@staff_page(STATE)
def state(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """Answer a line under one's own name."""
    form = SayForm(request.POST, prefix=str(line_id))
    return _done(
        request, pk, form, lambda said, by: actions.state(line_id, said["words"], by=by).requirement.clearance,
        "Written", line_id,
    )  # fmt: skip


@require_POST
@staff_page(STATE)
def withdraw(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """Take back what answers a line."""
    form = ReasonForm(request.POST, prefix=str(line_id))
    return _done(
        request, pk, form, lambda said, by: actions.withdraw_statement(line_id, said["reason"], by=by), "Withdrawn",
        line_id,
    )  # fmt: skip


@require_POST
@staff_page(WAIVE)
def waive(request: HttpRequest, pk: UUID, line_id: UUID) -> HttpResponse:
    """A clinician lets a line go."""
    form = WaiveForm(request.POST, prefix=str(line_id))
    return _done(
        request, pk, form,
        lambda said, by: actions.waive(line_id, said["reason"], said["signed_name"], by=by).requirement.clearance,
        "Let go", line_id,
    )  # fmt: skip


def panel(request: HttpRequest, plan: Any) -> str | None:
    """On a plan's page: its clearance and its theatre, with the next step."""
    by = actor_of(request)
    if plan.plan_type != "SURGICAL" or not by.may(VIEW):
        return None
    found = queries.with_lines(queries.clearances(seen_by=by).filter(plan_id=plan.pk, status__in=queries.LIVE))
    given = found.order_by("-surgery_date").first()
    case = queries.cases_of_plan(plan.pk, seen_by=by).first()
    context = {
        "plan": plan,
        "given": queries.BoardRow(given, queries.lines_of(given)) if given else None,
        "look": LOOKS[given.status] if given else None,
        "kept": queries.reservation_of_plan(plan.pk, seen_by=by),
        "case": case,
        "may_arrange": by.may(ARRANGE) and plan.status in NEEDED,
        "form": DateForm(),
    }
    return render_to_string("theatre/board/_on_plan.html", context, request=request)


def _done(
    request: HttpRequest, pk: UUID, form: Any, do: Callable[[Any, Any], Clearance], toast: str,
    line_id: UUID | None = None,
) -> HttpResponse:  # fmt: skip
    """Do it and show the clearance that stands then; a refusal is written where it belongs."""
    by = actor_of(request)
    if not form.is_bound:
        form = ReasonForm({"reason": "-"})
    if form.is_valid():
        with refusals_on(form):
            found = do(form.cleaned_data, by)
        if not form.errors:
            return go(request, "theatre:clearance", pk=found.pk, toast=toast)
    return show(request, pk, form, line_id)


def show(
    request: HttpRequest, pk: UUID, form: Any = None, line_id: UUID | None = None, *, stop_form: Any = None
) -> HttpResponse:
    """The page of a clearance, with what was refused just now."""
    by = actor_of(request)
    queries.clearance(pk, seen_by=by)
    found = queries.with_lines(queries.clearances(seen_by=by).filter(pk=pk))[0]
    audit.read(by, found, purpose="opened the clearance")
    row = queries.BoardRow(found, queries.lines_of(found))
    lines, is_open = queries.shown(found, row.lines), found.status in ("OPEN", "CLEARED")
    context = {
        "found": found, "row": row, "look": LOOKS[found.status], "patient": found.patient, "plan": found.plan,
        "surgeon": queries.surgeons([found.plan])[found.plan_id],
        "before": [one for one in lines if one.line.requirement.moment == Moment.BEFORE],
        "of_day": [one for one in lines if one.line.requirement.moment == Moment.DAY_OF],
        "buttons": {button.move.name: button for button in CLEARANCE.buttons(found, by=by)},
        "banner": patients.banner(found.patient),
        "kept": queries.reservation_of_plan(found.plan_id, seen_by=by),
        "case": queries.cases_of_plan(found.plan_id, seen_by=by).first(),
        "may_state": by.may(STATE) and is_open,
        "may_say": queries.sayable(seen_by=by) if is_open else frozenset(),
        "may_waive": by.may(WAIVE) and found.status == "OPEN",
        "may_arrange": by.may(ARRANGE) and is_open,
        "form": form if form is not None and form.errors else None, "line_id": line_id,
        **told(found, stop_form, by),
        "date_form": DateForm(initial={"surgery_date": found.surgery_date}), "back": reverse("theatre:board"),
    }  # fmt: skip
    is_refused = context["form"] or context["stop_form"].errors
    return render(request, "theatre/board/clearance.html", context, status=422 if is_refused else 200)
