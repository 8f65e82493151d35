"""Holidays: proposed from a calendar, decided by the clinic, kept from bookings, and worked on by some."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kalon.kernel import clock
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries, tasks
from kalon.scheduling.actions import Answer, VisitsOutside
from kalon.scheduling.models import Holiday, HolidayCalendar, TimeOff
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic, open_clinic
from kalon.scheduling.tests.test_guards import DENIED, sql

CHRISTMAS = date(2026, 12, 25)


@pytest.fixture
def kerala(clinic: Clinic) -> Clinic:
    actions.follow_calendar(clinic.branch.pk, "IN", "KL", ["public"], by=clinic.owner)
    return clinic


def days(clinic: Clinic, **only: Any) -> dict[str, Any]:
    with acting_as(clinic.owner):
        found = queries.holidays_of(clinic.branch.pk, TUESDAY, TUESDAY + timedelta(days=900), seen_by=clinic.owner)
        return {f"{day.on_date} {day.name}": day for day in found.filter(**only)}


def free(clinic: Clinic, on: date, doctor: Any = None) -> int:
    with acting_as(clinic.desk):
        found = queries.slots((doctor or clinic.doctor).pk, on, clinic.branch.pk, seen_by=clinic.desk)
        return sum(slot.state == "free" for slot in found)


def test_two_years_are_proposed_and_nothing_is_closed_yet(kerala: Clinic) -> None:
    found = days(kerala)
    assert "2027-09-12 Onam" in found and "2028-08-15 Independence Day" in found
    assert {day.decision for day in found.values()} == {"PROPOSED"}
    assert max(day.on_date for day in found.values()) <= TUESDAY + timedelta(days=731)
    assert free(kerala, CHRISTMAS) == 14


def test_the_ticked_days_close_the_branch_and_the_others_do_not(kerala: Clinic) -> None:
    found = days(kerala)
    christmas, onam = found["2026-12-25 Christmas"], found["2027-09-12 Onam"]
    actions.decide_holidays(kerala.branch.pk, closed=[christmas.pk], open_=[onam.pk], by=kerala.owner)
    assert (free(kerala, CHRISTMAS), free(kerala, CHRISTMAS + timedelta(days=1))) == (0, 14)
    with pytest.raises(Invalid, match="is away on 25 Dec"):
        kerala.booked("10:00", day=CHRISTMAS)
    actions.decide_holidays(kerala.branch.pk, closed=[], open_=[christmas.pk], by=kerala.owner)
    assert free(kerala, CHRISTMAS) == 14
    assert days(kerala, decision="OPEN").keys() == {"2026-12-25 Christmas", "2027-09-12 Onam"}


def test_visits_on_the_day_are_asked_about(kerala: Clinic) -> None:
    visit = kerala.booked("10:00", day=CHRISTMAS)
    christmas = days(kerala)["2026-12-25 Christmas"]
    with pytest.raises(VisitsOutside) as refused:
        actions.decide_holidays(kerala.branch.pk, closed=[christmas.pk], open_=[], by=kerala.owner)
    (fact,) = refused.value.facts["visits"]
    assert fact["alternatives"][0]["local_start"] == "2026-12-26T09:00"
    assert free(kerala, CHRISTMAS) == 13
    actions.decide_holidays(
        kerala.branch.pk, closed=[christmas.pk], open_=[], answers={visit.pk: Answer()}, by=kerala.owner
    )
    assert free(kerala, CHRISTMAS) == 0


def test_somebody_works_on_a_holiday_by_exception(kerala: Clinic) -> None:
    christmas = days(kerala)["2026-12-25 Christmas"]
    actions.decide_holidays(kerala.branch.pk, closed=[christmas.pk], open_=[], by=kerala.owner)
    actions.work_on_holiday(christmas.pk, [kerala.doctor.pk], by=kerala.owner)
    assert (free(kerala, CHRISTMAS), free(kerala, CHRISTMAS, kerala.other_doctor)) == (14, 0)
    visit = kerala.booked("10:00", day=CHRISTMAS, service_id=kerala.peel.pk)  # and has a room
    with pytest.raises(VisitsOutside):
        actions.work_on_holiday(christmas.pk, [], by=kerala.owner)
    assert free(kerala, CHRISTMAS) == 12
    actions.work_on_holiday(christmas.pk, [], answers={visit.pk: Answer()}, by=kerala.owner)
    assert free(kerala, CHRISTMAS) == 0


def test_a_day_of_ones_own(clinic: Clinic) -> None:
    day = actions.add_holiday(clinic.branch.pk, CHRISTMAS, "  Anniversary ", by=clinic.owner)
    assert (day.name, day.is_own, day.decision, free(clinic, CHRISTMAS)) == ("Anniversary", True, "CLOSED", 0)
    with pytest.raises(Clash, match="in the list already"):
        actions.add_holiday(clinic.branch.pk, CHRISTMAS, "Anniversary", by=clinic.owner)
    with acting_as(clinic.owner):
        closed = TimeOff.objects.get(is_active=True)
    with pytest.raises(Invalid, match="page of the holidays"):
        actions.unblock(closed.pk, by=clinic.owner)
    actions.remove_holiday(day.pk, by=clinic.owner)
    assert free(clinic, CHRISTMAS) == 14
    with acting_as(clinic.owner):
        assert not Holiday.objects.exists()


@pytest.mark.parametrize(
    ("on", "name", "field"),
    [
        (TUESDAY - timedelta(days=1), "Yesterday", "on_date"),
        (date(2199, 12, 31), "The end", "on_date"),
        (CHRISTMAS, "  ", "name"),
        (CHRISTMAS, "x" * 121, "name"),
    ],
)
def test_days_that_make_no_sense_are_refused(clinic: Clinic, on: date, name: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.add_holiday(clinic.branch.pk, on, name, by=clinic.owner)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        (("ZZ", "", ["public"]), "country"),
        (("IN", "NY", ["public"]), "subdivision"),
        (("IN", "KL", ["bank"]), "categories"),
        (("IN", "KL", []), "categories"),
    ],
)
def test_a_calendar_that_does_not_exist_is_refused(clinic: Clinic, choice: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.follow_calendar(clinic.branch.pk, *choice, by=clinic.owner)
    assert refused.value.field == field
    with acting_as(clinic.owner):
        assert not HolidayCalendar.objects.exists()


def test_another_calendar_keeps_what_was_decided(kerala: Clinic) -> None:
    christmas = days(kerala)["2026-12-25 Christmas"]
    actions.decide_holidays(kerala.branch.pk, closed=[christmas.pk], open_=[], by=kerala.owner)
    actions.follow_calendar(kerala.branch.pk, "US", "NY", ["public"], by=kerala.owner)
    found = days(kerala)
    assert found["2026-12-25 Christmas"].decision == "CLOSED"
    assert "2026-11-26 Thanksgiving Day" in found and "2027-09-12 Onam" not in found


def test_every_year_a_further_one_is_proposed_and_nothing_twice(kerala: Clinic) -> None:
    before = days(kerala)
    christmas = before["2026-12-25 Christmas"]
    actions.decide_holidays(kerala.branch.pk, closed=[christmas.pk], open_=[], by=kerala.owner)
    assert actions.propose_holidays(kerala.branch.pk, by=kerala.owner) == 0
    with clock.at(EIGHT + timedelta(days=365)), acting_as(kerala.system):
        tasks.propose_holidays(organization_id=kerala.organization_id)
        tasks.propose_holidays(organization_id=kerala.organization_id)
        after = list(Holiday.objects.order_by("on_date"))
    assert after[-1].on_date.year == 2029 and len(after) > len(before)
    assert len({(day.on_date, day.name) for day in after}) == len(after)
    later = [day for day in after if day.name == "Christmas" and day.on_date.year == 2028]
    assert [queries.kept_before(day, after) for day in later] == [True]  # it is ticked beforehand


def test_a_holiday_in_a_zone_where_the_clocks_change_lasts_the_day(clinic: Clinic) -> None:
    from kalon.people import actions as people

    with acting_as(clinic.system):
        london = people.add_branch(name="London", code="LON", timezone="Europe/London", by=clinic.system)
    day = actions.add_holiday(london.pk, date(2027, 3, 28), "Short Sunday", by=clinic.owner)
    assert day.time_off is not None
    length = day.time_off.period.upper - day.time_off.period.lower
    assert length == timedelta(hours=23)


REFUSED = {
    "follow_calendar": lambda c, day, by: actions.follow_calendar(c.branch.pk, "IN", "", ["public"], by=by),
    "propose_holidays": lambda c, day, by: actions.propose_holidays(c.branch.pk, by=by),
    "decide_holidays": lambda c, day, by: actions.decide_holidays(c.branch.pk, closed=[], open_=[day.pk], by=by),
    "add_holiday": lambda c, day, by: actions.add_holiday(c.branch.pk, CHRISTMAS, "Mine", by=by),
    "remove_holiday": lambda c, day, by: actions.remove_holiday(day.pk, by=by),
    "work_on_holiday": lambda c, day, by: actions.work_on_holiday(day.pk, [], by=by),
}


@pytest.mark.parametrize("verb", REFUSED)
@pytest.mark.parametrize("who", ["nobody", "desk", "doctor_actor", "patient"])
def test_nobody_decides_about_holidays_without_the_right(clinic: Clinic, verb: str, who: str) -> None:
    day = actions.add_holiday(clinic.branch.pk, CHRISTMAS, "Anniversary", by=clinic.owner)
    by = clinic.patient_actor() if who == "patient" else getattr(clinic, who)
    with pytest.raises((NotPermitted, NotFound)):
        REFUSED[verb](clinic, day, by)
    with acting_as(clinic.owner):
        assert list(Holiday.objects.values_list("pk", "decision")) == [(day.pk, "CLOSED")]
        assert not HolidayCalendar.objects.exists()


def test_another_clinics_days_are_out_of_reach(clinic: Clinic) -> None:
    there = open_clinic("OT")
    day = actions.add_holiday(there.branch.pk, CHRISTMAS, "Theirs", by=there.owner)
    for call in (
        lambda: actions.remove_holiday(day.pk, by=clinic.owner),
        lambda: actions.decide_holidays(clinic.branch.pk, closed=[], open_=[day.pk], by=clinic.owner),
        lambda: actions.add_holiday(there.branch.pk, CHRISTMAS, "Mine", by=clinic.owner),
    ):
        with pytest.raises(NotFound):
            call()
    assert sql(clinic.system, "SELECT 1 FROM scheduling_holiday WHERE id = %s", day.pk)[2] == 0


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("decision = 'OPEN'", "scheduling_holiday_closed_by_time_off"),
        ("time_off_id = NULL", "scheduling_holiday_closed_by_time_off"),
        ("name = ''", "scheduling_holiday_named"),
    ],
)
def test_the_database_holds_what_closed_means(clinic: Clinic, change: str, broken: str) -> None:
    actions.add_holiday(clinic.branch.pk, CHRISTMAS, "Anniversary", by=clinic.owner)
    assert sql(clinic.system, f"UPDATE scheduling_holiday SET {change}")[0] == broken
    assert sql(clinic.patient_actor(), "SELECT id FROM scheduling_holidaycalendar")[1] == DENIED


def test_the_month_shows_who_is_in_and_who_is_away(clinic: Clinic) -> None:
    actions.add_holiday(clinic.branch.pk, TUESDAY + timedelta(days=2), "Anniversary", by=clinic.owner)
    start = datetime.combine(TUESDAY, datetime.min.time())
    actions.block(start, start + timedelta(days=1), staff_id=clinic.doctor.pk, by=clinic.owner)
    actions.block(clinic.at("12:00", TUESDAY + timedelta(days=1)), clinic.at("23:00", TUESDAY + timedelta(days=1)),
                  staff_id=clinic.doctor.pk, by=clinic.owner)  # fmt: skip
    with acting_as(clinic.desk):
        month = queries.month(clinic.branch.pk, TUESDAY, seen_by=clinic.desk)
    rows = {person.name: {one.on.day: one for one in row} for person, row in month.people}
    menon, shah = rows["Dr Kavya Menon"], rows["Dr Rohan Shah"]
    assert len(month.days) == 30 and list(month.closed.values()) == ["Anniversary"]
    assert [(one.is_in, one.is_away) for one in (menon[23], menon[24], menon[25], menon[26], menon[29])] == [
        (True, False), (False, True), (True, True), (False, True), (False, False),
    ]  # fmt: skip
    assert [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in menon[25].hours] == ["09:00-12:00"]
    assert (shah[24].is_in, month.count_in(TUESDAY), month.count_in(TUESDAY - timedelta(days=1))) == (True, 1, 2)
    with pytest.raises(NotPermitted), acting_as(clinic.nobody):
        queries.month(clinic.branch.pk, TUESDAY, seen_by=clinic.nobody)
