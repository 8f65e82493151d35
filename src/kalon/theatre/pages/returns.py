"""Back to theatre at once, on two clinicians' word; and what is completed for it in arrears."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.kernel import audit
from kalon.theatre import actions, forms, queries
from kalon.theatre.forms import ReturnForm
from kalon.theatre.lifecycles import OPERATE
from kalon.theatre.pages.case import facts, press
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page


@staff_page(OPERATE)
def back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who decides, why, where and who operates: then the new case is open, and may start at once."""
    by = actor_of(request)
    found = queries.case(pk, seen_by=by)
    audit.read(by, found, purpose="opened the return to theatre")
    form = ReturnForm(request.POST or None, by=by, case=found)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = actions.return_to_theatre(form.wish(), by=by)
        if not form.errors:
            return go(request, "theatre:case", pk=made.pk, toast="The return to theatre is open")
    context = {**facts(found), "form": form}
    return render(request, "theatre/case/return.html", context, status=422 if form.errors else 200)


@require_POST
@staff_page(OPERATE)
def consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient, or who stands for them, is asked once they can be."""

    def do() -> str:
        told = forms.ReturnConsentForm(request.POST).told()
        actions.consent_in_arrears(pk, **told, by=actor_of(request))
        return "The consent is written down."

    return press(request, pk, do, at="arrears")


@require_POST
@staff_page(OPERATE)
def clearance(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do() -> str:
        actions.clearance_in_arrears(pk, by=actor_of(request))
        return "The clearance of the return is open. Answer its lines."

    return press(request, pk, do, at="arrears")


@require_POST
@staff_page(OPERATE)
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do() -> str:
        actions.settle_in_arrears(pk, by=actor_of(request))
        return "Completed in arrears."

    return press(request, pk, do, at="arrears")
