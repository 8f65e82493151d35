"""Blocked times: leave, meetings that repeat, upkeep, everybody's days, and the visits inside them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kalon.kernel.errors import DomainError, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions, queries, rules
from kalon.scheduling.actions import Answer, Do, VisitsChanged, VisitsOutside
from kalon.scheduling.models import Appointment, TimeOff
from kalon.scheduling.rules import Span
from kalon.scheduling.tests.clinic import TUESDAY, Clinic, open_clinic
from kalon.scheduling.tests.test_guards import DENIED, sql

WEDNESDAY = TUESDAY + timedelta(days=1)


def off(clinic: Clinic, start: str = "14:00", end: str = "17:00", **more: Any) -> list[TimeOff]:
    facts = {"staff_id": clinic.doctor.pk, "by": clinic.owner, **more}
    return actions.block(clinic.at(start), clinic.at(end), **facts)


def away(clinic: Clinic, on: date = TUESDAY) -> list[Any]:
    with acting_as(clinic.desk):
        return queries.blocked(clinic.branch.pk, rules.whole_day(on, _zone(clinic)), seen_by=clinic.desk)


def _zone(clinic: Clinic) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(clinic.branch.timezone)


def test_a_visit_inside_is_asked_about_before_the_time_is_blocked(clinic: Clinic) -> None:
    visit = clinic.booked("15:00")
    with pytest.raises(VisitsOutside) as refused:
        off(clinic)
    assert [fact["id"] for fact in refused.value.facts["visits"]] == [str(visit.pk)]
    assert away(clinic) == []
    made = off(clinic, answers={visit.pk: Answer(do=Do.CANCEL, message="The doctor is away. Please call us.")})
    assert away(clinic) == [(clinic.doctor.pk, Span(made[0].period.lower, made[0].period.upper))]
    with acting_as(clinic.owner):
        assert Appointment.objects.get().status == "CANCELLED"


def test_the_private_reason_stays_private(clinic: Clinic) -> None:
    visit = clinic.booked("15:00")
    off(clinic, reason="Chemotherapy", answers={visit.pk: Answer()})
    with acting_as(clinic.owner):
        kept = Appointment.objects.get()
        assert kept.off_schedule_reason == "Kept: Leave from 24 Nov"
        steps = queries.history(kept, seen_by=clinic.owner)
    assert not any("Chemo" in f"{step.reason}{step.facts}" for step in steps)
    assert sql(clinic.patient_actor(), "SELECT reason FROM scheduling_timeoff")[1] == DENIED


def test_a_meeting_repeats_at_the_same_time_on_the_clock(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        york = people.add_branch(name="New York", code="NYC", timezone="America/New_York", by=clinic.system)
    start = datetime(2026, 10, 20, 13)  # noqa: DTZ001  (the branch's clock; it changes on the first of November)
    made = actions.block(
        start, start + timedelta(hours=1), staff_id=clinic.doctor.pk, branch_id=york.pk, kind="MEETING",
        until=date(2026, 11, 10), by=clinic.owner,
    )  # fmt: skip
    assert [one.period.lower.astimezone(UTC).hour for one in made] == [17, 17, 18, 18]
    assert len({one.series for one in made}) == 1 and made[0].series is not None


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"until": TUESDAY - timedelta(days=1)}, "last day of the series"),
        ({"until": TUESDAY + timedelta(days=800)}, "two years at most"),
        ({"kind": "PARTY"}, "Choose leave"),
        ({"staff_id": None, "kind": "LEAVE"}, "Say who is away"),
        ({"kind": "CLEANING"}, "which room or device"),
        ({"end": "14:00"}, "end comes after"),
    ],
)
def test_times_that_make_no_sense_are_refused_with_a_sentence(
    clinic: Clinic, more: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        off(clinic, **more)
    with acting_as(clinic.owner):
        assert not TimeOff.objects.exists()


def test_a_room_is_closed_for_cleaning_and_nobody_is_away(clinic: Clinic) -> None:
    visit = clinic.booked("15:00", service_id=clinic.peel.pk)
    assert visit.room_id == clinic.room.pk
    with pytest.raises(VisitsOutside) as refused:
        off(clinic, staff_id=None, room_id=clinic.room.pk, kind="CLEANING")
    assert len(refused.value.facts["visits"]) == 1
    made = off(clinic, staff_id=None, room_id=clinic.room.pk, kind="CLEANING", answers={visit.pk: Answer()})
    assert made[0].branch_id == clinic.branch.pk
    assert away(clinic)[0][0] == clinic.room.pk
    with acting_as(clinic.desk):
        free = queries.slots(clinic.other_doctor.pk, TUESDAY, clinic.branch.pk, seen_by=clinic.desk)
    assert "14:00" in {f"{slot.start:%H:%M}" for slot in free if slot.state == "free"}
    with pytest.raises(DomainError):
        clinic.booked(
            "14:00", service_id=clinic.peel.pk, doctor_id=clinic.other_doctor.pk, patient_id=clinic.other_patient.pk
        )


def test_a_device_is_out_for_maintenance(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        laser = people.add_equipment(clinic.branch.pk, name="Nd:YAG", code="L1", kind="LASER_ND_YAG", by=clinic.system)
    off(clinic, staff_id=None, equipment_id=laser.pk, kind="MAINTENANCE")
    assert [who for who, _ in away(clinic)] == [laser.pk]
    with pytest.raises(Invalid, match="one at a time"):
        off(clinic, room_id=clinic.room.pk, kind="MAINTENANCE")
    with pytest.raises(Invalid, match="maintenance, deep cleaning or a meeting"):
        off(clinic, staff_id=None, equipment_id=laser.pk, kind="LEAVE")


def test_a_booking_made_after_the_list_was_seen_is_caught(clinic: Clinic) -> None:
    seen = clinic.booked("15:00")
    clinic.booked("16:00", patient_id=clinic.other_patient.pk)
    with pytest.raises(VisitsChanged):
        off(clinic, answers={seen.pk: Answer()})
    assert away(clinic) == []


def test_a_series_is_opened_again_from_a_day_on(clinic: Clinic) -> None:
    made = off(clinic, kind="MEETING", branch_id=clinic.branch.pk, until=TUESDAY + timedelta(days=28))
    assert len(made) == 5
    actions.unblock(made[2].pk, following=[one.pk for one in made[2:]], by=clinic.owner)
    with acting_as(clinic.owner):
        left = queries.time_off(seen_by=clinic.owner)
        assert [one.pk for one in left] == [one.pk for one in made[:2]]
    with pytest.raises(NotFound):
        actions.unblock(made[2].pk, by=clinic.owner)


@pytest.mark.parametrize("who", ["nobody", "desk", "doctor_actor", "patient"])
def test_nobody_blocks_or_opens_without_the_right(clinic: Clinic, who: str) -> None:
    (there,) = off(clinic, "09:00", "10:00")
    by = clinic.patient_actor() if who == "patient" else getattr(clinic, who)
    for target in ({}, {"staff_id": None, "kind": "HOLIDAY"}, {"staff_id": None, "room_id": clinic.room.pk}):
        with pytest.raises((NotPermitted, NotFound)):
            off(clinic, by=by, **target)
    with pytest.raises((NotPermitted, NotFound)):
        actions.unblock(there.pk, by=by)
    with acting_as(clinic.owner):
        assert list(TimeOff.objects.values_list("pk", "is_active")) == [(there.pk, True)]


def test_a_manager_of_one_branch_closes_neither_the_others_nor_who_works_there(clinic: Clinic) -> None:
    from types import MappingProxyType

    from kalon.kernel.actors import Actor, Kind

    with acting_as(clinic.system):
        there = people.add_branch(name="Thrissur", code="TCR", by=clinic.system)
    rights = MappingProxyType({there.pk: frozenset({"scheduling.manage_schedules", "scheduling.view"})})
    manager = Actor(kind=Kind.STAFF, name="Manager", organization_id=clinic.organization_id, grants=rights)
    for target in ({"staff_id": clinic.doctor.pk}, {"staff_id": None, "kind": "HOLIDAY"}):
        with pytest.raises(NotPermitted):
            off(clinic, by=manager, **target)
    assert off(clinic, staff_id=None, kind="HOLIDAY", branch_id=there.pk, by=manager)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE scheduling_timeoff SET staff_id = NULL, kind = 'CLEANING'", "scheduling_timeoff_upkeep_of_a_thing"),
        (
            "UPDATE scheduling_timeoff SET room_id = (SELECT id FROM people_room LIMIT 1)",
            "scheduling_timeoff_of_a_thing",
        ),
        ("UPDATE scheduling_timeoff SET except_staff = ARRAY[id]", "scheduling_timeoff_exceptions_of_all"),
        ("UPDATE scheduling_timeoff SET period = tstzrange(NULL, NULL)", "scheduling_timeoff_takes_time"),
        ("DELETE FROM scheduling_timeoff", ""),
    ],
)
def test_the_database_holds_what_a_blocked_time_is(clinic: Clinic, statement: str, broken: str) -> None:
    off(clinic)
    name, state, _ = sql(clinic.system, statement)
    assert (name, state) == (broken, "23514") if broken else (name, state) == ("", DENIED)


def test_another_clinics_rooms_and_people_cannot_be_blocked(clinic: Clinic) -> None:
    there = open_clinic("OT")
    for target in ({"staff_id": there.doctor.pk}, {"staff_id": None, "room_id": there.room.pk, "kind": "CLEANING"}):
        with pytest.raises(NotFound):
            off(clinic, **target)
    (mine,) = off(clinic)
    steal = "UPDATE scheduling_timeoff SET staff_id = %s"
    assert sql(clinic.system, steal, there.doctor.pk)[0] == "scheduling_timeoff_same_staff"
    assert sql(there.system, "SELECT 1 FROM scheduling_timeoff WHERE id = %s", mine.pk)[2] == 0


def test_who_is_away_takes_one_statement_however_many_are(clinic: Clinic) -> None:
    for n in range(12):
        off(clinic, f"{6 + n // 2:02d}:{n % 2 * 30:02d}", f"{6 + n // 2:02d}:{n % 2 * 30 + 29:02d}")
    day = actions.add_holiday(clinic.branch.pk, TUESDAY, "Feast", by=clinic.owner)
    actions.work_on_holiday(day.pk, [clinic.doctor.pk], by=clinic.owner)
    with acting_as(clinic.desk), CaptureQueriesContext(connection) as seen:
        found = queries.blocked(clinic.branch.pk, rules.whole_day(TUESDAY, _zone(clinic)), seen_by=clinic.desk)
    assert len(seen) == 1
    assert len(found) == 13
    assert {who for who, span in found if (span.end - span.start).days == 1} == {clinic.other_doctor.pk}


def test_a_patient_sees_that_nobody_is_there(clinic: Clinic) -> None:
    day = actions.add_holiday(clinic.branch.pk, TUESDAY, "Feast", by=clinic.owner)
    actions.work_on_holiday(day.pk, [clinic.doctor.pk], by=clinic.owner)
    me = clinic.patient_actor()
    with acting_as(me):
        free = {
            who: len(queries.slots(doctor.pk, TUESDAY, clinic.branch.pk, seen_by=me))
            for who, doctor in (("works", clinic.doctor), ("away", clinic.other_doctor))
        }
    assert free == {"works": 14, "away": 0}
    assert sql(me, "SELECT name FROM scheduling_holiday")[1] == DENIED
    assert sql(me, "SELECT note FROM scheduling_leaverequest")[1] == DENIED
