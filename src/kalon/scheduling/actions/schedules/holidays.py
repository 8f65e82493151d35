"""The days a branch keeps: following a calendar, deciding day by day, and who works all the same."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kalon.kernel import audit, clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.scheduling import queries, rules
from kalon.scheduling.actions.schedules.settling import Answers, settle
from kalon.scheduling.actions.schedules.time_off import everybody_at, open_again, write_time_off
from kalon.scheduling.lifecycles import MANAGE
from kalon.scheduling.models import Holiday, HolidayCalendar, TimeOff
from kalon.scheduling.models.holidays import KNOWN_ONCE

AHEAD = timedelta(days=731)  # two years are proposed at once
LONGEST_NAME = 120
CLOSED, OPEN, PROPOSED = Holiday.Decision.CLOSED, Holiday.Decision.OPEN, Holiday.Decision.PROPOSED


@verb
def follow_calendar(
    branch_id: UUID, country: str, subdivision: str = "", categories: Sequence[str] = ("public",), *, by: Actor
) -> HolidayCalendar:
    """Choose whose public holidays are proposed to a branch, and propose those of the coming two years.

    What was decided stays; what the former calendar had only proposed is dropped.
    """
    by.must(MANAGE, at=branch_id, do="choose the holidays")
    _check_calendar(country, subdivision, categories)
    branch = people.branch(branch_id, seen_by=by)
    calendar, _ = HolidayCalendar.objects.select_for_update().update_or_create(
        organization_id=by.organization_id,
        branch=branch,
        defaults={"country": country, "subdivision": subdivision, "categories": list(categories)},
    )
    _of(branch_id, by).filter(decision=PROPOSED, is_own=False).delete()
    audit.note(by, audit.Kind.CHANGE, calendar, facts={"calendar": str(calendar), "sorts": list(categories)})
    propose_holidays(branch_id, by=by)
    return calendar


@verb
def propose_holidays(branch_id: UUID, *, by: Actor) -> int:
    """Propose the holidays of the coming two years that the branch does not know yet; how many are new."""
    by.must(MANAGE, at=branch_id, do="propose holidays")
    calendar = queries.calendar_of(branch_id, seen_by=by)
    if calendar is None:
        raise NotFound("Choose first whose holidays the branch keeps.")
    today = clock.today(people.branch(branch_id, seen_by=by).timezone)
    known: dict[date, list[str]] = {}
    for on, name in _of(branch_id, by).values_list("on_date", "name"):
        known.setdefault(on, []).append(name)
    found = rules.public_holidays(calendar.country, calendar.subdivision, calendar.categories, today, today + AHEAD)
    new = [
        Holiday(organization_id=by.organization_id, branch_id=branch_id, on_date=on, name=name[:LONGEST_NAME])
        for on, name in found
        if not any(rules.same_feast(name[:LONGEST_NAME], other) for other in known.get(on, []))
    ]
    Holiday.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


@verb
def decide_holidays(
    branch_id: UUID, *, closed: Iterable[UUID], open_: Iterable[UUID], answers: Answers | None = None, by: Actor
) -> list[Holiday]:
    """Say on which of the proposed days the branch is closed and on which it is open as usual."""
    by.must(MANAGE, at=branch_id, do="decide about holidays")
    shut, usual = set(closed), set(open_)
    if shut & usual:
        raise Invalid("A day is either closed or open.", field="closed")
    queries.hours_change(seen_by=by)
    days = list(_of(branch_id, by).select_for_update().filter(pk__in=shut | usual))
    if len(days) != len(shut | usual):
        raise NotFound("One of these days is not a holiday of this branch any more. Load the list again.")
    zone = ZoneInfo(people.branch(branch_id, seen_by=by).timezone)
    made = [_close(day, zone, by) for day in days if day.pk in shut and day.decision != CLOSED]
    for day in days:
        if day.pk in usual and day.decision != OPEN:
            _open(day, OPEN, by)
    settle(queries.inside(made, seen_by=by), answers or {}, why="The branch is closed for a holiday", by=by)
    return days


@verb
def add_holiday(branch_id: UUID, on: date, name: str, *, answers: Answers | None = None, by: Actor) -> Holiday:
    """Close a branch on a day of its own, such as the day of its inauguration."""
    by.must(MANAGE, at=branch_id, do="add holidays")
    branch = people.branch(branch_id, seen_by=by)
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"Write what the day is called, in at most {LONGEST_NAME} letters.", field="name")
    if not clock.today(branch.timezone) <= on < rules.LAST_DAY:
        raise Invalid("Choose a day that is still to come.", field="on_date")
    queries.hours_change(seen_by=by)
    day = Holiday(organization_id=by.organization_id, branch=branch, on_date=on, name=name, is_own=True)
    with refusing({KNOWN_ONCE: Clash("This day is in the list already. Decide about it there.", field="on_date")}):
        day.save(force_insert=True)
    off = _close(day, ZoneInfo(branch.timezone), by)
    settle(queries.inside([off], seen_by=by), answers or {}, why="The branch is closed for a holiday", by=by)
    return day


@verb
def remove_holiday(pk: UUID, *, by: Actor) -> None:
    """Take a day of the branch's own away; it is open again."""
    day = _day(pk, by)
    if not day.is_own:
        raise Invalid("This day comes from the calendar. Say that the branch is open on it.", field="id")
    audit.note(by, audit.Kind.CHANGE, day, facts={"removed": str(day)})
    _open(day, OPEN, by)
    day.delete()


