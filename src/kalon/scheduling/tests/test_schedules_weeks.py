"""Hours of the week: new ones from a day on, copies, nights, two branches, and what becomes of visits."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions, queries
from kalon.scheduling.actions import Answer, Do, ScheduleLine, VisitsChanged, VisitsOutside
from kalon.scheduling.models import Appointment, WeeklySchedule
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic

NEXT_TUESDAY = TUESDAY + timedelta(days=7)


def line(weekday: int = 1, start: str = "09:00", end: str = "12:00", **more: Any) -> ScheduleLine:
    return ScheduleLine(
        weekday=weekday,
        starts_at=time.fromisoformat(start),
        ends_at=time.fromisoformat(end),
        valid_from=TUESDAY,
        **more,
    )


def mornings() -> list[ScheduleLine]:
    return [line(day) for day in range(5)]


def week_on(clinic: Clinic, on: date, staff: Any = None) -> list[str]:
    with acting_as(clinic.owner):
        lines = queries.week_of((staff or clinic.doctor).pk, clinic.branch.pk, on, seen_by=clinic.owner)
        return [f"{one.weekday} {one.starts_at:%H:%M}–{one.ends_at:%H:%M}" for one in lines]


def free_on(clinic: Clinic, on: date) -> list[str]:
    with acting_as(clinic.desk):
        slots = queries.slots(clinic.doctor.pk, on, clinic.branch.pk, seen_by=clinic.desk)
        return [f"{slot.start:%H:%M}" for slot in slots if slot.state == "free"]


def test_new_hours_from_a_day_on_end_the_old_ones(clinic: Clinic) -> None:
    first = date(2027, 1, 1)
    actions.set_week(clinic.doctor.pk, clinic.branch.pk, mornings(), first=first, by=clinic.owner)
    assert len(week_on(clinic, first - timedelta(days=1))) == 6
    assert week_on(clinic, first) == [f"{day} 09:00–12:00" for day in range(5)]
    assert free_on(clinic, date(2027, 1, 5))[-1] == "11:30"
    assert free_on(clinic, date(2026, 12, 29))[-1] == "16:30"


def test_hours_for_a_while_and_then_the_old_ones_again(clinic: Clinic) -> None:
    first, last = TUESDAY + timedelta(days=6), TUESDAY + timedelta(days=12)
    actions.set_week(clinic.doctor.pk, clinic.branch.pk, mornings(), first=first, last=last, by=clinic.owner)
    assert [len(free_on(clinic, TUESDAY + timedelta(days=n))) for n in (1, 7, 14)] == [14, 6, 14]


def test_one_day_is_copied_to_others(clinic: Clinic) -> None:
    args = (clinic.doctor.pk, clinic.branch.pk)
    actions.set_week(*args, [line(0, "10:00", "13:00")], first=NEXT_TUESDAY, weekdays=[0], by=clinic.owner)
    actions.copy_day(*args, 0, [2, 6], first=NEXT_TUESDAY, by=clinic.owner)
    after = week_on(clinic, NEXT_TUESDAY)
    assert [one for one in after if one[0] in "026"] == ["0 10:00–13:00", "2 10:00–13:00", "6 10:00–13:00"]
    assert len(after) == 7


def test_a_persons_week_is_copied_to_somebody_else_with_its_breaks(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        nurse = people.add_staff("Nurse Tessy", kind="NURSE", by=clinic.system)
    actions.copy_week(clinic.doctor.pk, clinic.branch.pk, nurse.pk, first=TUESDAY, by=clinic.owner)
    assert week_on(clinic, TUESDAY, nurse) == week_on(clinic, TUESDAY)
    with acting_as(clinic.owner):
        copied = queries.schedules_of(nurse.pk, seen_by=clinic.owner)[0]
        assert queries.hours_of(copied).breaks == ((time(13), time(14)),)
    with pytest.raises(NotFound, match="no hours to copy"):
        actions.copy_week(nurse.pk, clinic.branch.pk, nurse.pk, first=TUESDAY - timedelta(days=700), by=clinic.owner)


def test_a_visit_outside_the_new_hours_is_shown_and_nothing_is_done(clinic: Clinic) -> None:
    visit = clinic.booked("16:00")
    change = (clinic.doctor.pk, clinic.branch.pk, mornings())
    with pytest.raises(VisitsOutside, match="1 visit would lie outside") as refused:
        actions.set_week(*change, first=TUESDAY, by=clinic.owner)
    (fact,) = refused.value.facts["visits"]
    assert (fact["id"], fact["local_start"], fact["may"]) == (
        str(visit.pk), "2026-11-24T16:00", ["keep", "move", "cancel"],
    )  # fmt: skip
    assert [one["local_start"] for one in fact["alternatives"]] == [
        "2026-11-25T09:00", "2026-11-25T09:30", "2026-11-25T10:00",
    ]  # fmt: skip
    assert "Ananya" not in str(refused.value.facts)
    assert len(week_on(clinic, TUESDAY)) == 6
    with acting_as(clinic.owner):
        assert not AuditEvent.objects.filter(facts__has_key="until").exists()


def test_looking_ahead_changes_nothing(clinic: Clinic) -> None:
    visit = clinic.booked("16:00")
    change = (clinic.doctor.pk, clinic.branch.pk, mornings())
    for _ in range(2):
        (affected,) = actions.foreseen(
            lambda: actions.set_week(*change, first=TUESDAY, by=clinic.owner), by=clinic.owner
        )
        assert (affected.visit.pk, affected.may_move) == (visit.pk, True)
    calm = actions.foreseen(lambda: actions.set_week(*change, first=date(2027, 1, 1), by=clinic.owner), by=clinic.owner)
    assert calm == []
    assert len(week_on(clinic, date(2027, 1, 1))) == 6


def test_kept_moved_and_cancelled_in_one_go(clinic: Clinic) -> None:
    kept, moved, gone = (clinic.booked(at, patient_id=who.pk) for at, who in (
        ("14:00", clinic.patient), ("15:00", clinic.other_patient), ("16:00", clinic.patient),
    ))  # fmt: skip
    answers = {
        kept.pk: Answer(do=Do.KEEP),
        moved.pk: Answer(do=Do.MOVE, start=clinic.at("10:00", TUESDAY + timedelta(days=1))),
        gone.pk: Answer(do=Do.CANCEL, message="Dr Menon no longer works in the afternoon. Please call us."),
    }
    actions.set_week(clinic.doctor.pk, clinic.branch.pk, mornings(), first=TUESDAY, answers=answers, by=clinic.owner)
    with acting_as(clinic.owner):
        kept, moved, gone = (Appointment.objects.get(pk=one.pk) for one in (kept, moved, gone))
        assert (kept.status, kept.off_schedule_reason) == (
            "CONFIRMED", "Kept: hours of Dr Kavya Menon changed from 24 Nov",
        )  # fmt: skip
        assert (moved.status, Appointment.objects.get(pk=moved.successor_id).starts_at.hour) == ("RESCHEDULED", 4)
        assert (gone.status, gone.cancelled_reason[:8]) == ("CANCELLED", "Dr Menon")
        assert queries.stranded(clinic.doctor.pk, clinic.branch.pk, seen_by=clinic.owner) == []


@pytest.mark.parametrize("do", [Do.MOVE, Do.CANCEL])
def test_an_answer_that_says_too_little_undoes_everything(clinic: Clinic, do: Do) -> None:
    visit = clinic.booked("16:00")
    with pytest.raises(Invalid, match=r"new time|what the patient is told"):
        actions.set_week(
            clinic.doctor.pk, clinic.branch.pk, mornings(), first=TUESDAY, answers={visit.pk: Answer(do=do)},
            by=clinic.owner,
        )  # fmt: skip
    assert len(week_on(clinic, TUESDAY)) == 6


def test_a_time_that_is_taken_undoes_everything(clinic: Clinic) -> None:
    visit = clinic.booked("16:00")
    clinic.booked("10:00", patient_id=clinic.other_patient.pk)
    answers = {visit.pk: Answer(do=Do.MOVE, start=clinic.at("10:00"))}
    with pytest.raises(Clash, match="taken from 10:00"):
        actions.set_week(
            clinic.doctor.pk, clinic.branch.pk, mornings(), first=TUESDAY, answers=answers, by=clinic.owner
        )
    assert len(week_on(clinic, TUESDAY)) == 6


def test_a_booking_made_after_the_list_was_seen_is_caught(clinic: Clinic) -> None:
    seen = clinic.booked("16:00")
    late = clinic.booked("15:00", patient_id=clinic.other_patient.pk)
    change = (clinic.doctor.pk, clinic.branch.pk, mornings())
    with pytest.raises(VisitsChanged, match="booked or changed after you looked") as refused:
        actions.set_week(*change, first=TUESDAY, answers={seen.pk: Answer()}, by=clinic.owner)
    assert {fact["id"] for fact in refused.value.facts["visits"]} == {str(seen.pk), str(late.pk)}
    assert len(week_on(clinic, TUESDAY)) == 6
    with pytest.raises(VisitsChanged):
        actions.set_week(
            *change, first=TUESDAY, answers={late.pk: Answer(), seen.pk: Answer(edition=9)}, by=clinic.owner
        )
    both = {late.pk: Answer(edition=0), seen.pk: Answer(edition=0)}
    actions.set_week(*change, first=TUESDAY, answers=both, by=clinic.owner)
    assert len(week_on(clinic, TUESDAY)) == 5


def test_what_lay_outside_before_is_not_asked_about_again(clinic: Clinic) -> None:
    clinic.booked("18:00", source="WALK_IN", off_schedule_reason="Came from afar")
    with acting_as(clinic.owner):
        Appointment.objects.update(off_schedule_reason="")  # as if the hours had once been longer
    longer = [line(day, "08:00", "17:00") for day in range(6)]
    assert actions.set_week(clinic.doctor.pk, clinic.branch.pk, longer, first=TUESDAY, by=clinic.owner)


def test_somebody_in_the_house_stays(clinic: Clinic) -> None:
    visit = clinic.booked("10:00")
    with clock.at(EIGHT + timedelta(hours=1, minutes=50)):
        actions.check_in(visit.pk, by=clinic.desk)
        (affected,) = actions.foreseen(
            lambda: actions.block(clinic.at("09:55"), clinic.at("12:00"), staff_id=clinic.doctor.pk, by=clinic.owner),
            by=clinic.owner,
        )
        assert (affected.may_move, affected.free) == (False, [])
        assert affected.as_fact()["may"] == ["keep"]


def test_a_night_is_offered_on_both_days_and_booked_past_midnight(clinic: Clinic) -> None:
    night = [line(1, "20:00", "02:00", slot_minutes=60)]
    actions.set_week(clinic.doctor.pk, clinic.branch.pk, night, first=TUESDAY, by=clinic.owner)
    assert free_on(clinic, TUESDAY) == ["20:00", "21:00", "22:00", "23:00"]
    assert free_on(clinic, TUESDAY + timedelta(days=1)) == ["00:00", "01:00"]
    visit = clinic.booked("23:00", service_id=clinic.peel.pk)
    over = clinic.booked("00:30", day=TUESDAY + timedelta(days=1), patient_id=clinic.other_patient.pk)
    assert free_on(clinic, TUESDAY + timedelta(days=1)) == ["01:00"]
    with acting_as(clinic.owner):
        assert queries.stranded(clinic.doctor.pk, clinic.branch.pk, seen_by=clinic.owner) == []
    short = [line(1, "20:00", "23:30", slot_minutes=30)]
    with pytest.raises(VisitsOutside) as refused:
        actions.set_week(clinic.doctor.pk, clinic.branch.pk, short, first=TUESDAY, by=clinic.owner)
    assert {fact["id"] for fact in refused.value.facts["visits"]} == {str(visit.pk), str(over.pk)}


def test_a_slot_that_ends_after_midnight_sees_what_is_taken_there(clinic: Clinic) -> None:
    night = [line(1, "20:00", "02:00", slot_minutes=60)]
    actions.set_week(clinic.doctor.pk, clinic.branch.pk, night, first=TUESDAY, by=clinic.owner)
    clinic.booked("00:00", day=TUESDAY + timedelta(days=1))
    with acting_as(clinic.desk):
        slots = queries.slots(clinic.doctor.pk, TUESDAY, clinic.branch.pk, clinic.peel.pk, seen_by=clinic.desk)
    assert {f"{slot.start:%H:%M}": slot.state.value for slot in slots}["23:00"] == "free"
    with acting_as(clinic.desk):
        book = queries.diary(clinic.branch.pk, TUESDAY, TUESDAY, seen_by=clinic.desk)
        late = {
            f"{slot.start:%H:%M}": slot.state.value for slot in book.slots(clinic.doctor.pk, TUESDAY, 120, now=EIGHT)
        }
    assert (late["22:00"], late["23:00"]) == ("free", "taken")


@pytest.mark.parametrize(
    ("week", "sentence"),
    [
        ([line(1, "09:00", "13:00"), line(1, "12:00", "15:00")], "Tuesday 09:00–13:00 and Tuesday 12:00–15:00 overlap"),
        ([line(6, "22:00", "03:00"), line(0, "02:00", "05:00")], "Sunday 22:00–03:00 and Monday 02:00–05:00 overlap"),
        ([line(1, "09:00", "09:00")], "another time than the beginning"),
        ([line(1, "09:00", "09:20")], "No slot of 30 minutes fits"),
        ([line(1, capacity=0)], "Between 1 and 20 patients"),
        ([line(1, slot_minutes=3)], "between 5 and 240 minutes"),
        ([line(7)], "Choose a day of the week"),
        ([line(1, breaks=[(time(8), time(9, 30))])], "the break 08:00–09:30 does not lie within"),
        ([line(1, breaks=[(time(9), time(9, 10))] * 5)], "At most 4 breaks"),
        ([line(1, f"{9 + n}:00".zfill(5), f"{9 + n}:45".zfill(5)) for n in range(7)], "more than 6 stretches"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_a_sentence(
    clinic: Clinic, week: list[ScheduleLine], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        actions.set_week(clinic.doctor.pk, clinic.branch.pk, week, first=TUESDAY, by=clinic.owner)
    assert len(week_on(clinic, TUESDAY)) == 6


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (TUESDAY - timedelta(days=1), None, "first"),
        (date(2199, 6, 1), None, "first"),
        (TUESDAY, TUESDAY - timedelta(days=1), "last"),
    ],
)
def test_days_that_make_no_sense_are_refused(clinic: Clinic, first: date, last: date | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.set_week(clinic.doctor.pk, clinic.branch.pk, mornings(), first=first, last=last, by=clinic.owner)
    assert refused.value.field == field


def test_hours_in_another_branch_at_the_same_time_are_refused_by_its_name(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        there = people.add_branch(name="Thrissur", code="TCR", timezone="Asia/Kolkata", by=clinic.system)
    with pytest.raises(Clash, match="already works at Kochi on Tuesdays from 09:00 to 17:00") as refused:
        actions.set_week(clinic.doctor.pk, there.pk, [line(1, "16:00", "19:00")], first=TUESDAY, by=clinic.owner)
    assert refused.value.facts["branch_id"] == str(clinic.branch.pk)
    assert actions.set_week(clinic.doctor.pk, there.pk, [line(1, "17:00", "19:00")], first=TUESDAY, by=clinic.owner)


def test_two_branches_on_different_clocks_are_compared_by_the_instants(clinic: Clinic) -> None:
    """London's afternoon is New York's morning, and for some weeks a year it is an hour off."""
    with acting_as(clinic.system):
        doctor = people.add_staff("Dr Two Cities", kind="DOCTOR", by=clinic.system)
        london = people.add_branch(name="London", code="LON", timezone="Europe/London", by=clinic.system)
        york = people.add_branch(name="New York", code="NYC", timezone="America/New_York", by=clinic.system)
    actions.set_week(doctor.pk, london.pk, [line(1, "09:00", "14:00")], first=TUESDAY, by=clinic.owner)
    # 09:00 in New York is 14:00 in London, but 13:00 when only New York has changed its clocks.
    with pytest.raises(Clash, match="already works at London on Tuesdays"):
        actions.set_week(doctor.pk, york.pk, [line(1, "09:00", "12:00")], first=TUESDAY, by=clinic.owner)
    winter = date(2027, 2, 28)
    lines = actions.set_week(
        doctor.pk, york.pk, [line(1, "09:00", "12:00")], first=TUESDAY, last=winter, by=clinic.owner
    )
    assert len(lines) == 1  # the same wall clock as London's, and no minute in common
    with acting_as(clinic.desk):
        slots = {
            name: queries.slots(doctor.pk, NEXT_TUESDAY, branch.pk, seen_by=clinic.desk)
            for name, branch in (("London", london), ("New York", york))
        }
    assert [f"{slots[name][0].start:%H:%M %Z}" for name in slots] == ["09:00 GMT", "09:00 EST"]
    assert slots["London"][-1].end <= slots["New York"][0].start


def test_last_nights_hours_and_the_next_versions_morning_are_seen(clinic: Clinic) -> None:
    """Their valid days do not meet, their hours do: the week's arithmetic in the database cannot see that."""
    with acting_as(clinic.system):
        doctor = people.add_staff("Dr Night", kind="DOCTOR", by=clinic.system)
    monday = TUESDAY + timedelta(days=6)
    night = line(0, "20:00", "02:00")
    actions.set_week(doctor.pk, clinic.branch.pk, [night], first=monday, last=monday, by=clinic.owner)
    dawn = [line(1, "01:00", "05:00")]
    with pytest.raises(Clash, match="on Mondays from 20:00 to 02:00"):
        actions.set_week(
            doctor.pk, clinic.branch.pk, dawn, first=monday + timedelta(days=1), weekdays=[1], by=clinic.owner
        )


