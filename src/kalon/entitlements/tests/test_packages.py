"""Selling a package, using its sessions, giving one back: what is left is always what was paid less what was used."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.actions import LineDetails
from kalon.entitlements import actions, queries
from kalon.entitlements.models import PackageHolding, Settlement, Use
from kalon.entitlements.tests.clinic import MORNING, Clinic
from kalon.kernel import clock, events, outbox
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.scheduling.events import AppointmentCompleted


def proven(clinic: Clinic) -> None:
    """Every sum counted again agrees."""
    with acting_as(clinic.system):
        assert queries.proof(seen_by=clinic.system) == []
        assert ledger.proof(seen_by=clinic.system) == []
        owed = sum((row.left for row in PackageHolding.objects.all()), Decimal(0))
        posted = ledger.totals(MORNING.date(), MORNING.date() + timedelta(days=400), seen_by=clinic.system)
        assert posted.get("DEFERRED", 0) == -owed


def test_a_package_is_sold_on_a_bill_and_used_once_it_is_paid(clinic: Clinic):
    row = clinic.sold(paid=False)
    bill = clinic.bill_of(row)
    assert (bill.status, bill.total, row.status, row.value) == (
        "FINALIZED", Decimal("12980.00"), "PENDING", Decimal("11000.00"),
    )  # fmt: skip
    with pytest.raises(NotReady, match="not paid"):
        clinic.use(row)
    clinic.money.pay(bill, "12980")
    assert clinic.again(row).status == "ACTIVE"
    used = clinic.use(row)
    assert (used.number, used.value) == (1, Decimal("1571.43"))
    assert (clinic.again(row).left, clinic.item(row).left) == (Decimal("9428.57"), 5)
    proven(clinic)


def test_the_shares_of_all_sessions_are_the_price_to_the_paisa(clinic: Clinic):
    row = clinic.sold()
    values = [clinic.use(row).value for _ in range(6)] + [clinic.use(row, service=clinic.peel).value for _ in range(2)]
    assert sum(values) == row.value and all(value > 0 for value in values)
    again = clinic.again(row)
    assert (again.status, again.left, again.used) == ("USED_UP", 0, row.value)
    with pytest.raises(Clash, match="No session"):
        clinic.use(row)
    proven(clinic)


def test_a_session_is_used_once_at_a_visit_and_not_billed_there_too(clinic: Clinic):
    row, visit = clinic.sold(), clinic.visit()
    clinic.use(row, visit=visit)
    with pytest.raises(Clash, match="already"):
        clinic.use(row, visit=visit)
    bill = clinic.money.draft()
    line = LineDetails(
        service_id=clinic.laser.pk, source=f"session:{visit.pk}:{clinic.laser.pk.hex}", unit_price=Decimal("2000.00")
    )
    with pytest.raises(Exception, match="used of a package"):
        billing.add_line(bill.pk, line, by=clinic.money.desk)
    other = clinic.visit(patient=clinic.money.other_patient)  # billed first, then not used
    with acting_as(clinic.system):
        billing.bill_appointment(other.pk, by=clinic.system)
    hers = clinic.sold(patient=clinic.money.other_patient)
    with pytest.raises(Clash, match="billed for money"):
        clinic.use(hers, visit=other)
    proven(clinic)


def test_a_visit_that_a_package_covers_costs_nothing_and_uses_its_session_when_it_is_over(clinic: Clinic):
    row, visit = clinic.sold(), clinic.visit(here=False)
    with acting_as(clinic.system):
        bill = billing.bill_appointment(visit.pk, by=clinic.system)
        second = billing.bill_appointment(clinic.visit().pk, by=clinic.system)
    with acting_as(clinic.system):
        lines = [bill.lines.get(), second.lines.get()]
        assert [line.note for line in lines] == [
            "Smooth and glow, session 1 of 6", "Smooth and glow, session 2 of 6",
        ]  # fmt: skip
        assert (bill.total, clinic.again(bill).status) == (0, "PAID")
        outbox.run_due()
        assert not Use.objects.exists()  # nothing is earned before it is done
        for status in ("CHECKED_IN", "IN_PROGRESS"):  # signing the consultation is not tested here
            type(visit).objects.filter(pk=visit.pk).update(status=status)
        events.announce(AppointmentCompleted(clinic.again(visit), clinic.system))
        outbox.run_due()
        actions.settle_visit(visit.pk, by=clinic.system)
        assert Use.objects.get().source == lines[0].source
    assert clinic.item(row).used == 1
    proven(clinic)


def test_what_a_package_covers_costs_nothing_online_and_uses_it_when_the_visit_is_over(clinic: Clinic):
    row, me = clinic.sold(), clinic.money.as_patient(clinic.patient)
    with acting_as(clinic.system):
        type(clinic.peel).objects.filter(pk=clinic.peel.pk).update(prepayment="FULL")

    def booked(hour: int) -> Any:
        start = datetime.combine(date(2026, 11, 24), time(hour))
        asked = BookingRequest(
            patient_id=clinic.patient.pk, branch_id=clinic.money.branch.pk, service_id=clinic.peel.pk, start=start,
            source="SELF_SERVICE",
        )  # fmt: skip
        return scheduling.book(asked, by=me)

    visit, second, third = booked(11), booked(12), booked(13)  # of two sessions
    assert (visit.status, visit.amount_due, second.amount_due, third.amount_due) == ("REQUESTED", None, None, 1180)
    with acting_as(clinic.system):
        scheduling.approve(visit.pk, by=clinic.system)
        with clock.at(MORNING + timedelta(hours=3)):
            for step in (scheduling.check_in, scheduling.start):
                step(visit.pk, by=clinic.system)
            events.announce(AppointmentCompleted(clinic.again(visit), clinic.system))
            outbox.run_due()
            assert Use.objects.get().appointment_id == visit.pk
            line = billing.draft_for_appointment(visit.pk, by=clinic.system).lines.get()
    assert (line.total, clinic.item(row, clinic.peel).left) == (0, 1)
    proven(clinic)


def test_a_session_counted_by_mistake_is_given_back_within_seven_days(clinic: Clinic):
    row, visit = clinic.sold(), clinic.visit()
    first, second = clinic.use(row, visit=visit), clinic.use(row)
    with pytest.raises(Invalid, match="Write why"):
        actions.take_back_use(first.pk, " ", by=clinic.desk)
    back = actions.take_back_use(first.pk, "Counted at the wrong visit", by=clinic.desk)
    assert (back.value, clinic.item(row).used) == (-first.value, 1)
    with pytest.raises(Clash, match="already"):
        actions.take_back_use(first.pk, "Twice", by=clinic.desk)
    clinic.use(row, visit=visit)
    with clock.at(MORNING + timedelta(days=7)), pytest.raises(IllegalMove, match="too late"):
        actions.take_back_use(second.pk, "Late", by=clinic.desk)
    for _ in range(4):
        clinic.use(row)
    with acting_as(clinic.system):
        assert clinic.item(row).used_value == clinic.item(row).value  # to the paisa, whatever came back in between
    proven(clinic)


def test_what_was_not_used_comes_back_as_money_on_account(clinic: Clinic):
    row = clinic.sold()
    clinic.use(row)
    again = actions.refund_package(row.pk, "Moves abroad", by=clinic.desk)
    assert (again.status, again.left, again.refunded) == ("REFUNDED", 0, Decimal("9428.57"))
    bill = clinic.bill_of(row)
    with acting_as(clinic.system):
        note = bill.credit_notes.get()
        held = bills.money_of(row.patient_id, seen_by=clinic.system)
    assert (note.taxable, note.total) == (Decimal("9428.57"), Decimal("11125.71"))
    assert (held.owed, held.on_account) == (0, note.total)
    for refused in (
        lambda: actions.refund_package(row.pk, "Again", by=clinic.desk),
        lambda: clinic.use(row),
    ):
        with pytest.raises((IllegalMove, NotReady)):
            refused()
    proven(clinic)


def test_used_sessions_may_count_their_single_price(clinic: Clinic):
    actions.set_terms({"used_at": "SINGLE"}, by=clinic.desk)
    row = clinic.sold()
    clinic.use(row)
    again = actions.refund_package(row.pk, "Moves abroad", by=clinic.desk)
    assert (again.refunded, again.kept, again.left) == (Decimal("9000.00"), Decimal("428.57"), 0)
    proven(clinic)


def test_an_unpaid_package_is_taken_back_and_nothing_is_owed(clinic: Clinic):
    row = clinic.sold(paid=False)
    assert actions.refund_package(row.pk, "Changed their mind", by=clinic.desk).status == "REFUNDED"
    assert clinic.bill_of(row).status == "VOID"
    proven(clinic)


def test_cancelling_the_bill_of_a_sale_ends_it_unless_something_was_used(clinic: Clinic):
    row, used = clinic.sold(), clinic.sold()
    clinic.use(used)
    billing.void_bill(clinic.bill_of(row).pk, "Sold twice", by=clinic.money.desk)
    assert clinic.again(row).status == "REFUNDED"
    with pytest.raises(NotReady, match="was used"):
        billing.void_bill(clinic.bill_of(used).pk, "Sold twice", by=clinic.money.desk)
    assert clinic.again(used).status == "ACTIVE"
    proven(clinic)


def test_a_package_goes_to_another_patient_with_both_histories(clinic: Clinic):
    row = clinic.sold()
    clinic.use(row)
    given = actions.transfer_package(row.pk, clinic.money.other_patient.pk, "Her sister", by=clinic.desk)
    old = clinic.again(row)
    assert (old.status, old.left, old.moved, given.status) == ("TRANSFERRED", 0, given.value, "ACTIVE")
    assert (clinic.item(given).quantity, clinic.use(given).number) == (5, 1)
    assert actions.refund_package(given.pk, "She does not like it", by=clinic.desk).left == 0
    with pytest.raises(Exception, match="another patient"):
        actions.use_session(clinic.item(clinic.sold()).pk, clinic.visit(patient=given.patient).pk, by=clinic.desk)
    proven(clinic)


def test_a_package_expires_and_lives_again_when_it_is_extended(clinic: Clinic):
    row, visit = clinic.sold(), clinic.visit()
    with pytest.raises(NotReady, match="still valid"):
        actions.expire_package(row.pk, by=clinic.system)
    with clock.at(MORNING + timedelta(days=181)):
        with pytest.raises(NotReady):
            clinic.use(row, visit=visit)
        ended = actions.expire_package(row.pk, by=clinic.system)
        assert (ended.status, ended.left, ended.forfeited) == ("EXPIRED", 0, row.value)
        until = row.valid_until + timedelta(days=30)
        again = actions.extend_package(row.pk, until, "Was ill", by=clinic.desk)
        assert (again.status, again.left, again.valid_until) == ("ACTIVE", row.value, until)
    proven(clinic)


def test_as_far_as_it_is_paid(clinic: Clinic):
    actions.set_terms({"usable": "SHARE"}, by=clinic.desk)
    row = clinic.sold(paid=False)
    clinic.money.pay(clinic.bill_of(row), "4000")
    assert clinic.again(row).status == "ACTIVE"
    clinic.use(row), clinic.use(row)
    with pytest.raises(NotReady, match="than is paid"):
        clinic.use(row)
    proven(clinic)


@pytest.mark.parametrize(
    "refused",
    [
        lambda c, row, by: actions.sell_package(c.patient.pk, c.package.pk, c.money.branch.pk, by=by),
        lambda c, row, by: c.use(row, by=by),
        lambda c, row, by: actions.refund_package(row.pk, "Why", by=by),
        lambda c, row, by: actions.transfer_package(row.pk, c.money.other_patient.pk, "Why", by=by),
        lambda c, row, by: actions.extend_package(row.pk, row.valid_until + timedelta(days=1), "Why", by=by),
        lambda c, row, by: actions.set_terms({"warn_days": 3}, by=by),
    ],
)
def test_who_may_not_is_refused_and_nothing_changed(clinic: Clinic, refused):
    row = clinic.sold()
    for by in (clinic.money.stranger, clinic.money.as_patient(clinic.patient)):
        with pytest.raises(NotPermitted):
            refused(clinic, row, by)
    with acting_as(clinic.system):
        assert (PackageHolding.objects.count(), Use.objects.count(), Settlement.objects.count()) == (1, 0, 0)
    assert clinic.again(row).valid_until == row.valid_until


def test_patients_see_their_own(clinic: Clinic):
    row = clinic.sold()
    for patient, sees in ((clinic.patient, [row.pk]), (clinic.money.other_patient, [])):
        by = clinic.money.as_patient(patient)
        with acting_as(by):
            assert [found.pk for found in queries.holdings(seen_by=by)] == sees
