"""Billing where people look for it: on the day's rows and on the patient's page."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.billing.tests.clinic import Clinic
from kalon.kernel import clock
from kalon.kernel.audit import AuditEvent
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest


def _unpaid_visit(clinic: Clinic) -> Any:
    start = clock.now().astimezone(ZoneInfo(clinic.branch.timezone)) + timedelta(days=3)
    return scheduling.book(
        BookingRequest(
            patient_id=clinic.patient.pk,
            branch_id=clinic.branch.pk,
            service_id=clinic.consultation.pk,
            start=start.replace(hour=11, minute=0, second=0, microsecond=0),
        ),
        by=clinic.desk,
    )


def test_an_unpaid_visit_is_paid_from_its_row_of_the_day(clinic: Clinic, desk: Client) -> None:
    visit = _unpaid_visit(clinic)
    assert visit.status == "PENDING_PAYMENT"
    day = f"/day?date={visit.local_start:%Y-%m-%d}"
    page = desk.get(day).content.decode()
    assert f'formaction="/bills/visit/{visit.pk}"' in page
    assert "Take payment" in page
    bill = desk.get(desk.post(f"/bills/visit/{visit.pk}")["Location"]).context["bill"]
    clinic.pay(bill, str(bill.total))
    assert "Take payment" not in desk.get(day).content.decode()


def test_who_may_not_charge_is_not_offered_it(clinic: Clinic, login: Any) -> None:
    visit = _unpaid_visit(clinic)
    nurse = Client()
    nurse.force_login(login("nurse"), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = nurse.get(f"/day?date={visit.local_start:%Y-%m-%d}").content.decode()
    assert str(visit.pk) in page
    assert "Take payment" not in page


def test_the_tab_shows_bills_and_payments_and_that_they_were_looked_at(clinic: Clinic, desk: Client) -> None:
    path = f"/patients/{clinic.patient.pk}/billing"
    assert "No bills yet" in desk.get(path).content.decode()
    bill, theirs = clinic.bill(), clinic.bill(patient=clinic.other_patient)
    payment = clinic.pay(bill, "300")
    page = desk.get(path).content.decode()
    assert bill.number in page
    assert payment.receipt_number in page
    assert "₹500.00" in page
    assert theirs.number not in page
    with acting_as(clinic.system):
        seen = AuditEvent.objects.filter(kind="READ", purpose="patient page, billing")
        assert set(seen.values_list("subject_id", flat=True)) == {clinic.patient.pk, bill.pk, payment.pk}


def test_the_tab_asks_as_much_for_thirty_as_for_one(clinic: Clinic, desk: Client) -> None:
    path = f"/patients/{clinic.patient.pk}/billing"

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(path).status_code == 200
        return len(seen)

    clinic.pay(clinic.bill(), "1")
    desk.get(path)
    one = statements()
    for _ in range(29):
        clinic.pay(clinic.bill(), "1")
    assert statements() == one


def test_the_tab_is_closed_to_who_may_not_see_bills(clinic: Clinic, login: Any) -> None:
    nurse = Client()
    nurse.force_login(login("nurse"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert nurse.get(f"/patients/{clinic.patient.pk}/billing").status_code == 404
    assert "Billing" not in nurse.get(f"/patients/{clinic.patient.pk}").content.decode()
