"""The demonstration's treatment sessions take what their services need."""

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.story import MONDAY_EVENING, Story

from kalon.config.seed import absences, sessions
from kalon.config.seed.clinic import open_clinic
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries as patients
from kalon.scheduling import queries
from kalon.scheduling.models import Appointment, LeaveRequest, TimeOff

pytestmark = pytest.mark.django_db
NAMES = ("Asha", "Bina", "Chitra", "Devi", "Esha", "Farah", "Gita", "Hema")


def test_the_sessions_of_two_days_are_booked_with_room_team_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "DAYS", 2)
    with clock.at(MONDAY_EVENING):
        story = Story(open_clinic())
        place = story.place
        known = [story.registered(name, "Rao", f"+9198461{20780 + n}") for n, name in enumerate(NAMES)]
        with acting_as(place.system):
            rows = [patients.patient(actor.own_patient_id, seen_by=place.system) for actor in known]
        sessions.treat(place, rows, date(2026, 11, 24), ZoneInfo(place.branch.timezone))
        with acting_as(place.system):
            booked = list(Appointment.objects.select_related("service", "room"))
            kinds = Counter((visit.service.code, visit.room.kind) for visit in booked if visit.room)
            assert {visit.status for visit in booked} == {"CONFIRMED"}
    assert kinds == {
        ("LASER-HAIR-FACE", "LASER"): 2,
        ("PRP-HAIR", "TREATMENT"): 2,
        ("LASER-PIGMENT", "LASER"): 2,
        ("PEEL", "TREATMENT"): 2,
    }


def test_the_branch_keeps_holidays_and_the_team_has_asked_for_leave() -> None:
    with clock.at(MONDAY_EVENING):
        place = open_clinic()
        today = MONDAY_EVENING.date()
        absences.plan(place, today)
        with acting_as(place.system):
            days = list(queries.holidays_of(place.branch.pk, today, date(2028, 12, 31), seen_by=place.system))
            closed = [day.name for day in days if day.decision == "CLOSED"]
            leave = Counter(LeaveRequest.objects.values_list("status", flat=True))
            away = Counter(TimeOff.objects.values_list("kind", flat=True))
    assert {"Training day of the team", "Republic Day"} <= set(closed)
    assert any(name.startswith("Christmas") for name in closed)
    assert any(day.decision == "PROPOSED" for day in days)  # something is left for the owner to decide
    assert leave == {"APPROVED": 1, "REQUESTED": 1}
    assert away == {"HOLIDAY": len(closed), "LEAVE": 1}
