"""What a patient's own unit of work may do with money: see theirs, pay theirs, and nothing else, also in SQL."""

from decimal import Decimal
from uuid import uuid4

import pytest

from kalon.billing import actions, queries
from kalon.billing.models import Bill
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.sql import DENIED, DONE, attack
from kalon.kernel.errors import NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as

RLS = DENIED  # a row security violation has the same SQL state


def test_a_patient_sees_their_own_finished_bills(clinic: Clinic):
    own, draft, other = clinic.bill(), clinic.draft(clinic.botox), clinic.bill(patient=clinic.other_patient)
    by = clinic.as_patient(clinic.patient)
    with acting_as(by):
        assert [bill.pk for bill in queries.bills(seen_by=by)] == [own.pk]
        assert {bill.pk for bill in Bill.objects.all()} == {own.pk, draft.pk}  # the database: theirs, and only theirs
        for hidden in (draft, other):
            with pytest.raises(NotFound):
                queries.bill(hidden.pk, seen_by=by)
    with pytest.raises(NotFound):
        actions.start_online_payment(other.pk, by=by)
    with pytest.raises(NotFound):
        actions.invoice_pdf(other.pk, by=by)


def test_a_patient_takes_no_payment_and_corrects_nothing(clinic: Clinic):
    by, bill = clinic.as_patient(clinic.patient), clinic.bill()
    for attempt in (
        lambda: actions.take_payment(bill.pk, "CASH", Decimal(800), by=by),
        lambda: actions.void_bill(bill.pk, "x", by=by),
        lambda: actions.write_off(bill.pk, "x", by=by),
        lambda: actions.bill_appointment(uuid4(), by=by),
        lambda: actions.expire_waiting(by=by),
    ):
        with pytest.raises(NotPermitted):
            attempt()


def test_sql_in_a_patients_name_reaches_nothing(clinic: Clinic):
    own, other, draft = clinic.bill(), clinic.bill(patient=clinic.other_patient), clinic.draft(clinic.botox)
    clinic.pay(own, "100")
    by = clinic.as_patient(clinic.patient)
    waiting = actions.start_online_payment(own.pk, by=by)
    copied = """INSERT INTO billing_payment SELECT (jsonb_populate_record(payment, jsonb_build_object(
        'id', gen_random_uuid(), 'key', gen_random_uuid(), 'checkout_token', null) || %s::jsonb)).*
        FROM billing_payment payment WHERE id = %s"""
    for statement, params, refusal in [
        ("UPDATE billing_bill SET allocated = total WHERE id = %s", [own.pk], "billing_bill_by_patient"),
        ("UPDATE billing_bill SET status = 'PAID' WHERE id = %s", [own.pk], "billing_bill_by_patient"),
        ("UPDATE billing_bill SET written_off = 1 WHERE id = %s", [draft.pk], "billing_bill_by_patient"),
        ("UPDATE billing_bill SET status = status WHERE id = %s", [other.pk], "nothing touched"),
        ("UPDATE billing_billline SET discount = 1 WHERE bill_id = %s", [draft.pk], DENIED),
        ("DELETE FROM billing_billline WHERE bill_id = %s", [draft.pk], DENIED),
        ("UPDATE billing_payment SET status = 'SUCCEEDED' WHERE id = %s", [waiting.pk], DENIED),
        ("INSERT INTO billing_creditnote SELECT * FROM billing_creditnote WHERE id <> %s", [own.pk], DENIED),
        (
            "INSERT INTO billing_paymentallocation SELECT * FROM billing_paymentallocation WHERE bill_id = %s",
            [own.pk],
            DENIED,
        ),
        ("INSERT INTO billing_refund SELECT * FROM billing_refund WHERE id <> %s", [own.pk], DENIED),
        ("SELECT * FROM billing_gatewayevent WHERE id <> %s", [own.pk], DENIED),
        (copied, ['{"method": "CASH", "gateway": ""}', waiting.pk], "billing_payment_by_patient"),
        (copied, ['{"status": "SUCCEEDED"}', waiting.pk], "billing_payment_status_moves"),
        (copied, [f'{{"patient_id": "{clinic.other_patient.pk}"}}', waiting.pk], RLS),
    ]:
        assert attack(statement, params, by=by) == refusal, statement
    assert (
        attack(copied, ["{}", waiting.pk], by=by) == DONE
    )  # an honest one passes: the refusals above are not for its shape


def test_a_patient_cannot_write_a_bill_of_their_own(clinic: Clinic):
    by, draft = clinic.as_patient(clinic.patient), clinic.draft(clinic.botox)
    copied = """INSERT INTO billing_bill SELECT (jsonb_populate_record(bill, jsonb_build_object(
        'id', gen_random_uuid()))).* FROM billing_bill bill WHERE id = %s"""
    assert attack(copied, [draft.pk], by=by) == "billing_bill_by_patient"
    cheap = """INSERT INTO billing_billline SELECT (jsonb_populate_record(line, jsonb_build_object(
        'id', gen_random_uuid(),
        'position', 2, 'unit_price', 1, 'taxable', 1, 'cgst', 0, 'sgst', 0, 'tax_percent', 0, 'total', 1))).*
        FROM billing_billline line WHERE bill_id = %s"""
    assert attack(cheap, [draft.pk], by=by) == "billing_billline_by_patient"
