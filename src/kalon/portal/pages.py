"""The patient's own pages: one card at home, then book, records, bills and you."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from kalon.billing import actions as billing_actions
from kalon.billing import queries as billing
from kalon.catalog import queries as catalog
from kalon.consultations import actions as consultation_actions
from kalon.consultations import queries as consultations
from kalon.kernel import audit, clock
from kalon.kernel.errors import NotFound
from kalon.patients import queries as patients
from kalon.people import queries as people
from kalon.portal import queries
from kalon.portal.forms import ActForForm, BookForm, CancelForm, MoveForm
from kalon.portal.rules import week_of, wish
from kalon.scheduling import actions as scheduling_actions
from kalon.scheduling import queries as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.lifecycles import AHEAD, LIFE
from kalon.web.fronts import actor_of, go, patient_page, refusals_on, render

ACTING_FOR = "acting_for"


@patient_page
def home(request: HttpRequest) -> HttpResponse:
    """One card: the next visit and what to do about it."""
    by = actor_of(request)
    me = patients.patient(by.patient_id, seen_by=by)
    shown = queries.home(seen_by=by)
    return render(request, "portal/home.html", {"me": me, "home": shown, "now": clock.now()})


@patient_page
def book(request: HttpRequest) -> HttpResponse:
    """Service, then doctor and day, then a time; confirming books it."""
    by = actor_of(request)
    form = BookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            visit = scheduling_actions.book(
                BookingRequest(
                    patient_id=by.patient_id,
                    doctor_id=form.cleaned_data["doctor"],
                    service_id=form.cleaned_data["service"],
                    branch_id=form.cleaned_data["branch"],
                    start=form.cleaned_data["start"],
                    source="SELF_SERVICE",
                    chief_complaint=form.cleaned_data["complaint"],
                ),
                by=by,
            )
        if not form.errors:
            return go(request, "portal:visit", pk=visit.pk, toast="Your time is kept")
    return render(request, "portal/book.html", _offer(request, form), status=422 if form.errors else 200)


@patient_page
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One visit: when, with whom, what is to be paid, and what can still be changed."""
    by = actor_of(request)
    found = scheduling.appointment(pk, seen_by=by)
    bill = billing.bill_for_appointment(pk, seen_by=by)
    encounter = consultations.of_appointment(pk, seen_by=by)
    context = {
        "visit": found,
        "bill": bill,
        "summary": encounter if encounter and not encounter.is_open and encounter.outcome else None,
        "buttons": {button.move.name: button for button in LIFE.buttons(found, by=by)},
        "cancel_form": CancelForm(),
        "can_move": found.status in AHEAD and by.may("scheduling.reschedule"),
    }
    return render(request, "portal/visit.html", context)


@require_POST
@patient_page
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = actor_of(request)
    form = CancelForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            scheduling_actions.cancel(pk, reason=form.cleaned_data["reason"], by=by)
        if not form.errors:
            return go(request, "portal:home", toast="Your visit is cancelled")
    found = scheduling.appointment(pk, seen_by=by)
    return render(request, "portal/visit.html", {"visit": found, "cancel_form": form, "buttons": {}}, status=422)


@patient_page
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another time for the same visit."""
    by = actor_of(request)
    found = scheduling.appointment(pk, seen_by=by)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            moved = scheduling_actions.reschedule(
                pk, start=form.cleaned_data["start"], reason=form.cleaned_data["reason"] or "The patient asked.", by=by
            )
        if not form.errors:
            return go(request, "portal:visit", pk=moved.pk, toast="Your visit has a new time")
    day, first = _days(request, found.branch.timezone)
    slots = scheduling.slots(
        doctor_id=found.doctor_id, date=day, branch_id=found.branch_id, service_id=found.service_id, seen_by=by
    )
    context = {"visit": found, "form": form, "slots": slots, "day": day, "days": week_of(first), **_weeks(first)}
    return render(request, "portal/move.html", context, status=422 if form.errors else 200)


@patient_page
def records(request: HttpRequest) -> HttpResponse:
    """What happened: each encounter with its outcome, newest first."""
    by = actor_of(request)
    rows = list(consultations.summaries_of(by.patient_id, seen_by=by)[:50])
    audit.reads(by, rows, purpose="own records")
    past = scheduling.appointments_of(by.patient_id, seen_by=by).order_by("-starts_at")[:50]
    return render(request, "portal/records.html", {"summaries": rows, "visits": past})


@patient_page
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The summary of one encounter, in words for the patient."""
    by = actor_of(request)
    found = consultation_actions.read(pk, purpose="own summary", by=by)
    if found.is_open:
        raise NotFound("The doctor is still writing this summary. You get a message when it is ready.")
    return render(request, "portal/record.html", {"record": found})


