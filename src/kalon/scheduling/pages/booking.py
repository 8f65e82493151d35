"""Booking at the desk: patient, service, slot, confirm. Where it stands is in the address."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.patients import queries as patients
from kalon.scheduling import actions, queries
from kalon.scheduling.forms import BookingForm
from kalon.scheduling.lifecycles import BOOK, OVERBOOK, Source
from kalon.scheduling.pages import looks
from kalon.scheduling.pages.asked import asked_branch, asked_date, asked_id
from kalon.scheduling.rules import Slot, SlotState
from kalon.web.fronts import go, refusals_on, render, staff_page

PROPOSALS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """A time that is offered, and who is there."""

    start: datetime
    end: datetime
    doctor: Any
    why: str = ""

    @property
    def wall(self) -> datetime:
        """When it begins, as the branch's clock shows it."""
        return looks.wall(self.start)

    @property
    def wall_end(self) -> datetime:
        return looks.wall(self.end)

    @property
    def key(self) -> str:
        return f"{self.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


@require_http_methods(["GET", "POST"])
@staff_page(BOOK)
def book(request: HttpRequest) -> HttpResponse:
    """One page for the four steps; what is chosen already stays in the address."""
    by = request.actor  # type: ignore[attr-defined]
    facts = _facts(request)
    form = BookingForm(
        request.POST or None, initial={"source": Source.WALK_IN if facts["walk_in"] else Source.FRONT_DESK}
    )
    ready = facts["patient"] and facts["chosen"]
    if request.method == "POST" and ready and form.is_valid():
        with refusals_on(form):
            visit = actions.book(_wanted(facts, form), by=by)
        if not form.errors:
            told = f"{visit.patient.name} booked for {visit.local_start:%a %-d %b, %H:%M}"
            return go(request, f"{reverse('scheduling:day')}?date={visit.local_start:%Y-%m-%d}", toast=told)
        facts |= _offers(request, facts)  # somebody was quicker: propose anew
    status = 422 if request.method == "POST" else 200
    return render(request, "scheduling/book.html", {**facts, "form": form}, status=status)


def _facts(request: HttpRequest) -> dict[str, Any]:
    by = request.actor  # type: ignore[attr-defined]
    branch = asked_branch(request)
    zone = ZoneInfo(branch.timezone)
    patient_id, service_id = asked_id(request, "patient"), asked_id(request, "service")
    patient = patients.patient(patient_id, seen_by=by) if patient_id else None
    service = catalog.service(service_id, seen_by=by) if service_id else None
    text = request.GET.get("q", "")[:100]
    facts: dict[str, Any] = {
        "here": branch,
        "zone": zone,
        "now": clock.now().astimezone(zone),
        "walk_in": request.GET.get("walk_in") == "1",
        "patient": patient,
        "banner": patients.banner(patient) if patient else None,
        "service": service,
        "services": [] if service else list(catalog.services(seen_by=by)),
        "q": text,
        "hits": patients.search(text, seen_by=by, limit=6) if text and not patient else [],
        "shows_times": request.GET.get("times") == "1",
        "may_overbook": by.may(OVERBOOK, at=branch.pk),
        "on": asked_date(request, "date", clock.today(zone)),
        "today": clock.today(zone),
    }
    return facts | _offers(request, facts)


