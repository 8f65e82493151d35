"""The waiting list: the desk's page of who waits, and the page behind the link in a patient's message."""

from datetime import time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.catalog import queries as catalog
from kalon.kernel import audit, clock
from kalon.kernel.errors import DomainError
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import OfferForm, ReasonForm, WaitingForm
from kalon.scheduling.lifecycles import BOOK, VIEW, OfferStatus
from kalon.scheduling.models import WaitingEntry
from kalon.scheduling.pages.asked import asked_branch, asked_id, somebody_new
from kalon.web.fronts import actor_of, go, public_page, refusals_on, render, staff_page

PER_PAGE = 30
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Row:
    """One line of the list: who waits, when it would suit them, and what they are asked now."""

    def __init__(self, entry: WaitingEntry, zone: ZoneInfo, **tried: forms.Form) -> None:
        offers = list(entry.offers.all())
        self.entry, self.asked = entry, len(offers)
        self.offer = next((one for one in offers if one.status == OfferStatus.OPEN), None)
        self.offered = self.offer.period.lower.astimezone(zone).replace(tzinfo=None) if self.offer else None
        self.days = "any day" if len(entry.weekdays) == 7 else ", ".join(WEEK[day] for day in entry.weekdays)
        self.hours = _hours(entry.from_time, entry.to_time)
        self.withdrawing = tried.get("withdrawing") or ReasonForm(auto_id=f"w{entry.pk}_%s")
        self.offering = tried.get("offering") or OfferForm(auto_id=f"o{entry.pk}_%s")
        self.opened = bool(tried)


def _hours(first: time, last: time) -> str:
    """The hours that suit, as they are said: from midnight to midnight is any time."""
    match first == time(0), last >= time(23, 59):
        case True, True:
            return "any time"
        case True, False:
            return f"until {last:%H:%M}"
        case False, True:
            return f"from {first:%H:%M}"
        case _:
            return f"{first:%H:%M}–{last:%H:%M}"


@staff_page(VIEW)
def waiting_list(request: HttpRequest) -> HttpResponse:
    """Who waits, for what, since when, and what they were offered."""
    return _drawn(request)


@require_http_methods(["GET", "POST"])
@staff_page(BOOK)
def wait(request: HttpRequest) -> HttpResponse:
    """Put a patient on the list."""
    by, branch = actor_of(request), asked_branch(request)
    patient_id, visit_id = asked_id(request, "patient"), asked_id(request, "visit")
    visit = queries.appointment(visit_id, seen_by=by) if visit_id else None
    patient_id = visit.patient_id if visit else patient_id
    text = request.GET.get("q", "")[:100]
    form = WaitingForm(
        request.POST or None,
        services=catalog.services(seen_by=by),
        packages=catalog.packages(seen_by=by),
        doctors=people.doctors(seen_by=by, branch_id=branch.pk),
        today=clock.today(ZoneInfo(branch.timezone)),
        initial=_initial(request, visit),
    )
    if request.method == "POST" and patient_id and form.is_valid():
        with refusals_on(form):
            entry = actions.join(form.request(patient_id, branch.pk, visit_id), by=by)
        if not form.errors:
            return go(request, "scheduling:waiting_list", toast=f"{entry.patient.name} is on the waiting list")
    context = {
        "here": branch,
        "form": form,
        "visit": visit,
        "patient": patients.patient(patient_id, seen_by=by) if patient_id else None,
        "q": text,
        "somebody_new": somebody_new(request, text),
        "hits": patients.search(text, seen_by=by, limit=6) if text and not patient_id else [],
    }
    return render(request, "scheduling/wait.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@staff_page(BOOK)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a patient off the list."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.withdraw(pk, form.cleaned_data["reason"], by=actor_of(request))
        if not form.errors:
            return go(request, "scheduling:waiting_list", toast="Taken off the waiting list")
    return _drawn(request, pk, withdrawing=form)


@require_POST
@staff_page(BOOK)
def offer_by_hand(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Offer somebody a time that the desk has chosen."""
    form = OfferForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            actions.offer_by_hand(pk, form.start, by=actor_of(request))
        if not form.errors:
            return go(request, "scheduling:waiting_list", toast="The time is offered")
    return _drawn(request, pk, offering=form)


@require_http_methods(["GET", "POST"])
@public_page
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """The offered time behind the link in a message: take it, or keep waiting."""
    by, outcome = actor_of(request), ""
    if request.method == "POST":
        answer = actions.accept_offer if request.POST.get("answer") == "accept" else actions.decline_offer
        try:
            answer(token, by=by)
        except DomainError as refusal:
            outcome = refusal.detail
    found = actions.show_offer(token, by=by)
    zone = ZoneInfo(found.entry.branch.timezone)
    context = {
        "offer": found,
        "entry": found.entry,
        "start": found.period.lower.astimezone(zone).replace(tzinfo=None),
        "until": found.expires_at.astimezone(zone).replace(tzinfo=None),
        "is_open": found.status == OfferStatus.OPEN and found.expires_at > clock.now(),
        "outcome": outcome,
    }
    return render(request, "scheduling/offer.html", context, status=409 if outcome else 200)


offer.unit_per_verb = True  # type: ignore[attr-defined]  # the answer is the clinic's own, on the proof of the link


def _initial(request: HttpRequest, visit: Any) -> dict[str, Any]:
    """What is known already: the visit they have, or the service the address names."""
    if visit is None:
        return {"service": asked_id(request, "service"), "package": asked_id(request, "package")}
    return {"service": visit.service_id, "package": visit.package_id, "doctor": visit.doctor_id}


def _drawn(request: HttpRequest, pk: UUID | None = None, **tried: forms.Form) -> HttpResponse:
    by, branch = actor_of(request), asked_branch(request)
    page = Paginator(queries.on_waiting_list(branch.pk, seen_by=by), PER_PAGE).get_page(request.GET.get("page"))
    if page.object_list:
        audit.reads(by, [entry.patient for entry in page.object_list], purpose="waiting list")
    zone = ZoneInfo(branch.timezone)
    rows = [Row(entry, zone, **(tried if entry.pk == pk else {})) for entry in page.object_list]
    context = {"here": branch, "rows": rows, "page_obj": page, "may_book": by.may(BOOK, at=branch.pk)}
    return render(request, "scheduling/waiting_list.html", context, status=422 if tried else 200)
