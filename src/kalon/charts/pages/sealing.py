"""Beginning, finishing, throwing away and correcting a chart."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.charts import actions, queries
from kalon.charts.forms import ReasonForm
from kalon.charts.lifecycles import DRAW
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_POST
@staff_page(DRAW)
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The chart of a consultation is begun, or opened where it is being drawn."""
    made = actions.start(pk, by=actor_of(request))
    return go(request, "charts:chart", pk=made.pk)


@require_POST
@staff_page(DRAW)
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    actions.finish(pk, by=actor_of(request))
    return go(request, "charts:chart", pk=pk, toast="Chart finished. What is drawn has left the store.")


@require_POST
@staff_page(DRAW)
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    gone = actions.discard(pk, by=actor_of(request))
    if gone.consultation_id:
        return go(request, "consultations:consultation", pk=gone.consultation_id, toast="Chart thrown away")
    return go(request, "patients:page", pk=gone.patient_id, toast="Chart thrown away")


@staff_page(DRAW)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A finished chart is put right by a new one, with the reason."""
    by = actor_of(request)
    found = actions.read(pk, purpose="correcting the chart", by=by)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.correct(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "charts:chart", pk=made.pk, toast="Draw what was really done, then finish it")
    points = list(queries.points_of(found))
    context = {"form": form, "chart": found, "count": len(points)}
    return render(request, "charts/correct.html", context, status=422 if form.errors else 200)
