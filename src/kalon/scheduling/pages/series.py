"""Several sessions in one go: the plan with every line open to change, and a series that stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kalon.kernel import audit, clock
from kalon.kernel.errors import DomainError, NotFound
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import ReasonForm, SeriesForm
from kalon.scheduling.lifecycles import AHEAD, BOOK, CANCEL, VIEW
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.wish import KEY, Wish, key, wish
from kalon.scheduling.queries import Occurrence, Offer
from kalon.web.fronts import go, refusals_on, render, staff_page

SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Option:
    """A time that a line could have; `value` is the time and the doctor as the form sends them."""

    value: str
    wall: datetime
    names: str


@dataclass(frozen=True, slots=True)
class Line:
    """One visit of the plan: what was meant, what is chosen, what else its day has."""

    number: int
    meant: datetime
    note: str
    options: tuple[Option, ...]
    picked: str
    trouble: str = ""
    instead: tuple[Option, ...] = ()

    @property
    def name(self) -> str:
        return f"visit-{self.number}"

    @property
    def chosen(self) -> Option | None:
        return next((one for one in self.options if one.value == self.picked), None)


@require_http_methods(["GET", "POST"])
@staff_page(BOOK)
def plan(request: HttpRequest) -> HttpResponse:
    """So many sessions so many days apart: each with its time, booked all together or not at all."""
    asked = wish(request)
    if not (asked.patient and asked.offered and asked.start):
        return go(request, f"{reverse('scheduling:book')}?{request.GET.urlencode()}")
    form = SeriesForm({**request.GET.dict(), **request.POST.dict()})
    lines = list(_lines(request, asked, form)) if form.is_valid() else []
    if request.method == "POST" and lines:
        visits = [(line, _visit(line.picked)) for line in lines if line.picked != SKIP]
        with refusals_on(form):
            series, booked = actions.book_series(_series(asked, form, [one for _, one in visits]), by=_by(request))
        if not form.errors:
            told = f"{len(booked)} visits booked for {asked.patient.name}"
            return go(request, reverse("scheduling:series_one", args=[series.pk]), toast=told)
        lines = _marked(lines, [line for line, _ in visits], form.refusal)  # type: ignore[attr-defined]
    counted = sum(line.picked != SKIP for line in lines)
    facts = {"asked": asked, "patient": asked.patient, "offered": asked.offered, "form": form, "lines": lines}
    facts |= {"count": counted, **_cost(request, asked, counted)}
    return render(request, "scheduling/series.html", facts, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(VIEW)
def series_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The visits of a series, and what is ahead of it cancelled in one go."""
    by = _by(request)
    visits = queries.visits_of_series(pk, seen_by=by)
    if not visits:
        raise NotFound("There is no such series.")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            gone = actions.cancel_series(pk, form.cleaned_data["reason"], by=by)
        if not form.errors:
            told = f"{len(gone)} visit{'s' if len(gone) > 1 else ''} cancelled"
            return go(request, reverse("scheduling:series_one", args=[pk]), toast=told)
    audit.reads(by, visits, purpose="series")
    ahead = [visit for visit in visits if visit.status in AHEAD]
    facts = {
        "series": visits[0].series,
        "patient": visits[0].patient,
        "visits": [(visit, looks.look(visit, today=clock.today(visit.zone))) for visit in visits],
        "ahead": len(ahead),
        "may_cancel": bool(ahead) and by.may(CANCEL, at=visits[0].branch_id),
        "form": form,
    }
    return render(request, "scheduling/series_one.html", facts, status=422 if form.errors else 200)


def _lines(request: HttpRequest, asked: Wish, form: SeriesForm) -> Iterator[Line]:
    assert asked.start is not None
    count, interval = form.cleaned_data["count"], form.cleaned_data["interval"]
    wanted = asked.wanted(request, doctor_id=asked.with_id or asked.doctor_id)
    found, names = queries.plan_series(wanted, asked.start, count=count, interval_days=interval, seen_by=_by(request))
    for one in found:
        yield _line(one, names, request.POST.get(f"visit-{one.number}", ""))


