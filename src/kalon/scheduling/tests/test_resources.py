"""A visit takes its doctor, room, team and devices together, or nothing."""

from datetime import date, timedelta
from typing import Any

import pytest

from kalon.kernel import clock
from kalon.kernel.errors import Clash, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.scheduling import actions, queries
from kalon.scheduling.models import Allocation, Appointment
from kalon.scheduling.rules import Chosen
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic
from kalon.scheduling.tests.laser import Laser, open_laser
from kalon.scheduling.tests.test_guards import DENIED, sql


@pytest.fixture
def laser(clinic: Clinic) -> Laser:
    return open_laser(clinic)


def taken(clinic: Clinic, visit: Any) -> dict[str, str]:
    """What a visit takes and from when to when, on the branch's clock."""
    with acting_as(clinic.system):
        rows = Allocation.objects.filter(appointment=visit, is_live=True).select_related("staff", "room", "equipment")
        return {
            str(row.staff or row.room or row.equipment): " – ".join(
                f"{at.astimezone(visit.zone):%H:%M}" for at in (row.period.lower, row.period.upper)
            )
            for row in rows
        }


def live(clinic: Clinic) -> int:
    with acting_as(clinic.system):
        return Allocation.objects.filter(is_live=True).count()


def test_one_booking_takes_everything_with_preparation_and_cleaning(clinic: Clinic, laser: Laser) -> None:
    visit = clinic.booked("10:00", service_id=laser.session.pk)
    assert taken(clinic, visit) == {
        "Dr Kavya Menon": "10:00 – 11:00",
        "Laser 1": "09:50 – 11:15",
        "Asha Pillai": "09:50 – 11:15",
        "Nd:YAG 0": "09:50 – 11:30",  # its own buffer is longer than the cleaning
    }


def test_the_one_laser_is_named_when_it_stands_in_the_way(clinic: Clinic, laser: Laser) -> None:
    clinic.booked("10:00", service_id=laser.session.pk)
    before = live(clinic)
    with pytest.raises(Clash, match=r"Nd:YAG 0 is taken from 09:50 to 11:30\.") as refused:
        clinic.booked("11:00", service_id=laser.session.pk, doctor_id=clinic.other_doctor.pk)
    ways = refused.value.facts["alternatives"]
    assert [way["local_start"][-5:] for way in ways] == ["12:00", "14:00", "14:30"]
    assert ways[0]["with"] == ["Dr Rohan Shah", "Laser 1", "Asha Pillai", "Nd:YAG 0"]
    assert live(clinic) == before


def test_what_is_lacking_is_said_by_kind_where_there_are_several(clinic: Clinic) -> None:
    laser = open_laser(clinic, devices=3)
    for one in (clinic.doctor, clinic.other_doctor):
        clinic.booked("10:00", service_id=laser.session.pk, doctor_id=one.pk)
    third = people.add_staff("Dr Anil Rao", kind="DOCTOR", by=clinic.system)
    line = actions.ScheduleLine(
        weekday=1, starts_at=clinic.at("09:00").time(), ends_at=clinic.at("17:00").time(), valid_from=TUESDAY
    )
    actions.set_schedule(third.pk, clinic.branch.pk, line, by=clinic.owner)
    with pytest.raises(Clash, match="No laser room is free then"):
        clinic.booked("10:00", service_id=laser.session.pk, doctor_id=third.pk)


def test_cancelling_gives_everything_back_and_moving_takes_it_along(clinic: Clinic, laser: Laser) -> None:
    visit = clinic.booked("10:00", service_id=laser.session.pk)
    moved = actions.reschedule(visit.pk, clinic.at("10:30"), "Late train", by=clinic.desk)
    assert taken(clinic, moved)["Nd:YAG 0"] == "10:20 – 12:00"
    longer = actions.reschedule(visit.pk, clinic.at("10:30"), "More area", minutes=90, by=clinic.desk)
    assert taken(clinic, longer)["Laser 1"] == "10:20 – 12:15"
    actions.cancel(visit.pk, "Fever", by=clinic.desk)
    assert taken(clinic, visit) == {}


def test_the_desk_picks_room_and_therapist(clinic: Clinic, laser: Laser) -> None:
    visit = clinic.booked(
        "10:00", service_id=laser.session.pk, room_id=laser.rooms[1].pk, team=(laser.therapists[1].pk,)
    )
    assert {"Laser 2", "Beena Roy"} <= set(taken(clinic, visit))
    changed = actions.allocate(visit.pk, Chosen(laser.rooms[0].pk, (laser.therapists[0].pk,)), by=clinic.desk)
    assert {"Laser 1", "Asha Pillai", "Nd:YAG 0", "Dr Kavya Menon"} == set(taken(clinic, changed))
    with pytest.raises(Invalid, match="not a laser room"):
        actions.allocate(visit.pk, Chosen(clinic.room.pk), by=clinic.desk)
    with pytest.raises(NotPermitted):
        actions.allocate(visit.pk, Chosen(laser.rooms[1].pk), by=clinic.nobody)
    assert "Laser 1" in taken(clinic, changed)


