"""Discounts that somebody asked for, to be decided by whoever may."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.kernel import audit
from kalon.pricing import actions, queries
from kalon.pricing.forms import DecisionForm
from kalon.pricing.lifecycles import APPROVE, ApprovalStatus
from kalon.pricing.pages.schedules import PAGE
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_GET
@staff_page(APPROVE)
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for an answer first, then what was decided, the latest first."""
    return _list(request, DecisionForm())


@require_POST
@staff_page(APPROVE)
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Yes or no."""
    form = DecisionForm(request.POST)
    if form.is_valid():
        note, by = form.cleaned_data["note"], actor_of(request)
        with refusals_on(form):
            if form.cleaned_data["decision"] == "approve":
                actions.approve_discount(pk, note=note, by=by)
                return go(request, "pricing:approvals", toast="Discount approved")
            actions.refuse_discount(pk, note, by=by)
            return go(request, "pricing:approvals", toast="Discount refused")
    return _list(request, form, asked=pk, status=422)


def _list(request: HttpRequest, form: DecisionForm, *, asked: UUID | None = None, status: int = 200) -> HttpResponse:
    by = actor_of(request)
    waiting_first = Case(
        When(status=ApprovalStatus.ASKED, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    rows = queries.approvals(seen_by=by).order_by(waiting_first, "-created_at", "-id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    audit.reads(by, list(page.object_list), purpose="list of discounts asked for")
    context = {"page": page, "form": form, "asked": asked, "user_id": by.user_id}
    return render(request, "pricing/approvals.html", context, status=status)
