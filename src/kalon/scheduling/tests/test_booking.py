"""Booking: what is given, what is refused, and in which words."""

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from kalon.kernel import clock
from kalon.kernel.errors import Clash, Invalid, NotFound, NotPermitted
from kalon.kernel.events import on
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, events
from kalon.scheduling.lifecycles import Status
from kalon.scheduling.models import Allocation, Appointment
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic

SUNDAY = date(2026, 11, 29)


def count(clinic: Clinic) -> int:
    with acting_as(clinic.system):
        return Appointment.objects.count()


def allocations(clinic: Clinic, **filters: Any) -> list[Allocation]:
    with acting_as(clinic.system):
        return list(Allocation.objects.filter(**filters))


def test_the_desk_books_a_confirmed_visit_and_the_doctor_is_taken(clinic: Clinic) -> None:
    visit = clinic.booked("10:00")
    assert visit.status == Status.CONFIRMED
    assert (f"{visit.local_start:%H:%M}", f"{visit.local_end:%H:%M}") == ("10:00", "10:30")
    (taken,) = allocations(clinic, appointment=visit)
    assert (taken.staff_id, taken.is_live, taken.period.lower) == (clinic.doctor.pk, True, visit.period.lower)


def test_a_service_that_needs_a_room_takes_the_room_and_its_buffer(clinic: Clinic) -> None:
    visit = clinic.booked("10:00", service_id=clinic.peel.pk)
    room = next(a for a in allocations(clinic, appointment=visit) if a.room_id)
    assert room.period.upper - room.period.lower == timedelta(minutes=75)
    with pytest.raises(Clash, match="Laser room is taken from 10:00 to 11:15"):
        clinic.booked("11:00", doctor_id=clinic.other_doctor.pk, service_id=clinic.peel.pk)


def test_the_loser_is_told_which_clash_and_the_next_three_free_slots(clinic: Clinic) -> None:
    clinic.booked("10:00")
    with pytest.raises(Clash) as refused:
        clinic.booked("10:00", patient_id=clinic.other_patient.pk)
    assert refused.value.facts["clashes_with"] == "Dr Kavya Menon is taken from 10:00 to 10:30"
    assert [way["local_start"] for way in refused.value.facts["alternatives"]] == [
        "2026-11-24T10:30",
        "2026-11-24T11:00",
        "2026-11-24T11:30",
    ]
    assert "Ananya" not in str(refused.value.as_problem())
    assert count(clinic) == 1


