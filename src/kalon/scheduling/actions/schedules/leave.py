"""Leave that people ask for, and what a manager answers."""

from datetime import date, time
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg.types.range import TimestamptzRange

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid, NotFound, NotPermitted
from kalon.kernel.lookup import one
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import queries, rules
from kalon.scheduling.actions.schedules.settling import Answers, settle
from kalon.scheduling.actions.schedules.time_off import (
    LONGEST_DAYS_OFF,
    may_block,
    somebody,
    why_away,
    write_time_off,
)
from kalon.scheduling.lifecycles import LEAVE, MANAGE, VIEW, LeaveStatus
from kalon.scheduling.models import LeaveRequest, TimeOff
from kalon.scheduling.rules import Span

LONGEST_NOTE = 300


@verb
def request_leave(
    first: date,
    last: date,
    *,
    starts_at: time | None = None,
    ends_at: time | None = None,
    note: str = "",
    by: Actor,
) -> LeaveRequest:
    """Ask to be away from one day to another; with times, from one hour of the first day to one of the last."""
    by.must(VIEW, do="ask for leave")
    me = people.staff_of(by)
    if me is None:
        raise NotPermitted("Only people who work here can ask for leave. Sign in as yourself.")
    if len(note.strip()) > LONGEST_NOTE:
        raise Invalid(f"Keep the note under {LONGEST_NOTE} characters.", field="note")
    span = leave_span(me.pk, first, last, starts_at, ends_at, by=by)
    if span.end <= clock.now():
        raise Invalid("This time is over. Choose one that is still to come.", field="first")
    request = LeaveRequest(
        organization_id=by.organization_id,
        staff=me,
        period=TimestamptzRange(span.start, span.end),
        words=in_words(first, last, starts_at, ends_at),
        note=note.strip(),
    )
    LEAVE.born(request, name="request")
    return request


@verb
def approve_leave(pk: UUID, *, answers: Answers | None = None, by: Actor) -> LeaveRequest:
    """Say yes: the time is blocked, and `answers` say what becomes of the visits that stand inside it."""
    queries.hours_change(seen_by=by)
    request = _locked(pk, by)
    by.must(MANAGE, do="approve leave")
    if request.status != LeaveStatus.REQUESTED:  # before anything is blocked for it
        LEAVE.guard(request, "approve", by=by)
    may_block(request.staff_id, by=by)
    zone = ZoneInfo(people.organization(seen_by=by).timezone)
    off = write_time_off(
        Span(request.period.lower, request.period.upper),
        who=somebody(request.staff_id, zone),
        kind=TimeOff.Kind.LEAVE,
        reason=request.words,
        by=by,
    )
    settle(queries.inside([off], seen_by=by), answers or {}, why=why_away(off, zone), by=by)
    LEAVE.move(request, "approve", by=by, time_off=off, decided_by_id=by.user_id)
    return request


@verb
def decline_leave(pk: UUID, answer: str, *, by: Actor) -> LeaveRequest:
    """Say no, and why."""
    request = _locked(pk, by)
    by.must(MANAGE, do="decline leave")
    may_block(request.staff_id, by=by)
    words = answer.strip()[:300]
    LEAVE.move(request, "decline", by=by, reason=words, answer=words, decided_by_id=by.user_id)
    return request


@verb
def withdraw_leave(pk: UUID, *, by: Actor) -> LeaveRequest:
    """Take one's own request back while nobody has answered it."""
    request = _locked(pk, by)
    me = people.staff_of(by)
    if me is None or me.pk != request.staff_id:
        raise NotPermitted("Only who asked for leave can take it back. Decline it instead.")
    LEAVE.move(request, "withdraw", by=by)
    return request


def leave_span(
    staff_id: UUID, first: date, last: date, starts_at: time | None, ends_at: time | None, *, by: Actor
) -> Span:
    """The instants of a leave: whole days are whole on the clock of every branch the person works in."""
    if not rules.FIRST_DAY < first <= last < rules.LAST_DAY:
        raise Invalid("The last day comes after the first.", field="last")
    if (last - first).days >= LONGEST_DAYS_OFF:
        raise Invalid("This is longer than a year. Ask year by year.", field="last")
    rows = queries.schedules_of(staff_id, seen_by=by).order_by().values_list("branch__timezone", flat=True).distinct()
    zones = [ZoneInfo(name) for name in rows] or [ZoneInfo(people.organization(seen_by=by).timezone)]
    begins = [rules.instant(first, starts_at or time(0), zone) for zone in zones]
    ends = [rules.instant(last, ends_at, zone) if ends_at else rules.whole_day(last, zone).end for zone in zones]
    span = Span(min(begins), max(ends))
    if not span.start < span.end:
        raise Invalid("The end comes after the beginning.", field="ends_at")
    return span


def in_words(first: date, last: date, starts_at: time | None, ends_at: time | None) -> str:
    """A leave as people write it down: "Mon 4 to Fri 8 Jan 2027", "Mon 4 Jan 2027, 13:00 to 17:00"."""
    if first == last:
        hours = f", {_clock(starts_at, '00:00')} to {_clock(ends_at, '24:00')}" if starts_at or ends_at else ""
        return f"{first:%a %-d %b %Y}{hours}"
    begins = f"{first:%a %-d %b}{f' {starts_at:%H:%M}' if starts_at else ''}"
    return f"{begins} to {last:%a %-d %b %Y}{f' {ends_at:%H:%M}' if ends_at else ''}"


def _clock(at: time | None, otherwise: str) -> str:
    return f"{at:%H:%M}" if at else otherwise


def _locked(pk: UUID, by: Actor) -> LeaveRequest:
    found = one(queries.leave_requests(seen_by=by).select_for_update(of=("self",)).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such request for leave.")
    return found