def test_the_database_takes_all_or_nothing_by_plain_sql(clinic: Clinic, laser: Laser) -> None:
    visit = clinic.booked("10:00", service_id=laser.session.pk)
    elsewhere = people.add_branch(name="Thrissur", code="TSR", timezone="Asia/Kolkata", by=clinic.system)
    room = people.add_room(elsewhere.pk, name="Far room", code="F", kind="LASER", by=clinic.system)
    change = "UPDATE scheduling_appointment SET {} WHERE id = %s"
    assert sql(clinic.desk, change.format(f"room_id = '{room.pk}'"), visit.pk)[0] == "scheduling_appointment_all_here"
    twice = f"equipment = ARRAY['{laser.device.pk}', '{laser.device.pk}']::uuid[]"
    assert sql(clinic.desk, change.format(twice), visit.pk)[0] == "scheduling_appointment_all_here"
    doctor_helps = f"team = ARRAY['{clinic.doctor.pk}']::uuid[]"
    assert sql(clinic.desk, change.format(doctor_helps), visit.pk)[0] == "scheduling_allocation_no_overlap"
    other = clinic.booked("14:00", service_id=laser.session.pk)
    steal = "period = (SELECT period FROM scheduling_appointment WHERE id = %s), doctor_id = NULL"
    assert sql(clinic.desk, change.format(steal), visit.pk, other.pk)[0] == "scheduling_allocation_no_overlap"
    assert taken(clinic, visit)["Laser 1"] == "09:50 – 11:15"


def test_nobody_takes_a_time_past_the_visit(clinic: Clinic) -> None:
    take = (
        "SELECT scheduling_take(%s, %s, tstzrange(kalon_now(), kalon_now() + '1 hour'), %s, false, NULL, '{}', '{}', "
        "0, 0, NULL, gen_random_uuid(), kalon_now() + '1 day')"
    )
    for who in (clinic.desk, clinic.patient_actor()):
        assert sql(who, take, clinic.organization_id, clinic.branch.pk, clinic.doctor.pk)[1] == DENIED


def test_a_hold_keeps_all_of_it_and_a_booking_ends_it(clinic: Clinic, laser: Laser) -> None:
    held = actions.hold(clinic.wish("10:00", service_id=laser.session.pk), by=clinic.desk)
    assert (held.place.room_id, held.place.team) == (laser.rooms[0].pk, (laser.therapists[0].pk,))
    with pytest.raises(Clash, match="Nd:YAG 0 is held"):
        clinic.booked("10:00", service_id=laser.session.pk, doctor_id=clinic.other_doctor.pk, by=clinic.owner)
    visit = clinic.booked("10:00", service_id=laser.session.pk, hold_id=held.id)
    assert len(taken(clinic, visit)) == live(clinic) == 4


def test_a_dragged_visit_holds_only_what_it_does_not_have(clinic: Clinic, laser: Laser) -> None:
    visit = clinic.booked("10:00", service_id=laser.session.pk)
    held = actions.hold_move(visit.pk, clinic.at("10:30"), by=clinic.desk)
    with acting_as(clinic.system):
        parts = {str(one.staff or one.room or one.equipment): one for one in Allocation.objects.filter(hold_id=held.id)}
    assert f"{parts['Dr Kavya Menon'].period.lower.astimezone(visit.zone):%H:%M}" == "11:00"
    with pytest.raises(Clash):
        clinic.booked("11:00", by=clinic.owner)
    assert actions.release(held.id, by=clinic.desk)
    assert taken(clinic, visit)["Dr Kavya Menon"] == "10:00 – 11:00"
    again = actions.hold_move(visit.pk, clinic.at("10:30"), by=clinic.desk)
    moved = actions.reschedule(visit.pk, clinic.at("10:30"), "Dragged", hold_id=again.id, by=clinic.desk)
    assert len(taken(clinic, moved)) == live(clinic) == 4


def test_the_proposal_names_everybody_and_prefers_the_known_doctor(clinic: Clinic, laser: Laser) -> None:
    clinic.booked("16:00", doctor_id=clinic.other_doctor.pk)
    with acting_as(clinic.desk):
        wish = queries.wanted(clinic.branch.pk, service_id=laser.session.pk, seen_by=clinic.desk)
        found = queries.propose(wish, TUESDAY, TUESDAY, patient_id=clinic.patient.pk, seen_by=clinic.desk)
    best = found.offers[0]
    assert (best.slot.doctor_id, f"{best.end:%H:%M}") == (clinic.other_doctor.pk, "16:00")
    assert best.why == ("The same doctor as last time", "No gap beside it")
    assert found.names[best.place.team[0]] == "Asha Pillai"
    assert found.reason == ""


