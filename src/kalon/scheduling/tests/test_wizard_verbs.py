"""What the booking pages lean on: one's own hold is no obstacle, follow-ups name a visit, a series ends in one go."""

from datetime import timedelta
from typing import Any

import pytest

from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries
from kalon.scheduling.models import Appointment
from kalon.scheduling.rules import Span
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic
from kalon.scheduling.tests.laser import open_laser


def first_slots(clinic: Clinic, by: Any) -> list[str]:
    """What the page offers this person on Tuesday with the first doctor."""
    with acting_as(by):
        wish = queries.wanted(clinic.branch.pk, service_id=clinic.review.pk, doctor_id=clinic.doctor.pk, seen_by=by)
        return [f"{offer.start:%H:%M}" for offer in queries.next_offers(wish, clock.now(), 3, seen_by=by)[0]]


def test_a_hold_stands_in_everybodys_way_but_ones_own(clinic: Clinic) -> None:
    mine = clinic.patient_actor()
    for who, others in ((clinic.desk, (clinic.owner, mine)), (mine, (clinic.desk,))):
        held = actions.hold(clinic.wish("09:00", service_id=clinic.review.pk), by=who)
        assert first_slots(clinic, who)[0] == "09:00"
        for other in others:
            assert first_slots(clinic, other)[0] != "09:00"
            with pytest.raises(Clash, match="is held from 09:00"):
                actions.hold(clinic.wish("09:00", service_id=clinic.review.pk), by=other)
        again = actions.hold(clinic.wish("09:00", service_id=clinic.review.pk), by=who)
        assert again.id != held.id
        assert actions.release(again.id, by=who)


def test_a_hold_that_is_renewed_lasts_longer(clinic: Clinic) -> None:
    first = actions.hold(clinic.wish("09:00"), by=clinic.desk)
    with clock.at(EIGHT + timedelta(minutes=4)):
        later = actions.hold(clinic.wish("09:00"), by=clinic.desk)
    assert later.expires_at - first.expires_at == timedelta(minutes=4)
    with clock.at(EIGHT + timedelta(minutes=8)), pytest.raises(Clash):
        clinic.booked("09:00", by=clinic.owner)
    with clock.at(EIGHT + timedelta(minutes=10)):
        assert clinic.booked("09:00", by=clinic.owner).status == "CONFIRMED"


def test_a_follow_up_names_the_visit_it_follows(clinic: Clinic) -> None:
    before = clinic.booked("09:00")
    follow_up = clinic.booked("11:00", follows_id=before.pk)
    assert (follow_up.kind, follow_up.follows_id) == ("FOLLOW_UP", before.pk)
    moved = actions.reschedule(
        follow_up.pk, clinic.at("11:00", TUESDAY + timedelta(days=1)), "Travelling", by=clinic.desk
    )
    assert moved.follows_id == before.pk
    with pytest.raises(Invalid, match="another patient's"):
        clinic.booked("12:00", patient_id=clinic.other_patient.pk, follows_id=before.pk)


def test_the_rest_of_a_series_is_cancelled_in_one_go(clinic: Clinic) -> None:
    starts = [actions.SeriesVisit(start=clinic.at("10:00", TUESDAY + timedelta(days=7 * n))) for n in range(4)]
    series, visits = actions.book_series(
        actions.SeriesRequest(like=clinic.wish(), visits=starts, interval_days=7), by=clinic.desk
    )
    with clock.at(EIGHT + timedelta(hours=2)):
        actions.check_in(visits[0].pk, by=clinic.desk)
    actions.reschedule(visits[1].pk, clinic.at("12:00", TUESDAY + timedelta(days=8)), "Travelling", by=clinic.desk)
    with pytest.raises(NotPermitted):
        actions.cancel_series(series.pk, "Moves away", by=clinic.nobody)
    with pytest.raises(NotFound):
        actions.cancel_series(series.pk, "Not mine", by=clinic.patient_actor(clinic.other_patient))
    with pytest.raises(Invalid):
        actions.cancel_series(series.pk, " ", by=clinic.desk)
    assert _states(clinic) == ["CHECKED_IN", "RESCHEDULED", "CONFIRMED", "CONFIRMED", "CONFIRMED"]
    gone = actions.cancel_series(series.pk, "Moves away", by=clinic.desk)
    assert [visit.series_number for visit in gone] == [2, 3, 4]
    assert _states(clinic) == ["CHECKED_IN", "RESCHEDULED", "CANCELLED", "CANCELLED", "CANCELLED"]
    with pytest.raises(IllegalMove, match="Nothing of this series is ahead"):
        actions.cancel_series(series.pk, "Once more", by=clinic.desk)


def _states(clinic: Clinic) -> list[str]:
    with acting_as(clinic.system):
        return list(Appointment.objects.order_by("starts_at").values_list("status", flat=True))


def test_who_and_what_is_free_says_what_stands_in_the_way(clinic: Clinic) -> None:
    laser = open_laser(clinic)
    clinic.booked("10:00", service_id=laser.session.pk, doctor_id=clinic.other_doctor.pk)
    actions.block(clinic.at("08:00"), clinic.at("12:00"), staff_id=laser.therapists[1].pk, by=clinic.owner)
    with acting_as(clinic.desk):
        wish = queries.wanted(clinic.branch.pk, service_id=laser.session.pk, seen_by=clinic.desk)
        seen = queries.look(wish, TUESDAY, TUESDAY, seen_by=clinic.desk)
        span = Span(*(clinic.at(at).replace(tzinfo=wish.zone) for at in ("10:30", "11:30")))
        found = [one for need in seen.supply.needs for one in queries.candidates_of(seen.book, need, span, wish.demand)]
        doctors = queries.doctors_of(seen.book, span)
    assert {one.name: one.conflict for one in [*found, *doctors]} == {
        "Laser 1": "taken from 09:50 to 11:15",
        "Laser 2": "",
        "Asha Pillai": "taken from 09:50 to 11:15",
        "Beena Roy": "away",
        "Nd:YAG 0": "taken from 09:50 to 11:30",
        "Dr Kavya Menon": "",
        "Dr Rohan Shah": "taken from 10:00 to 11:00",
    }


def test_a_planned_visit_carries_the_other_times_of_its_day(clinic: Clinic) -> None:
    with acting_as(clinic.desk):
        wish = queries.wanted(
            clinic.branch.pk, service_id=clinic.consult.pk, doctor_id=clinic.doctor.pk, seen_by=clinic.desk
        )
        plan, _names = queries.plan_series(wish, clinic.at("10:00"), count=2, interval_days=7, seen_by=clinic.desk)
    assert plan[1].offer in plan[1].day
    assert len(plan[1].day) == 14
