"""When nothing can be had, the true cause is said: the holiday by its name, who is on leave, or that hours are over."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions, queries
from kalon.scheduling.tests.clinic import TUESDAY, Clinic

FRIDAY = TUESDAY + timedelta(days=3)
SUNDAY = TUESDAY + timedelta(days=5)


def reason(clinic: Clinic, first: Any, last: Any = None, *, by: Any = None, doctor: Any = None) -> str:
    by = by or clinic.desk
    with acting_as(by):
        wish = queries.wanted(
            clinic.branch.pk, service_id=clinic.consult.pk, doctor_id=doctor.pk if doctor else None, seen_by=by
        )
        return queries.propose(wish, first, last or first, seen_by=by).reason


def away(clinic: Clinic, day: Any, start: str = "00:00", end: str = "23:59", **who: Any) -> None:
    actions.block(clinic.at(start, day), clinic.at(end, day), **who, by=clinic.owner)


def holiday(clinic: Clinic, day: Any, name: str) -> Any:
    return actions.add_holiday(clinic.branch.pk, day, name, by=clinic.owner)


def test_a_holiday_is_named(clinic: Clinic) -> None:
    holiday(clinic, FRIDAY, "Feast of the city")
    assert reason(clinic, FRIDAY) == "Closed for Feast of the city on Fri 27 Nov."
    assert reason(clinic, FRIDAY, doctor=clinic.doctor) == "Closed for Feast of the city on Fri 27 Nov."
    patient = clinic.patient_actor()
    assert reason(clinic, FRIDAY, by=patient) == "Closed on Fri 27 Nov."  # patients may not read why


def test_whoever_works_on_a_holiday_is_booked_or_away(clinic: Clinic) -> None:
    day = holiday(clinic, FRIDAY, "Feast of the city")
    actions.work_on_holiday(day.pk, [clinic.doctor.pk], by=clinic.owner)
    assert reason(clinic, FRIDAY) == ""
    assert reason(clinic, FRIDAY, doctor=clinic.other_doctor) == "Closed for Feast of the city on Fri 27 Nov."
    away(clinic, FRIDAY, staff_id=clinic.doctor.pk)
    assert reason(clinic, FRIDAY, doctor=clinic.doctor) == "Dr Kavya Menon is on leave on Fri 27 Nov."


def test_the_leave_of_one_and_of_everybody(clinic: Clinic) -> None:
    away(clinic, FRIDAY, staff_id=clinic.doctor.pk)
    assert reason(clinic, FRIDAY) == ""  # the other doctor is there
    assert reason(clinic, FRIDAY, doctor=clinic.doctor) == "Dr Kavya Menon is on leave on Fri 27 Nov."
    away(clinic, FRIDAY, staff_id=clinic.other_doctor.pk, kind="MEETING", reason="Private")
    assert reason(clinic, FRIDAY, doctor=clinic.other_doctor) == "Dr Rohan Shah is in a meeting on Fri 27 Nov."
    assert reason(clinic, FRIDAY) == "Everybody is away on Fri 27 Nov."


def test_several_days_and_those_on_which_nobody_works(clinic: Clinic) -> None:
    saturday = FRIDAY + timedelta(days=1)
    holiday(clinic, FRIDAY, "Feast of the city")
    holiday(clinic, saturday, "Day of the founder")
    assert reason(clinic, FRIDAY, SUNDAY) == (
        "Closed for Feast of the city on Fri 27 Nov and for Day of the founder on Sat 28 Nov; "
        "nobody has hours left on the other days."
    )
    assert reason(clinic, SUNDAY) == "Nobody has hours left on Sun 29 Nov."


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("16:50", "Nobody has hours left on Fri 27 Nov."),  # the leave of the morning is not why
        ("10:00", "Everybody is on leave on Fri 27 Nov."),
    ],
)
def test_hours_that_are_over_nobody_took(clinic: Clinic, now: str, words: str) -> None:
    for one in (clinic.doctor, clinic.other_doctor):
        away(clinic, FRIDAY, "08:00", "16:40", staff_id=one.pk)
    with clock.at(clinic.at(now, FRIDAY).replace(tzinfo=ZoneInfo(clinic.branch.timezone))):
        assert reason(clinic, FRIDAY) == words


def test_a_session_without_a_doctor_learns_of_the_holiday(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        clinic.consult.needs_doctor = False
        clinic.consult.save(update_fields=["needs_doctor"])
    holiday(clinic, FRIDAY, "Feast of the city")
    assert reason(clinic, FRIDAY) == "Closed for Feast of the city on Fri 27 Nov."
