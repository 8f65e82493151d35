"""What holds against SQL: no double allocation, no foreign row, no confirmed visit by a patient's own hand."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Event, Thread
from time import sleep
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg.types.range import TimestamptzRange

from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import broken_constraint, sqlstate
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions, queries
from kalon.scheduling.models import Allocation, Appointment
from kalon.scheduling.models.allocations import NO_OVERLAP, ONE_BRANCH
from kalon.scheduling.tests.clinic import EIGHT, Clinic, open_clinic

DENIED = "42501"
OTHERS_TIME = "(SELECT period FROM scheduling_appointment WHERE id = %s)"
MOVE = f"UPDATE scheduling_appointment SET period = {OTHERS_TIME} WHERE id = %s"
HOLD = (
    "SELECT scheduling_hold(%s, tstzrange(kalon_now() + '1 hour', kalon_now() + '2 hours'), %s, NULL, '{}', '{}', "
    "0, 0, NULL, %s)"
)


def sql(by: Actor, statement: str, *values: Any) -> tuple[str, str, int]:
    """Run one statement as an actor would by injection; answers the broken constraint, the state, the rows."""
    with acting_as(by):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, values)
                return "", "", cursor.rowcount
        except DatabaseError as error:
            return broken_constraint(error.__cause__), sqlstate(error.__cause__), 0


@pytest.mark.parametrize("who", ["desk", "patient"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheduling_allocation SET is_live = false",
        "DELETE FROM scheduling_allocation",
        "TRUNCATE scheduling_allocation CASCADE",
        "DELETE FROM scheduling_appointment",
        "INSERT INTO scheduling_allocation (id, organization_id) VALUES (gen_random_uuid(), kalon_organization())",
        "ALTER TABLE scheduling_appointment DISABLE TRIGGER ALL",
        "DROP TABLE scheduling_allocation",
    ],
)
def test_nobody_writes_or_empties_allocations_by_hand(clinic: Clinic, who: str, statement: str) -> None:
    clinic.booked()
    by = clinic.desk if who == "desk" else clinic.patient_actor()
    assert sql(by, statement)[1] == DENIED
    with acting_as(clinic.system):
        assert Allocation.objects.filter(is_live=True).count() == 1


def test_a_second_visit_at_the_same_time_is_refused_by_name(clinic: Clinic) -> None:
    first, second = clinic.booked("10:00"), clinic.booked("11:00")
    assert sql(clinic.system, MOVE, first.pk, second.pk)[0] == NO_OVERLAP


def test_an_overbooking_needs_its_reason_on_the_row_and_never_takes_a_room(clinic: Clinic) -> None:
    first = clinic.booked("10:00", service_id=clinic.peel.pk)
    second = clinic.booked("12:00")
    mark = "UPDATE scheduling_appointment SET is_overbooked = true, overbooking_reason = %s WHERE id = %s"
    assert sql(clinic.system, mark, "", second.pk)[0] == "scheduling_appointment_overbooked_on_purpose"
    into = (
        "UPDATE scheduling_appointment SET is_overbooked = true, overbooking_reason = 'x', room_id = %s, "
        f"period = {OTHERS_TIME} WHERE id = %s"
    )
    assert sql(clinic.system, into, clinic.room.pk, first.pk, second.pk)[0] == NO_OVERLAP


def test_nobody_is_in_two_branches_at_once_not_even_overbooked(clinic: Clinic) -> None:
    from kalon.people import actions as people

    elsewhere = people.add_branch(name="Thrissur", code="TCR", by=clinic.system)
    clinic.booked("10:00")
    there = clinic.wish("10:15", branch_id=elsewhere.pk, source="WALK_IN", off_schedule_reason="Visiting")
    with pytest.raises(Clash, match="Dr Kavya Menon is taken from 10:00 to 10:30"):
        actions.book(there, by=clinic.owner)
    visit = clinic.booked("15:00")
    into = (
        "UPDATE scheduling_appointment SET branch_id = %s, is_overbooked = true, overbooking_reason = 'x', "
        "period = (SELECT period FROM scheduling_appointment WHERE id <> %s LIMIT 1) WHERE id = %s"
    )
    assert sql(clinic.system, into, elsewhere.pk, visit.pk, visit.pk)[0] == ONE_BRANCH


def test_capacity_is_so_many_places_and_no_more(clinic: Clinic) -> None:
    with acting_as(clinic.owner):
        line = next(line for line in queries.schedules_of(clinic.doctor.pk, seen_by=clinic.owner) if line.weekday == 1)
        hours = queries.hours_of(line)
    actions.change_schedule(
        line.pk,
        actions.ScheduleLine(
            weekday=1, starts_at=hours.starts_at, ends_at=hours.ends_at, capacity=2, valid_from=hours.valid_from
        ),
        by=clinic.owner,
    )
    first = clinic.booked("10:00")
    clinic.booked("10:00", patient_id=clinic.other_patient.pk)
    with pytest.raises(Clash):
        clinic.booked("10:00")
    third = clinic.booked("11:00")
    assert sql(clinic.system, MOVE, first.pk, third.pk)[0] == NO_OVERLAP


def test_a_patient_reads_their_own_visits_and_only_that_others_are_busy(clinic: Clinic) -> None:
    mine = clinic.booked("10:00")
    clinic.booked("11:00", patient_id=clinic.other_patient.pk)
    me = clinic.patient_actor()
    with acting_as(me):
        assert list(Appointment.objects.values_list("pk", flat=True)) == [mine.pk]
        states = {
            f"{s.start:%H:%M}": s.state.value
            for s in queries.slots(clinic.doctor.pk, clinic.at("10:00").date(), clinic.branch.pk, seen_by=me)
        }
        assert (states["10:00"], states["11:00"], states["12:00"]) == ("taken", "taken", "free")
    assert sql(me, "SELECT appointment_id FROM scheduling_allocation")[1] == DENIED
    assert sql(me, "SELECT held_by FROM scheduling_allocation")[1] == DENIED
    assert sql(me, "SELECT reason FROM scheduling_timeoff")[1] == DENIED


@pytest.mark.parametrize("status", ["CONFIRMED", "CHECKED_IN", "COMPLETED", "NO_SHOW"])
def test_a_patient_never_moves_their_own_visit_on(clinic: Clinic, status: str) -> None:
    me = clinic.patient_actor()
    visit = actions.book(clinic.wish(service_id=clinic.prepaid.pk), by=me)
    broken, state, rows = sql(me, "UPDATE scheduling_appointment SET status = %s WHERE id = %s", status, visit.pk)
    assert (broken, rows) == ("scheduling_appointment_by_patient", 0)
    assert state == "23514"


@pytest.mark.parametrize(
    "change",
    [
        "is_overbooked = true, overbooking_reason = 'x'",
        "amount_due = 0.01",
        "payment_due_at = payment_due_at + interval '1 year'",
        "source = 'FRONT_DESK'",
        "period = tstzrange(kalon_now() - interval '1 day', kalon_now())",
        "service_id = NULL",
    ],
)
def test_a_patient_changes_nothing_else_on_their_visit(clinic: Clinic, change: str) -> None:
    me = clinic.patient_actor()
    visit = actions.book(clinic.wish(service_id=clinic.prepaid.pk), by=me)
    broken, _, rows = sql(me, f"UPDATE scheduling_appointment SET {change} WHERE id = %s", visit.pk)
    assert (broken, rows) == ("scheduling_appointment_by_patient", 0)


def test_a_patient_touches_no_other_patients_visit(clinic: Clinic) -> None:
    other = clinic.booked(patient_id=clinic.other_patient.pk)
    me = clinic.patient_actor()
    assert sql(me, "UPDATE scheduling_appointment SET status = 'CANCELLED' WHERE id = %s", other.pk)[2] == 0
    visit = clinic.booked("11:00")
    to_other = "UPDATE scheduling_appointment SET patient_id = %s WHERE id = %s"
    assert sql(me, to_other, clinic.other_patient.pk, visit.pk)[2] == 0


def test_another_clinics_visits_are_out_of_reach(clinic: Clinic) -> None:
    visit, there = clinic.booked(), open_clinic("OT")
    assert sql(there.system, "SELECT 1 FROM scheduling_appointment WHERE id = %s", visit.pk)[2] == 0
    assert sql(there.system, "UPDATE scheduling_appointment SET number = 'x' WHERE id = %s", visit.pk)[2] == 0
    steal = "UPDATE scheduling_appointment SET doctor_id = %s WHERE id = %s"
    assert sql(clinic.system, steal, there.doctor.pk, visit.pk)[0] == "scheduling_appointment_same_doctor"
    assert sql(there.desk, HOLD, clinic.branch.pk, clinic.doctor.pk, 5)[0] in (
        "scheduling_allocation_same_branch",
        "scheduling_allocation_same_staff",
    )


def test_a_hold_lasts_a_quarter_of_an_hour_at_most(clinic: Clinic) -> None:
    assert sql(clinic.patient_actor(), HOLD, clinic.branch.pk, clinic.doctor.pk, 901)[0] == "scheduling_hold_terms"


def test_eight_desks_at_once_give_each_time_to_one(own_database: str) -> None:
    """Eight threads, each with its own connection, want the same six times in different orders."""
    clinic = open_clinic()
    times = ["10:00", "10:30", "11:00", "11:30", "12:00", "12:30"]
    ready, won, lost, failed = Barrier(8), [], [], []

    def desk(number: int) -> None:
        try:
            with clock.at(EIGHT):
                ready.wait()
                for turn in range(len(times)):
                    clock_time = times[(turn + number) % len(times)]
                    try:
                        actions.book(clinic.wish(clock_time), by=clinic.desk)
                        won.append(clock_time)
                    except Clash as clash:
                        lost.append(clash.facts)
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            connection.close()

    threads = [Thread(target=desk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(won) == times
    assert len(lost) == 42
    assert all("Dr Kavya Menon" in facts["clashes_with"] and len(facts["alternatives"]) == 3 for facts in lost)
    connection.close()


def test_two_desks_that_think_of_the_same_room_get_a_room_each(own_database: str) -> None:
    """The second desk proposes the room that the first has taken and not yet told: it is given the next one."""
    clinic = open_clinic()
    with acting_as(clinic.system):
        second = people.add_room(clinic.branch.pk, name="Laser room 2", code="L2", kind="TREATMENT", by=clinic.system)
    taken, got = Event(), []

    def first() -> None:
        with clock.at(EIGHT), acting_as(clinic.desk):
            got.append(actions.book(clinic.wish("10:00", service_id=clinic.peel.pk), by=clinic.desk).room_id)
            taken.set()
            sleep(0.6)
        connection.close()

    thread = Thread(target=first)
    thread.start()
    taken.wait(20)
    wish = clinic.wish(
        "10:00", service_id=clinic.peel.pk, doctor_id=clinic.other_doctor.pk, patient_id=clinic.other_patient.pk
    )
    with clock.at(EIGHT):
        got.append(actions.book(wish, by=clinic.desk).room_id)
    thread.join()
    assert sorted(got) == sorted([clinic.room.pk, second.pk])
    connection.close()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "EMERGENCY", "amount_due": None, "status": "REQUESTED"},
        {"doctor_id": None},
        {"period": TimestamptzRange(EIGHT + timedelta(hours=4), EIGHT + timedelta(hours=9))},
        {"service_id": None},
        {},
    ],
)
def test_what_a_patient_asks_for_is_as_the_clinic_offers_it(clinic: Clinic, change: dict[str, Any]) -> None:
    """A row that the application would never write, as an injected statement would: refused, but for the last."""
    me = clinic.patient_actor()
    with acting_as(me):
        asked = Appointment(
            **{
                "organization_id": clinic.organization_id,
                "patient_id": clinic.patient.pk,
                "number": "AAAA-AAAA",
                "branch_id": clinic.branch.pk,
                "doctor_id": clinic.doctor.pk,
                "service_id": clinic.prepaid.pk,
                "status": "PENDING_PAYMENT",
                "source": "SELF_SERVICE",
                "amount_due": Decimal("1000.00"),
                "period": TimestamptzRange(EIGHT + timedelta(hours=4), EIGHT + timedelta(hours=4, minutes=30)),
                **change,
            }
        )
        try:
            with transaction.atomic():
                asked.save(force_insert=True)
                transaction.set_rollback(True)  # at the end its price is asked for, which is not looked at here
            broken = ""
        except DatabaseError as error:
            broken = broken_constraint(error.__cause__)
    assert broken == ("scheduling_appointment_by_patient" if change else "")


def test_a_patient_does_not_let_go_of_the_room(clinic: Clinic) -> None:
    me = clinic.patient_actor()
    visit = actions.book(clinic.wish(service_id=clinic.peel.pk), by=me)
    assert visit.room_id is not None
    alone = "UPDATE scheduling_appointment SET room_id = NULL WHERE id = %s"
    assert sql(me, alone, visit.pk)[0] == "scheduling_appointment_by_patient"
    longer = "UPDATE scheduling_appointment SET period = tstzrange(starts_at, ends_at + '3 hours') WHERE id = %s"
    assert sql(me, longer, visit.pk)[0] == "scheduling_appointment_by_patient"


def test_only_the_clinic_says_that_the_clinic_cancelled(clinic: Clinic) -> None:
    visit = clinic.booked()
    me = clinic.patient_actor()
    cancel = (
        "UPDATE scheduling_appointment SET status = 'CANCELLED', cancelled_reason = 'Ill', cancelled_side = %s "
        "WHERE id = %s AND set_config('kalon.reason', 'Ill', true) <> ''"
    )
    with pytest.raises(NotPermitted, match="Only the clinic"):
        actions.cancel(visit.pk, "Ill", "CLINIC", by=me)
    with pytest.raises(Invalid, match="by the patient or by the clinic"):
        actions.cancel(visit.pk, "Ill", "NOBODY", by=clinic.desk)
    with acting_as(clinic.desk):
        assert Appointment.objects.get(pk=visit.pk).status == "CONFIRMED"
    assert sql(me, cancel, "CLINIC", visit.pk)[0] == "scheduling_appointment_by_patient"
    assert sql(clinic.system, cancel, "NOBODY", visit.pk)[0] == "scheduling_appointment_cancelled_side"
    early = "UPDATE scheduling_appointment SET cancelled_side = 'PATIENT' WHERE id = %s"
    assert sql(clinic.system, early, visit.pk)[0] == "scheduling_appointment_cancelled_side"
    assert actions.cancel(visit.pk, "Ill", by=me).cancelled_side == "PATIENT"
