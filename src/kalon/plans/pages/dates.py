"""The days of a plan's sessions: proposed together, each open to change, booked and moved in one press."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.http import require_http_methods

from kalon.kernel import audit
from kalon.kernel.errors import DomainError
from kalon.patients import queries as patients
from kalon.plans import actions, queries
from kalon.plans.lifecycles import ARRANGE, BOOKED, UNBOOKED
from kalon.plans.models import ProcedurePlan
from kalon.web.fronts import actor_of, go, refusals_on, render, staff_page

LEAVE = "leave"
KEY = "%Y-%m-%dT%H:%MZ"


class DatesForm(forms.Form):
    """From when on: the first day, the hour, and whether what is booked moves too."""

    number = forms.IntegerField(min_value=1, max_value=60, required=False)
    first = forms.DateField(required=False)
    at = forms.TimeField(required=False)
    moves = forms.BooleanField(required=False)

    def wish(self, days: dict[int, date]) -> queries.DatesWish:
        """What the address asks for; what makes no sense is left out."""
        found = getattr(self, "cleaned_data", {})
        return queries.DatesWish(
            number=found.get("number"),
            first=found.get("first"),
            at=found.get("at"),
            moves=bool(found.get("moves")),
            days=days,
        )


@dataclass(frozen=True, slots=True)
class Option:
    """A time that a session could have; `value` is the time and the doctor as the form sends them."""

    value: str
    wall: datetime
    names: str


@dataclass(frozen=True, slots=True)
class Line:
    """One session: what was meant, what is picked, what else its day has, and what stands in the way."""

    number: int
    is_booked: bool
    stands: datetime | None
    day: date
    note: str
    options: tuple[Option, ...]
    picked: str
    trouble: str = ""
    instead: tuple[Option, ...] = ()

    @property
    def name(self) -> str:
        return f"pick-{self.number}"


@require_http_methods(["GET", "POST"])
@staff_page(ARRANGE)
def dates(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every session that waits for its day, with the day proposed; one press books all of them or none."""
    by = actor_of(request)
    plan = queries.plan(pk, seen_by=by)
    form = DatesForm(request.GET)
    form.is_valid()
    shown = queries.dates(plan, form.wish(_days(request.GET)), seen_by=by)
    lines = list(_lines(plan, shown, request.POST))
    picked = [(line, _time(line)) for line in lines if line.picked != LEAVE]
    asked = forms.Form(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        with refusals_on(asked):
            actions.arrange_sessions(pk, [one for _, one in picked], by=by)
        if not asked.errors:
            return go(request, "plans:plan", pk=pk, toast=_said([line for line, _ in picked]))
        lines = _marked(lines, asked.refusal, plan)  # type: ignore[attr-defined]
    audit.read(by, plan, purpose="days of the sessions")
    return _page(request, plan, shown, lines, asked)


def _page(
    request: HttpRequest, plan: ProcedurePlan, shown: queries.Dates, lines: list[Line], asked: forms.Form
) -> HttpResponse:
    by = actor_of(request)
    rows = queries.sessions_of_plan(plan, seen_by=by)
    books = [line for line in lines if line.picked != LEAVE and not line.is_booked]
    moves = [line for line in lines if line.picked != LEAVE and line.is_booked]
    context = {
        "plan": plan,
        "patient": plan.patient,
        "banner": patients.banner(plan.patient),
        "service": shown.service,
        "wish": shown.wish,
        "apart": queries.apart(plan),
        "least": queries.least_days(plan),
        "lines": lines,
        "may_move": any(one.status in BOOKED for one in rows),
        "waits": any(one.status in UNBOOKED for one in rows),
        "press": _press(len(books), len(moves)),
        "form": asked,
    }
    return render(request, "plans/dates.html", context, status=422 if asked.errors else 200)


def way(plan: ProcedurePlan, rows: list[Any]) -> dict[str, str]:
    """The button on the plan's page: book what waits, or move what is booked too near."""
    waits = [one for one in rows if one.status in UNBOOKED]
    if waits:
        later = any(one.status in BOOKED and one.number > waits[0].number for one in rows)
        query = f"?{urlencode({'number': waits[0].number, 'moves': 1})}" if later else ""
        words = f"Book {len(waits)} sessions" if len(waits) > 1 else f"Book session {waits[0].number}"
        return {"query": query, "words": words}
    ahead = [one for one in rows if one.status in BOOKED]
    if not ahead:
        return {}
    first = next((one for one in ahead if queries.is_out_of_step(rows[: one.number], queries.apart(plan))), ahead[0])
    return {"query": f"?{urlencode({'number': first.number, 'moves': 1})}", "words": "Move sessions"}


def _lines(plan: ProcedurePlan, shown: queries.Dates, sent: QueryDict) -> Iterator[Line]:
    for one in shown.days:
        options = [_option(offer, shown.names) for offer in one.times.day]
        best = one.times.offer
        picked = sent.get(f"pick-{one.session.number}", "")
        if picked != LEAVE and not _instant(picked):
            picked = _value(best.start, best.slot.doctor_id) if best else LEAVE
        if picked != LEAVE and all(option.value != picked for option in options):
            wall = (_instant(picked) or one.times.meant).astimezone(ZoneInfo(plan.branch.timezone))
            options.append(Option(picked, wall, ""))
        stands = one.session.appointment.local_start if one.is_booked and one.session.appointment else None
        shown_day = (best.start if best else one.times.meant).date()
        options.sort(key=lambda option: option.wall)
        yield Line(one.session.number, one.is_booked, stands, shown_day, one.times.note, tuple(options), picked)


def _option(offer: Any, names: Any) -> Option:
    place, doctor_id = offer.place, offer.slot.doctor_id
    told = (doctor_id, place.room_id, *place.team, *place.equipment)
    words = ", ".join(names[one] for one in told if one in names)
    return Option(_value(offer.start, doctor_id), offer.start, words)


def _marked(lines: list[Line], refusal: DomainError, plan: ProcedurePlan) -> list[Line]:
    """The session that could not be given its time, and the times that it could have instead."""
    zone = ZoneInfo(plan.branch.timezone)
    instead = tuple(
        Option(
            f"{way['start'][:16]}Z|{way['doctor_id'] or ''}",
            datetime.fromisoformat(way["start"]).astimezone(zone),
            ", ".join(way["with"]),
        )
        for way in refusal.facts.get("alternatives", [])
    )
    number = refusal.facts.get("number")
    return [replace(line, trouble=refusal.detail, instead=instead) if line.number == number else line for line in lines]


def _time(line: Line) -> actions.SessionTime:
    _, _, doctor = line.picked.partition("|")
    start = _instant(line.picked)
    assert start is not None
    return actions.SessionTime(number=line.number, start=start, doctor_id=UUID(doctor) if doctor else None)


def _value(start: datetime, doctor_id: UUID | None) -> str:
    return f"{start.astimezone(UTC).strftime(KEY)}|{doctor_id or ''}"


def _instant(picked: str) -> datetime | None:
    start, _, doctor = picked.partition("|")
    try:
        if doctor:
            UUID(doctor)
        return datetime.strptime(start, KEY).replace(tzinfo=UTC)
    except ValueError:
        return None


def _days(sent: QueryDict) -> dict[int, date]:
    """The days that were chosen for single sessions: `day-3=2026-12-08`."""
    found: dict[int, date] = {}
    for name, value in sent.items():
        number = name.removeprefix("day-")
        if name.startswith("day-") and number.isdigit() and len(number) < 3:
            try:
                found[int(number)] = date.fromisoformat(str(value))
            except ValueError:
                continue
    return found


def _press(books: int, moves: int) -> str:
    if books and moves:
        return f"Book {books} and move {moves}"
    if moves:
        return f"Move {moves} session{'s' if moves > 1 else ''}"
    return f"Book {books} session{'s' if books > 1 else ''}"


def _said(lines: list[Line]) -> str:
    books, moves = sum(not line.is_booked for line in lines), sum(line.is_booked for line in lines)
    words = [f"{books} booked"] if books else []
    return f"Sessions: {', '.join([*words, f'{moves} moved'] if moves else words)}"
