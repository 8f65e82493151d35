"""Several patients at once in a session that runs over midnight: so many places, on both sides of it."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from kalon.kernel.errors import Clash
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries
from kalon.scheduling.models.allocations import NO_OVERLAP
from kalon.scheduling.rules import SlotState
from kalon.scheduling.tests.clinic import TUESDAY, Clinic
from kalon.scheduling.tests.test_guards import MOVE, sql

WEDNESDAY = TUESDAY + timedelta(days=1)
SIDES = [pytest.param("23:30", TUESDAY, id="before"), pytest.param("00:30", WEDNESDAY, id="after")]


@pytest.fixture
def night(clinic: Clinic) -> Clinic:
    """The doctor sees two at a time from ten in the evening until two, on Tuesdays."""
    line = actions.ScheduleLine(
        weekday=1, starts_at=time(22), ends_at=time(2), slot_minutes=30, capacity=2, valid_from=TUESDAY
    )
    actions.set_schedule(clinic.doctor.pk, clinic.branch.pk, line, by=clinic.owner)
    return clinic


def state(night: Clinic, clock_time: str, day: date) -> Any:
    with acting_as(night.desk):
        slots = queries.slots(night.doctor.pk, day, night.branch.pk, seen_by=night.desk)
    return next(slot.state for slot in slots if f"{slot.start:%H:%M}" == clock_time)


@pytest.mark.parametrize(("clock_time", "day"), SIDES)
def test_two_places_and_no_third(night: Clinic, clock_time: str, day: date) -> None:
    night.booked(clock_time, day=day)
    assert state(night, clock_time, day) is SlotState.FREE
    night.booked(clock_time, day=day, patient_id=night.other_patient.pk)
    assert state(night, clock_time, day) is SlotState.TAKEN
    with pytest.raises(Clash, match="Dr Kavya Menon is taken"):
        night.booked(clock_time, day=day)


def test_a_visit_over_midnight_takes_a_place_of_either_day(night: Clinic) -> None:
    first = night.booked("23:45", minutes=30)
    night.booked("23:30", patient_id=night.other_patient.pk)
    with pytest.raises(Clash, match="Dr Kavya Menon is taken"):
        night.booked("23:45", minutes=30)
    night.booked("00:00", day=WEDNESDAY, patient_id=night.other_patient.pk)
    with pytest.raises(Clash, match="Dr Kavya Menon is taken"):
        night.booked("00:00", day=WEDNESDAY)
    later = night.booked("01:00", day=WEDNESDAY)
    # Nor past the verbs: the database keeps each place to one patient.
    assert sql(night.system, MOVE, first.pk, later.pk)[0] == NO_OVERLAP
