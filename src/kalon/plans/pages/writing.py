"""Writing a plan and changing it until it is approved."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from kalon.catalog import queries as catalog
from kalon.consultations import queries as consultations
from kalon.consultations.lifecycles import Outcome
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans import actions, queries
from kalon.plans.forms import PlanForm, line_forms
from kalon.plans.lifecycles import WRITE, PlanType
from kalon.plans.models import ProcedurePlan
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_http_methods(["GET", "POST"])
@staff_page(WRITE)
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new plan from a consultation that decided it."""
    by = actor_of(request)
    consultation = consultations.consultation(pk, seen_by=by)
    audit.read(by, consultation, purpose="writing a plan")
    conservative = consultation.outcome == Outcome.CONSERVATIVE
    first = {"plan_type": PlanType.CONSERVATIVE} if conservative else {}
    form, lines = _forms(request, by, initial=first, rows=[])
    if _is_sent(request) and form.is_valid() and lines.is_valid():
        with refusals_on(form):
            made = actions.plan_procedure(pk, form.details(_written(lines)), by=by)
        if not form.errors:
            return go(request, "plans:plan", pk=made.pk, toast="Plan written")
    return _page(request, form, lines, consultation=consultation, patient=consultation.patient, plan=None)


@require_http_methods(["GET", "POST"])
@staff_page(WRITE)
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A plan that nobody has approved, written anew."""
    by = actor_of(request)
    found = actions.read(pk, purpose="changing the plan", by=by)
    form, lines = _forms(request, by, initial=_initial(found), rows=_rows(found))
    if _is_sent(request) and form.is_valid() and lines.is_valid():
        edition = form.cleaned_data["edition"]
        with refusals_on(form):
            actions.change_plan(pk, form.details(_written(lines)), edition=-1 if edition is None else edition, by=by)
        if not form.errors:
            return go(request, "plans:plan", pk=pk, toast="Plan changed")
    return _page(request, form, lines, consultation=found.consultation, patient=found.patient, plan=found)


def _is_sent(request: HttpRequest) -> bool:
    return request.method == "POST" and "add_line" not in request.POST


def _forms(
    request: HttpRequest, by: Actor, *, initial: dict[str, Any], rows: list[dict[str, Any]]
) -> tuple[PlanForm, Any]:
    services = [(str(one.pk), one.name) for one in catalog.services(seen_by=by)]
    doctors = list(people.doctors(seen_by=by))
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "add_line" in data:
        data["lines-TOTAL_FORMS"] = str(int(data.get("lines-TOTAL_FORMS", "1") or "1") + 1)
    return (
        PlanForm(data, doctors=doctors, initial=initial),
        line_forms(data, services=services, initial=rows, blank=1 if rows else 2),
    )


def _written(lines: Any) -> list[Any]:
    return [form.line() for form in lines if form.is_filled]


def _initial(found: ProcedurePlan) -> dict[str, Any]:
    names = ("plan_type", "title", "money_type", "consent", "review_after_days", "goal", "note", "edition")
    facts = {name: getattr(found, name) for name in names}
    series = {"session_count": found.session_count, "interval_days": found.interval_days} if found.is_series else {}
    return {**facts, **series, "doctor": found.doctor_id}


def _rows(found: ProcedurePlan) -> list[dict[str, Any]]:
    names = ("procedure", "side", "technique", "quantity", "money_type", "note")
    return [
        {"service": line.service_id, **{name: getattr(line, name) for name in names}}
        for line in queries.lines_of(found)
    ]


def _page(request: HttpRequest, form: PlanForm, lines: Any, **facts: Any) -> HttpResponse:
    refused = _is_sent(request)
    context = {
        **facts,
        "form": form,
        "lines": lines,
        "banner": patients.banner(facts["patient"]),
        "line_errors": refused and any(row.errors for row in lines.forms),
    }
    return render(request, "plans/write.html", context, status=422 if refused else 200)
