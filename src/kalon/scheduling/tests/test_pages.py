"""The desk's pages: what they show, how many statements they take, what a form refuses."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.catalog.models import Package
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User
from kalon.scheduling import actions, queries
from kalon.scheduling.models import Appointment
from kalon.scheduling.queries.telling import facts_of
from kalon.scheduling.tests.clinic import EIGHT, TUESDAY, Clinic, _patient


def signed_in(actor: Actor) -> Client:
    client = Client()
    with acting_as(actor):
        user = User.objects.get(pk=actor.user_id)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def desk(clinic: Clinic) -> Client:
    return signed_in(clinic.desk)


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize("path", ["/day", "/appointments/list"])
def test_a_list_takes_the_same_statements_for_1_and_30_visits(clinic: Clinic, desk: Client, path: str) -> None:
    first = clinic.booked("09:00", service_id=clinic.review.pk)
    with clock.at(EIGHT + timedelta(hours=1)):
        actions.check_in(first.pk, by=clinic.desk)
    desk.get(path)
    one = statements(desk, path)
    with acting_as(clinic.system):
        patients = [_patient(clinic.system, f"SK-0004{n:02d}", f"Given{n} Family{n}") for n in range(29)]
    for n, patient in enumerate(patients):
        hour, quarter = divmod(n + 1, 4)
        visit = clinic.booked(
            f"{9 + hour:02d}:{quarter * 15:02d}",
            patient_id=patient.pk,
            service_id=clinic.review.pk,
            kind="EMERGENCY",
            doctor_id=(clinic.doctor if n % 2 else clinic.other_doctor).pk,
        )
        if n % 3 == 0:
            with clock.at(EIGHT + timedelta(hours=1)):
                actions.check_in(visit.pk, by=clinic.desk)
    assert statements(desk, path) == one
    assert one < 38  # the menu counts what waits: quotes asked about, discounts to approve, instalments overdue


def test_the_day_shows_names_or_initials_and_what_can_be_tapped(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    page = desk.get("/day").content.decode()
    assert "Ananya Iyer" in page
    assert f"/appointments/{visit.pk}/moves/check_in" in page
    desk.post("/day/names", {"next": "/day"})
    hidden = desk.get("/day").content.decode()
    assert "Ananya" not in hidden
    assert "A. I." in hidden
    desk.post("/day/names", {"next": "//evil.example"})
    assert "Ananya Iyer" in desk.get("/day").content.decode()


def test_a_tap_moves_the_visit_and_offers_to_take_it_back(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    answer = desk.post(f"/appointments/{visit.pk}/moves/check_in", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert f"/appointments/{visit.pk}/undo/undo_check_in" in answer["HX-Trigger"]
    assert "day-changed" in answer["HX-Trigger"]
    desk.post(f"/appointments/{visit.pk}/undo/undo_check_in", headers={"HX-Request": "true"})
    with acting_as(clinic.system):
        assert Appointment.objects.get(pk=visit.pk).status == "CONFIRMED"


def test_a_refused_tap_says_why_and_changes_nothing(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    answer = desk.post(f"/appointments/{visit.pk}/moves/no_show", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "not begun yet" in answer.content.decode()


def test_booking_takes_four_steps_and_ends_on_the_day(clinic: Clinic, desk: Client) -> None:
    address = f"/appointments/book?patient={clinic.patient.pk}&service={clinic.consult.pk}"
    page = desk.get(address).content.decode()
    assert "Today, 09:00–09:30" in page  # the earliest free time is proposed
    answer = desk.post(address, {"source": "FRONT_DESK", "priority": "NORMAL", "chief_complaint": "Scars"})
    assert (answer.status_code, answer["Location"]) == (303, "/day?date=2026-11-24")
    with acting_as(clinic.system):
        visit = Appointment.objects.select_related("patient").get()
        assert (visit.chief_complaint, visit.starts_at) == ("Scars", EIGHT + timedelta(hours=1))


def test_whoever_was_quicker_is_named_as_a_time_not_as_a_person(clinic: Clinic, desk: Client) -> None:
    start = f"&start=2026-11-24T04:30Z&with={clinic.doctor.pk}"
    address = f"/appointments/book?patient={clinic.other_patient.pk}&service={clinic.consult.pk}{start}"
    clinic.booked("10:00")
    answer = desk.post(address, {"source": "FRONT_DESK", "priority": "NORMAL", "chief_complaint": "Typed with care"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Dr Kavya Menon is taken from 10:00 to 10:30" in page
    assert "Typed with care" in page
    assert "Ananya" not in page


def test_the_visit_page_asks_why_before_it_cancels(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    refused = desk.post(f"/appointments/{visit.pk}/moves/cancel", {"reason": ""})
    assert refused.status_code == 422
    done = desk.post(f"/appointments/{visit.pk}/moves/cancel", {"reason": "Has a cold"})
    assert done.status_code == 303
    assert "Has a cold" in desk.get(f"/appointments/{visit.pk}").content.decode()


def test_moving_a_visit_from_its_page(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("10:00")
    path = f"/appointments/{visit.pk}/reschedule"
    taken = clinic.booked("11:00", patient_id=clinic.other_patient.pk)
    clash = desk.post(path, {"date": "2026-11-24", "time": "11:00", "reason": "Later"})
    assert (clash.status_code, "taken from 11:00" in clash.content.decode()) == (422, True)
    moved = desk.post(path, {"date": "2026-11-24", "time": "12:00", "reason": "Later"})
    assert moved["Location"] == f"/appointments/{visit.pk}"
    assert taken.status == "CONFIRMED"


@pytest.mark.parametrize("path", ["/day", "/appointments/book", "/appointments/list", "/doctor-schedules/manage"])
def test_patients_and_people_without_the_right_stay_outside(clinic: Clinic, path: str) -> None:
    assert Client().get(path).status_code in (302, 303, 401)
    if path == "/doctor-schedules/manage":
        assert signed_in(clinic.desk).get(path).status_code == 403


@pytest.mark.parametrize(
    "query", ["date=never", "branch=x", "doctor=%00", "status=all", "date=0001-01-01", "page=99999"]
)
def test_an_address_that_makes_no_sense_still_opens(clinic: Clinic, desk: Client, query: str) -> None:
    assert desk.get(f"/day?{query}").status_code == 200
    assert desk.get(f"/appointments/list?{query}").status_code == 200


def test_a_visit_for_a_package_is_called_by_its_name_everywhere(clinic: Clinic, desk: Client) -> None:
    with acting_as(clinic.system):
        package = Package.objects.create(
            organization_id=clinic.organization_id, code="GLOW", name="Bridal glow", minutes=60, price=Decimal("9000")
        )
    visit = clinic.booked(service_id=None, package_id=package.pk, kind="PRE_OP")
    feed = f"/appointments/calendar/events?date={TUESDAY}"
    for address in (f"/day?date={TUESDAY}", f"/appointments/{visit.pk}", f"/appointments/{visit.pk}/calendar", feed):
        page = desk.get(address).content.decode()
        assert "Bridal glow" in page, address
        assert "PRE_OP" not in page or address == feed, address
    with acting_as(clinic.system):
        visit = queries.appointment(visit.pk, seen_by=clinic.system)
        assert facts_of(visit, seen_by=clinic.system)["service"] == "Bridal glow"


def test_what_was_paid_is_not_to_be_paid(clinic: Clinic, desk: Client) -> None:
    visit = clinic.booked("11:00", service_id=clinic.prepaid.pk)
    for path in (f"/appointments/{visit.pk}/calendar", f"/appointments/{visit.pk}"):
        assert "To pay first" in desk.get(path).content.decode()
    actions.confirm_paid(visit.pk, by=clinic.system)
    for path in (f"/appointments/{visit.pk}/calendar", f"/appointments/{visit.pk}"):
        page = desk.get(path).content.decode()
        assert "To pay first" not in page
        assert "Prepayment" in page
