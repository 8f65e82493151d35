"""Arriving with the phone: scanning the code at the door, and the code that the desk scans."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kalon.kernel.errors import DomainError, NotFound
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries
from kalon.scheduling.lifecycles import Status
from kalon.web.fronts import actor_of, go, patient_page, render


@never_cache
@require_http_methods(["GET", "POST"])
@patient_page
def arrive(request: HttpRequest) -> HttpResponse:
    """“I am here”: what the code at the door opens, and the one tap that checks in."""
    by = actor_of(request)
    code = (request.POST if request.method == "POST" else request.GET).get("code", "")[:300]
    visit, refusal = None, None
    try:
        if request.method == "POST":
            visit = actions.arrive(_visit_id(request), code, by=by)
            words = "You are checked in. Please take a seat."
            return go(request, reverse("portal:visit", args=[visit.pk]), toast=words)
        if code:
            with acting_as(by):
                visit = actions.at_the_door(code, by=by)
    except DomainError as declined:
        refusal = declined
        request.refusal = declined  # type: ignore[attr-defined]  # the log keeps it
    context = {
        "refusal": refusal.detail if refusal else "",
        "visit": visit,
        "door_code": code,
        "may_arrive": visit is not None and visit.status == Status.CONFIRMED,
        "is_unpaid": visit is not None and visit.status == Status.PENDING_PAYMENT,
    }
    with acting_as(by):
        return render(request, "portal/arrive.html", context, status=refusal.status if refusal else 200)


# A patient's unit cannot be widened, and checking in is the system's: the verb opens one of each.
arrive.unit_per_verb = True  # type: ignore[attr-defined]


def code_link(request: HttpRequest, visit: Any) -> str:
    """What the desk scans from this phone today; empty on any other day."""
    code = queries.phone_code(visit, seen_by=actor_of(request))
    return request.build_absolute_uri(f"{reverse('scheduling:scan')}?code={code}") if code else ""


def _visit_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("visit", ""))
    except ValueError as error:
        raise NotFound("There is no such visit. Scan the code at the door again.") from error
