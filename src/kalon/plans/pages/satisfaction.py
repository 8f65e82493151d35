"""How satisfied patients were: the patient's own page, the plan's panel, the desk's prompt and the list."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_http_methods

from kalon.consultations.queries import dashboard
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.plans import actions, queries
from kalon.plans.actions import SatisfactionDetails
from kalon.plans.forms import SatisfactionForm, SettledForm
from kalon.plans.lifecycles import ARRANGE, READ
from kalon.plans.models import ProcedurePlan
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render, staff_page

PER_PAGE = 25


@require_http_methods(["GET", "POST"])
@patient_page
def mine(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How was it? Five faces, what went well, what could be better; sent once."""
    by = actor_of(request)
    form = SatisfactionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.say_satisfaction(pk, SatisfactionDetails(**form.cleaned_data), by=by)
        if not form.errors:
            return go(request, "plans:my_satisfaction", pk=pk, toast="Sent. Thank you.")
    plan = actions.read(pk, purpose="how it was", by=by)
    said = queries.said_of(plan, seen_by=by)
    context = {"plan": plan, "said": said, "form": form, "may_say": said is None and queries.was_seen_after(plan)}
    return render(request, "plans/my_satisfaction.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(ARRANGE)
def answers(request: HttpRequest) -> HttpResponse:
    """Whom to call, and what patients said."""
    by = actor_of(request)
    is_all = request.GET.get("all") == "1"
    rows = queries.satisfactions(seen_by=by) if is_all else queries.unsettled(seen_by=by)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="how satisfied patients were")
    context = {"page_obj": page, "is_all": is_all, "figures": queries.figures(seen_by=by)}
    return render(request, "plans/satisfaction.html", context)


@require_http_methods(["GET", "POST"])
@staff_page(ARRANGE)
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one patient said, and what was done about it."""
    by = actor_of(request)
    form = SettledForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            settled = actions.settle_satisfaction(pk, note=form.cleaned_data["note"], by=by)
        if not form.errors:
            return go(request, "plans:plan", pk=settled.plan_id, toast="Noted")
    found = queries.satisfaction(pk, seen_by=by)
    audit.read(by, found, purpose="how satisfied the patient was")
    context = {"said": found, "form": form}
    return render(request, "plans/satisfaction_one.html", context, status=422 if form.errors else 200)


def on_plan(request: HttpRequest, plan: ProcedurePlan) -> str | None:
    """What the patient said, on the page of the plan."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    said = queries.said_of(plan, seen_by=by) if by.may(READ) and plan.status == "COMPLETED" else None
    if said is None:
        return None
    audit.read(by, said, purpose="plan page")
    context = {"said": said, "may_settle": said.is_open and by.may(ARRANGE)}
    return render_to_string("plans/_satisfaction.html", context, request=request)


def on_day(request: HttpRequest, branch: Any) -> str | None:
    """A patient of this branch was not satisfied, and nobody has called."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    if not by.may(ARRANGE):
        return None
    waiting = queries.unsettled(seen_by=by, branch_id=branch.pk).select_related(None).count()
    return render_to_string("plans/_unsatisfied.html", {"waiting": waiting}, request=request) if waiting else None


def waiting_for(ask: dashboard.Ask) -> int:
    """How many of a doctor's patients were not satisfied and heard nothing yet."""
    return queries.unsettled(seen_by=ask.by, doctor_id=ask.doctor_id).select_related(None).count()
