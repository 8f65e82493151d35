"""Money before a bill: the wallet, and deposits that are kept for their plan."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from kalon.billing import actions, queries
from kalon.billing.tests.sql import attack
from kalon.consultations.tests.conftest import eight_in_the_morning, visit, visit_once
from kalon.kernel.errors import Clash, Invalid, KeyReused, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.people.models import User
from kalon.plans.tests.told import approved

__all__ = ["eight_in_the_morning", "visit", "visit_once"]
pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_money_without_a_bill_is_kept_on_account_and_pays_a_later_bill(clinic):
    held = _advance(clinic, "1000.00", method="BANK")
    assert _money(clinic) == (Decimal(0), Decimal(1000), Decimal(0))
    bill = clinic.bill(clinic.consultation)
    actions.apply_on_account(held.pk, bill.pk, by=clinic.desk)
    assert (clinic.again(bill).status, _money(clinic)) == ("PAID", (Decimal(0), Decimal(200), Decimal(0)))


def test_the_same_request_pays_once_and_another_amount_under_its_key_is_refused(clinic):
    key = str(uuid4())
    assert _advance(clinic, "10.00", key=key).pk == _advance(clinic, "10.00", key=key).pk
    with pytest.raises(KeyReused):
        _advance(clinic, "11.00", key=key)
    assert _money(clinic)[1] == Decimal(10)


@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "1e20", "NaN"])
def test_what_is_no_amount_of_money_is_refused(clinic, amount):
    with pytest.raises(Invalid):
        _advance(clinic, amount)
    assert _money(clinic)[1] == 0


def test_who_may_not_take_payments_takes_none(clinic):
    with pytest.raises(NotPermitted):
        actions.receive_advance(clinic.patient.pk, clinic.branch.pk, "CASH", Decimal(5), by=clinic.stranger)
    assert _money(clinic)[1] == 0


def _advance(clinic: Any, amount: str, *, method: str = "CASH", key: str = "", plan: Any = None) -> Any:
    return actions.receive_advance(
        clinic.patient.pk, clinic.branch.pk, method, Decimal(amount), key=key, plan_id=plan, by=clinic.desk
    )


def _money(clinic: Any) -> tuple[Decimal, Decimal, Decimal]:
    with acting_as(clinic.system):
        money = queries.money_of(clinic.patient.pk, seen_by=clinic.system)
    return money.owed, money.on_account, money.deposits


def test_a_deposit_pays_the_lines_of_its_plan_when_they_are_billed_and_nothing_else(visit):
    plan, by = approved(visit), visit.clinic.system
    deposit = actions.receive_advance(plan.patient_id, plan.branch_id, "UPI", Decimal(300), plan_id=plan.pk, by=by)
    bill = actions.draft_bill(plan.patient_id, plan.branch_id, by=by)
    for price, of in (("250.00", plan.pk), ("900.00", None)):
        line = actions.LineDetails(description="A thing", unit_price=Decimal(price), plan_id=of)
        actions.add_line(bill.pk, line, by=by)
    desk = Client()
    with acting_as(by):
        desk.force_login(User.objects.get(pk=visit.clinic.owner.user_id), backend=BACKEND)
    page = desk.get(f"/bills/{bill.pk}").content.decode()
    assert "Deposit held" in page and "Nothing paid yet" not in page
    assert "₹250.00" in page, "the rate says its currency"
    drafts = desk.get("/bills?status=DRAFT").content.decode()
    assert f"/bills/{bill.pk}" in drafts and f"/bills/{bill.pk}" not in desk.get("/bills?status=PAID").content.decode()
    actions.finalize(bill.pk, by=by)
    assert "Deposit held" not in desk.get(f"/bills/{bill.pk}").content.decode()
    with acting_as(by):
        assert queries.bill(bill.pk, seen_by=by).owed == Decimal(900)
        assert queries.held_for_plan(plan.pk, seen_by=by) == Decimal(300)
        assert queries.money_of(plan.patient_id, seen_by=by).deposits == Decimal(50)
        other = bill.lines.get(unit_price=900)
    with pytest.raises(Invalid, match="kept for the bills of its plan"):
        actions.apply_on_account(deposit.pk, bill.pk, by=by)
    assert attack(
        "INSERT INTO billing_paymentallocation (id, created_at, organization_id, patient_id, payment_id, bill_id,"
        " bill_line_id, amount, reason) VALUES (gen_random_uuid(), now(), %s, %s, %s, %s, %s, 5, '')",
        [by.organization_id, plan.patient_id, deposit.pk, bill.pk, other.pk],
        by=by,
    ) == "billing_paymentallocation_of_plan"  # fmt: skip
    with pytest.raises(Clash, match="on a bill"):
        actions.free_deposit(deposit.pk, "Not wanted", by=by)


def test_a_deposit_is_freed_with_a_reason_and_by_whom_may(visit):
    plan, by = approved(visit), visit.clinic.system
    deposit = actions.receive_advance(
        plan.patient_id, plan.branch_id, "CASH", Decimal(300), plan_id=plan.pk, by=visit.desk
    )
    with pytest.raises(NotPermitted):
        actions.free_deposit(deposit.pk, "Another clinic", by=visit.nurse)
    with pytest.raises(Invalid, match="Write why"):
        actions.free_deposit(deposit.pk, " ", by=by)
    actions.free_deposit(deposit.pk, "The plan was dropped", by=by)
    with acting_as(by):
        assert queries.held_for_plan(plan.pk, seen_by=by) == 0
        assert queries.money_of(plan.patient_id, seen_by=by).on_account == Decimal(300)


def test_what_is_kept_for_a_plan_goes_to_nobody_else(visit):
    plan, by, other = approved(visit), visit.clinic.system, visit.clinic.other_patient
    for amount, of in ((Decimal(300), plan.pk), (Decimal(50), None)):
        actions.receive_advance(plan.patient_id, plan.branch_id, "CASH", amount, plan_id=of, by=by)
    with pytest.raises(Invalid, match="00 is on account that is kept for no plan"):
        actions.transfer_on_account(plan.patient_id, other.pk, Decimal("50.01"), "Her sister", by=by)
    actions.transfer_on_account(plan.patient_id, other.pk, Decimal(50), "Her sister", by=by)
    with acting_as(by):
        assert queries.held_for_plan(plan.pk, seen_by=by) == 300


def test_what_is_paid_towards_a_plan_later_goes_on_its_bill_at_once(visit):
    plan, by = approved(visit), visit.clinic.system
    bill = actions.draft_bill(plan.patient_id, plan.branch_id, by=by)
    line = actions.LineDetails(description="A thing", unit_price=Decimal(500), plan_id=plan.pk)
    actions.add_line(bill.pk, line, by=by)
    actions.finalize(bill.pk, by=by)
    for amount, owed, left in (("200", "300.00", "0"), ("400", "0.00", "100.00")):
        actions.receive_advance(plan.patient_id, plan.branch_id, "CASH", Decimal(amount), plan_id=plan.pk, by=by)
        with acting_as(by):
            assert queries.bill(bill.pk, seen_by=by).owed == Decimal(owed)
            assert queries.money_of(plan.patient_id, seen_by=by).deposits == Decimal(left)


def test_another_patients_plan_takes_no_deposit(visit):
    plan, by = approved(visit), visit.clinic.system
    other = visit.clinic.other_patient
    with pytest.raises(Invalid, match="another patient"):
        actions.receive_advance(other.pk, plan.branch_id, "CASH", Decimal(300), plan_id=plan.pk, by=by)
