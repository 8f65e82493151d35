"""What the calendar's address asks for: where, which days, which columns, which visits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from kalon.kernel import clock
from kalon.scheduling.lifecycles import Kind, Status
from kalon.scheduling.pages.asked import asked_branch, asked_date
from kalon.scheduling.pages.day import COUNTED, NOT_COMING

VIEWS = {"day": "Day", "week": "Week", "month": "Month", "timeline": "Timeline"}
COLUMNS = {"all": "Doctors and rooms", "doctors": "Doctors only", "rooms": "Rooms only"}
STATES = {**COUNTED, "cancelled": NOT_COMING}  # the words of the day's tiles, and those that will not come


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the calendar; nothing chosen means everything."""

    branch: Any
    zone: ZoneInfo
    today: date
    on: date
    view: str
    columns: str
    doctors: frozenset[UUID]
    rooms: frozenset[UUID]
    kinds: frozenset[str]
    states: frozenset[str]

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day that are drawn."""
        if self.view == "week":
            monday = self.on - timedelta(days=self.on.weekday())
            return monday, monday + timedelta(days=6)
        if self.view == "month":
            first = self.on.replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            return first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
        return self.on, self.on

    @property
    def earlier(self) -> date:
        """The day that "before" leads to."""
        if self.view == "month":
            return (self.on.replace(day=1) - timedelta(days=1)).replace(day=1)
        return self.on - timedelta(days=7 if self.view == "week" else 1)

    @property
    def later(self) -> date:
        """The day that "after" leads to."""
        if self.view == "month":
            return (self.on.replace(day=1) + timedelta(days=31)).replace(day=1)
        return self.on + timedelta(days=7 if self.view == "week" else 1)

    @property
    def statuses(self) -> frozenset[str]:
        """The states of the visits that are drawn; who will not come stands aside unless asked for."""
        if self.states:
            return frozenset(status for key in self.states for status in STATES[key])
        return frozenset(status for status in Status.values if status not in NOT_COMING)

    @property
    def is_filtered(self) -> bool:
        return bool(self.doctors or self.rooms or self.kinds or self.states or self.columns != "all")


def asked(request: HttpRequest) -> Asked:
    """The address, read forgivingly: a filter that makes no sense is no filter."""
    branch = asked_branch(request)
    zone = ZoneInfo(branch.timezone)
    today = clock.today(zone)
    get = request.GET
    return Asked(
        branch=branch,
        zone=zone,
        today=today,
        on=asked_date(request, "date", today),
        view=get.get("view") if get.get("view") in VIEWS else "day",  # type: ignore[arg-type]
        columns=get.get("columns") if get.get("columns") in COLUMNS else "all",  # type: ignore[arg-type]
        doctors=frozenset(_ids(get.getlist("doctor"))),
        rooms=frozenset(_ids(get.getlist("room"))),
        kinds=frozenset(get.getlist("kind")) & frozenset(Kind.values),
        states=frozenset(get.getlist("status")) & frozenset(STATES),
    )


def asked_wall(request: HttpRequest, name: str) -> datetime | None:
    """A time in the address, on the branch's wall clock, or None."""
    try:
        return datetime.fromisoformat(request.GET.get(name, "")).replace(tzinfo=None)
    except ValueError:
        return None


def _ids(words: list[str]) -> list[UUID]:
    found = []
    for word in words:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
