"""What the booking pages' address says somebody wants: for whom, for what, when, with whom and where."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.patients import queries as patients
from kalon.scheduling import actions, queries
from kalon.scheduling.lifecycles import Kind, Priority, Source
from kalon.scheduling.pages.asked import asked_branch, asked_date, asked_id
from kalon.scheduling.rules import NOTHING_CHOSEN, Chosen, Span

KEY = "%Y-%m-%dT%H:%MZ"  # an instant as the address writes it


@dataclass(frozen=True, slots=True)
class How:
    """How somebody comes to a visit, and what that makes of it."""

    code: str
    word: str
    icon: str
    source: str
    kind: str | None = None
    priority: str = Priority.NORMAL

    @property
    def is_now(self) -> bool:
        """Whether they stand at the desk: any minute will do, and nothing has to be held for them."""
        return self.code in ("walk_in", "emergency")


HOWS = {
    how.code: how
    for how in (
        How("desk", "At the desk", icon="user", source=Source.FRONT_DESK),
        How("phone", "By phone", icon="phone", source=Source.PHONE),
        How("walk_in", "Walk-in", icon="footprints", source=Source.WALK_IN),
        How(
            "emergency", "Emergency", icon="siren", source=Source.WALK_IN, kind=Kind.EMERGENCY,
            priority=Priority.EMERGENCY,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The address, looked up; what is missing or makes no sense is None."""

    branch: Any
    how: How
    now: datetime
    day: date
    is_day_asked: bool
    patient: Any = None
    service: Any = None
    package: Any = None
    doctor_id: UUID | None = None
    with_id: UUID | None = None
    follows_id: UUID | None = None
    occasion_id: UUID | None = None
    kind: str = ""
    start: datetime | None = None
    chosen: Chosen = NOTHING_CHOSEN

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.branch.timezone)

    @property
    def offered(self) -> Any:
        return self.service or self.package

    @property
    def today(self) -> date:
        return self.now.date()

    def request(self, span: Span, doctor_id: UUID | None) -> dict[str, Any]:
        """What every request to book or to hold says of it."""
        return {
            "branch_id": self.branch.pk,
            "start": span.start,
            "doctor_id": doctor_id,
            "service_id": self.service.pk if self.service else None,
            "package_id": self.package.pk if self.package else None,
            "room_id": self.chosen.room_id,
            "team": self.chosen.team,
            "equipment": self.chosen.equipment,
        }

    def held(self, span: Span, doctor_id: UUID | None) -> actions.TimeRequest:
        return actions.TimeRequest(**self.request(span, doctor_id))

    def wanted(self, request: HttpRequest, *, doctor_id: UUID | None = None) -> queries.Wanted:
        """What times are looked for."""
        return queries.wanted(
            self.branch.pk,
            service_id=self.service.pk if self.service else None,
            package_id=self.package.pk if self.package else None,
            doctor_id=doctor_id,
            seen_by=request.actor,  # type: ignore[attr-defined]
        )


def key(at: datetime) -> str:
    return at.astimezone(UTC).strftime(KEY)


def wish(request: HttpRequest) -> Wish:
    """Read the address, forgivingly."""
    by = request.actor  # type: ignore[attr-defined]
    branch = asked_branch(request)
    now = clock.now().astimezone(ZoneInfo(branch.timezone))
    patient_id, service_id, package_id = (asked_id(request, name) for name in ("patient", "service", "package"))
    start = _start(request, now)
    return Wish(
        branch=branch,
        how=HOWS.get(request.GET.get("how", ""), HOWS["desk"]),
        now=now,
        day=asked_date(request, "date", now.date()),
        is_day_asked="date" in request.GET,
        patient=patients.patient(patient_id, seen_by=by) if patient_id else None,
        service=catalog.service(service_id, seen_by=by) if service_id else None,
        package=catalog.package(package_id, seen_by=by) if package_id and not service_id else None,
        doctor_id=asked_id(request, "doctor"),
        with_id=asked_id(request, "with"),
        follows_id=asked_id(request, "follows"),
        occasion_id=asked_id(request, "for"),
        kind=request.GET.get("kind", "") if request.GET.get("kind", "") in Kind.values else "",
        start=start,
        chosen=Chosen(asked_id(request, "room"), _ids(request, "team"), _ids(request, "equipment")),
    )


def _start(request: HttpRequest, now: datetime) -> datetime | None:
    """The time somebody picked; who comes in now gets the next five minutes, or the minute that was typed."""
    try:
        return datetime.strptime(request.GET.get("start", ""), KEY).replace(tzinfo=UTC).astimezone(now.tzinfo)
    except ValueError:
        if not HOWS.get(request.GET.get("how", ""), HOWS["desk"]).is_now:
            return None
    try:
        typed = time.fromisoformat(request.GET.get("at", "")).replace(tzinfo=None)
    except ValueError:
        return now.replace(second=0, microsecond=0) + timedelta(minutes=-now.minute % 5)
    return datetime.combine(asked_date(request, "date", now.date()), typed, tzinfo=now.tzinfo)


def _ids(request: HttpRequest, name: str) -> tuple[UUID, ...]:
    found = []
    for text in request.GET.getlist(name)[:12]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))