@verb
def work_on_holiday(pk: UUID, staff_ids: Sequence[UUID], *, answers: Answers | None = None, by: Actor) -> Holiday:
    """Say who works on a holiday all the same; nobody else can be booked on it."""
    day = _day(pk, by)
    if day.time_off is None:
        raise Invalid("The branch is open on this day, so everybody works as usual.", field="staff_ids")
    queries.hours_change(seen_by=by)
    names = [str(people.staff_member(staff_id, seen_by=by).name) for staff_id in dict.fromkeys(staff_ids)]
    before = {visit.pk for visit in queries.inside([day.time_off], seen_by=by)}
    day.time_off.except_staff = list(dict.fromkeys(staff_ids))
    day.time_off.save(update_fields=["except_staff"])
    audit.note(by, audit.Kind.CHANGE, day, facts={"works": names})
    outside = [visit for visit in queries.inside([day.time_off], seen_by=by) if visit.pk not in before]
    settle(outside, answers or {}, why="The branch is closed for a holiday", by=by)
    return day


def _close(day: Holiday, zone: ZoneInfo, by: Actor) -> TimeOff:
    off = write_time_off(
        rules.whole_day(day.on_date, zone),
        who=everybody_at(day.branch_id, zone),
        kind=TimeOff.Kind.HOLIDAY,
        reason=day.name,
        by=by,
    )
    day.decision, day.time_off = CLOSED, off
    day.save()
    return off


def _open(day: Holiday, decision: Holiday.Decision, by: Actor) -> None:
    off, day.time_off, day.decision = day.time_off, None, decision
    day.save()
    if off is not None:
        open_again(off, by=by)


def _day(pk: UUID, by: Actor) -> Holiday:
    by.must(MANAGE, do="decide about holidays")
    found = (
        Holiday.objects.select_for_update(of=("self",))
        .select_related("time_off", "branch")
        .filter(organization_id=by.organization_id, pk=pk)
        .first()
    )
    if found is None:
        raise NotFound("There is no such holiday. Look for it in the list of the branch.")
    by.must(MANAGE, at=found.branch_id, do="decide about holidays")
    return found


def _of(branch_id: UUID, by: Actor) -> QuerySet[Holiday]:
    return Holiday.objects.filter(organization_id=by.organization_id, branch_id=branch_id)


def _check_calendar(country: str, subdivision: str, categories: Sequence[str]) -> None:
    if country not in dict(rules.countries()):
        raise Invalid("The holidays of this country are not known. Choose one of the list.", field="country")
    if subdivision and subdivision not in dict(rules.subdivisions(country)):
        raise Invalid("This is no state or province of the country. Choose one of the list.", field="subdivision")
    unknown = set(categories) - set(dict(rules.categories(country)))
    if unknown or not categories:
        raise Invalid("Choose at least one sort of holidays that this country has.", field="categories")
