"""Booking at the desk: patient, service, time, confirm. Where it stands is in the address."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kalon.catalog import queries as catalog
from kalon.kernel.errors import DomainError, Invalid
from kalon.patients import queries as patients
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import BookingForm
from kalon.scheduling.lifecycles import BOOK, OVERBOOK, RELEASED
from kalon.scheduling.pages.asked import somebody_new
from kalon.scheduling.pages.offers import Choice, offers
from kalon.scheduling.pages.wish import HOWS, Wish, wish
from kalon.scheduling.rules import Span
from kalon.web.fronts import go, refusals_on, render, staff_page

FOUND = 6
FOLLOWED = 8  # so many past visits can be followed up from the list


@require_http_methods(["GET", "POST"])
@staff_page(BOOK)
def book(request: HttpRequest) -> HttpResponse:
    """One page for the four steps; what is chosen already stays in the address."""
    by = request.actor  # type: ignore[attr-defined]
    asked = wish(request)
    facts = _facts(request, asked)
    past = _past(request, asked)
    form = BookingForm(request.POST or None, past=past, initial=_initial(asked))
    choice: Choice | None = facts["choice"]
    if request.method == "POST" and form.is_valid() and facts.get("is_outside"):
        form.explain_off_schedule()
    if request.method == "POST" and asked.patient and choice and form.is_valid():
        with refusals_on(form):
            visit = actions.book(_booking(asked, choice, form), by=by)
        if not form.errors:
            told = f"{visit.patient.name} booked for {visit.local_start:%a %-d %b, %H:%M}"
            return go(request, f"{reverse('scheduling:day')}?date={visit.local_start:%Y-%m-%d}", toast=told)
        facts = _facts(request, asked)  # somebody was quicker: look again
    refusal = getattr(form, "refusal", None)
    facts |= {"form": form, "alternatives": _alternatives(refusal) if refusal else []}
    return render(request, "scheduling/book.html", facts, status=422 if request.method == "POST" else 200)


@require_POST
@staff_page(BOOK)
def keep_time(request: HttpRequest) -> HttpResponse:
    """Hold the time in the address for who looks at it, or say what stands in the way and what is free instead."""
    by = request.actor  # type: ignore[attr-defined]
    asked = wish(request)
    if asked.start is None:
        raise Invalid("Choose a time first.", field="start")
    try:
        held = actions.hold(asked.held(Span(asked.start, asked.start), asked.with_id), by=by)
    except DomainError as refusal:
        facts = {"refusal": refusal, "alternatives": _alternatives(refusal)}
        return render(request, "scheduling/book_hold.html", facts)
    return render(request, "scheduling/book_hold.html", {"held": held})


@require_POST
@staff_page(BOOK)
def let_go(request: HttpRequest) -> HttpResponse:
    """Give a held time back: the page that held it was left."""
    try:
        hold_id = UUID(request.POST.get("hold_id", ""))
    except ValueError:
        return HttpResponse(status=204)
    actions.release(hold_id, by=request.actor)  # type: ignore[attr-defined]
    return HttpResponse(status=204)


def _facts(request: HttpRequest, asked: Wish) -> dict[str, Any]:
    by = request.actor  # type: ignore[attr-defined]
    text = request.GET.get("q", "")[:100]
    facts: dict[str, Any] = {
        "asked": asked,
        "here": asked.branch,
        "hows": HOWS.values(),
        "today": asked.today,
        "patient": asked.patient,
        "banner": patients.banner(asked.patient) if asked.patient else None,
        "offered": asked.offered,
        "catalogue": [] if asked.offered else _catalogue(request),
        "q": text,
        "somebody_new": somebody_new(request, text),
        "hits": patients.search(text, seen_by=by, limit=FOUND) if text and not asked.patient else [],
        "shows_times": request.GET.get("times") == "1",
        "may_overbook": by.may(OVERBOOK, at=asked.branch.pk),
    }
    return facts | offers(request, asked)


def _catalogue(request: HttpRequest) -> list[tuple[str, str, list[Any]]]:
    by = request.actor  # type: ignore[attr-defined]
    shelves = (
        ("service", "Services", list(catalog.services(seen_by=by))),
        ("package", "Packages", list(catalog.packages(seen_by=by))),
    )
    return [shelf for shelf in shelves if shelf[2]]


def _past(request: HttpRequest, asked: Wish) -> list[Any]:
    """The visits that this one could be the follow-up of."""
    if asked.patient is None:
        return []
    mine = queries.appointments_of(asked.patient.pk, seen_by=request.actor)  # type: ignore[attr-defined]
    return list(mine.exclude(status__in=RELEASED).filter(starts_at__lte=asked.now)[:FOLLOWED])


def _initial(asked: Wish) -> dict[str, Any]:
    """What a link into this page has filled in already."""
    return {"priority": asked.how.priority, "kind": asked.kind, "follows": asked.follows_id}


def _booking(asked: Wish, choice: Choice, form: BookingForm) -> actions.BookingRequest:
    typed = form.cleaned_data
    return actions.BookingRequest(
        **asked.request(choice.span, choice.doctor_id),
        patient_id=asked.patient.pk,
        kind=asked.how.kind or typed["kind"] or None,
        source=asked.how.source,
        priority=typed["priority"],
        chief_complaint=typed["chief_complaint"],
        follows_id=typed["follows"],
        occasion_id=asked.occasion_id,
        overbooking_reason=typed["overbooking_reason"],
        off_schedule_reason=typed["off_schedule_reason"],
        hold_id=typed["hold_id"],
    )


def _alternatives(refusal: DomainError) -> list[dict[str, Any]]:
    """The times a refusal carries, as the address writes them."""
    return [
        {**way, "key": f"{way['start'][:16]}Z", "who": ", ".join(way["with"])}
        for way in refusal.facts.get("alternatives", [])
    ]
