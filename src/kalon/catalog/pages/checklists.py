"""What is done before and after a procedure: the list is written in versions."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from kalon.catalog import actions, queries
from kalon.catalog.forms import ChecklistForm
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

SHOWN = 10


@require_http_methods(["GET", "POST"])
@staff_page("catalog.manage")
def checklist(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list of one procedure; saving it changed makes a further version."""
    by = actor_of(request)
    found = queries.procedure(pk, seen_by=by)
    versions = list(queries.checklists_of(pk, seen_by=by)[:SHOWN])
    form = ChecklistForm(request.POST or None, held=versions[0] if versions else None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with refusals_on(form):
            made = actions.write_checklist(pk, form.to_do(), said["source"], seen=said["seen"], by=by)
        if not form.errors:
            return go(request, "catalog:checklist", pk=pk, toast=f"Version {made.version} counts from now on")
    context = {"procedure": found, "form": form, "versions": versions}
    return render(request, "catalog/checklist.html", context, status=422 if form.is_bound else 200)
