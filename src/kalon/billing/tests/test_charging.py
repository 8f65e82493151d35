"""From a draft to a sealed bill with its number and its tax."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kalon.billing import actions, queries
from kalon.billing.actions import LineDetails
from kalon.billing.lifecycles import BillStatus
from kalon.billing.models import Bill
from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.kernel import clock
from kalon.kernel.errors import DomainError, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as


def test_a_bill_of_exempt_and_taxed_things(clinic: Clinic):
    with clock.at(datetime(2026, 11, 24, 6, 0, tzinfo=UTC)):
        bill = clinic.bill(clinic.consultation, clinic.botox)
    assert (bill.number, bill.fiscal_year, bill.document) == ("KOC/2627/00001", "2026-27", "INVOICE_CUM_BILL")
    assert (bill.taxable, bill.cgst, bill.sgst, bill.igst, bill.total) == (
        Decimal("14800.00"), Decimal("1260.00"), Decimal("1260.00"), Decimal("0.00"), Decimal("17320.00"),
    )  # fmt: skip
    assert (bill.status, bill.owed, bill.billed_to) == (BillStatus.FINALIZED, Decimal("17320.00"), "Meera Nair")
    with acting_as(clinic.desk):
        notes = [line.tax_note for line in queries.lines_of(bill.pk, seen_by=clinic.desk)]
    assert notes == [
        "Exempt from GST: health care service.",
        "GST 18%: CGST 9% and SGST 9%, supplied in Kerala.",
    ]


def test_goods_sent_to_another_state_bear_igst(clinic: Clinic):
    bill = actions.draft_bill(clinic.patient.pk, clinic.branch.pk, place_of_supply="33", by=clinic.desk)
    actions.add_line(bill.pk, LineDetails(service_id=clinic.botox.pk), by=clinic.desk)
    bill = actions.finalize(bill.pk, by=clinic.desk)
    assert (bill.cgst, bill.igst, bill.document) == (Decimal("0.00"), Decimal("2520.00"), "TAX_INVOICE")


def test_a_clinic_without_gstin_writes_plain_bills(db: None):
    clinic = open_clinic(gstin="")
    bill = clinic.bill(clinic.botox)
    assert (bill.total, bill.document) == (Decimal("14000.00"), "BILL")


def test_a_discount_is_explained_and_taken_before_tax(clinic: Clinic):
    draft = clinic.draft()
    details = LineDetails(service_id=clinic.botox.pk, discount=Decimal("1000.00"))
    with pytest.raises(Invalid) as refusal:
        actions.add_line(draft.pk, details, by=clinic.desk)
    assert refusal.value.field == "discount_reason"
    line = actions.add_line(
        draft.pk,
        LineDetails(service_id=clinic.botox.pk, discount=Decimal("1000.00"), discount_reason="First visit"),
        by=clinic.desk,
    )
    assert (line.taxable, line.total) == (Decimal("13000.00"), Decimal("15340.00"))


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"description": " ", "unit_price": Decimal(1)}, "description"),
        ({"description": "Cream"}, "unit_price"),
        ({"description": "Cream", "unit_price": Decimal("-1")}, "unit_price"),
        ({"description": "Cream", "unit_price": Decimal("1.005")}, "unit_price"),
        ({"description": "Cream", "unit_price": Decimal("1e20")}, "unit_price"),
        ({"description": "Cream", "unit_price": Decimal("NaN")}, "unit_price"),
        ({"description": "Cream", "unit_price": Decimal(1), "quantity": Decimal(0)}, "quantity"),
        ({"description": "Cream", "unit_price": Decimal(1), "quantity": Decimal("0.0001")}, "quantity"),
        (
            {"description": "Cream", "unit_price": Decimal(1), "discount": Decimal(2), "discount_reason": "x"},
            "discount",
        ),
        ({"description": "Cream", "unit_price": Decimal("99999999"), "quantity": Decimal(1000)}, "unit_price"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(clinic: Clinic, details: dict, field: str):
    draft = clinic.draft()
    with pytest.raises(Invalid) as refusal:
        actions.add_line(draft.pk, LineDetails(**details), by=clinic.desk)
    assert refusal.value.field == field
    assert clinic.again(draft).total == 0


def test_an_empty_bill_is_not_finalised(clinic: Clinic):
    with pytest.raises(NotReady, match="Add at least one line first"):
        actions.finalize(clinic.draft().pk, by=clinic.desk)


def test_a_finalised_bill_takes_no_more_lines(clinic: Clinic):
    bill = clinic.bill()
    with pytest.raises(IllegalMove, match="credit note"):
        actions.add_line(bill.pk, LineDetails(service_id=clinic.botox.pk), by=clinic.desk)
    with pytest.raises(IllegalMove):
        actions.finalize(bill.pk, by=clinic.desk)


def test_lines_leave_a_draft(clinic: Clinic):
    draft = clinic.draft(clinic.consultation, clinic.botox)
    with acting_as(clinic.desk):
        first = draft.lines.first()
    assert actions.remove_line(draft.pk, first.pk, by=clinic.desk).total == Decimal("16520.00")


def test_a_bill_over_nothing_is_paid_at_once(clinic: Clinic):
    draft = clinic.draft()
    free = LineDetails(description="Second look", unit_price=Decimal(0))
    actions.add_line(draft.pk, free, by=clinic.desk)
    assert actions.finalize(draft.pk, by=clinic.desk).status == BillStatus.PAID


def test_nobody_without_the_right_bills(clinic: Clinic):
    draft = clinic.draft(clinic.consultation)
    tries = [
        lambda: actions.draft_bill(clinic.patient.pk, clinic.branch.pk, by=clinic.stranger),
        lambda: actions.add_line(draft.pk, LineDetails(service_id=clinic.botox.pk), by=clinic.stranger),
        lambda: actions.finalize(draft.pk, by=clinic.stranger),
        lambda: actions.void_bill(draft.pk, "x", by=clinic.stranger),
        lambda: actions.write_off(draft.pk, "x", by=clinic.stranger),
        lambda: actions.release(draft.pk, "x", by=clinic.stranger),
        lambda: actions.take_payment(draft.pk, "CASH", Decimal(1), by=clinic.stranger),
        lambda: actions.start_online_payment(draft.pk, by=clinic.stranger),
        lambda: actions.invoice_pdf(draft.pk, by=clinic.stranger),
        lambda: actions.finalize(draft.pk, by=clinic.as_patient(clinic.patient)),
        lambda: actions.draft_bill(clinic.patient.pk, clinic.branch.pk, by=clinic.as_patient(clinic.patient)),
    ]
    for attempt in tries:
        with pytest.raises((NotPermitted, NotFound)):
            attempt()
    again = clinic.again(draft)
    assert (again.status, again.total) == (BillStatus.DRAFT, Decimal("800.00"))


def test_another_clinics_bill_is_not_there(clinic: Clinic):
    theirs = open_clinic(code="KD")
    bill = clinic.bill()
    for attempt in (
        lambda: actions.take_payment(bill.pk, "CASH", Decimal(1), by=theirs.desk),
        lambda: actions.void_bill(bill.pk, "x", by=theirs.desk),
        lambda: actions.draft_bill(clinic.patient.pk, theirs.branch.pk, by=theirs.desk),
        lambda: actions.draft_bill(theirs.patient.pk, clinic.branch.pk, by=theirs.desk),
    ):
        with pytest.raises(DomainError) as refusal:
            attempt()
        assert refusal.value.status == 404
    with acting_as(theirs.system):
        assert not Bill.objects.exists()
