"""Past Python: what a sale, a settlement, a term or a card must be, written by hand as the application's role."""

from datetime import timedelta
from decimal import Decimal

from kalon.billing import actions as billing
from kalon.billing.actions import LineDetails
from kalon.billing.tests.sql import DENIED, attack
from kalon.entitlements import actions
from kalon.entitlements.models import MembershipMove, Use, VoucherMove
from kalon.entitlements.tests.clinic import MORNING, Clinic
from kalon.entitlements.tests.test_memberships import gold
from kalon.entitlements.tests.test_memberships import sold as member
from kalon.entitlements.tests.test_vouchers import code_of, redeem, sell
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as

COPY = """INSERT INTO entitlements_{table} SELECT (jsonb_populate_record(old, jsonb_build_object('id', gen_random_uuid()
    {more}))).* FROM entitlements_{table} old WHERE id = %s"""
SETTLE = """INSERT INTO entitlements_settlement (id, created_at, organization_id, patient_id, holding_id, kind, value,
    kept, reason, settled_by_name, to_holding_id) SELECT gen_random_uuid(), now(), organization_id, patient_id, id,
    {values} FROM entitlements_packageholding WHERE id = %s"""


def test_no_package_is_made_settled_or_used_by_hand(clinic: Clinic):
    row = clinic.sold()
    unpaid = clinic.sold(paid=False, patient=clinic.money.other_patient)
    used = clinic.use(row)
    theirs = clinic.visit(patient=clinic.money.other_patient)
    late = clinic.visit()
    billed = clinic.visit()
    bill = clinic.money.draft()
    source = f"session:{billed.pk}:{clinic.laser.pk.hex}"
    billing.add_line(bill.pk, LineDetails(service_id=clinic.laser.pk, source=source), by=clinic.system)
    again = ", 'status', 'PENDING', 'origin_id', NULL"
    at = ", 'appointment_id', '{}'::uuid"
    for statement, pk, refusal in (
        (COPY.format(table="packageholding", more=again), row.pk, "entitlements_holding_sold"),
        (COPY.format(table="packageholding", more=f"{again}, 'origin_id', old.id, 'package_id', NULL"), row.pk,
         "entitlements_holding_sold"),
        (COPY.format(table="holdingitem", more=", 'quantity', 0"), clinic.item(unpaid).pk,
         "entitlements_item_quantity"),
        (COPY.format(table="holdingitem", more=", 'value', -1"), clinic.item(unpaid).pk,
         "entitlements_item_not_negative"),
        (COPY.format(table="holdingitem", more=""), clinic.item(unpaid).pk, "entitlements_item_service_once"),
        (SETTLE.format(values="'FORFEIT', value - used, 0, 'Mine', 'x', NULL"), row.pk,
         "entitlements_settlement_not_expired"),
        (SETTLE.format(values="'TRANSFER', value - used, 0, 'Mine', 'x', id"), row.pk,
         "entitlements_settlement_arrives"),
        (SETTLE.format(values="'FORFEIT', value - used - 1, 1, 'Mine', 'x', NULL"), row.pk,
         "entitlements_settlement_not_expired"),
        (COPY.format(table="use", more=at.format(theirs.pk)), used.pk, "entitlements_use_same_patient"),
        (COPY.format(table="use", more=at.format(billed.pk)), used.pk, "entitlements_use_billed"),
        (COPY.format(table="use", more=at.format(late.pk) + ", 'takes_back_id', old.id, 'reason', 'Mine'"), used.pk,
         "entitlements_use_takes_back_a_use"),
        ("DELETE FROM entitlements_packageholding WHERE id = %s", row.pk, DENIED),
    ):  # fmt: skip
        assert attack(statement, [pk], by=clinic.system) == refusal, statement
    back = COPY.format(table="use", more=", 'takes_back_id', old.id, 'reason', 'Mine'")
    with clock.at(MORNING + timedelta(days=8)):
        assert attack(back, [used.pk], by=clinic.system) == "entitlements_use_too_late"
    with clock.at(MORNING + timedelta(days=181)):
        more = at.format(late.pk)
        assert attack(COPY.format(table="use", more=more), [used.pk], by=clinic.system) == "entitlements_use_not_usable"
        for values, refusal in (
            ("'FORFEIT', value - used - 1, 1, 'Mine', 'x', NULL", "entitlements_settlement_credit_of_refund"),
            ("'FORFEIT', value - used, 0, '', 'x', NULL", "entitlements_settlement_explained"),
            ("'FORFEIT', value - used, 0, 'Mine', 'x', id", "entitlements_settlement_to_whom"),
            ("'REFUND', -1, value - used + 1, 'Mine', 'x', NULL", "entitlements_settlement_signs"),
        ):
            assert attack(SETTLE.format(values=values), [row.pk], by=clinic.system) == refusal, values


