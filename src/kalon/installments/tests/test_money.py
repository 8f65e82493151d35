"""What is paid is derived: money in any order, from anywhere, fills the parts in theirs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.installments import actions, queries
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, KeyReused, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as

pytestmark = pytest.mark.django_db


def test_three_parts_of_the_design_are_paid_one_after_the_other(accepted):
    agreement = accepted.agree()
    first, second, third = accepted.parts(agreement)
    assert [part.amount for part in (first, second, third)] == [Decimal(14160)] * 3
    assert [part.due_date for part in (first, second, third)] == [
        date(2026, 11, 24),
        date(2026, 12, 24),
        date(2027, 1, 24),
    ]
    payment = actions.pay(first.pk, "UPI", by=accepted.by)
    assert (payment.amount, payment.plan_id) == (Decimal(14160), agreement.plan_id)
    assert accepted.stand(agreement) == [("PAID", "14160"), ("DUE", "0"), ("DUE", "0")]
    actions.pay(second.pk, "CASH", Decimal("5000"), by=accepted.by)
    assert accepted.stand(agreement) == [("PAID", "14160"), ("PARTIAL", "5000"), ("DUE", "0")]
    actions.pay(third.pk, "CARD", by=accepted.by)
    assert accepted.stand(agreement) == [("PAID", "14160")] * 3
    assert (accepted.now(agreement).status, accepted.now(agreement).owed) == ("COMPLETED", 0)


def test_a_deposit_before_the_agreement_counts_and_a_refund_reopens_it(accepted):
    deposit = accepted.advance("20000")
    agreement = accepted.agree()
    assert accepted.stand(agreement) == [("PAID", "14160"), ("PARTIAL", "5840"), ("DUE", "0")]
    actions.settle_early(agreement.pk, "UPI", by=accepted.by)
    assert accepted.now(agreement).status == "COMPLETED"
    refund = billing.request_refund(deposit.pk, Decimal(20000), "Changed her mind", by=accepted.by)
    assert accepted.now(agreement).status == "ACTIVE"
    assert accepted.stand(agreement) == [("PAID", "14160"), ("PARTIAL", "8320"), ("DUE", "0")]
    billing.refund_failed(refund.pk, "Bank refused", by=accepted.by)
    assert accepted.now(agreement).status == "COMPLETED"


def test_ordinary_money_on_the_treatments_bill_counts_and_taking_it_off_counts_too(accepted):
    agreement, bill = accepted.agree(), accepted.bill()
    billing.take_payment(bill.pk, "CASH", Decimal(15000), by=accepted.by)
    assert accepted.stand(agreement) == [("PAID", "14160"), ("PARTIAL", "840"), ("DUE", "0")]
    second = accepted.parts(agreement)[1]
    payment = actions.pay(second.pk, "UPI", by=accepted.by)
    assert (payment.amount, payment.on_account) == (Decimal(13320), 0)  # on the bill at once, not left on account
    billing.release(bill.pk, "Wrong bill", by=accepted.by)
    assert accepted.stand(agreement) == [("PARTIAL", "13320"), ("DUE", "0"), ("DUE", "0")]


def test_money_for_something_else_is_not_counted(accepted):
    agreement = accepted.agree()
    billing.receive_advance(accepted.quote.patient_id, accepted.quote.branch_id, "CASH", Decimal(9000), by=accepted.by)
    assert accepted.now(agreement).received == 0


def test_a_freed_deposit_counts_no_longer(accepted):
    deposit, agreement = accepted.advance("14160"), accepted.agree()
    billing.free_deposit(deposit.pk, "Meant for her sister", by=accepted.by)
    assert accepted.stand(agreement)[0] == ("DUE", "0")


def test_the_same_request_twice_is_one_agreement_and_one_payment(accepted):
    agreement = accepted.agree(key="one")
    assert accepted.agree(key="one").pk == agreement.pk
    with pytest.raises(KeyReused):
        accepted.agree(count=3, key="one")
    with pytest.raises(Clash, match="already"):
        accepted.agree(key="two")
    part = accepted.parts(agreement)[0]
    assert len({actions.pay(part.pk, "UPI", key="k", by=accepted.by).pk for _ in range(2)}) == 1
    with pytest.raises(IllegalMove, match="paid"):
        actions.pay(part.pk, "UPI", key="other", by=accepted.by)
    assert accepted.now(agreement).received == Decimal(14160)


def test_what_is_no_amount_for_the_part_is_refused(accepted):
    agreement = accepted.agree()
    part = accepted.parts(agreement)[0]
    for amount in ("0", "-1", "0.001", "14160.01", "1e30", "NaN", "Infinity"):
        with pytest.raises(Invalid):
            actions.pay(part.pk, "UPI", Decimal(amount), by=accepted.by)
    assert accepted.now(agreement).received == 0


def test_what_cannot_be_agreed_says_which_field(accepted):
    for field, asked in (
        ("down_payment", {"down": "8495.99"}),  # less than a fifth
        ("down_payment", {"down": "42480"}),
        ("down_payment", {"down": "-1"}),
        ("down_payment", {"down": "9000.001"}),
        ("down_payment", {"down": "1e30"}),
        ("down_payment", {"down": "NaN"}),
        ("count", {"count": 0}),
        ("count", {"count": 13}),
        ("frequency", {"frequency": "DAILY"}),
        ("first_date", {"first": date(2026, 11, 23)}),
        ("first_date", {"first": date(2028, 1, 1)}),
    ):
        with pytest.raises(Invalid) as refusal:
            accepted.agree(**asked)
        assert refusal.value.field == field


def test_only_an_accepted_quote_is_paid_in_parts(accepted):
    from django.apps import apps

    with acting_as(accepted.system):
        draft = apps.get_model("quotes", "Quote").objects.create(
            organization_id=accepted.quote.organization_id, patient_id=accepted.quote.patient_id,
            plan_id=accepted.quote.plan_id, branch_id=accepted.quote.branch_id, currency="INR", version=2,
            replaces_id=accepted.quote.pk, valid_until=accepted.quote.valid_until,
        )  # fmt: skip
    with pytest.raises(Invalid, match="accept"):
        actions.make_plan(draft.pk, down_payment=Decimal(9000), count=2, frequency="MONTHLY",
                          first_date=date(2026, 12, 24), by=accepted.by)  # fmt: skip


def test_new_dates_are_a_new_agreement_that_names_the_old(accepted):
    old = accepted.agree()
    actions.pay(accepted.parts(old)[0].pk, "UPI", by=accepted.by)
    new = actions.replan(
        old.pk, count=3, frequency="BIWEEKLY", first_date=date(2026, 12, 1), reason="New job", by=accepted.by
    )
    assert (new.predecessor_id, new.total, accepted.now(old).status) == (old.pk, old.total, "CANCELLED")
    assert accepted.stand(new) == [("PAID", "14160"), ("DUE", "0"), ("DUE", "0"), ("DUE", "0")]
    assert [part.amount for part in accepted.parts(new)[1:]] == [Decimal(9440)] * 3
    accepted.advance("1000")
    assert accepted.stand(new)[1] == ("PARTIAL", "1000")
    assert accepted.now(old).received == Decimal(14160)  # what ended counts no longer


def test_an_instalment_is_waived_with_a_reason_and_asks_for_nothing(accepted):
    agreement = accepted.agree()
    _, second, third = accepted.parts(agreement)
    with pytest.raises(NotPermitted):
        actions.waive(third.pk, reason="Kind", by=accepted.visit.desk)
    with pytest.raises(Invalid):
        actions.waive(third.pk, reason=" ", by=accepted.by)
    actions.waive(third.pk, reason="We came late with the third session", by=accepted.by)
    now = accepted.now(agreement)
    assert (now.waived, now.owed) == (Decimal(14160), Decimal(28320))
    with pytest.raises(Invalid):
        actions.pay(second.pk, "UPI", Decimal("28320.01"), by=accepted.by)
    actions.settle_early(agreement.pk, "UPI", by=accepted.by)
    assert accepted.stand(agreement) == [("PAID", "14160"), ("PAID", "14160"), ("WAIVED", "0")]
    assert accepted.now(agreement).status == "COMPLETED"


def credits(accepted, bill):
    with acting_as(accepted.system):
        notes = [(note.total, note.reason) for note in bills.credit_notes(bill.pk, seen_by=accepted.system)]
        return notes, bills.bill(bill.pk, seen_by=accepted.system).owed


def test_what_is_waived_comes_off_the_bill_by_a_credit_note_once(accepted):
    agreement, bill = accepted.agree(), accepted.bill()
    first, second, third = accepted.parts(agreement)
    actions.pay(first.pk, "UPI", by=accepted.by)
    with pytest.raises(NotPermitted):
        actions.waive(third.pk, reason="Kind", by=accepted.visit.desk)
    with pytest.raises(NotPermitted):
        actions.credit_waived(agreement.plan_id, by=accepted.visit.desk)
    assert credits(accepted, bill) == ([], Decimal(28320))
    actions.waive(third.pk, reason="The third session is not needed", by=accepted.by)
    note = (Decimal(14160), f"Waived on payment plan {agreement.number}.")
    assert credits(accepted, bill) == ([note], Decimal(14160))
    assert actions.credit_waived(agreement.plan_id, by=accepted.by) == []
    actions.pay(second.pk, "UPI", by=accepted.by)
    assert credits(accepted, bill) == ([note], Decimal(0))
    assert accepted.now(agreement).status == "COMPLETED"


def test_what_was_waived_before_it_is_billed_is_credited_when_it_is_and_not_before(accepted):
    agreement = accepted.agree()
    actions.waive(accepted.parts(agreement)[2].pk, reason="The third session is not needed", by=accepted.by)
    assert credits(accepted, accepted.bill("28000")) == ([], Decimal(28000))  # within what is still agreed
    later = accepted.bill("14480")
    assert credits(accepted, later) == (
        [(Decimal(14160), f"Waived on payment plan {agreement.number}.")], Decimal(320)
    )  # fmt: skip
    more = accepted.bill("1000")  # something besides what was agreed is owed
    assert credits(accepted, more) == ([], Decimal(1000))


def test_a_part_on_which_something_was_paid_is_not_waived(accepted):
    agreement = accepted.agree()
    accepted.advance("15000")
    with pytest.raises(IllegalMove, match="new dates"):
        actions.waive(accepted.parts(agreement)[1].pk, reason="Kind", by=accepted.by)


def test_days_pass_and_an_agreement_is_broken_only_when_something_is_overdue(accepted):
    agreement = accepted.agree()
    with pytest.raises(Exception, match="Nothing is overdue"):
        actions.default(agreement.pk, reason="No word", by=accepted.by)
    with clock.at(clock.now() + timedelta(days=1)):
        actions.default(agreement.pk, reason="No word", by=accepted.by)
        assert accepted.now(agreement).status == "DEFAULTED"
        assert accepted.stand(agreement)[0] == ("OVERDUE", "0")
        actions.settle_early(agreement.pk, "CASH", by=accepted.by)  # money still settles it
    assert accepted.now(agreement).status == "COMPLETED"


def test_a_lender_pays_and_the_parts_are_filled(accepted):
    agreement = accepted.agree()
    loan = actions.record_financing(
        accepted.quote.pk, lender="Sunrise Finance", reference="LN-77", approved=Decimal(30000), by=accepted.by
    )
    assert accepted.now(agreement).received == 0
    with pytest.raises(Invalid, match="approved"):
        actions.loan_paid_out(loan.pk, amount=Decimal(30001), by=accepted.by)
    for _ in range(2):
        loan = actions.loan_paid_out(loan.pk, amount=Decimal(30000), by=accepted.by)
    assert (loan.status, loan.payment.method) == ("PAID_OUT", "FINANCE")
    assert accepted.stand(agreement) == [("PAID", "14160"), ("PAID", "14160"), ("PARTIAL", "1680")]
    with pytest.raises(Clash):
        actions.record_financing(
            accepted.quote.pk, lender="Sunrise Finance", reference="LN-77", approved=Decimal(1), by=accepted.by
        )


def test_who_may_not_does_not_and_nothing_changes(accepted):
    agreement, nobody = accepted.agree(), accepted.visit.clinic.nobody
    part = accepted.parts(agreement)[0]
    for verb in (
        lambda: accepted.agree(by=nobody),
        lambda: actions.replan(
            agreement.pk, count=2, frequency="MONTHLY", first_date=date(2026, 12, 1), reason="x", by=nobody
        ),
        lambda: actions.cancel(agreement.pk, reason="x", by=nobody),
        lambda: actions.default(agreement.pk, reason="x", by=nobody),
        lambda: actions.waive(part.pk, reason="x", by=nobody),
        lambda: actions.pay(part.pk, "CASH", by=nobody),
        lambda: actions.settle_early(agreement.pk, "CASH", by=nobody),
        lambda: actions.record_financing(accepted.quote.pk, lender="L", reference="R", approved=Decimal(1), by=nobody),
        lambda: actions.set_terms(queries.terms(seen_by=nobody), by=nobody),
    ):
        with pytest.raises(NotPermitted), acting_as(nobody):
            verb()
    assert (accepted.now(agreement).status, accepted.stand(agreement)[0]) == ("ACTIVE", ("DUE", "0"))


def test_another_patient_sees_and_pays_nothing_of_it(accepted):
    agreement, clinic = accepted.agree(), accepted.visit.clinic
    other, own = clinic.patient_actor(clinic.other_patient), clinic.patient_actor()
    with acting_as(other), pytest.raises(NotFound):
        queries.payment_plan(agreement.pk, seen_by=other)
    with acting_as(other):
        assert list(queries.payment_plans(seen_by=other)) == []
    with acting_as(own):
        assert [row.pk for row in queries.payment_plans(seen_by=own)] == [agreement.pk]
    for verb in (lambda: actions.pay(accepted.parts(agreement)[0].pk, "CASH", by=own),
                 lambda: actions.cancel(agreement.pk, reason="x", by=own)):  # fmt: skip
        with pytest.raises(NotPermitted):
            verb()
