"""Several sessions planned, changed line by line and booked whole; requests answered in one tap or another way."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions
from kalon.scheduling.models import Appointment
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic, _patient
from kalon.scheduling.tests.laser import Laser, open_laser
from kalon.scheduling.tests.test_pages import signed_in, statements
from kalon.scheduling.tests.test_wizard_booking import TEN, text


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    return signed_in(clinic.desk)


@pytest.fixture
def laser(clinic: Clinic) -> Laser:
    return open_laser(clinic)


def series(clinic: Clinic, laser: Laser, **more: Any) -> str:
    facts = {
        "patient": clinic.patient.pk, "service": laser.session.pk, "start": TEN, "with": clinic.doctor.pk,
        "count": 3, "interval": 7,
    }  # fmt: skip
    return f"/appointments/series?{urlencode({**facts, **more})}"


def booked(clinic: Clinic) -> list[tuple[str, str]]:
    with acting_as(clinic.system):
        rows = Appointment.objects.select_related("branch").exclude(series=None).order_by("starts_at")
        return [(f"{row.local_start:%-d %b %H:%M}", row.status) for row in rows]


def test_a_plan_says_what_it_moved_and_books_all(clinic: Clinic, desk: Client, laser: Laser) -> None:
    holiday = TUESDAY + timedelta(days=7)
    midnight = {"start": clinic.at("00:00", holiday), "end": clinic.at("00:00", holiday + timedelta(days=1))}
    actions.block(**midnight, branch_id=clinic.branch.pk, kind="HOLIDAY", reason="Feast", by=clinic.owner)
    page = text(desk, series(clinic, laser))
    assert "Closed for Feast on Tue 1 Dec. Moved to Wed 2 Dec." in page
    assert "3 × <bdi>₹4,000.00</bdi> with tax" in page
    assert desk.post(series(clinic, laser)).status_code == 303
    assert booked(clinic) == [(at, "CONFIRMED") for at in ("24 Nov 10:00", "2 Dec 10:00", "8 Dec 10:00")]


def test_each_line_can_be_changed_or_skipped(clinic: Clinic, desk: Client, laser: Laser) -> None:
    later = f"2026-12-01T08:30Z|{clinic.doctor.pk}"
    answer = desk.post(series(clinic, laser), {"visit-2": later, "visit-3": "skip"})
    assert answer.status_code == 303
    assert [at for at, _ in booked(clinic)] == ["24 Nov 10:00", "1 Dec 14:00"]
    page = text(desk, answer["Location"])
    assert "2 of 2" in page
    assert "2 of 2" in text(desk, f"/patients/{clinic.patient.pk}/visits")


def test_a_line_that_was_taken_is_marked_with_three_ways_and_the_rest_stays(
    clinic: Clinic, desk: Client, laser: Laser
) -> None:
    chosen = {f"visit-{n}": f"2026-{day}T04:30Z|{clinic.doctor.pk}" for n, day in ((1, "11-24"), (2, "12-01"))}
    clinic.booked("10:00", day=TUESDAY + timedelta(days=7), patient_id=clinic.other_patient.pk)
    sent = {**chosen, "visit-3": "skip", "chief_complaint": "Both cheeks"}
    answer = desk.post(series(clinic, laser), sent)
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert booked(clinic) == []
    marked = page.split("data-line")[2]
    assert "Dr Kavya Menon is taken from 10:00 to 10:30" in marked
    assert marked.count('type="radio"') == 4  # three other times, or skip it
    assert "Both cheeks" in page
    first = page.split("data-line")[1]
    assert f'value="{chosen["visit-1"]}" selected' in first
    assert '<option value="skip" selected>' in page.split("data-line")[3]
    instead = marked.split('value="')[1].split('"')[0]
    assert desk.post(series(clinic, laser), {**sent, "visit-2": instead}).status_code == 303
    assert len(booked(clinic)) == 2


@pytest.mark.parametrize("numbers", [{"count": 1}, {"count": "many"}, {"interval": 0}, {"count": 61}])
def test_numbers_that_make_no_series_are_refused_in_words(
    clinic: Clinic, desk: Client, laser: Laser, numbers: dict[str, Any]
) -> None:
    answer = desk.get(series(clinic, laser, **numbers))
    assert answer.status_code == 422
    assert "needs you" in answer.content.decode()
    assert desk.post(series(clinic, laser, **numbers)).status_code == 422


def test_the_rest_of_a_series_is_cancelled_with_a_reason(clinic: Clinic, desk: Client, laser: Laser) -> None:
    where = desk.post(series(clinic, laser))["Location"]
    assert desk.post(where, {"reason": ""}).status_code == 422
    assert desk.post(where, {"reason": "Moves away"}).status_code == 303
    assert {status for _, status in booked(clinic)} == {"CANCELLED"}
    assert "Cancel the rest" not in text(desk, where)


def asked(clinic: Clinic, at: str = "10:00", **more: Any) -> Any:
    return actions.book(clinic.wish(at, **{"service_id": clinic.review.pk, **more}), by=clinic.patient_actor())


def state(clinic: Clinic, visit: Any) -> str:
    with acting_as(clinic.system):
        return str(Appointment.objects.get(pk=visit.pk).status)


def test_requests_wait_with_the_oldest_first_and_are_approved_in_one_tap(clinic: Clinic, desk: Client) -> None:
    first = asked(clinic, "11:00", chief_complaint="A mole that grew")
    with clock.at(EIGHT + timedelta(minutes=1)):
        second = asked(clinic, "10:00")
    page = text(desk, "/appointments/approvals")
    assert page.index("11:00–11:15") < page.index("10:00–10:15")
    assert "A mole that grew" in page
    assert '<span class="k-nav-count"><span class="sr-only">, </span>2</span>' in page
    assert desk.post(f"/appointments/approvals/{first.pk}/approve").status_code == 303
    assert (state(clinic, first), state(clinic, second)) == ("CONFIRMED", "REQUESTED")
    again = desk.post(f"/appointments/approvals/{first.pk}/approve")
    assert again.status_code == 422
    assert "already" in again.content.decode() or "cannot" in again.content.decode()


def test_a_request_is_approved_with_another_room_and_therapist(clinic: Clinic, desk: Client, laser: Laser) -> None:
    visit = asked(clinic, service_id=laser.session.pk)
    page = text(desk, f"/appointments/approvals?open={visit.pk}")
    assert f'<option value="{laser.rooms[0].pk}" selected>Laser 1 · free</option>' in page
    given = {"room": laser.rooms[1].pk, "team": laser.therapists[1].pk, "equipment": laser.device.pk}
    assert desk.post(f"/appointments/approvals/{visit.pk}/place", given).status_code == 303
    with acting_as(clinic.system):
        now = Appointment.objects.select_related("room").get(pk=visit.pk)
    assert (now.status, now.room_id, now.team) == ("CONFIRMED", laser.rooms[1].pk, [laser.therapists[1].pk])
    bad = desk.post(f"/appointments/approvals/{visit.pk}/place", {"room": laser.rooms[1].pk, "team": "nobody"})
    assert bad.status_code == 422


def test_a_request_is_moved_or_declined_with_a_reason(clinic: Clinic, desk: Client) -> None:
    visit = asked(clinic)
    where = f"/appointments/approvals/{visit.pk}"
    assert desk.post(f"{where}/decline", {"reason": " "}).status_code == 422
    moved = desk.post(f"{where}/move", {"date": "2026-11-24", "time": "12:00", "reason": "The doctor is late"})
    assert moved.status_code == 303
    assert state(clinic, visit) == "REQUESTED"
    assert desk.post(f"{where}/decline", {"reason": "Please call us"}).status_code == 303
    assert state(clinic, visit) == "CANCELLED"
    doctor = signed_in(clinic.doctor_actor)
    other = asked(clinic, "15:00")
    assert doctor.post(f"/appointments/approvals/{other.pk}/approve").status_code == 403
    assert state(clinic, other) == "REQUESTED"
    assert desk.post(f"/appointments/approvals/{other.pk}/swallow").status_code == 404


def test_the_requests_take_the_same_statements_for_1_and_30(clinic: Clinic, desk: Client, laser: Laser) -> None:
    visit = asked(clinic, service_id=laser.session.pk)
    path = "/appointments/approvals"
    desk.get(path)
    one = statements(desk, path)
    with acting_as(clinic.system):
        patients = [_patient(clinic.system, f"SK-0005{n:02d}", f"Asker{n} Family{n}") for n in range(29)]
    for n, patient in enumerate(patients):
        day = TUESDAY + timedelta(days=1 + n // 14 + n // 28)
        hour, half = divmod(n % 14, 2)
        wish = clinic.wish(
            f"{(9, 10, 11, 12, 14, 15, 16)[hour]:02d}:{30 * half:02d}", day=day, patient_id=patient.pk,
            service_id=clinic.review.pk,
        )  # fmt: skip
        actions.book(wish, by=clinic.patient_actor(patient))
    assert visit.status == "REQUESTED"
    assert statements(desk, path) == one
