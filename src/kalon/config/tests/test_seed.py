"""The demonstration's treatment sessions take what their services need."""

from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.story import MONDAY_EVENING, Story

from kalon.config.seed import sessions
from kalon.config.seed.clinic import open_clinic
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.patients import queries as patients
from kalon.scheduling.models import Appointment

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
