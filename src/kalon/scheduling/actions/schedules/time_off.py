"""Times in which nothing is booked: leave, meetings that repeat, a room's upkeep, everybody's holiday."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.range import TimestamptzRange

from kalon.kernel import audit
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.errors import Invalid, NotFound, NotPermitted
from kalon.kernel.ids import uuid7
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import queries
from kalon.scheduling.actions.places import instant_of
from kalon.scheduling.actions.schedules.settling import Answers, settle
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import TimeOff
from kalon.scheduling.models.schedules import OF_THINGS, UPKEEP
from kalon.scheduling.rules import Span

LONGEST_DAYS_OFF = 366
MOST_REPEATS = 104  # two years of every week


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who or what is away, and where that holds."""

    staff_id: UUID | None
    room_id: UUID | None
    equipment_id: UUID | None
    branch_id: UUID | None
    zone: ZoneInfo

    @property
    def is_thing(self) -> bool:
        return self.room_id is not None or self.equipment_id is not None


@verb
def block(
    start: datetime,
    end: datetime,
    *,
    staff_id: UUID | None = None,
    room_id: UUID | None = None,
    equipment_id: UUID | None = None,
    branch_id: UUID | None = None,
    kind: str = TimeOff.Kind.LEAVE,
    reason: str = "",
    until: date | None = None,
    answers: Answers | None = None,
    by: Actor,
) -> list[TimeOff]:
    """Book nothing in a time: leave, a meeting, a room's or device's upkeep, a holiday for everyone.

    Times without a zone are the branch's clock. `until` repeats it every week up to a day, at the same time on the
    clock. `answers` say what becomes of the visits that stand inside.
    """
    who = _who(staff_id, room_id, equipment_id, branch_id, by)
    _check_kind(kind, who)
    spans = [_span(start + week, end + week, who.zone) for week in _weeks(start, until)]
    queries.hours_change(seen_by=by)
    series = uuid7() if len(spans) > 1 else None
    made = [write_time_off(span, who=who, kind=kind, reason=reason, series=series, by=by) for span in spans]
    settle(queries.inside(made, seen_by=by), answers or {}, why=why_away(made[0], who.zone), by=by)
    return made


@verb
def unblock(pk: UUID, *, following: Sequence[UUID] = (), by: Actor) -> TimeOff:
    """Open a blocked time for booking again, and with it others of the same series that are named."""
    by.must(MANAGE, do="open blocked times")
    rows = TimeOff.objects.select_for_update().filter(organization_id=by.organization_id, is_active=True)
    off = one(rows.filter(pk=pk))
    if off is None:
        raise NotFound("There is no such blocked time.")
    if hasattr(off, "holiday"):
        raise Invalid("This is a holiday of the branch. Open the day on the page of the holidays.", field="id")
    _must(off.staff_id, off.branch_id, by, do="open blocked times")
    others = rows.filter(pk__in=following, series=off.series) if off.series else rows.none()
    for each in (off, *others.exclude(pk=off.pk)):
        open_again(each, by=by)
    return off


def write_time_off(
    span: Span,
    *,
    who: Who,
    kind: str,
    reason: str,
    series: UUID | None = None,
    except_staff: Sequence[UUID] = (),
    by: Actor,
) -> TimeOff:
    """Write one blocked time; who calls has checked and decides about the visits."""
    off = TimeOff.objects.create(
        organization_id=by.organization_id,
        staff_id=who.staff_id,
        room_id=who.room_id,
        equipment_id=who.equipment_id,
        branch_id=who.branch_id,
        kind=kind,
        period=TimestamptzRange(span.start, span.end),
        reason=reason.strip()[:200],
        series=series,
        except_staff=list(except_staff),
    )
    audit.note(by, audit.Kind.CHANGE, off, facts={"blocked": [span.start.isoformat(), span.end.isoformat()]})
    return off


def open_again(off: TimeOff, *, by: Actor) -> None:
    """Take one blocked time away."""
    off.is_active = False
    off.save(update_fields=["is_active"])
    audit.note(by, audit.Kind.CHANGE, off, facts={"unblocked": True})


