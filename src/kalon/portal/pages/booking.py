"""Finding a time: for a new visit, or another one for a visit that stands."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from kalon.kernel import clock
from kalon.portal import queries
from kalon.portal.forms import BookForm, MoveForm
from kalon.portal.rules import days_from, wished_day
from kalon.scheduling import actions as scheduling_actions
from kalon.scheduling import queries as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render


@patient_page
def book(request: HttpRequest) -> HttpResponse:
    """What for, then with whom and when; confirming books it."""
    by = actor_of(request)
    form = BookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            visit = scheduling_actions.book(_wish(form, by.own_patient_id), by=by)
        if not form.errors:
            return go(request, "portal:visit", pk=visit.pk)
    return render(request, "portal/book.html", _offer(request, form), status=422 if form.errors else 200)


@patient_page
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time for the same visit, with the same doctor."""
    by = actor_of(request)
    visit = scheduling.appointment(pk, seen_by=by)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"] or "The patient asked."
        with refusals_on(form):
            moved = scheduling_actions.reschedule(pk, form.cleaned_data["start"], reason, by=by)
        if not form.errors:
            return go(request, "portal:visit", pk=moved.pk, toast="Your visit has a new time")
    context = {
        "form": form,
        "visit": visit,
        **_times(request, visit.branch, visit.doctor_id, visit.service, but=visit.pk),
    }
    return render(request, "portal/move.html", context, status=422 if form.errors else 200)


def _wish(form: BookForm, patient_id: UUID | None) -> BookingRequest:
    assert patient_id is not None
    return BookingRequest(
        patient_id=patient_id,
        doctor_id=form.cleaned_data["doctor"],
        service_id=form.cleaned_data["service"],
        branch_id=form.cleaned_data["branch"],
        start=form.cleaned_data["start"],
        source="SELF_SERVICE",
        chief_complaint=form.cleaned_data["complaint"],
    )


def _offer(request: HttpRequest, form: BookForm) -> dict[str, Any]:
    """What the page shows: services; once one is chosen, doctors, days and times."""
    by = actor_of(request)
    asked = request.POST if form.is_bound else request.GET
    choice = queries.bookable(seen_by=by)
    service = next((one for one in choice.services if str(one.pk) == asked.get("service")), None)
    branch = next((one for one in choice.branches if str(one.pk) == asked.get("branch")), choice.first_branch)
    context = {"form": form, "services": choice.services, "service": service, "branch": branch, "step": 1}
    if service is None or branch is None:
        return context
    doctors = queries.doctors_at(branch.pk, seen_by=by)
    doctor = next((one for one in doctors if str(one.pk) == asked.get("doctor")), doctors[0] if doctors else None)
    context |= {"doctors": doctors, "doctor": doctor, "branches": choice.branches, "step": 2}
    context |= queries.said_before(service, branch, seen_by=by)
    if doctor is None:
        return context
    soonest = scheduling.free_slots(branch.pk, service.pk, clock.now(), 1, seen_by=by)
    names = {one.pk: one.name for one in doctors}
    context["soonest"] = [(slot, names.get(slot.doctor_id, "")) for slot in soonest]
    return context | _times(request, branch, doctor.pk, service)


def _times(
    request: HttpRequest, branch: Any, doctor_id: UUID | None, service: Any, *, but: UUID | None = None
) -> dict[str, Any]:
    """Six days of one doctor, the chosen one with its times."""
    if doctor_id is None:
        return {"days": [], "parts": []}
    today = clock.today(branch.timezone)
    day = wished_day(request.GET.get("day", ""), today)
    first = days_from(day, today)
    week = queries.week(branch.pk, doctor_id, service, first, seen_by=actor_of(request), but=but)
    chosen = next((one for one in week.days if one.date == day), week.days[0])
    picked = request.POST.get("start") or request.GET.get("start", "")
    return {
        "days": week.days,
        "day": chosen,
        "parts": chosen.parts,
        "picked": next((slot for slot in chosen.free if slot.start.isoformat() == picked), None),
        "earlier": week.earlier if first > today else None,
        "later": week.later,
    }