def test_ending_hours_keeps_what_was_worked(clinic: Clinic) -> None:
    with acting_as(clinic.owner):
        tuesday = queries.week_of(clinic.doctor.pk, clinic.branch.pk, TUESDAY, seen_by=clinic.owner)[1]
    clinic.booked("10:00")
    with pytest.raises(VisitsOutside):
        actions.end_schedule(tuesday.pk, by=clinic.owner)
    with acting_as(clinic.owner):
        visit = Appointment.objects.get()
    actions.end_schedule(tuesday.pk, answers={visit.pk: Answer()}, by=clinic.owner)
    assert len(week_on(clinic, TUESDAY - timedelta(days=7))) == 6
    assert len(week_on(clinic, TUESDAY)) == 5


REFUSED = {
    "set_schedule": lambda c, by: actions.set_schedule(c.doctor.pk, c.branch.pk, line(6), by=by),
    "set_week": lambda c, by: actions.set_week(c.doctor.pk, c.branch.pk, mornings(), first=NEXT_TUESDAY, by=by),
    "copy_day": lambda c, by: actions.copy_day(c.doctor.pk, c.branch.pk, 0, [6], first=NEXT_TUESDAY, by=by),
    "copy_week": lambda c, by: actions.copy_week(
        c.doctor.pk, c.branch.pk, c.other_doctor.pk, first=NEXT_TUESDAY, by=by
    ),
    "change_schedule": lambda c, by: actions.change_schedule(_a_line(c), line(6), by=by),
    "end_schedule": lambda c, by: actions.end_schedule(_a_line(c), by=by),
}