def test_when_nothing_fits_it_says_why_and_offers_the_nearest_three(clinic: Clinic, laser: Laser) -> None:
    actions.block(clinic.at("08:00"), clinic.at("20:00"), staff_id=laser.therapists[0].pk, by=clinic.owner)
    actions.block(clinic.at("08:00"), clinic.at("20:00"), staff_id=laser.therapists[1].pk, by=clinic.owner)
    with acting_as(clinic.desk):
        wish = queries.wanted(clinic.branch.pk, service_id=laser.session.pk, seen_by=clinic.desk)
        found = queries.propose(wish, TUESDAY, TUESDAY, seen_by=clinic.desk)
    assert found.offers == ()
    assert found.reason == "No therapist is free at any of the 24 free times on Tue 24 Nov."
    assert [f"{offer.start:%a %H:%M}" for offer in found.nearest] == ["Wed 09:00", "Wed 09:00", "Wed 09:30"]


def test_a_series_goes_around_holidays_and_what_is_taken(clinic: Clinic, laser: Laser) -> None:
    holiday = TUESDAY + timedelta(days=14)
    midnight = {"start": clinic.at("00:00", holiday), "end": clinic.at("00:00", holiday + timedelta(days=1))}
    actions.block(**midnight, branch_id=clinic.branch.pk, kind="HOLIDAY", reason="Feast", by=clinic.owner)
    clinic.booked("10:00", day=TUESDAY + timedelta(days=28), patient_id=clinic.other_patient.pk)
    with acting_as(clinic.desk):
        wish = queries.wanted(
            clinic.branch.pk, service_id=laser.session.pk, doctor_id=clinic.doctor.pk, seen_by=clinic.desk
        )
        plan, _names = queries.plan_series(wish, clinic.at("10:00"), count=4, interval_days=14, seen_by=clinic.desk)
    assert [f"{one.offer.start:%-d %b %H:%M}" for one in plan if one.offer] == [
        "24 Nov 10:00", "9 Dec 10:00", "22 Dec 10:30", "5 Jan 10:00",
    ]  # fmt: skip
    assert plan[1].note == "Closed for Feast on Tue 8 Dec. Moved to Wed 9 Dec."
    assert plan[2].note == "10:00 does not fit, 10:30 does."
    like = clinic.wish("10:00", service_id=laser.session.pk)
    starts = [actions.SeriesVisit(start=one.offer.start) for one in plan if one.offer]
    series, visits = actions.book_series(
        actions.SeriesRequest(like=like, visits=starts, interval_days=14), by=clinic.desk
    )
    assert [visit.series_number for visit in visits] == [1, 2, 3, 4]
    moved = actions.reschedule(visits[1].pk, clinic.at("12:00", date(2026, 12, 10)), "Travelling", by=clinic.desk)
    with acting_as(clinic.desk):
        assert [visit.pk for visit in queries.visits_of_series(series.pk, seen_by=clinic.desk)] == [
            visits[0].pk, moved.pk, visits[2].pk, visits[3].pk,
        ]  # fmt: skip


def test_a_series_is_booked_whole_or_not_at_all(clinic: Clinic, laser: Laser) -> None:
    clinic.booked("10:00", day=TUESDAY + timedelta(days=7), patient_id=clinic.other_patient.pk)
    starts = [actions.SeriesVisit(start=clinic.at("10:00", TUESDAY + timedelta(days=7 * n))) for n in range(3)]
    request = actions.SeriesRequest(like=clinic.wish(service_id=laser.session.pk), visits=starts, interval_days=7)
    with pytest.raises(Clash, match=r"Visit 2 of 3: Dr Kavya Menon is taken") as refused:
        actions.book_series(request, by=clinic.desk)
    assert refused.value.facts["number"] == 2
    assert len(refused.value.facts["alternatives"]) == 3
    with acting_as(clinic.system):
        assert Appointment.objects.count() == 1
    with pytest.raises(NotPermitted):
        actions.book_series(request, by=clinic.nobody)


def test_a_session_without_a_doctor_lies_in_the_opening_hours(clinic: Clinic, laser: Laser) -> None:
    with acting_as(clinic.system):
        laser.session.needs_doctor = False
        laser.session.save(update_fields=["needs_doctor"])
    visit = clinic.booked("10:00", service_id=laser.session.pk, doctor_id=None)
    assert "Dr Kavya Menon" not in taken(clinic, visit)
    with pytest.raises(Invalid, match="Kochi is closed on 24 Nov at 19:30"):
        clinic.booked("19:30", service_id=laser.session.pk, doctor_id=None)
    with acting_as(clinic.desk):
        wish = queries.wanted(clinic.branch.pk, service_id=laser.session.pk, seen_by=clinic.desk)
        offers, names = queries.next_offers(wish, clock.now(), 2, seen_by=clinic.desk)
    assert [(f"{offer.start:%H:%M}", names[offer.place.team[0]]) for offer in offers] == [
        ("12:00", "Asha Pillai"), ("12:30", "Asha Pillai"),
    ]  # fmt: skip
    assert clock.now() == EIGHT


def test_a_patients_own_booking_takes_the_same(clinic: Clinic, laser: Laser) -> None:
    visit = actions.book(clinic.wish("10:00", service_id=laser.session.pk), by=clinic.patient_actor())
    assert len(taken(clinic, visit)) == 4