def test_a_share_that_is_not_paid_is_not_used_by_hand(clinic: Clinic):
    actions.set_terms({"usable": "SHARE"}, by=clinic.desk)
    row = clinic.sold(paid=False)
    clinic.money.pay(clinic.bill_of(row), "2000")
    used = clinic.use(row)
    more = f", 'appointment_id', '{clinic.visit().pk}'::uuid"
    assert attack(COPY.format(table="use", more=more), [used.pk], by=clinic.system) == "entitlements_use_not_paid"
    with acting_as(clinic.system):
        assert Use.objects.count() == 1


def test_no_month_is_earned_twice_and_no_term_is_made_by_hand(clinic: Clinic):
    row = member(clinic, gold(clinic))
    copy = COPY.format(table="membership", more=", 'status', 'PENDING'{}")
    term = ", 'starts_on', NULL, 'ends_on', NULL, 'renews_id', NULL"
    assert attack(copy.format(term), [row.pk], by=clinic.system) == "entitlements_membership_sold"
    for change, refusal in (
        ("price = 0", "entitlements_offer_positive"),
        ("percent = 0", "entitlements_offer_percent"),
        ("percent = 100.01", "entitlements_offer_percent"),
        ("name = ''", "entitlements_offer_named"),
    ):
        statement = f"UPDATE entitlements_membershipoffer SET {change} WHERE id = %s"
        assert attack(statement, [row.offer_id], by=clinic.system) == refusal, change
    with clock.at(MORNING + timedelta(days=31)):
        actions.earn_months(row.pk, by=clinic.system)
        with acting_as(clinic.system):
            month = MembershipMove.objects.get().pk
        for more, refusal in (
            ("", "entitlements_membershipmove_not_over"),
            (", 'kind', 'REFUND', 'reason', 'Mine', 'amount', 916.67", "entitlements_membershipmove_is_credited"),
        ):
            statement = COPY.format(table="membershipmove", more=more)
            assert attack(statement, [month], by=clinic.system) == refusal, more
    with clock.at(MORNING + timedelta(days=62)):
        statement = COPY.format(table="membershipmove", more=", 'reason', ''")
        other = COPY.format(table="membershipmove", more=f", 'patient_id', '{clinic.money.other_patient.pk}'::uuid")
        assert attack(other, [month], by=clinic.system) == "entitlements_membershipmove_same_membership"
        for change in ("amount = 1", "kind = 'REFUND'"):
            statement = f"UPDATE entitlements_membershipmove SET {change} WHERE id = %s"
            assert attack(statement, [month], by=clinic.system) == DENIED
    assert attack("DELETE FROM entitlements_membershipmove WHERE id = %s", [month], by=clinic.system) == DENIED


def test_no_credit_note_and_no_refund_pays_a_voucher_twice(clinic: Clinic):
    row, other = sell(clinic), sell(clinic, "700.00")
    paid = redeem(clinic, code_of(clinic, row), "3000")
    with acting_as(clinic.system):
        spent = VoucherMove.objects.get(key=paid.key).pk
    actions.refund_voucher(other.pk, "Moves", by=clinic.desk)
    with acting_as(clinic.system):
        [note] = VoucherMove.objects.filter(kind="REFUND").values_list("credit_note_id", flat=True)
    move = ", 'kind', '{}', 'key', '', 'reason', 'Mine', 'amount', {}"
    credited = move.format("REFUND", "2000") + f", 'credit_note_id', '{note}'::uuid"
    buyer = f", 'patient_id', '{clinic.patient.pk}'::uuid"
    for more, refusal in (
        (credited + buyer, "entitlements_vouchermove_is_credited"),
        (credited, "entitlements_voucher_not_usable"),
        (", 'amount', 1", "entitlements_vouchermove_key_once"),
        (f", 'amount', 1, 'key', 'x', 'credit_note_id', '{note}'::uuid", "entitlements_vouchermove_credited"),
    ):
        assert attack(COPY.format(table="vouchermove", more=more), [spent], by=clinic.system) == refusal, more
    begun = ", 'status', 'PENDING', 'code_hash', '{}'"
    for more, refusal in (
        (begun.format("other"), "entitlements_voucher_sold"),
        (begun.format("other") + ", 'value', 0", "entitlements_voucher_sold"),
    ):
        assert attack(COPY.format(table="giftvoucher", more=more), [row.pk], by=clinic.system) == refusal, more
    with clock.at(MORNING + timedelta(days=400)):
        forfeit = COPY.format(table="vouchermove", more=move.format("FORFEIT", "1999") + buyer)
        assert attack(forfeit, [spent], by=clinic.system) == "entitlements_voucher_not_usable"
    assert clinic.again(row).left == Decimal("2000.00")
