"""The database by itself: every pair of states by plain SQL, what is sealed, what is never claimed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from kalon.billing.tests.sql import DENIED, DONE, attack
from kalon.installments import actions
from kalon.installments.lifecycles import LoanStatus, PartStatus, PlanStatus
from kalon.installments.models import PaymentPlan
from kalon.installments.tests.agreed import Accepted
from kalon.kernel import clock

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1)


def _broken(accepted: Accepted) -> PaymentPlan:
    agreement = accepted.agree()
    with clock.at(clock.now() + TOMORROW):
        return actions.default(agreement.pk, reason="No word", by=accepted.by)


def _settled(accepted: Accepted) -> PaymentPlan:
    agreement = accepted.agree()
    actions.settle_early(agreement.pk, "UPI", by=accepted.by)
    return agreement


def _part(accepted: Accepted, *, paid: str = "", late: bool = False, waived: bool = False) -> Any:
    agreement = accepted.agree()
    if paid:
        accepted.advance(paid)
    if late:
        with clock.at(clock.now() + TOMORROW):
            actions.count_again(agreement.pk, by=accepted.system)
    part = accepted.parts(agreement)[0]
    return actions.waive(part.pk, reason="Kind", by=accepted.by) if waived else part


def _loan(accepted: Accepted, step: str = "") -> Any:
    from decimal import Decimal

    loan = actions.record_financing(accepted.quote.pk, lender="L", reference="R", approved=Decimal(5), by=accepted.by)
    if step == "pay_out":
        return actions.loan_paid_out(loan.pk, amount=Decimal(5), by=accepted.by)
    return actions.withdraw_financing(loan.pk, reason="Off", by=accepted.by) if step else loan


MAKERS: dict[tuple[str, str], Callable[[Accepted], Any]] = {
    ("paymentplan", PlanStatus.ACTIVE): lambda accepted: accepted.agree(),
    ("paymentplan", PlanStatus.COMPLETED): _settled,
    ("paymentplan", PlanStatus.DEFAULTED): _broken,
    ("paymentplan", PlanStatus.CANCELLED): lambda accepted: actions.cancel(
        accepted.agree().pk, reason="x", by=accepted.by
    ),
    ("installment", PartStatus.DUE): _part,
    ("installment", PartStatus.PARTIAL): lambda accepted: _part(accepted, paid="100"),
    ("installment", PartStatus.PAID): lambda accepted: _part(accepted, paid="14160"),
    ("installment", PartStatus.OVERDUE): lambda accepted: _part(accepted, late=True),
    ("installment", PartStatus.WAIVED): lambda accepted: _part(accepted, waived=True),
    ("financing", LoanStatus.APPROVED): _loan,
    ("financing", LoanStatus.PAID_OUT): lambda accepted: _loan(accepted, "pay_out"),
    ("financing", LoanStatus.WITHDRAWN): lambda accepted: _loan(accepted, "withdraw"),
}
STATES = {"paymentplan": PlanStatus, "installment": PartStatus, "financing": LoanStatus}
# What plain SQL may decide once it names a reason; without one nothing moves at all.
WITH_REASON = {
    ("paymentplan", "ACTIVE", "DEFAULTED"),
    ("paymentplan", "ACTIVE", "CANCELLED"),
    ("paymentplan", "DEFAULTED", "CANCELLED"),
    ("installment", "DUE", "WAIVED"),
    ("installment", "OVERDUE", "WAIVED"),
    ("financing", "APPROVED", "WITHDRAWN"),
}


@pytest.mark.parametrize(("table", "source"), [pytest.param(*key, id=f"{key[0]} {key[1]}") for key in MAKERS])
def test_only_what_is_decided_moves_by_hand_and_only_with_a_reason(accepted: Accepted, table: str, source: str):
    row = MAKERS[(table, source)](accepted)
    assert str(row.status) == source or table == "paymentplan"
    for target in STATES[table].values:
        if target == source:
            continue
        also = ", waived_reason = 'Kind'" if (table, target) == ("installment", "WAIVED") else ""
        at: datetime = clock.now() + (TOMORROW if source == "OVERDUE" else timedelta(0))
        with clock.at(at):
            bare = attack(
                f"UPDATE installments_{table} SET status = %s{also} WHERE id = %s", [target, row.pk], by=accepted.system
            )
            said = attack(
                f"WITH why AS (SELECT set_config('kalon.reason', 'Kind', true)) UPDATE installments_{table} "
                f"SET status = %s{also} FROM why WHERE id = %s",
                [target, row.pk],
                by=accepted.system,
            )
        assert bare not in (DONE, "nothing touched"), (source, target)
        assert (said == DONE) is ((table, source, target) in WITH_REASON), (source, target, said)


def test_what_was_agreed_never_changes(accepted: Accepted):
    agreement = accepted.agree()
    part = accepted.parts(agreement)[1]
    for change, refused in (
        ("UPDATE installments_paymentplan SET total = 1", "installments_paymentplan_sealed"),
        ("UPDATE installments_paymentplan SET count = 3", "installments_paymentplan_sealed"),
        ("DELETE FROM installments_paymentplan", DENIED),
    ):
        assert attack(f"{change} WHERE id = %s", [agreement.pk], by=accepted.system) == refused
    for change, refused in (
        ("UPDATE installments_installment SET amount = 1", "installments_installment_sealed"),
        ("UPDATE installments_installment SET due_date = '2027-02-01'", "installments_installment_sealed"),
        ("UPDATE installments_installment SET waived_reason = 'x'", "installments_installment_waived_with_reason"),
        ("DELETE FROM installments_installment", DENIED),
    ):
        assert attack(f"{change} WHERE id = %s", [part.pk], by=accepted.system) == refused


def test_what_is_paid_is_not_claimed(accepted: Accepted):
    from kalon.kernel.tenancy import acting_as

    agreement = accepted.agree()
    part = accepted.parts(agreement)[0]
    with acting_as(accepted.system):
        PaymentPlan.objects.filter(pk=agreement.pk).update(received=42480, waived=42480)
        type(part).objects.filter(pk=part.pk).update(paid=14160)
    assert (accepted.now(agreement).received, accepted.now(agreement).waived) == (0, 0)
    assert accepted.stand(agreement)[0] == ("DUE", "0")


# A copy of the row with something else in it, and for a payment plan its parts; checked as if the transaction ended.
PLAN = """WITH made AS (INSERT INTO installments_paymentplan SELECT (jsonb_populate_record(old, jsonb_build_object(
    'id', gen_random_uuid(), 'number', 'X', 'key', 'x', 'status', 'ACTIVE') || '{change}'::jsonb)).*
    FROM installments_paymentplan old WHERE id = '{plan}' RETURNING id)
    INSERT INTO installments_installment SELECT (jsonb_populate_record(old, jsonb_build_object(
    'id', gen_random_uuid(), 'payment_plan_id', made.id, 'status', 'DUE') || '{part}'::jsonb)).*
    FROM installments_installment old, made WHERE payment_plan_id = '{plan}'"""


def test_an_agreement_is_whole_and_rests_on_its_quote(accepted: Accepted):
    old = actions.cancel(accepted.agree().pk, reason="x", by=accepted.by)
    for change, part, refused in (
        ('{"total": 42479}', "{}", "installments_paymentplan_rests_on_quote"),
        ('{"currency": "EUR"}', "{}", "installments_paymentplan_rests_on_quote"),
        ('{"status": "COMPLETED"}', "{}", "installments_paymentplan_status_moves"),
        ("{}", '{"amount": 14159}', "installments_paymentplan_whole"),
        ('{"count": 3}', "{}", "installments_paymentplan_whole"),
        ("{}", '{"due_date": "2026-12-01"}', DONE),
        ("{}", '{"status": "PAID"}', "installments_installment_status_moves"),
        ("{}", "{}", DONE),
    ):
        statement = PLAN.replace("{plan}", str(old.pk)).replace("{change}", change).replace("{part}", part)
        assert attack(_and_the_end(statement), by=accepted.system) == refused, (change, part)


def test_there_is_one_payment_plan_at_a_time_and_no_part_comes_later(accepted: Accepted):
    agreement = accepted.agree()
    twice = PLAN.replace("{plan}", str(agreement.pk)).replace("{change}", "{}").replace("{part}", "{}")
    assert attack(twice, by=accepted.system) == "installments_paymentplan_one_at_a_time"
    more = f"""INSERT INTO installments_installment SELECT (jsonb_populate_record(old, jsonb_build_object(
        'id', gen_random_uuid(), 'position', 3, 'amount', 1))).* FROM installments_installment old
        WHERE payment_plan_id = '{agreement.pk}' AND position = 2"""
    # the agreement was just made in this very transaction, so its own check speaks first
    assert attack(_and_the_end(more), by=accepted.system).endswith("_whole")


def test_a_patient_writes_nothing(accepted: Accepted):
    agreement = accepted.agree()
    own = accepted.visit.clinic.patient_actor()
    assert attack("UPDATE installments_paymentplan SET received = 1 WHERE id = %s", [agreement.pk], by=own) == DENIED
    assert attack("SELECT 1 FROM installments_installment", by=own) == DONE
    other = accepted.visit.clinic.patient_actor(accepted.visit.clinic.other_patient)
    assert attack("SELECT 1 FROM installments_installment", by=other) == "nothing touched"


def _and_the_end(statement: str) -> str:
    """The statement, and then what is checked when the transaction ends."""
    return f"{statement}; SET CONSTRAINTS ALL IMMEDIATE"