def _a_line(clinic: Clinic) -> Any:
    with acting_as(clinic.owner):
        return queries.schedules_of(clinic.doctor.pk, seen_by=clinic.owner)[0].pk


@pytest.mark.parametrize("verb", REFUSED)
@pytest.mark.parametrize("who", ["nobody", "desk", "doctor_actor", "patient"])
def test_nobody_changes_hours_without_the_right(clinic: Clinic, verb: str, who: str) -> None:
    with acting_as(clinic.owner):
        before = list(WeeklySchedule.objects.order_by("pk").values())
    by = clinic.patient_actor() if who == "patient" else getattr(clinic, who)
    with pytest.raises((NotPermitted, NotFound)):
        REFUSED[verb](clinic, by)
    with acting_as(clinic.owner):
        assert list(WeeklySchedule.objects.order_by("pk").values()) == before


def test_another_clinics_hours_are_out_of_reach(clinic: Clinic) -> None:
    from kalon.scheduling.tests.clinic import open_clinic

    there = open_clinic("OT")
    with pytest.raises(NotFound):
        actions.set_week(there.doctor.pk, there.branch.pk, mornings(), first=TUESDAY, by=clinic.owner)
    with pytest.raises(NotFound):
        actions.end_schedule(_a_line(there), by=clinic.owner)


def test_an_answer_for_a_visit_that_is_no_longer_outside_is_noticed(clinic: Clinic) -> None:
    """Somebody moved it meanwhile: the answer was given for what is not so any more."""
    seen, moved = clinic.booked("16:00"), clinic.booked("15:00", patient_id=clinic.other_patient.pk)
    actions.reschedule(moved.pk, clinic.at("09:00"), "Asked for the morning", by=clinic.desk)
    answers = {seen.pk: Answer(), moved.pk: Answer(do=Do.CANCEL, message="Sorry")}
    with pytest.raises(VisitsChanged) as refused:
        actions.set_week(
            clinic.doctor.pk, clinic.branch.pk, mornings(), first=TUESDAY, answers=answers, by=clinic.owner
        )
    assert [fact["id"] for fact in refused.value.facts["visits"]] == [str(seen.pk)]
    with acting_as(clinic.owner):
        assert Appointment.objects.get(pk=moved.pk).status == "CONFIRMED"
