"""One visit: when, with whom, what is to be paid, and what can still be changed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.billing import queries as billing
from kalon.consultations import queries as consultations
from kalon.consultations.lifecycles import Status as EncounterStatus
from kalon.portal.forms import CancelForm
from kalon.portal.pages import arrivals
from kalon.scheduling import actions as scheduling_actions
from kalon.scheduling import queries as scheduling
from kalon.scheduling.lifecycles import AHEAD
from kalon.web.fronts import actor_of, go, kept, patient_page, refusals_on, render


@patient_page
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    context = _context(request, pk, CancelForm())
    page = render(request, "portal/visit.html", context)
    return kept(page, as_the="visit") if context["visit"].status in AHEAD else page


@require_POST
@patient_page
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that one will not come; the time is free for somebody else."""
    by = actor_of(request)
    scheduling.appointment(pk, seen_by=by)
    form = CancelForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            scheduling_actions.cancel(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "portal:home", toast="Your visit is cancelled")
    return render(request, "portal/visit.html", _context(request, pk, form), status=422)


def _context(request: HttpRequest, pk: UUID, form: CancelForm) -> dict[str, Any]:
    by = actor_of(request)
    found = scheduling.appointment(pk, seen_by=by)
    encounter = consultations.of_appointment(pk, seen_by=by)
    is_ahead = found.status in AHEAD
    bill = billing.bill_for_appointment(pk, seen_by=by)
    return {
        "visit": found,
        "code": arrivals.code_link(request, found),
        "bill": bill,
        "due_now": billing.due_now(bill, seen_by=by) if bill else None,
        "fee": billing.fee_for_appointment(pk, seen_by=by),
        "costs": billing.cancelling_costs(pk, seen_by=by),
        "summary": encounter if encounter and encounter.status == EncounterStatus.CLOSED else None,
        "cancel_form": form,
        "may_cancel": is_ahead and by.may("scheduling.cancel"),
        "may_move": is_ahead and found.kind != "SURGERY" and by.may("scheduling.reschedule"),
    }
