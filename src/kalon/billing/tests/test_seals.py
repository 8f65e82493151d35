"""A finalised bill, its lines, its money: nothing of it changes, whoever asks in SQL."""

from decimal import Decimal

import pytest
from django.db import connection

from kalon.billing.models import BillLine, PaymentAllocation
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.sql import DENIED, DONE, attack
from kalon.kernel.tenancy import acting_as


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        (
            "UPDATE billing_billline SET unit_price = 1, taxable = 1, total = 1 WHERE bill_id = %s",
            "billing_billline_sealed",
        ),
        ("UPDATE billing_billline SET description = 'x' WHERE bill_id = %s", "billing_billline_sealed"),
        ("DELETE FROM billing_billline WHERE bill_id = %s", "billing_billline_sealed"),
        ("UPDATE billing_bill SET total = 1 WHERE id = %s", "billing_bill_sums"),
        ("UPDATE billing_bill SET number = 'KOC/2627/99999' WHERE id = %s", "billing_bill_sealed"),
        ("UPDATE billing_bill SET bill_date = bill_date - 1 WHERE id = %s", "billing_bill_sealed"),
        ("UPDATE billing_bill SET patient_id = gen_random_uuid() WHERE id = %s", "billing_bill_sealed"),
        ("UPDATE billing_bill SET written_off = 1 WHERE id = %s", "billing_bill_over_allocated"),
        ("DELETE FROM billing_bill WHERE id = %s", DENIED),
        ("UPDATE billing_paymentallocation SET amount = 1 WHERE bill_id = %s", DENIED),
        ("DELETE FROM billing_paymentallocation WHERE bill_id = %s", DENIED),
        ("DELETE FROM billing_payment WHERE bill_id = %s", DENIED),
        ("UPDATE billing_payment SET amount = 1 WHERE bill_id = %s", "billing_payment_fixed"),
        ("UPDATE billing_payment SET reference = 'x' WHERE bill_id = %s", "billing_payment_sealed"),
        ("TRUNCATE billing_bill CASCADE /* %s */", DENIED),
    ],
)
def test_nothing_of_a_finalised_bill_changes(clinic: Clinic, statement: str, refusal: str):
    bill = clinic.bill(clinic.consultation, clinic.botox)
    clinic.pay(bill, "300")
    assert attack(statement, [bill.pk], by=clinic.system) == refusal


def test_sums_written_by_hand_are_worked_out_again(clinic: Clinic):
    bill = clinic.bill()
    with acting_as(clinic.system), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_bill SET allocated = 800 WHERE id = %s RETURNING allocated, status", [bill.pk])
        assert cursor.fetchone() == (Decimal("0.00"), "FINALIZED")


def test_no_line_slips_into_a_finalised_bill(clinic: Clinic):
    bill = clinic.bill()
    statement = """INSERT INTO billing_billline SELECT (jsonb_populate_record(line, jsonb_build_object(
        'id', gen_random_uuid(), 'position', 2))).* FROM billing_billline line WHERE bill_id = %s"""
    assert attack(statement, [bill.pk], by=clinic.system) == "billing_billline_sealed"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("quantity = 0, taxable = 0, total = 0", "billing_billline_quantity_positive"),
        ("unit_price = -5, taxable = -5, total = -5", "billing_billline_not_negative"),
        ("taxable = 1, total = 1", "billing_billline_taxable_exact"),
        ("cgst = 100, sgst = 100, total = total + 200", "billing_billline_tax_exact"),
        ("total = total - 1", "billing_billline_"),
        ("cgst = 72, igst = 72, total = 944, tax_percent = 18", "billing_billline_inside_or_across_states"),
        ("discount = 100, taxable = 700, total = 700", "billing_billline_discount_explained"),
    ],
)
def test_a_drafts_line_adds_up(clinic: Clinic, change: str, refusal: str):
    bill = clinic.draft(clinic.consultation)
    assert attack(f"UPDATE billing_billline SET {change} WHERE bill_id = %s", [bill.pk], by=clinic.system).startswith(
        refusal
    )


def test_an_allocation_stays_within_payment_bill_and_line(clinic: Clinic):
    bill = clinic.bill(clinic.consultation, clinic.botox)
    payment = clinic.pay(bill, "500")
    with acting_as(clinic.system):
        first, second = BillLine.objects.filter(bill=bill).order_by("position")
        assert PaymentAllocation.objects.get(payment=payment).bill_line_id == first.pk
    statement = """INSERT INTO billing_paymentallocation (id, created_at, organization_id, patient_id, payment_id,
        bill_id, bill_line_id, amount, reason) VALUES (gen_random_uuid(), now(), %s, %s, %s, %s, %s, %s, 'x')"""
    row = [bill.organization_id, bill.patient_id, payment.pk, bill.pk]
    assert attack(statement, [*row, second.pk, 1], by=clinic.system) == "billing_payment_over_allocated"
    assert attack(statement, [*row, second.pk, 0], by=clinic.system) == "billing_paymentallocation_not_zero"
    assert attack(statement, [*row, second.pk, -1], by=clinic.system) == "billing_paymentallocation_over_line"
    assert attack(statement, [*row, first.pk, -501], by=clinic.system) == "billing_bill_over_allocated"
    other = clinic.bill(patient=clinic.other_patient)
    crossed = [bill.organization_id, bill.patient_id, payment.pk, other.pk, second.pk, 1]
    assert attack(statement, crossed, by=clinic.system) != DONE
