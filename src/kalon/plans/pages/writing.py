"""Writing a plan and changing it until it is approved."""

import re
from collections.abc import Container
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.catalog import queries as catalog
from kalon.consultations import queries as consultations
from kalon.consultations.lifecycles import Outcome
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.plans import actions, queries
from kalon.plans.forms import LineForm, PlanForm, line_forms
from kalon.plans.lifecycles import WRITE, PlanType
from kalon.plans.models import ProcedurePlan
from kalon.plans.pages import preferences
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

LINE = re.compile(r"lines-\d{1,2}")


@require_http_methods(["GET", "POST"])
@staff_page(WRITE)
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new plan from a consultation that decided it."""
    by = actor_of(request)
    consultation = consultations.consultation(pk, seen_by=by)
    audit.read(by, consultation, purpose="writing a plan")
    conservative = consultation.outcome == Outcome.CONSERVATIVE
    first = {"plan_type": PlanType.CONSERVATIVE} if conservative else {}
    form, lines = _forms(request, by, consultation.patient_id, initial=first, rows=[])
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
    form, lines = _forms(request, by, found.patient_id, initial=_initial(found), rows=_rows(found))
    if _is_sent(request) and form.is_valid() and lines.is_valid():
        edition = form.cleaned_data["edition"]
        with refusals_on(form):
            actions.change_plan(pk, form.details(_written(lines)), edition=-1 if edition is None else edition, by=by)
        if not form.errors:
            return go(request, "plans:plan", pk=pk, toast="Plan changed")
    return _page(request, form, lines, consultation=found.consultation, patient=found.patient, plan=found)


@require_POST
@staff_page(WRITE)
def line(request: HttpRequest) -> HttpResponse:
    """One line drawn anew after another procedure was chosen, with what that procedure asks for."""
    prefix = request.GET.get("line", "")
    if not LINE.fullmatch(prefix):
        raise NotFound("There is no such line. Open the plan again.")
    by = actor_of(request)
    services, entries = _choices(by, had=request.POST.getlist(f"{prefix}-entry"))
    typed = {name: request.POST.get(f"{prefix}-{name}", "") for name in LineForm.base_fields}
    drawn = LineForm(prefix=prefix, initial=typed, services=services, entries=entries)
    patient = _patient(request.GET.get("patient", ""), by)
    drawn.unwanted = preferences.warnings(patient.pk, [drawn.chosen], by) if patient else []
    context = {"line": drawn, "number": int(prefix.removeprefix("lines-")) + 1, "patient": patient}
    return render(request, "plans/_line.html", context)


def _patient(said: str, by: Actor) -> Any:
    """For whom a line is written, where the address says so."""
    try:
        return patients.patient(UUID(said), seen_by=by) if said else None
    except ValueError:
        raise NotFound("There is no such patient. Open the plan again.") from None


def _is_sent(request: HttpRequest) -> bool:
    return request.method == "POST" and "add_line" not in request.POST


def _forms(
    request: HttpRequest, by: Actor, patient_id: UUID, *, initial: dict[str, Any], rows: list[dict[str, Any]]
) -> tuple[PlanForm, Any]:
    services, entries = _choices(by, had={str(row["entry"]) for row in rows})
    completed = [(str(one.pk), f"{one.title} ({one.number})") for one in queries.revisable(patient_id, seen_by=by)]
    doctors = list(people.doctors(seen_by=by))
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "add_line" in data:
        data["lines-TOTAL_FORMS"] = str(int(data.get("lines-TOTAL_FORMS", "1") or "1") + 1)
    return (
        PlanForm(data, doctors=doctors, completed=completed, initial=initial),
        line_forms(data, services=services, entries=entries, initial=rows, blank=1 if rows else 2),
    )


def _choices(by: Actor, *, had: Container[str] = ()) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """What a line may choose: services by name, and the entries of the catalogue that are in use or that it had."""
    rows = catalog.procedures(seen_by=by, active_only=False).prefetch_related(None)
    entries = {str(row.pk): row for row in rows if row.is_active or str(row.pk) in had}
    return [(str(row.pk), row.name) for row in catalog.services(seen_by=by)], entries


def _written(lines: Any) -> list[Any]:
    return [form.line() for form in lines if form.is_filled]


def _initial(found: ProcedurePlan) -> dict[str, Any]:
    names = ("plan_type", "title", "money_type", "consent", "review_after_days", "goal", "note", "edition")
    facts = {name: getattr(found, name) for name in names}
    series = {"session_count": found.session_count, "interval_days": found.interval_days} if found.is_series else {}
    return {**facts, **series, "doctor": found.doctor_id, "revises": found.revises_id}


def _rows(found: ProcedurePlan) -> list[dict[str, Any]]:
    """The lines as they were typed: what came from the catalogue stays empty, so another entry brings its own."""
    names = ("side", "technique", "implant_choice", "minutes", "quantity", "money_type", "note")
    return [
        {
            "entry": line.entry_id,
            "service": None if line.entry and line.service_id == line.entry.service_id else line.service_id,
            "procedure": "" if line.entry and line.procedure == line.entry.name else line.procedure,
            **{name: getattr(line, name) for name in names},
        }
        for line in queries.lines_of(found)
    ]


def _page(request: HttpRequest, form: PlanForm, lines: Any, **facts: Any) -> HttpResponse:
    refused = _is_sent(request)
    by, patient = actor_of(request), facts["patient"]
    unwanted = preferences.warnings(patient.pk, [line.chosen for line in lines.forms], by)
    for line in lines.forms:
        line.unwanted = [one for one in unwanted if one["entry"] == line.chosen]
    context = {
        **facts,
        "form": form,
        "lines": lines,
        "banner": patients.banner(patient),
        "wishes": preferences.card(request, patient.pk, purpose="writing a plan, wishes"),
        "line_errors": refused and any(row.errors for row in lines.forms),
    }
    return render(request, "plans/write.html", context, status=422 if refused else 200)