@patient_page
def bills(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    rows = billing.bills_of(by.patient_id, seen_by=by)[:100]
    return render(request, "portal/bills.html", {"bills": rows})


@patient_page
def bill(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One bill with its lines, what is paid and what is owed."""
    by = actor_of(request)
    found = billing.bill(pk, seen_by=by)
    context = {"bill": found, "lines": found.lines.all(), "payments": billing.payments_of_bill(pk, seen_by=by)}
    return render(request, "portal/bill.html", context)


@require_POST
@patient_page
def pay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """On to the gateway's own page; what comes of it arrives by its signed notice."""
    key = request.POST.get("idempotency_key", "")
    payment = billing_actions.start_online_payment(pk, key=key, by=actor_of(request))
    return go(request, payment.checkout_url)


@patient_page
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    pdf = billing_actions.receipt_pdf(pk, by=actor_of(request))
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="receipt.pdf"'
    return response


@patient_page
def you(request: HttpRequest) -> HttpResponse:
    """Who you are to the clinic, and for whom you act."""
    by = actor_of(request)
    me = patients.patient(by.patient_id, seen_by=by)
    return render(request, "portal/you.html", {"me": me, "wards": patients.people_i_act_for(by)})


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


def _offer(request: HttpRequest, form: BookForm) -> dict[str, Any]:
    by = actor_of(request)
    branches = list(people.branches(seen_by=by))
    services = list(catalog.services(seen_by=by, bookable_by_patient=True))
    chosen = wish(request, form)
    service = next((s for s in services if str(s.pk) == chosen.service), None)
    branch = next((b for b in branches if str(b.pk) == chosen.branch), branches[0] if branches else None)
    context: dict[str, Any] = {"form": form, "services": services, "service": service, "branch": branch}
    if service is None or branch is None:
        return {**context, "step": 1}
    doctors = list(people.doctors(seen_by=by, branch_id=branch.pk))
    doctor = next((d for d in doctors if str(d.pk) == chosen.doctor), doctors[0] if doctors else None)
    context |= {"doctors": doctors, "doctor": doctor, "step": 2}
    if doctor is None:
        return context
    day, first = _days(request, branch.timezone)
    slots = scheduling.slots(doctor_id=doctor.pk, date=day, branch_id=branch.pk, service_id=service.pk, seen_by=by)
    picked = next((slot for slot in slots if slot.start.isoformat() == chosen.start), None)
    soonest = (
        []
        if any(s.state == "free" for s in slots)
        else scheduling.next_free(
            doctor_id=doctor.pk, service_id=service.pk, branch_id=branch.pk, after=clock.now(), count=3, seen_by=by
        )
    )
    return {
        **context,
        "slots": slots,
        "picked": picked,
        "soonest": soonest,
        "day": day,
        "days": week_of(first),
        **_weeks(first),
    }


def _days(request: HttpRequest, zone: str) -> tuple[date, date]:
    """The chosen day, and the first of the six shown."""
    today = clock.today(zone)
    try:
        day = max(today, date.fromisoformat(request.GET.get("day", "")))
    except ValueError:
        day = today
    return day, max(today, day - timedelta(days=(day - today).days % 6))


def _weeks(first: date) -> dict[str, date]:
    return {"earlier": first - timedelta(days=6), "later": first + timedelta(days=6)}
