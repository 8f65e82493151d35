"""Vitals on a tablet, and the doctor's word that what is abnormal was seen."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.consultations import actions, queries
from kalon.consultations.forms import VitalsForm
from kalon.consultations.lifecycles import Status
from kalon.consultations.pages.screen import banner_of
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page("consultations.triage")
def triage(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Vitals on a tablet: the first set begins triage, each saving records one set."""
    by = actor_of(request)
    found = actions.read(pk, purpose="triage", by=by)
    form = VitalsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            if found.status == Status.CHECKED_IN:
                actions.start_triage(pk, by=by)
            actions.record_vitals(
                pk, measured=form.measured(), units=form.units(), note=form.cleaned_data["note"], by=by
            )
        if not form.errors:
            return go(request, "consultations:consultation", pk=pk, toast="Vitals saved")
    measured = queries.measured_before(found)
    context = {**banner_of(found), "consultation": found, "form": form, "last": measured[-1] if measured else None}
    return render(request, "consultations/triage.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page("consultations.conduct")
def see_alerts(request: HttpRequest, pk: UUID, vitals_id: UUID) -> HttpResponse:
    """Who has seen it, and when, stays in the record."""
    actions.see_alerts(pk, vitals_id=vitals_id, by=actor_of(request))
    return go(request, "consultations:consultation", pk=pk, toast="Noted that you have seen it")
