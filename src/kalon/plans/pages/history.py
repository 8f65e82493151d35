"""What was done to a patient, as a tab of their page."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import render_to_string

from kalon.kernel import audit
from kalon.plans import queries
from kalon.plans.pages import preferences
from kalon.plans.pages.looks import look
from kalon.web.fronts import actor_of

PAGE = 20


def tab(request: HttpRequest, patient: Any) -> str:
    """Procedures that were done or begun, the latest first."""
    by = actor_of(request)
    page = Paginator(queries.procedure_history(patient.pk, seen_by=by), PAGE).get_page(request.GET.get("page"))
    rows = [{"line": line, "at": queries.when_done(line), "look": look(line.plan.status)} for line in page]
    audit.reads(by, [line.plan for line in page], purpose="patient page, procedures")
    wishes = preferences.card(request, patient.pk, purpose="patient page, procedures", offer=True)
    return render_to_string("plans/_history.html", {"page": page, "rows": rows, "wishes": wishes}, request)
