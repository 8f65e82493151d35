"""The arithmetic of weeks: nights, clock changes, and new hours laid over old ones. No database here."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kalon.scheduling import rules
from kalon.scheduling.rules import ScheduleHours, Span

KOCHI, LONDON, NEW_YORK = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 23)
LEAP_DAY = date(2028, 2, 29)


def hours(**changes: Any) -> ScheduleHours:
    facts = {"weekday": 0, "starts_at": time(9), "ends_at": time(17), "valid_from": date(2026, 1, 1)}
    return ScheduleHours(**{**facts, **changes})


def wall(span: Span, zone: ZoneInfo) -> str:
    return f"{span.start.astimezone(zone):%a %H:%M}–{span.end.astimezone(zone):%a %H:%M}"


NIGHT = hours(starts_at=time(20), ends_at=time(2), slot_minutes=60)


def test_a_night_ends_on_the_next_day_and_its_breaks_with_it() -> None:
    night = hours(starts_at=time(20), ends_at=time(2), breaks=((time(23, 45), time(0, 15)), (time(1), time(1, 30)))).on(
        MONDAY, KOCHI
    )
    assert wall(night.span, KOCHI) == "Mon 20:00–Tue 02:00"
    assert [wall(pause, KOCHI) for pause in night.breaks] == ["Mon 23:45–Tue 00:15", "Tue 01:00–Tue 01:30"]


def test_hours_may_end_at_midnight() -> None:
    evening = hours(starts_at=time(18), ends_at=time(0))
    assert wall(evening.on(MONDAY, KOCHI).span, KOCHI) == "Mon 18:00–Tue 00:00"
    assert evening.minutes == 360


@pytest.mark.parametrize(
    ("zone", "on", "count"),
    [
        (LONDON, date(2026, 3, 28), 5),  # the last Saturday of March: one o'clock does not exist
        (LONDON, date(2026, 10, 24), 7),  # the last Saturday of October: it comes twice
        (NEW_YORK, date(2026, 3, 7), 6),  # here the clocks change at two, when the night is over
        (NEW_YORK, date(2026, 10, 31), 7),
        (KOCHI, date(2026, 3, 28), 6),
    ],
)
def test_a_night_in_which_the_clocks_change_has_the_slots_that_pass(zone: ZoneInfo, on: date, count: int) -> None:
    assert len(list(rules.spans(NIGHT.on(on, zone), None))) == count


def test_hours_that_the_clocks_skip_are_not_there() -> None:
    spring = date(2026, 3, 29)
    skipped = hours(starts_at=time(1), ends_at=time(2), breaks=()).on(spring, LONDON)
    assert list(rules.spans(skipped, 15)) == []
    with_break = hours(starts_at=time(0), ends_at=time(4), breaks=((time(1, 30), time(2)),)).on(spring, LONDON)
    assert with_break.breaks == ()  # the clock never shows half past one


def test_the_29th_of_february_is_a_day_like_any_other() -> None:
    assert LEAP_DAY.weekday() == 1
    tuesday = hours(weekday=1, valid_from=LEAP_DAY, valid_to=LEAP_DAY)
    assert tuesday.is_valid(LEAP_DAY) and not tuesday.is_valid(LEAP_DAY + timedelta(days=7))
    assert wall(tuesday.on(LEAP_DAY, KOCHI).span, KOCHI) == "Tue 09:00–Tue 17:00"
    change = rules.painted([("old", hours(weekday=1, ends_at=time(13)))], [tuesday], [1], LEAP_DAY, LEAP_DAY)
    assert change.ended == {"old": date(2028, 2, 28)}
    assert [line.valid_from for line in change.added] == [date(2028, 3, 1), LEAP_DAY]


@pytest.mark.parametrize(
    ("start", "end", "good"),
    [
        (time(13), time(14), True),
        (time(9), time(17), True),
        (time(8), time(9, 30), False),
        (time(16), time(17, 30), False),
        (time(14), time(13), False),
        (time(13), time(13), False),
    ],
)
def test_a_break_lies_within_the_hours(start: time, end: time, good: bool) -> None:
    assert hours().holds_break(start, end) is good


def test_a_break_of_a_night_may_lie_on_either_side_of_midnight() -> None:
    pauses = [(time(21), time(22)), (time(23, 30), time(0)), (time(0), time(1)), (time(23, 30), time(0, 30))]
    assert all(NIGHT.holds_break(*pause) for pause in pauses)
    assert not NIGHT.holds_break(time(1, 30), time(2, 30))
    assert not NIGHT.holds_break(time(19), time(21))


def test_sunday_night_goes_on_at_the_beginning_of_the_week() -> None:
    night = hours(weekday=6, starts_at=time(22), ends_at=time(6))
    day = 24 * 3600
    assert rules.week_seconds(night) == [(6 * day + 22 * 3600, 7 * day), (0, 6 * 3600)]


def test_new_hours_from_a_day_on_end_the_old_the_day_before() -> None:
    new = hours(ends_at=time(13))
    change = rules.painted([("old", hours())], [new], range(7), date(2027, 1, 1))
    assert change.ended == {"old": date(2026, 12, 31)}
    assert [(line.ends_at, line.valid_from, line.valid_to) for line in change.added] == [
        (time(13), date(2027, 1, 1), None)
    ]


def test_new_hours_for_a_while_give_the_old_ones_back() -> None:
    first, last = date(2026, 12, 7), date(2026, 12, 20)
    change = rules.painted([("old", hours())], [hours(ends_at=time(13))], range(7), first, last)
    assert change.ended == {"old": date(2026, 12, 6)}
    assert sorted((line.valid_from, line.valid_to, line.ends_at) for line in change.added) == [
        (first, last, time(13)),
        (date(2026, 12, 21), None, time(17)),
    ]


def test_what_was_planned_for_later_is_painted_over_too() -> None:
    later = hours(valid_from=date(2027, 3, 1))
    change = rules.painted([("later", later)], [hours(ends_at=time(13))], range(7), date(2027, 1, 1))
    assert (change.gone, len(change.added)) == ({"later"}, 1)
    for_a_while = rules.painted([("later", later)], [], range(7), date(2027, 1, 1), date(2027, 3, 31))
    assert for_a_while.later == {"later": date(2027, 4, 1)}


def test_hours_that_stay_keep_their_line() -> None:
    old = [(day, hours(weekday=day)) for day in range(5)]
    new = [hours(weekday=day, ends_at=time(13) if day == 2 else time(17)) for day in range(5)]
    change = rules.painted(old, new, range(7), MONDAY)
    assert (list(change.ended), [line.weekday for line in change.added]) == ([2], [2])
    assert rules.painted(old, [line for _, line in old], range(7), MONDAY).is_nothing


def test_weeks_without_hours_between_two_versions_are_told() -> None:
    lines = [
        hours(valid_to=date(2026, 12, 6)),
        hours(valid_from=date(2026, 12, 21)),
        hours(weekday=1, valid_to=date(2026, 12, 6)),
        hours(weekday=1, valid_from=date(2026, 12, 7)),
        hours(weekday=2, valid_to=date(2026, 12, 6)),
    ]
    assert rules.gaps(lines, MONDAY) == [(0, date(2026, 12, 7), date(2026, 12, 20))]


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
weeks = st.lists(
    st.builds(
        hours,
        weekday=st.integers(0, 6),
        starts_at=times,
        ends_at=times,
        valid_from=st.dates(date(2026, 1, 1), date(2026, 12, 1)),
        valid_to=st.none() | st.dates(date(2026, 12, 1), date(2027, 12, 31)),
    ).filter(lambda line: line.starts_at != line.ends_at),
    max_size=6,
)


@settings(deadline=None)  # a busy machine is not a wrong answer
@given(
    old=weeks,
    new=weeks,
    days=st.sets(st.integers(0, 6)),
    first=st.dates(date(2026, 6, 1), date(2027, 6, 1)),
    length=st.none() | st.integers(0, 200),
)
def test_painting_gives_the_new_hours_inside_and_the_old_ones_outside(
    old: list[ScheduleHours], new: list[ScheduleHours], days: set[int], first: date, length: int | None
) -> None:
    """Day by day: what holds after painting is the new hours in the painted time, the old hours everywhere else."""
    new = [line for line in new if line.weekday in days]
    last = first + timedelta(days=length) if length is not None else None
    lines = list(enumerate(old))
    change = rules.painted(lines, new, days, first, last)
    after = list(change.added)
    for key, line in lines:
        if key not in change.gone:
            after.append(
                ScheduleHours(
                    weekday=line.weekday,
                    starts_at=line.starts_at,
                    ends_at=line.ends_at,
                    valid_from=change.later.get(key, line.valid_from),
                    valid_to=change.ended.get(key, line.valid_to),
                )
            )
    for offset in (*range(-21, 21), *range(150, 260, 3)):
        on = first + timedelta(days=offset)
        painted = on.weekday() in days and first <= on and (last is None or on <= last)
        expected = _hours_on(new, on, valid=False) if painted else _hours_on(old, on)
        assert _hours_on(after, on) == expected, on


def _hours_on(lines: list[ScheduleHours], on: date, *, valid: bool = True) -> list[tuple[time, time]]:
    return sorted(
        (line.starts_at, line.ends_at)
        for line in lines
        if line.weekday == on.weekday() and (not valid or line.is_valid(on))
    )


@settings(deadline=None)
@given(
    start=times,
    end=times,
    slot=st.sampled_from([15, 30, 45, 60]),
    pause=st.tuples(times, times),
    on=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    zone=st.sampled_from([KOCHI, LONDON, NEW_YORK]),
)
def test_every_slot_of_every_day_lies_in_the_hours_and_lasts_as_long_as_it_says(
    start: time, end: time, slot: int, pause: tuple[time, time], on: date, zone: ZoneInfo
) -> None:
    if start == end:
        return
    line = hours(starts_at=start, ends_at=end, slot_minutes=slot)
    breaks = (pause,) if line.holds_break(*pause) else ()
    stretch = hours(starts_at=start, ends_at=end, slot_minutes=slot, breaks=breaks).on(on, zone)
    assert timedelta(0) <= stretch.span.end - stretch.span.start <= timedelta(hours=25)
    found = list(rules.spans(stretch, None))
    for span in found:
        assert span.end - span.start == timedelta(minutes=slot)
        assert stretch.span.holds(span) and not any(rest.overlaps(span) for rest in stretch.breaks)
    assert all(one.end <= other.start for one, other in pairwise(found))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(1, 120)), max_size=6), st.integers(0, 600), st.integers(1, 300)
)
def test_what_is_left_of_a_stretch_is_what_nobody_is_away_for(
    away: list[tuple[int, int]], start: int, length: int
) -> None:
    origin = datetime(2026, 1, 1, tzinfo=UTC)

    def span(begin: int, minutes: int) -> Span:
        return Span(origin + timedelta(minutes=begin), origin + timedelta(minutes=begin + minutes))

    gone = [span(*one) for one in away]
    left = rules.without(span(start, length), gone)
    for minute in range(start, start + length):
        one = span(minute, 1)
        assert any(part.holds(one) for part in left) != any(other.overlaps(one) for other in gone)


def test_the_holidays_of_a_part_of_a_country_are_known_in_english() -> None:
    kerala = dict(rules.public_holidays("IN", "KL", ["public"], date(2026, 1, 1), date(2026, 12, 31)))
    assert kerala[date(2026, 8, 25)] == "Onam"
    delhi = dict(rules.public_holidays("IN", "DL", ["public"], date(2026, 1, 1), date(2026, 12, 31)))
    assert date(2026, 8, 25) not in delhi
    emirates = [name for _, name in rules.public_holidays("AE", "", [], date(2026, 1, 1), date(2026, 12, 31))]
    assert emirates and all(name.isascii() for name in emirates)
    assert rules.public_holidays("ZZ", "", [], date(2026, 1, 1), date(2026, 12, 31)) == []
    assert dict(rules.subdivisions("IN"))["KL"] == "Kerala"
    assert dict(rules.countries())["IN"] == "India"
    assert rules.same_feast("Eid al-Fitr (estimated)", "Eid al-Fitr")
