"""The arithmetic of a day, without a database."""

# ruff: noqa: DTZ001  (wall-clock times are naive on purpose)

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kalon.scheduling import rules
from kalon.scheduling.rules import ScheduleHours, SlotState, Span, Taken

KOCHI, NEW_YORK = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")
SPRING, AUTUMN, PLAIN = date(2026, 3, 8), date(2026, 11, 1), date(2026, 11, 24)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def week(**changes: object) -> ScheduleHours:
    facts = {"weekday": 0, "starts_at": time(9), "ends_at": time(12), "valid_from": date(2020, 1, 1)}
    return ScheduleHours(**{**facts, **changes})  # type: ignore[arg-type]


def starts(hours: ScheduleHours, on: date, zone: ZoneInfo, minutes: int | None = None) -> list[str]:
    return [f"{span.start.astimezone(zone):%H:%M}" for span in rules.spans(hours.on(on, zone), minutes)]


def test_base_slots_fill_the_hours_around_the_break() -> None:
    hours = week(breaks=((time(10), time(10, 30)),))
    assert starts(hours, PLAIN, KOCHI) == ["09:00", "09:30", "10:30", "11:00", "11:30"]


def test_a_longer_service_joins_consecutive_slots_and_never_crosses_a_break() -> None:
    hours = week(breaks=((time(10), time(10, 30)),))
    assert starts(hours, PLAIN, KOCHI, 60) == ["09:00", "10:30", "11:00"]
    assert starts(hours, PLAIN, KOCHI, 45) == ["09:00", "10:30", "11:00"]
    assert starts(hours, PLAIN, KOCHI, 180) == []


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (SPRING, ["00:00", "01:00", "03:00"]),  # two o'clock does not exist
        (AUTUMN, ["00:00", "01:00", "01:00", "02:00", "03:00"]),  # one o'clock comes twice
        (PLAIN, ["00:00", "01:00", "02:00", "03:00"]),
    ],
)
def test_a_night_in_which_the_clocks_change_has_the_hours_that_pass(on: date, expected: list[str]) -> None:
    night = week(starts_at=time(0), ends_at=time(4), slot_minutes=60)
    assert starts(night, on, NEW_YORK) == expected
    lengths = {span.end - span.start for span in rules.spans(night.on(on, NEW_YORK), None)}
    assert lengths == {timedelta(hours=1)}


def test_a_wall_clock_time_that_is_skipped_is_known() -> None:
    assert not rules.exists(datetime(2026, 3, 8, 2, 30), NEW_YORK)
    assert rules.exists(datetime(2026, 3, 8, 3, 30), NEW_YORK)
    assert rules.exists(datetime(2026, 11, 1, 1, 30), NEW_YORK)


def test_whole_days_have_23_24_or_25_hours() -> None:
    days = [rules.whole_day(on, NEW_YORK) for on in (SPRING, PLAIN, AUTUMN)]
    assert [(day.end - day.start) // timedelta(hours=1) for day in days] == [23, 24, 25]


def test_capacity_is_so_many_places() -> None:
    span = next(rules.spans(week().on(PLAIN, KOCHI), None))
    one, two = Taken(span, 0), Taken(span, 1, is_hold=True)
    states = [
        rules.state(span, taken, capacity=2, now=LONG_AGO)
        for taken in ([], [one], [one, two], [Taken(span, 0, is_overbooked=True)] * 3)
    ]
    assert states == [SlotState.FREE, SlotState.FREE, SlotState.HELD, SlotState.FREE]


@given(
    slot=st.sampled_from([10, 15, 20, 30, 45, 60]),
    minutes=st.integers(5, 300),
    pause=st.integers(0, 170),
    on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
)
def test_every_offered_span_lies_in_the_hours_outside_the_break_and_on_the_grid(
    slot: int, minutes: int, pause: int, on: date
) -> None:
    begin = (datetime(2026, 1, 1, 9) + timedelta(minutes=pause)).time()
    end = (datetime(2026, 1, 1, 9) + timedelta(minutes=pause + 10)).time()
    stretch = week(slot_minutes=slot, breaks=((begin, end),)).on(on, NEW_YORK)
    for span in rules.spans(stretch, minutes):
        assert stretch.span.holds(span)
        assert span.end - span.start == timedelta(minutes=minutes)
        assert not any(rest.overlaps(span) for rest in stretch.breaks)
        assert rules.on_grid(span, [stretch])


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 20)), max_size=12), st.integers(0, 100), st.integers(1, 20)
)
def test_a_free_span_overlaps_nothing(taken: list[tuple[int, int]], start: int, length: int) -> None:
    def span(begin: int, minutes: int) -> Span:
        return Span(LONG_AGO + timedelta(minutes=begin), LONG_AGO + timedelta(minutes=begin + minutes))

    others = [Taken(span(*other)) for other in taken]
    wished = span(start, length)
    state = rules.state(wished, others, capacity=1, now=LONG_AGO)
    assert (state is SlotState.FREE) == (not any(other.span.overlaps(wished) for other in others))


def test_slots_order_by_time() -> None:
    def slot(minute: int) -> rules.Slot:
        start = LONG_AGO + timedelta(minutes=minute)
        return rules.Slot(start, start, UUID(int=1), UUID(int=2), SlotState.FREE)

    assert sorted([slot(30), slot(0)]) == [slot(0), slot(30)]
