"""What a patient stops before an operation, and the sheet with everything they are told."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_GET, require_POST

from kalon.theatre import actions, queries
from kalon.theatre.lifecycles import STATE, VIEW
from kalon.theatre.pages import clearance
from kalon.theatre.pages.told import StopForm
from kalon.web import files
from kalon.web.fronts import actor_of, go, refusals_on, staff_page


@require_POST
@staff_page(STATE)
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A medicine is stopped before the operation of this clearance."""
    by, form = actor_of(request), StopForm(request.POST)
    found = queries.clearance(pk, seen_by=by)
    if form.is_valid():
        with refusals_on(form):
            actions.stop_medicine(found.plan_id, **form.cleaned_data, by=by)
        if not form.errors:
            return go(request, "theatre:clearance", pk=pk, toast="On the list. The patient is told.")
    return clearance.show(request, pk, stop_form=form)


@require_POST
@staff_page(STATE)
def take_again(request: HttpRequest, pk: UUID, medicine_id: UUID) -> HttpResponse:
    """A medicine is not stopped after all."""
    actions.take_again(medicine_id, by=actor_of(request))
    return go(request, "theatre:clearance", pk=pk, toast="Off the list. The patient is told.")


@require_GET
@staff_page(VIEW)
def sheet(request: HttpRequest, pk: UUID) -> StreamingHttpResponse:
    """How to prepare, on paper, as the patient gets it."""
    drawn = actions.before_pdf(pk, by=actor_of(request))
    return files.paper(drawn, "before.pdf")