def _line(one: Occurrence, names: dict[UUID, str], sent: str) -> Line:
    """A line as planned, or as somebody left it; a time taken from outside its day stays among the choices."""
    options = [_option(offer, names) for offer in one.day]
    planned = f"{key(one.offer.start)}|{one.offer.slot.doctor_id or ''}" if one.offer else SKIP
    picked = sent if sent == SKIP or _is_time(sent) else planned
    if picked != SKIP and all(option.value != picked for option in options):
        at, doctor = _time(picked)
        options.append(
            Option(picked, looks.wall(at.astimezone(one.meant.tzinfo)), names.get(doctor, "") if doctor else "")
        )
    return Line(one.number, looks.wall(one.meant), one.note, tuple(sorted(options, key=_wall)), picked)


def _wall(option: Option) -> datetime:
    return option.wall


def _option(offer: Offer, names: dict[UUID, str]) -> Option:
    place, doctor_id = offer.place, offer.slot.doctor_id
    told = (doctor_id, place.room_id, *place.team, *place.equipment)
    words = ", ".join(names[one] for one in told if one in names)
    return Option(f"{key(offer.start)}|{doctor_id or ''}", looks.wall(offer.start), words)


def _marked(lines: list[Line], sent: list[Line], refusal: DomainError) -> list[Line]:
    """The plan with the line that could not be booked marked, and the times it could have instead."""
    number = refusal.facts.get("number")
    if number is None:
        return lines
    marked = sent[number - 1]
    instead = tuple(
        Option(
            f"{way['start'][:16]}Z|{way['doctor_id'] or ''}",
            datetime.fromisoformat(way["local_start"]),
            ", ".join(way["with"]),
        )
        for way in refusal.facts.get("alternatives", [])
    )
    words = refusal.detail.partition(": ")[2] or refusal.detail
    return [replace(line, trouble=words, instead=instead) if line is marked else line for line in lines]


def _series(asked: Wish, form: SeriesForm, visits: Sequence[actions.SeriesVisit]) -> actions.SeriesRequest:
    assert asked.start is not None
    like = actions.BookingRequest(
        patient_id=asked.patient.pk,
        branch_id=asked.branch.pk,
        start=asked.start,
        doctor_id=asked.with_id or asked.doctor_id,
        service_id=asked.service.pk if asked.service else None,
        package_id=asked.package.pk if asked.package else None,
        source=asked.how.source,
        chief_complaint=form.cleaned_data["chief_complaint"],
    )
    return actions.SeriesRequest(like=like, visits=visits, interval_days=form.cleaned_data["interval"])


def _visit(picked: str) -> actions.SeriesVisit:
    start, doctor_id = _time(picked)
    return actions.SeriesVisit(start=start, doctor_id=doctor_id)


def _time(picked: str) -> tuple[datetime, UUID | None]:
    start, _, doctor = picked.partition("|")
    return datetime.strptime(start, KEY).replace(tzinfo=UTC), UUID(doctor) if doctor else None


def _is_time(picked: str) -> bool:
    try:
        _time(picked)
    except ValueError:
        return False
    return True


def _cost(request: HttpRequest, asked: Wish, count: int) -> dict[str, Any]:
    assert asked.start is not None
    try:
        each = queries.price(
            asked.offered, asked.start.date(), branch_id=asked.branch.pk, patient_id=asked.patient.pk,
            seen_by=_by(request),
        )  # fmt: skip
    except DomainError as missing:
        return {"each": None, "no_price": missing.detail}
    return {"each": each, "total": each.total * count, "due_before": asked.offered.due_before(each.total)}


def _by(request: HttpRequest) -> Any:
    return request.actor  # type: ignore[attr-defined]
