"""Fees for missed visits: who is charged what and when, once; waived, taken back, told beforehand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection

from kalon.billing import actions, queries, tasks
from kalon.billing.lifecycles import BillStatus
from kalon.billing.models import Bill
from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.billing.tests.test_visits import bill_of, book, run_jobs
from kalon.catalog import actions as catalog
from kalon.catalog.models import Service
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling

DAY_BEFORE = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # 26 and a half hours before the visit
LATE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)  # half an hour after it should have begun
SENTENCE = "Up to 24 hours before, cancelling costs nothing; later half the price, and all of it if you do not come."
POLICY = {
    "name": "A day's notice", "notice_hours": 24, "late_cancel_percent": Decimal(50), "no_show_amount": Decimal("900"),
    "sentence": SENTENCE,
}  # fmt: skip


@pytest.fixture(autouse=True)
def the_day_before() -> Iterator[None]:
    with clock.at(DAY_BEFORE):
        yield


@pytest.fixture
def strict(clinic: Clinic) -> Clinic:
    """The consultation (800, exempt) is under a policy: half of it when cancelled late, 900 for not coming."""
    policy = catalog.add_cancellation_policy({**POLICY, "tax_code": "HEALTHCARE"}, by=clinic.system)
    under(clinic, policy)
    return clinic


def under(clinic: Clinic, policy: Any, **more: Any) -> None:
    with acting_as(clinic.system):
        Service.objects.filter(pk=clinic.consultation.pk).update(cancellation_policy=policy, **more)


def paid_visit(clinic: Clinic, *, pay: str = "800") -> tuple[Any, Any]:
    visit = book(clinic, by=clinic.desk)
    return visit, clinic.pay(bill_of(clinic, visit), pay)


def fee_of(clinic: Clinic, visit: Any) -> Bill | None:
    with acting_as(clinic.system):
        return queries.fee_for_appointment(visit.pk, seen_by=clinic.system)


def fees(clinic: Clinic) -> list[Bill]:
    with acting_as(clinic.system):
        return list(Bill.objects.exclude(kind="VISIT").order_by("created_at"))


def costs(clinic: Clinic, visit: Any, *, by: Actor) -> Any:
    with acting_as(by):
        return queries.cancelling_costs(visit.pk, seen_by=by)


def no_show(clinic: Clinic, visit: Any, *, at: datetime = AFTER) -> None:
    with clock.at(at):
        scheduling.no_show(visit.pk, by=clinic.system)


def test_cancelling_late_is_charged_out_of_what_was_paid_and_the_rest_stays_on_account(strict: Clinic) -> None:
    visit, payment = paid_visit(strict)
    by = strict.as_patient(strict.patient)
    with clock.at(LATE):
        told = costs(strict, visit, by=by)
        scheduling.cancel(visit.pk, "Has a cold", by=by)
        assert fees(strict) == []  # a patient's own unit of work writes no fee
        run_jobs(strict)
    fee = fee_of(strict, visit)
    assert fee
    assert (fee.kind, fee.total, fee.status, fee.owed) == ("LATE_CANCEL", Decimal("400.00"), BillStatus.PAID, 0)
    assert strict.again(payment).on_account == Decimal("400.00")
    assert (told.total, told.taken, told.kept, told.to_pay) == (fee.total, Decimal("400.00"), Decimal("400.00"), 0)
    assert told.sentence == SENTENCE
    with acting_as(strict.system):
        assert queries.visit_bill(visit.pk, seen_by=strict.system).status == BillStatus.VOID
        assert queries.mismatches(seen_by=strict.system) == []


def test_cancelling_in_time_costs_nothing_and_says_so(strict: Clinic) -> None:
    visit, payment = paid_visit(strict)
    by = strict.as_patient(strict.patient)
    told = costs(strict, visit, by=by)
    assert (told.is_free, told.kept) == (True, Decimal("800.00"))
    assert told.free_until == datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    with clock.at(told.free_until):
        scheduling.cancel(visit.pk, "Has a cold", by=by)
    with clock.at(LATE):
        run_jobs(strict)  # the job runs late: what counts is when the patient cancelled
    assert (fees(strict), strict.again(payment).on_account) == ([], Decimal("800.00"))


def test_a_patient_who_rings_to_cancel_late_is_charged_as_one_who_presses(strict: Clinic) -> None:
    visit, payment = paid_visit(strict)
    with clock.at(LATE):
        scheduling.cancel(visit.pk, "The patient rang", by=strict.desk)
        run_jobs(strict)
    [fee] = fees(strict)
    assert (fee.kind, fee.total, fee.status) == ("LATE_CANCEL", Decimal("400.00"), BillStatus.PAID)
    assert strict.again(payment).on_account == Decimal("400.00")


def test_the_clinics_own_cancelling_costs_nothing_however_late(strict: Clinic) -> None:
    visit, payment = paid_visit(strict)
    with clock.at(LATE):
        scheduling.cancel(visit.pk, "The doctor is ill", "CLINIC", by=strict.desk)
        run_jobs(strict)
        assert actions.charge_fee(visit.pk, by=strict.desk) is None
        with acting_as(strict.desk):
            assert queries.late_fee_of(visit.pk, seen_by=strict.desk) is None
    assert (fees(strict), strict.again(payment).on_account) == ([], Decimal("800.00"))
    with acting_as(strict.system):
        assert queries.visit_bill(visit.pk, seen_by=strict.system).status == BillStatus.VOID


def test_what_was_cancelled_by_a_reply_is_charged_only_when_the_desk_says_so(strict: Clinic) -> None:
    visit, _ = paid_visit(strict)
    with clock.at(LATE):
        scheduling.cancel(visit.pk, "Cancelled by reply", by=strict.system)
        run_jobs(strict)
        assert fees(strict) == []
        with pytest.raises(NotPermitted):
            actions.charge_fee(visit.pk, by=strict.stranger)
        assert fees(strict) == []
        fee = actions.charge_fee(visit.pk, by=strict.desk)
    assert fee
    assert (fee.kind, fee.total, fee.status) == ("LATE_CANCEL", Decimal("400.00"), BillStatus.PAID)


def test_what_was_never_confirmed_or_lapsed_is_let_go(strict: Clinic) -> None:
    by = strict.as_patient(strict.patient)
    unpaid, other = book(strict, by=strict.desk), book(strict, by=strict.desk, hour=14)
    with clock.at(LATE):
        assert costs(strict, unpaid, by=by).is_free
        scheduling.cancel(unpaid.pk, "Changed my mind", by=by)
        scheduling.cancel(other.pk, "Not paid in time", by=strict.system)
        run_jobs(strict)
        assert actions.charge_fee(unpaid.pk, by=strict.system) is None
    assert fees(strict) == []


def test_not_coming_is_charged_once_however_often_the_job_runs(strict: Clinic) -> None:
    visit, payment = paid_visit(strict)
    no_show(strict, visit)
    with clock.at(AFTER):
        run_jobs(strict)
        for _ in range(3):
            tasks.charge_no_show.run(organization_id=str(strict.organization.pk), appointment_id=str(visit.pk))
    [fee] = fees(strict)
    assert (fee.kind, fee.total, fee.allocated, fee.owed) == ("NO_SHOW", Decimal("900.00"), Decimal("800.00"), 100)
    assert strict.again(payment).on_account == 0


def test_a_slip_is_taken_back_with_its_fee_and_a_second_no_show_is_charged_again(strict: Clinic) -> None:
    visit, payment = paid_visit(strict)
    no_show(strict, visit)
    with clock.at(AFTER):
        run_jobs(strict)
        scheduling.undo_no_show(visit.pk, "Was in the other waiting room", by=strict.system)
        run_jobs(strict)
        tasks.take_back_fee.run(organization_id=str(strict.organization.pk), appointment_id=str(visit.pk))
    assert fee_of(strict, visit) is None
    bill = bill_of(strict, visit)
    assert (bill.kind, bill.status, strict.again(payment).on_account) == ("VISIT", BillStatus.PAID, 0)
    no_show(strict, visit, at=AFTER + timedelta(minutes=5))
    with clock.at(AFTER + timedelta(minutes=6)):
        run_jobs(strict)
    assert [fee.status for fee in fees(strict)] == [BillStatus.VOID, BillStatus.PARTIALLY_PAID]


def test_undone_before_the_job_ran_nothing_is_charged(strict: Clinic) -> None:
    visit, payment = paid_visit(strict)
    no_show(strict, visit)
    with clock.at(AFTER):
        scheduling.undo_no_show(visit.pk, "Wrong line", by=strict.system)
        run_jobs(strict)
    assert (fees(strict), bill_of(strict, visit).status) == ([], BillStatus.PAID)
    assert strict.again(payment).on_account == 0


def test_a_fee_is_waived_with_the_right_and_a_reason_and_stays_waived(strict: Clinic) -> None:
    visit, payment = paid_visit(strict)
    no_show(strict, visit)
    with clock.at(AFTER):
        run_jobs(strict)
        [fee] = fees(strict)
        for refused in (strict.desk, strict.stranger, strict.as_patient(strict.patient)):
            with pytest.raises(NotPermitted):
                actions.waive_fee(fee.pk, "Ambulance", by=refused)
        with pytest.raises(Invalid):
            actions.waive_fee(fee.pk, "  ", by=strict.system)
        with pytest.raises(NotFound):
            actions.waive_fee(fee.pk, "Mine", by=open_clinic(code="ZZ").system)
        assert strict.again(fee).status == BillStatus.PARTIALLY_PAID
        actions.waive_fee(fee.pk, "Ambulance", by=strict.system)
        tasks.charge_no_show.run(organization_id=str(strict.organization.pk), appointment_id=str(visit.pk))
        with pytest.raises(IllegalMove):
            actions.waive_fee(fee.pk, "Again", by=strict.system)
    [fee] = fees(strict)
    assert (fee.status, strict.again(payment).on_account) == (BillStatus.VOID, Decimal("800.00"))
    with acting_as(strict.system):
        assert fee.credit_notes.get().reason == "Waived: Ambulance"


def test_only_a_fee_is_waived(strict: Clinic) -> None:
    bill = strict.bill()
    with pytest.raises(Invalid):
        actions.waive_fee(bill.pk, "Kindness", by=strict.system)
    assert strict.again(bill).status == BillStatus.FINALIZED


def test_without_a_policy_nobody_is_charged_and_nothing_is_told(clinic: Clinic) -> None:
    visit, _ = paid_visit(clinic)
    with clock.at(LATE):
        assert costs(clinic, visit, by=clinic.desk) is None
    no_show(clinic, visit)
    run_jobs(clinic)
    assert (fees(clinic), bill_of(clinic, visit).status) == ([], BillStatus.PAID)


def test_a_policy_without_a_fee_for_not_coming_gives_the_money_back_on_account(clinic: Clinic) -> None:
    kind = catalog.add_cancellation_policy({"name": "Mild", "sentence": "Please tell us."}, by=clinic.system)
    under(clinic, kind)
    visit, payment = paid_visit(clinic)
    no_show(clinic, visit)
    run_jobs(clinic)
    assert (fees(clinic), clinic.again(payment).on_account) == ([], Decimal("800.00"))


def test_an_unpaid_visit_without_a_bill_is_charged_with_tax(clinic: Clinic) -> None:
    policy = catalog.add_cancellation_policy({**POLICY, "tax_code": "COSMETIC", "hsn_sac": "999722"}, by=clinic.system)
    under(clinic, policy, prepayment="NONE")
    visit = book(clinic, by=clinic.desk)
    assert visit.status == "CONFIRMED"
    with clock.at(LATE):
        told = costs(clinic, visit, by=clinic.as_patient(clinic.patient))
        scheduling.cancel(visit.pk, "Ill", by=clinic.as_patient(clinic.patient))
        run_jobs(clinic)
    [fee] = fees(clinic)
    assert (fee.taxable, fee.total, told.total, told.to_pay) == (400, Decimal("472.00"), fee.total, fee.total)
    with acting_as(clinic.system):
        line = fee.lines.get()
    assert (line.hsn_sac, line.description) == ("999722", "Fee for cancelling late")
    assert line.note == "First consultation, 25 Nov 2026, 11:00"


def test_what_it_costs_is_told_to_who_may_see_the_visit_only(strict: Clinic) -> None:
    visit, _ = paid_visit(strict)
    with pytest.raises(NotFound):
        costs(strict, visit, by=strict.as_patient(strict.other_patient))
    with pytest.raises(NotFound):
        costs(strict, visit, by=open_clinic(code="ZZ").system)
    no_show(strict, visit)
    assert costs(strict, visit, by=strict.desk) is None


def test_a_patients_own_session_writes_no_fee_by_plain_sql(strict: Clinic) -> None:
    visit, _ = paid_visit(strict)
    by = strict.as_patient(strict.patient)
    statement = (
        "INSERT INTO billing_bill (id, created_at, organization_id, patient_id, branch_id, appointment_id, status, "
        "status_at, kind, occasion, currency, document, fiscal_year, billed_to, supplier_gstin, buyer_gstin, "
        "place_of_supply, discount, taxable, cgst, sgst, igst, total, allocated, credited, written_off) "
        "SELECT gen_random_uuid(), now(), organization_id, patient_id, branch_id, id, 'DRAFT', now(), 'NO_SHOW', 'x', "
        "'INR', '', '', ''::bytea, '', '', '', 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM scheduling_appointment WHERE id = %s"
    )
    with (
        pytest.raises(DatabaseError, match="only the clinic changes a bill"),
        acting_as(by),
        connection.cursor() as sql,
    ):
        sql.execute(statement, [visit.pk])
    assert fees(strict) == []
