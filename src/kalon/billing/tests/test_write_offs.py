"""Giving up what is owed: alone up to the limit, above it by two people, whoever asks the database."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kalon.billing import actions, queries, tasks
from kalon.billing.lifecycles import BillStatus, WriteOffStatus
from kalon.billing.models import Bill, GatewayEvent, WriteOff
from kalon.billing.tests.sql import DONE, attack
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.rules import PatientDetails
from kalon.people.tests.factories import clinic as open_clinic

LIMIT = Decimal(500)


@pytest.fixture
def here(db: None) -> Any:
    """A clinic where one person writes off up to five hundred; two who may decide, and a desk that asks."""
    made = open_clinic(roles=["owner", "frontdesk", "billing", "nurse"])
    actions.set_billing_policy(write_off_limit=LIMIT, by=made.owner)
    details = PatientDetails(given_name="Meera", family_name="Nair", phone="+919847055218",
                             birth_date=date(1990, 5, 17), gender="female", confirmed_not_duplicate=True)  # fmt: skip
    return SimpleNamespace(clinic=made, owner=made.owner, desk=made.frontdesk, billing=made.billing,
                           nurse=made.nurse, system=made.system,
                           patient=patients.register(details, by=made.system))  # fmt: skip


@pytest.fixture
def signed_in(here: Any) -> Callable[[Actor], Client]:
    def sign_in(actor: Actor) -> Client:
        client = Client()
        user = next(user for user in here.clinic.users.values() if user.pk == actor.user_id)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def bill_of(here: Any, amount: str) -> Bill:
    bill = actions.draft_bill(here.patient.pk, here.clinic.branch.pk, by=here.desk)
    actions.add_line(bill.pk, actions.LineDetails(description="Peel", unit_price=Decimal(amount)), by=here.desk)
    return actions.finalize(bill.pk, by=here.desk)


def again(here: Any, row: Any) -> Any:
    with acting_as(here.system):
        return type(row).objects.get(pk=row.pk)


def test_a_small_sum_is_given_up_by_one(here: Any):
    bill = actions.write_off(bill_of(here, "500.00").pk, "Moved away", by=here.billing)
    assert (bill.status, bill.written_off) == (BillStatus.WRITTEN_OFF, Decimal("500.00"))
    with acting_as(here.system):
        kept = WriteOff.objects.get(bill=bill)
    assert (kept.status, kept.asked_by_id, kept.decided_by_id) == (
        "APPROVED",
        here.billing.user_id,
        here.billing.user_id,
    )


def test_a_large_sum_takes_two(here: Any):
    bill = bill_of(here, "500.01")
    with pytest.raises(NotPermitted, match=r"One person alone writes off up to 500\.00") as refusal:
        actions.write_off(bill.pk, "Moved away", by=here.billing)
    assert refusal.value.facts["needs"] == "another"
    asked = actions.ask_write_off(bill.pk, "Moved away", by=here.billing)
    with pytest.raises(Clash):
        actions.ask_write_off(bill.pk, "Moved away", by=here.desk)
    with pytest.raises(NotPermitted, match="Somebody else decides"):
        actions.approve_write_off(asked.pk, by=here.billing)
    with pytest.raises(NotPermitted):
        actions.approve_write_off(asked.pk, by=here.desk)
    assert again(here, bill).status == BillStatus.FINALIZED and again(here, asked).status == "ASKED"
    done = actions.approve_write_off(asked.pk, note="Known to us", by=here.owner)
    assert (done.status, done.decided_by_id, done.decided_note) == ("APPROVED", here.owner.user_id, "Known to us")
    assert (again(here, bill).status, again(here, bill).written_off) == (BillStatus.WRITTEN_OFF, Decimal("500.01"))
    with acting_as(here.owner):
        assert queries.mismatches(seen_by=here.owner) == []


def test_who_may_not_does_not(here: Any):
    bill = bill_of(here, "600")
    for refused in (
        lambda: actions.write_off(bill.pk, "x", by=here.desk),
        lambda: actions.ask_write_off(bill.pk, "x", by=here.nurse),
        lambda: actions.set_billing_policy(write_off_limit=Decimal(10**6), by=here.billing),
    ):
        with pytest.raises(NotPermitted):
            refused()
    with pytest.raises(Invalid) as refusal:
        actions.ask_write_off(bill.pk, "  ", by=here.desk)
    assert refusal.value.field == "reason"
    with acting_as(here.system):
        assert not WriteOff.objects.exists()
        assert queries.billing_policy(seen_by=here.system).write_off_limit == LIMIT


def test_refused_and_withdrawn_the_bill_is_owed_as_before(here: Any):
    bill = bill_of(here, "600")
    asked = actions.ask_write_off(bill.pk, "Cannot pay", by=here.desk)
    with pytest.raises(Invalid):
        actions.refuse_write_off(asked.pk, " ", by=here.owner)
    assert actions.refuse_write_off(asked.pk, "Ask in March", by=here.owner).status == WriteOffStatus.REFUSED
    second = actions.ask_write_off(bill.pk, "Cannot pay", by=here.desk)
    assert actions.withdraw_write_off(second.pk, "She paid", by=here.desk).status == WriteOffStatus.WITHDRAWN
    assert again(here, bill).owed == Decimal(600)
    with pytest.raises(IllegalMove):
        actions.approve_write_off(second.pk, by=here.owner)


def test_what_was_paid_meanwhile_is_not_given_up(here: Any):
    bill = bill_of(here, "900")
    asked = actions.ask_write_off(bill.pk, "Cannot pay", by=here.desk)
    actions.take_payment(bill.pk, "CASH", Decimal(250), "", "k1", by=here.desk)
    actions.approve_write_off(asked.pk, by=here.owner)
    assert again(here, bill).written_off == Decimal(650)

    paid = bill_of(here, "900")
    asked = actions.ask_write_off(paid.pk, "Cannot pay", by=here.desk)
    actions.take_payment(paid.pk, "CASH", Decimal(900), "", "k2", by=here.desk)
    with pytest.raises(NotReady):
        actions.approve_write_off(asked.pk, by=here.owner)
    with acting_as(here.system):
        tasks.withdraw_write_off(organization_id=here.clinic.organization_id, bill_id=paid.pk)
    assert again(here, asked).status == WriteOffStatus.WITHDRAWN


def test_more_owed_than_was_asked_is_asked_again(here: Any):
    bill = bill_of(here, "900")
    actions.take_payment(bill.pk, "CASH", Decimal(300), "", "k1", by=here.desk)
    asked = actions.ask_write_off(bill.pk, "Cannot pay", by=here.desk)
    actions.release(bill.pk, "Wrong bill", by=here.billing)
    with pytest.raises(NotReady, match=r"900\.00 by now, and 600\.00"):
        actions.approve_write_off(asked.pk, by=here.owner)
    assert again(here, bill).status == BillStatus.FINALIZED


# -- plain SQL


MAKERS: dict[str, Callable[[Any], WriteOff]] = {
    "ASKED": lambda here: actions.ask_write_off(bill_of(here, "600").pk, "Cannot pay", by=here.desk),
    "APPROVED": lambda here: actions.approve_write_off(MAKERS["ASKED"](here).pk, by=here.owner),
    "REFUSED": lambda here: actions.refuse_write_off(MAKERS["ASKED"](here).pk, "No", by=here.owner),
    "WITHDRAWN": lambda here: actions.withdraw_write_off(MAKERS["ASKED"](here).pk, "Paid", by=here.desk),
}
DECIDE = """WITH why AS (SELECT set_config('kalon.reason', 'Because', true))
    UPDATE billing_writeoff SET status = %s, decided_at = now(), decided_by_id = %s FROM why WHERE id = %s"""


@pytest.mark.parametrize("source", MAKERS)
def test_plain_sql_moves_only_along_the_arrows(here: Any, source: str):
    row = MAKERS[source](here)
    for target in MAKERS:
        if target != source:
            outcome = attack(DECIDE, [target, here.owner.user_id, row.pk], by=here.system)
            assert (outcome == DONE) is (source == "ASKED"), (source, target, outcome)


def test_the_database_wants_two_people_and_an_approval(here: Any):
    by: Actor = here.system
    asked = MAKERS["ASKED"](here)
    for user in (here.desk.user_id, None):
        assert attack(DECIDE, ["APPROVED", user, asked.pk], by=by) == "billing_writeoff_by_another"
    give_up = """WITH why AS (SELECT set_config('kalon.reason', 'Because', true))
        UPDATE billing_bill SET status = 'WRITTEN_OFF', written_off = total FROM why WHERE id = %s"""
    assert attack(give_up, [asked.bill_id], by=by) == "billing_bill_written_off_approved"
    grown = "UPDATE billing_writeoff SET amount = 1 WHERE id = %s"
    assert attack(grown, [asked.pk], by=by) == "billing_writeoff_fixed"


def test_a_gateways_word_names_only_its_own_clinics_money(here: Any):
    theirs = open_clinic(roles=["owner"])
    payment = actions.receive_advance(here.patient.pk, here.clinic.branch.pk, "CASH", Decimal(50), by=here.desk)
    refund = actions.request_refund(payment.pk, Decimal(50), "Back", by=here.billing)
    word = """INSERT INTO billing_gatewayevent (id, created_at, organization_id, gateway, event_id, kind, occurred_at,
        payload, outcome, {0}) VALUES (gen_random_uuid(), now(), %s, 'stripe', 'e', 'k', now(), '{{}}', '', %s)"""
    for column, row in (("payment_id", payment), ("refund_id", refund)):
        outcome = attack(word.format(column), [theirs.organization_id, row.pk], by=theirs.system)
        assert outcome == f"billing_gatewayevent_same_{column.removesuffix('_id')}"
    with acting_as(here.system):
        assert not GatewayEvent.objects.exists()


# -- the desk and the API


def test_asked_on_the_bill_and_decided_in_the_list(here: Any, signed_in: Callable[[Actor], Client]):
    bill = bill_of(here, "600")
    desk, owner = signed_in(here.desk), signed_in(here.owner)
    assert b"Ask to write off" in desk.get(f"/bills/{bill.pk}").content
    desk.post(f"/bills/{bill.pk}/write-off", {"reason": "Cannot pay"})
    page = desk.get(f"/bills/{bill.pk}").content.decode()
    assert "asks to write off" in page
    with acting_as(here.system):
        asked = WriteOff.objects.get()
    listed = owner.get("/bills/write-offs")
    assert b"Cannot pay" in listed.content
    refused = owner.post(f"/bills/write-offs/{asked.pk}", {"decision": "refuse", "note": ""})
    assert refused.status_code == 422
    assert owner.post(f"/bills/write-offs/{asked.pk}", {"decision": "approve", "note": ""}).status_code == 303
    assert again(here, bill).status == BillStatus.WRITTEN_OFF
    assert b"Write-offs asked for" in owner.get("/bills/write-offs").content
    with acting_as(here.owner):
        assert queries.write_offs_waiting(here.owner) is None
    small = bill_of(here, "20")
    assert b"Write off" in owner.get(f"/bills/{small.pk}").content
    owner.post(f"/bills/{small.pk}/write-off", {"reason": "A trifle"})
    assert again(here, small).status == BillStatus.WRITTEN_OFF


def test_the_clinic_says_how_much_one_decides(here: Any, signed_in: Callable[[Actor], Client]):
    owner = signed_in(here.owner)
    assert b'value="500.00"' in owner.get("/settings/bills").content
    assert owner.post("/settings/bills", {"write_off_limit": "-1"}).status_code == 422
    assert owner.post("/settings/bills", {"write_off_limit": "750"}).status_code == 303
    with acting_as(here.system):
        assert queries.billing_policy(seen_by=here.system).write_off_limit == Decimal(750)
    assert signed_in(here.billing).get("/settings/bills").status_code == 403


def test_the_list_asks_as_much_for_one_row_as_for_many(here: Any, signed_in: Callable[[Actor], Client]):
    owner, counts = signed_in(here.owner), []
    for more in (1, 4):
        for _ in range(more):
            MAKERS["ASKED"](here)
        owner.get("/bills/write-offs")
        with CaptureQueriesContext(connection) as seen:
            owner.get("/bills/write-offs")
        counts.append(len(seen))
    assert counts[0] == counts[1]
