"""Home: the next visit and what to do about it; and who you are to the clinic."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.inventory import queries as inventory
from kalon.kernel.errors import NotFound
from kalon.patients import queries as patients
from kalon.portal import queries
from kalon.portal.forms import ActForForm
from kalon.portal.pages import arrivals
from kalon.web.fronts import actor_of, go, kept, patient_page, render

ACTING_FOR = "acting_for"


@patient_page
def home(request: HttpRequest) -> HttpResponse:
    """One card: the next visit and what to do about it."""
    by = actor_of(request)
    shown = queries.home(seen_by=by)
    code = arrivals.code_link(request, shown.next_visit) if shown.next_visit else ""
    notices = [one for one in inventory.told_of(seen_by=by) if not one.is_settled]
    context = {
        "me": queries.me(seen_by=by), "home": shown, "code": code, "journey": queries.journey(seen_by=by),
        "notices": notices,
    }  # fmt: skip
    return kept(render(request, "portal/home.html", context), as_the="home")


@patient_page
def you(request: HttpRequest) -> HttpResponse:
    """Who you are to the clinic, and for whom you act."""
    by = actor_of(request)
    context = {"me": queries.me(seen_by=by), "wards": patients.people_i_act_for(by), "shown": by.patient_id}
    return render(request, "portal/you.html", context)


@require_POST
@patient_page
def act_for(request: HttpRequest) -> HttpResponse:
    """A guardian turns to one named patient; every page is theirs from then on."""
    form = ActForForm(request.POST)
    allowed = {access.patient_id for access in patients.people_i_act_for(actor_of(request))}
    if not form.is_valid() or form.cleaned_data["patient"] not in allowed:
        raise NotFound("You cannot act for this person. Ask the clinic to note that you are their guardian.")
    request.session[ACTING_FOR] = str(form.cleaned_data["patient"])
    return go(request, "portal:home", toast="You are now looking at their pages")