def everybody_at(branch_id: UUID | None, zone: ZoneInfo) -> Who:
    """All who work at a branch, for a holiday."""
    return Who(staff_id=None, room_id=None, equipment_id=None, branch_id=branch_id, zone=zone)


def may_block(staff_id: UUID, *, by: Actor) -> None:
    """Refuse who may not say when somebody is away: the right is needed in each branch that person works in."""
    _must(staff_id, None, by, do="decide about leave")


def somebody(staff_id: UUID, zone: ZoneInfo) -> Who:
    """One person, wherever they work."""
    return Who(staff_id=staff_id, room_id=None, equipment_id=None, branch_id=None, zone=zone)


def _who(
    staff_id: UUID | None, room_id: UUID | None, equipment_id: UUID | None, branch_id: UUID | None, by: Actor
) -> Who:
    by.must(MANAGE, do="block times")
    if sum(one is not None for one in (staff_id, room_id, equipment_id)) > 1:
        raise Invalid("Block a person, a room or a device, one at a time.", field="room_id")
    if room_id:
        branch_id = people.room(room_id, seen_by=by).branch_id
    elif equipment_id:
        branch_id = people.equipment(equipment_id, seen_by=by).branch_id
    elif staff_id:
        people.staff_member(staff_id, seen_by=by)
    _must(staff_id, branch_id, by, do="block times")
    here = people.branch(branch_id, seen_by=by) if branch_id else people.organization(seen_by=by)
    return Who(
        staff_id=staff_id,
        room_id=room_id,
        equipment_id=equipment_id,
        branch_id=branch_id,
        zone=ZoneInfo(here.timezone),
    )


def _must(staff_id: UUID | None, branch_id: UUID | None, by: Actor, *, do: str) -> None:
    """The right where it holds: at the branch, at each branch somebody works in, or everywhere."""
    by.must(MANAGE, at=branch_id, do=do)
    if branch_id is None and staff_id is not None:
        for at in queries.schedules_of(staff_id, seen_by=by).order_by().values_list("branch_id", flat=True).distinct():
            by.must(MANAGE, at=at, do=do)
    elif branch_id is None and by.kind is not Kind.SYSTEM and MANAGE not in by.grants.get(EVERYWHERE, ()):
        raise NotPermitted(f"{by.name} may not {do} in every branch. Choose a branch.", permission=MANAGE)


def _check_kind(kind: str, who: Who) -> None:
    if kind not in TimeOff.Kind.values:
        raise Invalid("Choose leave, holiday, meeting, maintenance or deep cleaning.", field="kind")
    if who.is_thing and kind not in OF_THINGS:
        raise Invalid("A room or device is closed for maintenance, deep cleaning or a meeting.", field="kind")
    if kind in UPKEEP and not who.is_thing:
        raise Invalid("Say which room or device is closed.", field="room_id")
    if who.staff_id is None and not who.is_thing and kind != TimeOff.Kind.HOLIDAY:
        raise Invalid("Say who is away. Only a holiday holds for everyone.", field="staff_id")


def _weeks(start: datetime, until: date | None) -> list[timedelta]:
    """How many weeks later it happens again, the first time included."""
    if until is None:
        return [timedelta(0)]
    if until < start.date():
        raise Invalid("The last day of the series comes after the first.", field="until")
    if start.tzinfo is not None:
        raise Invalid("What repeats is said in the branch's clock, without a zone.", field="start")
    count = (until - start.date()).days // 7 + 1
    if count > MOST_REPEATS:
        raise Invalid("A series lasts two years at most. Make the next one later.", field="until")
    return [timedelta(weeks=week) for week in range(count)]


def _span(start: datetime, end: datetime, zone: ZoneInfo) -> Span:
    span = Span(instant_of(start, zone), instant_of(end, zone))
    if not span.start < span.end:
        raise Invalid("The end comes after the beginning.", field="end")
    if (span.end - span.start).days > LONGEST_DAYS_OFF:
        raise Invalid("This is longer than a year. Block it year by year.", field="end")
    return span


def why_away(off: TimeOff, zone: ZoneInfo) -> str:
    """Why a visit had to give way, as its history says it: never the private reason."""
    return f"{off.get_kind_display()} from {off.period.lower.astimezone(zone):%-d %b}"
