"""A part of a numbered bill taken back: a credit note that names its line, and the money on account."""

from decimal import Decimal

import pytest

from kalon.billing import actions, queries
from kalon.billing.actions import LineDetails
from kalon.billing.models import CreditNote
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.sql import attack
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as


def _bill(clinic: Clinic):
    """Three of a thing at 33.33 with tax, and a consultation."""
    bill = clinic.draft(clinic.consultation)
    tablets = LineDetails(
        description="Tablets", quantity=Decimal(3), unit_price=Decimal("33.33"), tax_code="COSMETIC", hsn_sac="3004"
    )
    line = actions.add_line(bill.pk, tablets, by=clinic.desk)
    return actions.finalize(bill.pk, by=clinic.desk), line


def _proven(clinic: Clinic) -> None:
    with acting_as(clinic.system):
        assert queries.mismatches(seen_by=clinic.system) == []


def test_parts_of_a_line_sum_to_the_whole_line(clinic: Clinic):
    bill, line = _bill(clinic)
    notes = [actions.credit_line(bill.pk, line.pk, Decimal(1), "Came back", by=clinic.desk) for _ in range(3)]
    assert sum(note.total for note in notes) == line.total and len({note.number for note in notes}) == 3
    again = clinic.again(bill)
    assert (again.credited, again.owed) == (line.total, again.total - line.total)
    with pytest.raises(Invalid, match="More comes back"):
        actions.credit_line(bill.pk, line.pk, Decimal(1), "Once more", by=clinic.desk)
    _proven(clinic)


def test_what_was_paid_for_it_goes_on_account(clinic: Clinic):
    bill, line = _bill(clinic)
    payment = clinic.pay(bill, str(bill.total))
    note = actions.credit_line(bill.pk, line.pk, Decimal(2), "Came back", by=clinic.desk)
    again = clinic.again(bill)
    assert (again.status, again.owed, clinic.again(payment).on_account) == ("PAID", 0, note.total)
    _proven(clinic)


def test_the_rest_of_the_bill_can_still_be_cancelled(clinic: Clinic):
    bill, line = _bill(clinic)
    actions.credit_line(bill.pk, line.pk, Decimal(1), "Came back", by=clinic.desk)
    actions.void_bill(bill.pk, "Another patient", by=clinic.desk)
    again = clinic.again(bill)
    assert (again.status, again.credited) == ("VOID", again.total)
    _proven(clinic)


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "3.001"])
def test_only_what_was_billed_comes_back(clinic: Clinic, quantity: str):
    bill, line = _bill(clinic)
    with pytest.raises(Invalid):
        actions.credit_line(bill.pk, line.pk, Decimal(quantity), "Came back", by=clinic.desk)
    assert clinic.again(bill).credited == 0


def test_a_draft_is_changed_and_a_stranger_refused(clinic: Clinic):
    bill, line = _bill(clinic)
    with pytest.raises(NotPermitted):
        actions.credit_line(bill.pk, line.pk, Decimal(1), "Came back", by=clinic.as_patient(bill.patient))
    with pytest.raises(NotFound, match="no such line"):
        actions.credit_line(bill.pk, bill.pk, Decimal(1), "Came back", by=clinic.desk)
    with pytest.raises(Invalid, match="Write why"):
        actions.credit_line(bill.pk, line.pk, Decimal(1), " ", by=clinic.desk)
    draft = clinic.draft(clinic.consultation)
    with acting_as(clinic.system):
        its_line = draft.lines.get()
    with pytest.raises(IllegalMove, match="draft"):
        actions.credit_line(draft.pk, its_line.pk, Decimal(1), "Came back", by=clinic.desk)
    with acting_as(clinic.system):
        assert not CreditNote.objects.exists()


def test_the_database_counts_what_came_back_of_a_line(clinic: Clinic):
    bill, line = _bill(clinic)
    note = actions.credit_line(bill.pk, line.pk, Decimal(3), "Came back", by=clinic.desk)
    copy = """INSERT INTO billing_creditnote SELECT (jsonb_populate_record(old, jsonb_build_object(
        'id', gen_random_uuid(), 'number', 'X', 'quantity', 1, 'taxable', 1, 'cgst', 0, 'sgst', 0, 'igst', 0,
        'total', 1))).* FROM billing_creditnote old WHERE id = %s"""
    assert attack(copy, [note.pk], by=clinic.system) == "billing_creditnote_over_line"
