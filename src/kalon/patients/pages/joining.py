"""Joining two records of one person from the page that compares them, and separating them again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.patients import actions, queries
from kalon.patients.forms import JoinForm, UndoForm
from kalon.patients.lifecycles import JOIN
from kalon.patients.pages.comparing import drawn
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@require_POST
@staff_page(JOIN)
def join(request: HttpRequest, pk: UUID, other_id: UUID) -> HttpResponse:
    """Both are one person: what was chosen is taken over, and the page of the kept record opens."""
    by = actor_of(request)
    patient, other = queries.patient(pk, seen_by=by), queries.patient(other_id, seen_by=by)
    form = JoinForm(request.POST, both=(patient, other))
    if form.is_valid():
        with refusals_on(form):
            merge = actions.join_records(
                form.survivor_id, form.absorbed_id, form.take(), form.cleaned_data["reason"], by=by
            )
        if not form.errors:
            return go(
                request, "patients:page", merge.survivor_id, toast=f"{merge.absorbed.mrn} was joined into this record"
            )
    return drawn(request, patient, other, form)


@require_POST
@staff_page(JOIN)
def undo(request: HttpRequest, pk: UUID, merge_id: UUID) -> HttpResponse:
    """They are two people after all, within the day."""
    by, form = actor_of(request), UndoForm(request.POST)
    merge = queries.joining.merge_of(pk, merge_id, seen_by=by)
    if form.is_valid():
        with refusals_on(form):
            actions.undo_merge(merge_id, form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "patients:page", pk, toast=f"{merge.absorbed.mrn} stands for itself again")
    context = {"patient": merge.survivor, "banner": queries.banner(merge.survivor), "merge": merge, "form": form}
    return render(request, "patients/undo.html", context, status=422)
