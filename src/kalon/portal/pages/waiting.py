"""“Tell me if one opens”: the patient waits for a time, or for an earlier one, and stops waiting."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.portal import queries
from kalon.portal.forms import WaitForm
from kalon.scheduling import actions
from kalon.scheduling import queries as scheduling
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render

NO_LONGER = "The patient no longer waits"


@require_http_methods(["GET", "POST"])
@patient_page
def wait(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """Say which days and hours would suit, for a new visit or an earlier time of one that stands."""
    by = actor_of(request)
    asked = _for_visit(pk, by) if pk else _for_new(request, by)
    if asked is None:  # it was not said what for: that is chosen first
        return go(request, "portal:book")
    form = WaitForm(request.POST or None, today=clock.today(ZoneInfo(asked["branch"].timezone)))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            actions.join(
                actions.WaitingRequest(
                    patient_id=by.own_patient_id,
                    branch_id=asked["branch"].pk,
                    service_id=asked["service"].pk if asked["service"] else None,
                    package_id=asked["package"].pk if asked["package"] else None,
                    doctor_id=asked["doctor"].pk if asked["doctor"] else None,
                    visit_id=asked["visit"].pk if asked["visit"] else None,
                    **form.wishes(),
                ),
                by=by,
            )
        if not form.errors:
            return go(request, "portal:home", toast="We write to you as soon as a time opens")
    return render(request, "portal/wait.html", {"form": form, **asked}, status=422 if form.errors else 200)


@require_POST
@patient_page
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient no longer waits."""
    actions.withdraw(pk, NO_LONGER, by=actor_of(request))
    return go(request, "portal:home", toast="You are off the waiting list")


def _for_visit(pk: UUID, by: Actor) -> dict[str, Any]:
    """An earlier time for a visit they have, with the same doctor."""
    visit = scheduling.appointment(pk, seen_by=by)
    facts = {"visit": visit, "branch": visit.branch, "doctor": visit.doctor}
    return {**facts, "service": visit.service, "package": visit.package, "offered": visit.service or visit.package}


def _for_new(request: HttpRequest, by: Actor) -> dict[str, Any] | None:
    """What the booking page offered, as its address says it."""
    choice = queries.bookable(seen_by=by)
    service = _named(choice.services, request.GET.get("service"))
    package = _named(choice.packages, request.GET.get("package")) if service is None else None
    branch = _named(choice.branches, request.GET.get("branch")) or choice.first_branch
    if branch is None or (service or package) is None:
        return None
    doctor = _named(queries.doctors_at(branch.pk, seen_by=by), request.GET.get("doctor"))
    facts = {"visit": None, "branch": branch, "doctor": doctor}
    return {**facts, "service": service, "package": package, "offered": service or package}


def _named(rows: Any, pk: str | None) -> Any:
    return next((one for one in rows if str(one.pk) == pk), None)