@pytest.mark.parametrize(
    ("clock_time", "day", "words"),
    [
        ("07:30", TUESDAY, "past"),
        ("08:30", TUESDAY, "no hours"),
        ("13:15", TUESDAY, "no hours"),  # the break
        ("16:45", TUESDAY, "no hours"),  # would end after five
        ("10:00", SUNDAY, "no hours"),
    ],
)
def test_a_time_that_cannot_be_is_refused_on_its_field(clinic: Clinic, clock_time: str, day: date, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        clinic.booked(clock_time, day=day)
    assert refused.value.field == "start"
    assert count(clinic) == 0


def test_a_walk_in_outside_the_hours_needs_a_reason(clinic: Clinic) -> None:
    with pytest.raises(Invalid, match="no hours"):
        clinic.booked("08:30", source="WALK_IN")
    visit = clinic.booked("08:30", source="WALK_IN", off_schedule_reason="Stitches opened")
    assert visit.off_schedule_reason == "Stitches opened"


def test_only_walk_ins_and_emergencies_come_outside_the_hours(clinic: Clinic) -> None:
    with pytest.raises(Invalid, match="Only walk-ins and emergencies"):
        clinic.booked("08:30", off_schedule_reason="Asked nicely")
    assert clinic.booked("08:30", kind="EMERGENCY").kind == "EMERGENCY"


def test_a_full_column_is_overbooked_only_with_the_right_and_a_reason(clinic: Clinic) -> None:
    clinic.booked("10:00")
    second = clinic.wish("10:00", patient_id=clinic.other_patient.pk, overbooking_reason="Doctor agreed")
    without = replace(clinic.desk, grants=MappingProxyType({None: clinic.desk.permissions - {"scheduling.overbook"}}))
    with pytest.raises(NotPermitted):
        actions.book(second, by=without)
    visit = actions.book(second, by=clinic.desk)
    assert (visit.is_overbooked, visit.overbooking_reason) == (True, "Doctor agreed")
    third = replace(second, patient_id=clinic.patient.pk, overbooking_reason="")
    with pytest.raises(Clash):
        actions.book(third, by=clinic.desk)


def test_a_room_is_never_overbooked(clinic: Clinic) -> None:
    clinic.booked("10:00", service_id=clinic.peel.pk)
    with pytest.raises(Clash, match=r"Laser room|Dr Kavya"):
        clinic.booked("10:00", service_id=clinic.peel.pk, overbooking_reason="Doctor agreed")


def test_an_online_booking_asks_and_the_desk_approves(clinic: Clinic) -> None:
    visit = actions.book(clinic.wish(service_id=clinic.review.pk), by=clinic.patient_actor())
    assert (visit.status, visit.source) == (Status.REQUESTED, "SELF_SERVICE")
    assert actions.approve(visit.pk, by=clinic.desk).status == Status.CONFIRMED


def test_an_auto_approved_prepaid_service_waits_for_the_payment(clinic: Clinic) -> None:
    me = clinic.patient_actor()
    visit = actions.book(clinic.wish(service_id=clinic.prepaid.pk), by=me)
    assert (visit.status, visit.amount_due) == (Status.PENDING_PAYMENT, 1000)
    assert visit.payment_due_at == EIGHT + timedelta(minutes=20)
    paid = actions.confirm_paid(visit.pk, by=clinic.system)
    again = actions.confirm_paid(visit.pk, by=clinic.system)
    assert (paid.status, again.status) == (Status.CONFIRMED, Status.CONFIRMED)


def test_the_desk_books_a_prepaid_service_as_to_be_paid_without_a_deadline(clinic: Clinic) -> None:
    visit = clinic.booked(service_id=clinic.prepaid.pk)
    assert (visit.status, visit.payment_due_at) == (Status.PENDING_PAYMENT, None)


def test_a_patient_books_for_themself_only_and_on_the_grid(clinic: Clinic) -> None:
    me = clinic.patient_actor()
    with pytest.raises(NotPermitted, match="for yourself"):
        actions.book(clinic.wish(patient_id=clinic.other_patient.pk, service_id=clinic.review.pk), by=me)
    with pytest.raises(Invalid, match="fixed times"):
        actions.book(clinic.wish("10:10", service_id=clinic.review.pk), by=me)
    with pytest.raises((Invalid, NotFound)):
        actions.book(clinic.wish(service_id=clinic.consult.pk), by=me)  # booked by the clinic only
    assert count(clinic) == 0


def test_a_patient_cannot_overbook_nor_come_outside_the_hours(clinic: Clinic) -> None:
    me = clinic.patient_actor()
    clinic.booked("10:00")
    with pytest.raises(Clash):
        actions.book(clinic.wish("10:00", service_id=clinic.review.pk, overbooking_reason="Please"), by=me)
    with pytest.raises(Invalid):
        actions.book(clinic.wish("08:00", service_id=clinic.review.pk, off_schedule_reason="Please"), by=me)


def test_booking_is_announced_and_a_reaction_that_refuses_undoes_it(clinic: Clinic) -> None:
    heard: list[events.AppointmentBooked] = []

    def refuse(event: events.AppointmentBooked) -> None:
        heard.append(event)
        if len(heard) == 2:
            raise Invalid("Not today.")

    on(events.AppointmentBooked, refuse)
    try:
        visit = clinic.booked("10:00")
        assert heard[0].appointment_id == visit.pk
        with pytest.raises(Invalid, match="Not today"):
            clinic.booked("11:00")
        assert count(clinic) == 1
    finally:
        from kalon.kernel import events as bus

        bus._reactions[events.AppointmentBooked].remove(refuse)


def test_a_hold_keeps_the_time_for_its_holder_and_runs_out(clinic: Clinic) -> None:
    held = actions.hold(clinic.wish("10:00"), by=clinic.desk)
    other = clinic.owner
    with pytest.raises(Clash, match="is held from 10:00 to 10:30"):
        clinic.booked("10:00", by=other)
    assert clinic.booked("10:00", hold_id=held.id).status == Status.CONFIRMED
    actions.hold(clinic.wish("11:00"), by=clinic.desk)
    with clock.at(EIGHT + timedelta(minutes=6)):
        assert clinic.booked("11:00", by=other).status == Status.CONFIRMED
    assert not [a for a in allocations(clinic, is_live=True) if a.expires_at]


def test_one_person_holds_one_time(clinic: Clinic) -> None:
    for time in ("10:00", "11:00"):
        actions.hold(clinic.wish(time), by=clinic.desk)
    (held,) = allocations(clinic, is_live=True)
    assert f"{held.period.lower:%H:%M}" == "05:30"


def test_nothing_is_booked_while_the_doctor_is_away(clinic: Clinic) -> None:
    actions.block(clinic.at("14:00"), clinic.at("17:00"), staff_id=clinic.doctor.pk, reason="Dentist", by=clinic.owner)
    with pytest.raises(Invalid, match="is away on 24 Nov at 14:30") as refused:
        clinic.booked("14:30")
    assert refused.value.facts["alternatives"][0]["local_start"] == "2026-11-25T09:00"


@pytest.mark.parametrize("complaint", ["x" * 10_000, "ابتسامة عريضة", "‮backwards", "emoji 🩺 and ₹"])
def test_whatever_is_written_comes_back_as_it_was(clinic: Clinic, complaint: str) -> None:
    visit = clinic.booked(chief_complaint=complaint)
    with acting_as(clinic.desk):
        assert Appointment.objects.select_related("patient").get(pk=visit.pk).chief_complaint == complaint.strip()


def test_another_clinics_doctor_patient_and_branch_do_not_exist_here(clinic: Clinic) -> None:
    from kalon.scheduling.tests.clinic import open_clinic

    there = open_clinic("OT")
    for foreign in (
        {"patient_id": there.patient.pk},
        {"doctor_id": there.doctor.pk},
        {"branch_id": there.branch.pk},
        {"service_id": there.consult.pk},
    ):
        with pytest.raises(NotFound):
            clinic.booked(**foreign)
    assert count(clinic) == 0


def test_where_doctor_and_room_are_both_taken_the_doctor_is_named(clinic: Clinic) -> None:
    """Another room would not help: whoever reads it looks for another time, or another doctor."""
    clinic.booked("10:00", service_id=clinic.peel.pk)
    with pytest.raises(Clash) as refused:
        clinic.booked("10:30", patient_id=clinic.other_patient.pk, service_id=clinic.peel.pk)
    assert refused.value.facts["clashes_with"] == "Dr Kavya Menon is taken from 10:00 to 11:00"
    with pytest.raises(Clash) as refused:  # the doctor is free by then, the room still being cleaned
        clinic.booked("11:00", patient_id=clinic.other_patient.pk, service_id=clinic.peel.pk)
    assert refused.value.facts["clashes_with"] == "Laser room is taken from 10:00 to 11:15"
