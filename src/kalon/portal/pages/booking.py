"""Finding a time: for a new visit, or another one for a visit that stands."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.portal import queries
from kalon.portal.forms import BookForm, MoveForm
from kalon.portal.rules import days_from, wished_day
from kalon.scheduling import actions as scheduling_actions
from kalon.scheduling import queries as scheduling
from kalon.scheduling.actions import BookingRequest, TimeRequest
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render


@patient_page
def book(request: HttpRequest) -> HttpResponse:
    """What for, then with whom and when; confirming books it."""
    by = actor_of(request)
    form = BookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            visit = scheduling_actions.book(
                BookingRequest(
                    **_time(request, form.cleaned_data),
                    patient_id=by.own_patient_id,
                    source="SELF_SERVICE",
                    chief_complaint=form.cleaned_data["complaint"],
                    hold_id=form.cleaned_data["hold_id"],
                    told_price=form.cleaned_data["told_price"],
                    occasion_id=_occasion(request),
                ),
                by=by,
            )
        if not form.errors:
            return go(request, "portal:visit", pk=visit.pk)
    facts = _offer(request, form)
    facts["alternatives"] = _alternatives(getattr(form, "refusal", None), request.POST)
    return render(request, "portal/book.html", facts, status=422 if form.errors else 200)


@require_POST
@patient_page
def keep_time(request: HttpRequest) -> HttpResponse:
    """Keep the chosen time while the patient types, or say what stands in the way and what is free instead."""
    form = BookForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/_held.html", {"refusal": "Choose a time."})
    typed = form.cleaned_data
    try:
        wanted = _time(request, {**typed, "held_doctor": None})
        held = scheduling_actions.hold(TimeRequest(**wanted), by=actor_of(request))
    except DomainError as refusal:
        facts = {"refusal": refusal.detail, "alternatives": _alternatives(refusal, request.POST)}
        return render(request, "portal/_held.html", facts)
    begins = held.wish.span.start.astimezone(held.wish.zone).replace(tzinfo=None)
    return render(request, "portal/_held.html", {"held": held, "begins": begins, "doctor": held.wish.doctor})


@require_POST
@patient_page
def let_go(request: HttpRequest) -> HttpResponse:
    """Give a kept time back: the page was left."""
    try:
        hold_id = UUID(request.POST.get("hold_id", ""))
    except ValueError:
        return HttpResponse(status=204)
    scheduling_actions.release(hold_id, by=actor_of(request))
    return HttpResponse(status=204)


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
    minutes = int((visit.period.upper - visit.period.lower).total_seconds() // 60)
    demand = scheduling.demand(visit.service, visit.package, minutes=minutes)
    is_movable = visit.doctor_id is not None or not demand.needs_doctor
    wish = scheduling.Wanted(visit.branch, demand, visit.doctor_id, but=visit.pk)
    times = _times(request, wish) if is_movable else {"days": [], "parts": []}
    facts = {"form": form, "visit": visit, **times}
    return render(request, "portal/move.html", facts, status=422 if form.errors else 200)


def _occasion(request: HttpRequest) -> UUID | None:
    """The follow-up for which the patient books, when they came from it."""
    try:
        return UUID(request.GET.get("for", ""))
    except ValueError:
        return None


def _time(request: HttpRequest, typed: dict[str, Any]) -> dict[str, Any]:
    """The time as it is asked for; who is first is looked up, unless the time is held with somebody already."""
    wanted = {name: typed[name] for name in ("service", "package")}
    doctor_id = typed["doctor"] or typed["held_doctor"]
    wish = scheduling.wanted(
        typed["branch"],
        service_id=wanted["service"],
        package_id=wanted["package"],
        doctor_id=doctor_id,
        seen_by=actor_of(request),
    )
    return {
        "branch_id": typed["branch"],
        "start": typed["start"],
        "doctor_id": queries.first_doctor(wish, typed["start"], seen_by=actor_of(request)),
        "service_id": wanted["service"],
        "package_id": wanted["package"],
    }


def _offer(request: HttpRequest, form: BookForm) -> dict[str, Any]:
    """What the page shows: services and packages; once one is chosen, doctors, days and times."""
    by = actor_of(request)
    asked = request.POST if form.is_bound else request.GET
    choice = queries.bookable(seen_by=by)
    service = next((one for one in choice.services if str(one.pk) == asked.get("service")), None)
    package = next((one for one in choice.packages if str(one.pk) == asked.get("package")), None)
    branch = next((one for one in choice.branches if str(one.pk) == asked.get("branch")), choice.first_branch)
    offered = service or package
    context = {
        "form": form, "services": choice.services, "packages": choice.packages, "service": service,
        "package": package, "offered": offered, "branch": branch, "step": 1,
    }  # fmt: skip
    if offered is None or branch is None:
        return context
    any_doctor = scheduling.wanted(
        branch.pk,
        service_id=service.pk if service else None,
        package_id=package.pk if package else None,
        seen_by=by,
    )
    doctors = queries.doctors_at(branch.pk, seen_by=by) if any_doctor.demand.needs_doctor else []
    own = queries.own_doctor_id(seen_by=by)
    doctor = next((one for one in doctors if str(one.pk) == asked.get("doctor")), None)
    if "doctor" not in asked:
        doctor = next((one for one in doctors if one.pk == own), None)
    soonest, names = scheduling.next_offers(any_doctor, clock.now(), 1, seen_by=by)
    context |= {
        "doctors": doctors,
        "doctor": doctor,
        "own_doctor_id": own,
        "nobody_free": any_doctor.demand.needs_doctor and not doctors,
        "branches": choice.branches,
        "soonest": soonest[0] if soonest else None,
        "soonest_name": names.get(soonest[0].slot.doctor_id, "") if soonest and soonest[0].slot.doctor_id else "",
        "step": 2,
    }
    context |= queries.said_before(offered, branch, seen_by=by)
    wish = scheduling.Wanted(branch, any_doctor.demand, doctor.pk if doctor else None)
    return context | _times(request, wish, soonest[0].start if soonest else None)


def _times(request: HttpRequest, wish: scheduling.Wanted, soonest: datetime | None = None) -> dict[str, Any]:
    """Six days, the chosen one with its times; where nobody chose, the day of the soonest."""
    today = clock.today(wish.zone)
    picked = _instant(request.POST.get("start") or request.GET.get("start", ""))
    shown = picked or soonest
    otherwise = shown.astimezone(wish.zone).date().isoformat() if shown else ""
    day = wished_day(request.GET.get("day", "") or otherwise, today)
    first = days_from(day, today)
    week = queries.week(wish, first, seen_by=actor_of(request))
    chosen = next((one for one in week.days if one.date == day), week.days[0])
    return {
        "days": week.days,
        "day": chosen,
        "parts": chosen.parts,
        "picked": next((slot for slot in chosen.free if slot.start == picked), None),
        "earlier": week.earlier if first > today else None,
        "later": week.later,
    }


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _alternatives(refusal: DomainError | None, typed: Any) -> list[dict[str, Any]]:
    """The times a refusal carries, as links to the same page."""
    if refusal is None:
        return []
    kept = {name: typed[name] for name in ("service", "package", "branch", "doctor") if typed.get(name)}
    where = reverse("portal:book")
    return [
        {
            "label": way["label"],
            "who": way["with"][0] if way["doctor_id"] and way["with"] else "",
            "url": f"{where}?{urlencode({**kept, 'start': way['start']})}",
        }
        for way in refusal.facts.get("alternatives", [])
    ]
