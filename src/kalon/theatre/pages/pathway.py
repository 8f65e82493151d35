"""The pathway board: every open plan by step, what blocks it, since when, and whose move it is."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from kalon.consultations.queries import dashboard
from kalon.kernel import audit
from kalon.people import queries as people
from kalon.plans.lifecycles import READ, PlanStatus
from kalon.theatre import queries
from kalon.theatre.pages.board import asked_id
from kalon.web.fronts import actor_of, render, staff_page

PER_PAGE = 25


@require_GET
@staff_page(READ)
def pathway(request: HttpRequest) -> HttpResponse:
    """Every open plan, those that stand longest where they are first."""
    by = actor_of(request)
    asked = request.GET
    branch_id, doctor_id = asked_id(asked.get("branch", "")), asked_id(asked.get("doctor", ""))
    step = asked.get("step", "") if asked.get("step", "") in queries.OPEN_PLANS else ""
    rows = queries.open_plans(seen_by=by, branch_id=branch_id, doctor_id=doctor_id, step=step)
    page = Paginator(rows, PER_PAGE).get_page(asked.get("page"))
    shown = queries.steps(list(page.object_list))
    audit.reads(by, [one.plan for one in shown], purpose="pathway board")
    context = {
        "page_obj": page,
        "steps": shown,
        "choices": [(state, PlanStatus(state).label) for state in queries.OPEN_PLANS],
        "step": step,
        "doctors": people.doctors(seen_by=by).order_by("name", "id"),
        "doctor": str(doctor_id or ""),
        "branches": people.branches(seen_by=by),
        "branch": str(branch_id or ""),
        "is_filtered": bool(branch_id or doctor_id or step),
    }
    return render(request, "theatre/board/pathway.html", context)


def to_approve(ask: dashboard.Ask) -> int:
    """How many of this doctor's plans are written and not approved yet."""
    rows = queries.open_plans(seen_by=ask.by, doctor_id=ask.doctor_id)
    return rows.filter(status__in=(PlanStatus.DRAFT, PlanStatus.PENDING_APPROVAL)).order_by().count()
