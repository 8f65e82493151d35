"""Money on account goes to another patient in one step: the same paisa out and in, or nothing at all."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from kalon.billing import actions, queries
from kalon.billing.models import AccountTransfer, Payment, Refund
from kalon.billing.tests.clinic import Clinic
from kalon.billing.tests.sql import DENIED, attack
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Invalid, KeyReused, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger
from kalon.ledger.models import Posting


@pytest.fixture
def held(clinic: Clinic) -> list[Payment]:
    """Eight hundred in cash and two hundred online, both on account."""
    cash = actions.receive_advance(clinic.patient.pk, clinic.branch.pk, "CASH", Decimal(800), by=clinic.desk)
    card = actions.receive_advance(clinic.patient.pk, clinic.branch.pk, "CARD", Decimal(200), by=clinic.desk)
    return [cash, card]


def give(clinic: Clinic, amount: str, **more: Any) -> AccountTransfer:
    asked = {"reason": "Her sister pays", "by": clinic.desk, **more}
    return actions.transfer_on_account(clinic.patient.pk, clinic.other_patient.pk, Decimal(amount), **asked)


def on_account(clinic: Clinic, patient: Any) -> Decimal:
    with acting_as(clinic.desk):
        return queries.money_of(patient.pk, seen_by=clinic.desk).on_account


def test_it_leaves_the_one_and_comes_into_the_other(clinic: Clinic, held: list[Payment]):
    made = give(clinic, "900.50")
    assert (on_account(clinic, clinic.patient), on_account(clinic, clinic.other_patient)) == (
        Decimal("99.50"), Decimal("900.50"),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with acting_as(clinic.system):
        assert [part.amount for part in made.parts.order_by("amount")] == [Decimal("100.50"), Decimal(800)]
        books = Posting.objects.filter(account="TRANSFERS").values_list("amount", flat=True)
        assert sorted(books) == [Decimal(-800), Decimal("-100.50"), Decimal("900.50")]
        assert ledger.proof(seen_by=_reader(clinic)) == [] and queries.mismatches(seen_by=clinic.system) == []
        lines = queries.statement(clinic.patient.pk, seen_by=clinic.system).lines
        assert [line.words for line in lines[2:]] == ["Moved to another patient's account"] * 2
        theirs = queries.statement(clinic.other_patient.pk, seen_by=clinic.system)
        assert theirs.closing == Decimal("-900.50") and theirs.lines[0].words.startswith("From another patient's")
    bill = clinic.bill(patient=clinic.other_patient)
    actions.apply_on_account(made.payment_id, bill.pk, by=clinic.desk)
    assert on_account(clinic, clinic.other_patient) == Decimal("100.50")


def test_the_same_request_gives_once(clinic: Clinic, held: list[Payment]):
    first = give(clinic, "300", key="k")
    assert give(clinic, "300", key="k").pk == first.pk
    with pytest.raises(KeyReused):
        give(clinic, "301", key="k")
    assert on_account(clinic, clinic.other_patient) == Decimal(300)


def test_what_is_refused_changes_nothing(clinic: Clinic, held: list[Payment]):
    for amount in ("0", "-1", "0.001", "1000.01"):
        with pytest.raises(Invalid) as refusal:
            give(clinic, amount)
        assert refusal.value.field == "amount"
    with pytest.raises(Invalid) as refusal:
        give(clinic, "5", reason=" ")
    assert refusal.value.field == "reason"
    with pytest.raises(Invalid):
        actions.transfer_on_account(clinic.patient.pk, clinic.patient.pk, Decimal(5), "x", by=clinic.desk)
    for by in (clinic.stranger, clinic.as_patient(clinic.patient)):
        with pytest.raises(NotPermitted):
            give(clinic, "5", by=by)
    with pytest.raises(NotFound):
        actions.transfer_on_account(clinic.patient.pk, uuid4(), Decimal(5), "x", by=clinic.desk)
    with acting_as(clinic.system):
        assert not AccountTransfer.objects.exists() and not Refund.objects.exists()
    assert on_account(clinic, clinic.patient) == Decimal(1000)


# -- plain SQL


def test_plain_sql_makes_no_money_on_the_way(clinic: Clinic, held: list[Payment]):
    made, by = give(clinic, "100"), clinic.system
    copy = """INSERT INTO {0} SELECT (jsonb_populate_record(row, %s::jsonb || jsonb_build_object('id', %s::text,
        'key', %s::text))).* FROM {0} row WHERE id = %s"""
    with acting_as(by):
        part = Refund.objects.get(transfer=made)
    again = copy.format("billing_refund")
    for changes, broken in (
        ('{"status": "REQUESTED"}', "billing_refund_of_transfer"),
        ('{"status": "REQUESTED", "transfer_id": null}', "billing_refund_transfer_named"),
    ):
        assert attack(again, [changes, str(uuid4()), str(uuid4()), part.pk], by=by) == broken, changes
    assert attack("UPDATE billing_accounttransfer SET amount = 1 WHERE id = %s", [made.pk], by=by) == DENIED
    receive = """UPDATE billing_payment SET status = 'SUCCEEDED', received_at = now(), receipt_number = 'X'
        WHERE id = %s"""
    born = """INSERT INTO billing_payment SELECT (jsonb_populate_record(row, jsonb_build_object('id', %s::text,
        'key', %s::text, 'status', 'PENDING', 'received_at', NULL, 'receipt_number', NULL))).*
        FROM billing_payment row WHERE id = %s"""
    other = str(uuid4())
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute(born, [other, other, made.payment_id])
    assert attack(receive, [other], by=by) == "billing_payment_of_transfer"


def test_money_that_left_has_to_come_in(clinic: Clinic, held: list[Payment]):
    give(clinic, "100")
    half = """INSERT INTO billing_accounttransfer SELECT (jsonb_populate_record(row, jsonb_build_object(
        'id', gen_random_uuid(), 'payment_id', %s::text))).* FROM billing_accounttransfer row"""
    with pytest.raises(DatabaseError) as error, acting_as(clinic.system), connection.cursor() as cursor:
        cursor.execute(half, [str(held[1].pk)])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert broken_constraint(error.value.__cause__) == "billing_accounttransfer_whole"


def test_the_desk_gives_it_by_number(clinic: Clinic, held: list[Payment], desk: Client):
    here = f"/bills/accounts/{clinic.patient.pk}"
    assert "Give to another patient" in desk.get(here).content.decode()
    asked = {"mrn": "nobody", "amount": "50", "reason": "Her sister", "key": "k"}
    refused = desk.post(f"{here}/transfer", asked)
    assert refused.status_code == 422 and "There is no patient with this number" in refused.content.decode()
    assert desk.post(f"{here}/transfer", asked | {"mrn": clinic.other_patient.mrn}).status_code == 303
    assert on_account(clinic, clinic.other_patient) == Decimal(50)


def test_by_json(clinic: Clinic, held: list[Payment], desk: Client):
    path = f"/api/patients/{clinic.patient.pk}"
    sent = {"to_patient_id": str(clinic.other_patient.pk), "amount": "40.00", "reason": "Her sister"}
    made = desk.post(f"{path}/transfers", sent, content_type="application/json")
    assert (made.status_code, made.json()["amount"]) == (201, "40.00")
    advance = {"branch_id": str(clinic.branch.pk), "method": "UPI", "amount": "10.10", "key": "a"}
    assert desk.post(f"{path}/advances", advance, content_type="application/json").status_code == 201
    assert len(desk.get(f"{path}/advances").json()["items"]) == 3
    told = desk.get(f"{path}/statement?from=2020-01-01").json()
    assert (told["opening"], told["closing"], told["on_account"]) == ("0.00", "-970.10", "970.10")


def _reader(clinic: Clinic) -> Any:
    return replace(clinic.desk, grants={place: names | {"ledger.view"} for place, names in clinic.desk.grants.items()})