def _offers(request: HttpRequest, facts: dict[str, Any]) -> dict[str, Any]:
    """The proposal, the other proposals, and every slot of the chosen day by doctor."""
    by, branch, service = request.actor, facts["here"], facts["service"]  # type: ignore[attr-defined]
    if service is None:
        return {"chosen": None, "proposals": [], "columns": [], "price": None, "doctor_id": None}
    diary = queries.diary(branch.pk, facts["on"], facts["on"], seen_by=by)
    doctors = diary.people
    doctor_id = asked_id(request, "doctor")
    free = queries.free_slots(branch.pk, service.pk, clock.now(), PROPOSALS, seen_by=by, doctor_id=doctor_id)
    proposals = [_choice(slot, doctors, first=index == 0) for index, slot in enumerate(free)]
    chosen = _walk_in(facts, doctors, doctor_id) if facts["walk_in"] else _asked(request, facts, doctors)
    chosen = chosen or (proposals[0] if proposals else None)
    price = queries.price(service, chosen.start.date() if chosen else facts["on"], seen_by=by)
    return {
        "chosen": chosen,
        "proposals": [offer for offer in proposals if not chosen or offer.key != chosen.key],
        "columns": _columns(diary, facts),
        "price": price,
        "due_before": service.due_before(price.total),
        "doctors": list(doctors.values()),
        "doctor_id": doctor_id,
        "yesterday": facts["on"] - timedelta(days=1),
        "tomorrow": facts["on"] + timedelta(days=1),
    }


def _choice(slot: Slot, doctors: dict[Any, Any], *, first: bool) -> Choice:
    return Choice(slot.start, slot.end, doctors.get(slot.doctor_id), "Earliest free time" if first else "")


def _asked(request: HttpRequest, facts: dict[str, Any], doctors: dict[Any, Any]) -> Choice | None:
    """The time in the address, as somebody picked it."""
    try:
        start = datetime.strptime(request.GET.get("start", ""), "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return _at(
        start,
        facts,
        doctors.get(asked_id(request, "with") or asked_id(request, "doctor")),
        "You chose this time",
    )


def _walk_in(facts: dict[str, Any], doctors: dict[Any, Any], doctor_id: Any) -> Choice | None:
    """Now, to the next five minutes, with the chosen doctor or the first."""
    doctor = doctors.get(doctor_id) or next(iter(doctors.values()), None)
    now = facts["now"].replace(second=0, microsecond=0)
    return _at(now + timedelta(minutes=-now.minute % 5), facts, doctor, "Walk-in: now")


def _at(start: datetime, facts: dict[str, Any], doctor: Any, why: str) -> Choice:
    local = start.astimezone(facts["zone"])
    return Choice(local, local + timedelta(minutes=facts["service"].minutes), doctor, why)


def _columns(diary: queries.Diary, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Each doctor's slots of the day, to pick another time from."""
    columns = []
    for doctor_id, doctor in diary.people.items():
        slots = list(diary.slots(doctor_id, facts["on"], facts["service"].minutes, now=clock.now()))
        if slots:
            free = sum(slot.state is SlotState.FREE for slot in slots)
            columns.append({"doctor": doctor, "free": free, "parts": _parts_of_day(slots)})
    return sorted(columns, key=lambda column: str(column["doctor"].name))


def _parts_of_day(slots: list[Slot]) -> list[tuple[str, list[dict[str, Any]]]]:
    parts = groupby(
        slots,
        key=lambda s: "Morning" if s.start.hour < 12 else "Afternoon" if s.start.hour < 17 else "Evening",
    )
    return [
        (
            name,
            [
                {
                    "start": s.start,
                    "key": f"{s.start.astimezone(UTC):%Y-%m-%dT%H:%MZ}",
                    "state": s.state.value,
                }
                for s in of_part
            ],
        )
        for name, of_part in parts
    ]


def _wanted(facts: dict[str, Any], form: BookingForm) -> actions.BookingRequest:
    chosen: Choice = facts["chosen"]
    typed = form.cleaned_data
    return actions.BookingRequest(
        patient_id=facts["patient"].pk,
        branch_id=facts["here"].pk,
        doctor_id=chosen.doctor.pk if chosen.doctor else None,
        service_id=facts["service"].pk,
        start=chosen.start,
        kind=typed["kind"] or None,
        source=Source.WALK_IN if facts["walk_in"] else typed["source"],
        priority=typed["priority"],
        chief_complaint=typed["chief_complaint"],
        overbooking_reason=typed["overbooking_reason"],
        off_schedule_reason=typed["off_schedule_reason"],
    )
