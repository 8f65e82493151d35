"""Deposits and fees over HTTP: the visit's page, the bill's page, the patient's pages, the JSON."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from kalon.billing import actions
from kalon.billing.lifecycles import BillStatus
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.test_fees import AFTER, DAY_BEFORE, POLICY, SENTENCE, fees, no_show, paid_visit, under
from kalon.billing.tests.test_visits import bill_of, book, run_jobs
from kalon.catalog import actions as catalog
from kalon.kernel import clock
from kalon.scheduling import actions as scheduling

LATE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_day_before() -> Iterator[None]:
    with clock.at(DAY_BEFORE):
        yield


@pytest.fixture
def strict(clinic: Clinic) -> Clinic:
    """The consultation is under a policy: half of it when cancelled late, 900 for not coming."""
    under(clinic, catalog.add_cancellation_policy(POLICY, by=clinic.system))
    return clinic


def test_the_visits_page_says_what_is_paid_owed_and_what_cancelling_costs(strict: Clinic, desk: Client) -> None:
    under(strict, None, prepayment="DEPOSIT", deposit_percent=25)
    visit = book(strict, by=strict.desk)
    page = desk.get(f"/appointments/{visit.pk}").content.decode()
    assert "Deposit to pay now" in page
    assert "₹200.00" in page
    assert desk.get(f"/bills/{bill_of(strict, visit).pk}").context["payment_form"].initial["amount"] == 200
    strict.pay(bill_of(strict, visit), "200")
    page = desk.get(f"/appointments/{visit.pk}").content.decode()
    assert "Deposit paid" in page
    assert "Rest owed" in page
    assert SENTENCE not in page


def test_the_desk_sees_the_price_of_cancelling_and_charges_it_with_one_press(strict: Clinic, desk: Client) -> None:
    visit, _ = paid_visit(strict)
    path = f"/appointments/{visit.pk}"
    assert "Cancelling costs nothing until" in desk.get(path).content.decode()
    with clock.at(LATE):
        page = desk.get(path).content.decode()
        assert "If the patient cancels now:" in page
        assert "₹400.00" in page
        assert SENTENCE in page
        scheduling.cancel(visit.pk, "Cancelled by reply", by=strict.system)
        run_jobs(strict)
        assert "If it was the patient who cancelled" in desk.get(path).content.decode()
        charged = desk.post(f"/bills/visit/{visit.pk}/fee")
        [fee] = fees(strict)
        assert (charged.status_code, charged.url) == (303, f"/bills/{fee.pk}")
        assert desk.post(f"/bills/visit/{visit.pk}/fee").status_code == 303
        assert len(fees(strict)) == 1
        assert "If it was the patient who cancelled" not in desk.get(path).content.decode()
    assert "Fee for cancelling late" in desk.get(f"/bills/{fee.pk}").content.decode()
    assert "Fee for cancelling late" in desk.get("/bills").content.decode()


def test_the_desk_says_who_cancels_and_the_clinic_charges_nobody(strict: Clinic, desk: Client) -> None:
    visit, _ = paid_visit(strict)
    path = f"/appointments/{visit.pk}"
    with clock.at(LATE):
        asking = desk.get(f"{path}?move=cancel").content.decode()
        assert "Who cancels" in asking
        assert "When the clinic cancels, nothing is charged." in asking
        nobody = desk.post(f"{path}/moves/cancel", {"reason": "The doctor is ill", "side": "NOBODY"})
        assert nobody.status_code == 422
        assert "The doctor is ill" in nobody.content.decode()  # nothing typed is lost
        done = desk.post(f"{path}/moves/cancel", {"reason": "The doctor is ill", "side": "CLINIC"})
        assert done.status_code == 303
        run_jobs(strict)
        page = desk.get(path).content.decode()
    assert fees(strict) == []
    assert "If it was the patient who cancelled" not in page
    assert "The clinic" in page


def test_a_fee_is_waived_on_its_page_by_who_may(strict: Clinic, desk: Client, login: Callable[[str], Any]) -> None:
    visit, _ = paid_visit(strict)
    no_show(strict, visit)
    with clock.at(AFTER):
        run_jobs(strict)
        [fee] = fees(strict)
        path = f"/bills/{fee.pk}/waive"
        doctor = Client()
        doctor.force_login(login("doctor"), backend="allauth.account.auth_backends.AuthenticationBackend")
        assert doctor.post(path, {"reason": "Kind"}).status_code == 403
        assert desk.post(path, {"reason": ""}).status_code == 422
        assert strict.again(fee).status == BillStatus.PARTIALLY_PAID
        assert desk.post(path, {"reason": "Ambulance"}).status_code == 303
        assert strict.again(fee).status == BillStatus.VOID
        assert "Waived: Ambulance" in desk.get(f"/bills/{fee.pk}").content.decode()


def test_json_tells_charges_and_waives(strict: Clinic, desk: Client) -> None:
    visit, _ = paid_visit(strict)
    costs = f"/api/bills/visits/{visit.pk}/cancelling-costs"
    with clock.at(LATE):
        told = desk.get(costs).json()
        assert (told["total"], told["taken"], told["kept"], told["to_pay"]) == ("400.00", "400.00", "400.00", "0.00")
        fee_path = f"/api/bills/visits/{visit.pk}/fee"
        assert desk.post(fee_path).status_code == 204
        scheduling.cancel(visit.pk, "The patient rang", by=strict.desk)
        assert desk.get(costs).status_code == 204
        fee = desk.post(fee_path).json()
        assert (fee["kind"], fee["total"], fee["status"]) == ("LATE_CANCEL", "400.00", "PAID")
        waive = f"/api/bills/{fee['id']}/waive"
        assert desk.post(waive, {"reason": ""}, content_type="application/json").status_code == 422
        waived = desk.post(waive, {"reason": "Ambulance"}, content_type="application/json")
        assert waived.json()["status"] == "VOID"


def test_paying_online_through_json_takes_the_amount_that_is_said(strict: Clinic, desk: Client) -> None:
    under(strict, None, prepayment="DEPOSIT", deposit_percent=25)
    bill = bill_of(strict, book(strict, by=strict.desk))
    path = f"/api/bills/{bill.pk}/pay"
    begun = desk.post(path, {"key": "one"}, content_type="application/json").json()
    other = desk.post(path, {"key": "one", "amount": "800"}, content_type="application/json")
    assert (begun["amount"], other.status_code) == ("200.00", 422)
    assert desk.post(path, {}, content_type="application/json").json()["id"] == begun["id"]
    assert desk.post(path, {"amount": "800"}, content_type="application/json").json()["amount"] == "800.00"
    assert desk.post(path, {"amount": "801"}, content_type="application/json").status_code == 422
    assert actions.start_online_payment(bill.pk, "one", by=strict.system).amount == 200
