"""Another time for a visit: the same visit within its day, a successor on another."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted
from kalon.kernel.events import on
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, events, queries
from kalon.scheduling.lifecycles import Status
from kalon.scheduling.models import Allocation, Appointment
from kalon.scheduling.tests.clinic import TUESDAY, Clinic

TOMORROW = TUESDAY + timedelta(days=1)


def test_within_the_day_it_stays_the_same_visit_and_the_history_says_so(clinic: Clinic) -> None:
    visit = clinic.booked("10:00")
    moved = actions.reschedule(visit.pk, clinic.at("15:00"), "Train is late", by=clinic.desk)
    assert (moved.pk, moved.status, f"{moved.local_start:%H:%M}") == (visit.pk, Status.CONFIRMED, "15:00")
    with acting_as(clinic.desk):
        last = queries.history(moved, seen_by=clinic.desk)[-1]
        live = Allocation.objects.filter(appointment=visit, is_live=True)
        assert (last.label, last.reason, last.by) == ("Moved within the day", "Train is late", "Sini Paul")
        assert [f"{a.period.lower:%H:%M}" for a in live] == ["09:30"]


def test_by_half_an_hour_the_visit_does_not_stand_in_its_own_way(clinic: Clinic) -> None:
    visit = clinic.booked("10:00", service_id=clinic.peel.pk)
    moved = actions.reschedule(visit.pk, clinic.at("10:30"), "Traffic", by=clinic.desk)
    assert f"{moved.local_start:%H:%M}" == "10:30"


def test_where_it_is_already_is_no_move_and_nobody_is_told(clinic: Clinic) -> None:
    heard: list[events.AppointmentTimeChanged] = []
    on(events.AppointmentTimeChanged, heard.append)
    visit = clinic.booked("10:00", service_id=clinic.peel.pk)
    same = {"doctor_id": clinic.doctor.pk, "room_id": clinic.room.pk, "minutes": 60}
    for way in ({}, same):
        with pytest.raises(Invalid, match="The visit is there already") as refused:
            actions.reschedule(visit.pk, clinic.at("10:00"), "By mistake", **way, by=clinic.desk)
        assert refused.value.field == "start"
        with pytest.raises(Invalid, match="there already"):
            actions.hold_move(visit.pk, clinic.at("10:00"), **way, by=clinic.desk)
    assert heard == []
    moved = actions.reschedule(visit.pk, clinic.at("10:00"), "Asked", doctor_id=clinic.other_doctor.pk, by=clinic.desk)
    assert (moved.doctor, len(heard)) == (clinic.other_doctor, 1)


def test_why_one_came_outside_the_hours_holds_for_that_day_only(clinic: Clinic) -> None:
    late = {"source": "WALK_IN", "off_schedule_reason": "Stays for it"}
    visit = clinic.booked("18:00", **late)
    moved = actions.reschedule(visit.pk, clinic.at("18:30"), "Later still", by=clinic.desk)
    assert moved.off_schedule_reason == "Stays for it"
    actions.block(
        clinic.at("00:00", TOMORROW), clinic.at("23:59", TOMORROW), staff_id=clinic.doctor.pk, by=clinic.owner
    )
    for day, hour, words in ((TOMORROW, "10:00", "is away"), (TOMORROW + timedelta(days=1), "18:00", "has no hours")):
        with pytest.raises(Invalid, match=words):
            actions.reschedule(visit.pk, clinic.at(hour, day), "Asked", by=clinic.desk)
        with pytest.raises(Invalid, match=words):
            actions.hold_move(visit.pk, clinic.at(hour, day), by=clinic.desk)
    new = actions.reschedule(visit.pk, clinic.at("10:00", TOMORROW + timedelta(days=1)), "Asked", by=clinic.desk)
    assert new.off_schedule_reason == ""


def test_an_operation_is_moved_by_the_clinic_and_not_by_its_patient(clinic: Clinic) -> None:
    visit = clinic.booked("10:00", kind="SURGERY")
    with pytest.raises(NotPermitted, match="moved by the clinic"):
        actions.reschedule(visit.pk, clinic.at("15:00"), "It suits me", by=clinic.patient_actor())
    assert actions.reschedule(visit.pk, clinic.at("15:00"), "Theatre list", by=clinic.desk).pk == visit.pk


def test_another_day_makes_a_successor_as_confirmed_as_the_visit_was(clinic: Clinic) -> None:
    heard: list[events.AppointmentRescheduled] = []
    on(events.AppointmentRescheduled, heard.append)
    visit = clinic.booked("10:00", chief_complaint="Acne scars")
    new = actions.reschedule(visit.pk, clinic.at("11:00", TOMORROW), "Travels", by=clinic.desk)
    with acting_as(clinic.desk):
        old = queries.appointment(visit.pk, seen_by=clinic.desk)
        live = list(Allocation.objects.filter(is_live=True).values_list("appointment_id", flat=True))
    assert (old.status, old.successor_id, new.predecessor_id) == (Status.RESCHEDULED, new.pk, old.pk)
    assert (new.status, new.chief_complaint) == (Status.CONFIRMED, "Acne scars")
    assert live == [new.pk]
    assert [(event.old_id, event.new_id) for event in heard] == [(old.pk, new.pk)]


def test_a_patient_moves_their_confirmed_visit_themself(clinic: Clinic) -> None:
    me = clinic.patient_actor()
    visit = actions.approve(actions.book(clinic.wish(service_id=clinic.review.pk), by=me).pk, by=clinic.desk)
    new = actions.reschedule(visit.pk, clinic.at("11:00", TOMORROW), "Exam", by=me)
    assert new.status == Status.CONFIRMED
    same = actions.reschedule(new.pk, clinic.at("12:00", TOMORROW), "Exam again", by=me)
    assert (same.pk, f"{same.local_start:%H:%M}") == (new.pk, "12:00")


def test_a_taken_time_is_refused_and_the_visit_stays(clinic: Clinic) -> None:
    visit = clinic.booked("10:00")
    clinic.booked("11:00", patient_id=clinic.other_patient.pk)
    with pytest.raises(Clash, match="taken from 11:00 to 11:30"):
        actions.reschedule(visit.pk, clinic.at("11:00"), "Later", by=clinic.desk)
    with pytest.raises(Invalid, match="Write why"):
        actions.reschedule(visit.pk, clinic.at("12:00"), "", by=clinic.desk)
    actions.cancel(visit.pk, "Ill", by=clinic.desk)
    with pytest.raises(IllegalMove, match="cancelled"):
        actions.reschedule(visit.pk, clinic.at("12:00"), "Later", by=clinic.desk)


def _run(change: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_two_visits_must_name_each_other(clinic: Clinic) -> None:
    """A successor without a predecessor that ended, or the other way round, does not survive the transaction."""
    visit, other = clinic.booked("10:00"), clinic.booked("11:00", patient_id=clinic.patient.pk)
    for column, row, target in (("predecessor_id", visit, other), ("successor_id", visit, other)):
        change = f"UPDATE scheduling_appointment SET {column} = %s WHERE id = %s"
        with acting_as(clinic.system), pytest.raises(DatabaseError) as refused, transaction.atomic():
            _run(change, target.pk, row.pk)
        assert broken_constraint(refused.value.__cause__) == "scheduling_appointment_names_each_other"
    with acting_as(clinic.system):
        assert not Appointment.objects.filter(predecessor__isnull=False).exists()
