"""Memberships: sold on a bill, begun when paid, cheaper from that day on, earned month by month, renewed, ended."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.tests.sql import attack
from kalon.entitlements import actions, queries, rules
from kalon.entitlements.models import Membership, MembershipOffer
from kalon.entitlements.tests.clinic import MORNING, Clinic
from kalon.kernel import clock
from kalon.kernel.errors import Clash, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.ledger import queries as ledger

TODAY = MORNING.date()


def gold(clinic: Clinic, **more: Any) -> MembershipOffer:
    asked: dict[str, Any] = {"price": Decimal("1000.00"), "percent": Decimal(10), "period": "YEAR", **more}
    return actions.add_offer("Gold", **asked, by=clinic.desk)


def sold(clinic: Clinic, offer: MembershipOffer, *, paid: bool = True, **more: Any) -> Membership:
    row = actions.sell_membership(clinic.patient.pk, offer.pk, clinic.money.branch.pk, by=clinic.desk, **more)
    if paid:
        bill = clinic.bill_of(row)
        clinic.money.pay(bill, str(bill.owed))
    return clinic.again(row)


def posted(clinic: Clinic) -> dict[str, Decimal]:
    with acting_as(clinic.system):
        assert ledger.proof(seen_by=clinic.system) == []
        totals = ledger.totals(TODAY - timedelta(days=1), TODAY + timedelta(days=900), seen_by=clinic.system)
        left = sum((row.left for row in Membership.objects.all()), Decimal(0))
    assert totals.get("DEFERRED", Decimal(0)) == -left
    return totals


def test_a_member_pays_less_from_the_day_it_is_paid_and_the_line_says_why(clinic: Clinic):
    offer = gold(clinic, tax_code="COSMETIC")
    row = sold(clinic, offer, paid=False)
    assert (row.status, row.value, clinic.bill_of(row).total) == ("PENDING", Decimal("1000.00"), Decimal("1180.00"))
    assert clinic.money.draft(clinic.laser).discount == 0
    clinic.money.pay(clinic.bill_of(row), "1180")
    row = clinic.again(row)
    assert (row.status, row.starts_on, row.ends_on) == ("ACTIVE", TODAY, TODAY.replace(year=2027) - timedelta(days=1))
    with acting_as(clinic.system):
        line = clinic.money.draft(clinic.laser).lines.get()
    assert line.discount == Decimal("200.00") and line.discount_reason.startswith("Gold member")
    with clock.at(MORNING + timedelta(days=366)):
        assert clinic.money.draft(clinic.laser).discount == 0
    posted(clinic)


def test_it_is_earned_month_by_month_and_lapses(clinic: Clinic):
    row = sold(clinic, gold(clinic))
    for days, earned in ((29, "0.00"), (31, "83.33"), (62, "166.67"), (200, "500.00")):
        with clock.at(MORNING + timedelta(days=days)):
            assert actions.earn_months(row.pk, by=clinic.system).earned == Decimal(earned)
            assert actions.earn_months(row.pk, by=clinic.system).earned == Decimal(earned)
            assert -posted(clinic).get("REVENUE", Decimal(0)) == Decimal(earned)
    with clock.at(MORNING + timedelta(days=366)), acting_as(clinic.system):
        assert queries.memberships_due(seen_by=clinic.system) == [row.pk]
        over = actions.earn_months(row.pk, by=clinic.system)
        assert (over.status, over.earned, over.left) == ("LAPSED", Decimal("1000.00"), 0)
        assert queries.memberships_due(seen_by=clinic.system) == []


def test_renewed_it_goes_on_the_day_after(clinic: Clinic):
    offer = gold(clinic, period="MONTH")
    first = sold(clinic, offer)
    with pytest.raises(Clash, match="Renew"):
        sold(clinic, offer)
    second = sold(clinic, offer, renews_id=first.pk)
    assert second.starts_on == first.ends_on + timedelta(days=1)
    with pytest.raises(Clash, match="already"):
        sold(clinic, offer, renews_id=first.pk)
    with clock.at(MORNING + timedelta(days=45)):
        assert actions.earn_months(first.pk, by=clinic.system).status == "LAPSED"
        assert clinic.money.draft(clinic.laser).discount == Decimal("200.00")
    posted(clinic)


def test_ended_early_the_rest_goes_back_and_the_discount_ends(clinic: Clinic):
    row = sold(clinic, gold(clinic, package_id=clinic.package.pk, tax_code="COSMETIC"))
    with acting_as(clinic.system):
        [held] = queries.holdings_of(clinic.patient.pk, seen_by=clinic.system)
        assert (held.status, held.value) == ("ACTIVE", 0)
    clinic.use(held)
    with pytest.raises(NotReady):
        billing.void_bill(clinic.bill_of(row).pk, "Slip", by=clinic.money.desk)
    with clock.at(MORNING + timedelta(days=62)):
        ended = actions.end_membership(row.pk, "Moves abroad", by=clinic.desk)
        assert (ended.status, ended.earned, ended.refunded) == ("ENDED", Decimal("166.67"), Decimal("833.33"))
        assert clinic.money.draft(clinic.laser).discount == 0
    assert clinic.again(held).status == "REFUNDED"
    with acting_as(clinic.system):
        assert bills.money_of(clinic.patient.pk, seen_by=clinic.system).on_account == Decimal("983.33")
    posted(clinic)


def test_what_is_no_offer_and_who_may_not(clinic: Clinic):
    for wrong in ({"price": Decimal(0)}, {"percent": Decimal(101)}, {"period": "WEEK"}):
        with pytest.raises(Invalid):
            gold(clinic, **wrong)
    offer = gold(clinic)
    row = sold(clinic, offer)
    for by in (clinic.money.stranger, clinic.money.as_patient(clinic.patient)):
        for refused in (
            lambda by=by: actions.add_offer("Silver", "YEAR", Decimal(10), Decimal(5), by=by),
            lambda by=by: actions.end_offer(offer.pk, by=by),
            lambda by=by: actions.sell_membership(clinic.patient.pk, offer.pk, clinic.money.branch.pk, by=by),
            lambda by=by: actions.end_membership(row.pk, "Mine", by=by),
            lambda by=by: actions.earn_months(row.pk, by=by),
        ):
            with pytest.raises(NotPermitted):
                refused()
    actions.end_offer(offer.pk, by=clinic.desk)
    with pytest.raises(Invalid, match="not on offer"):
        sold(clinic, offer, renews_id=row.pk)
    with acting_as(clinic.system):
        assert (Membership.objects.count(), MembershipOffer.objects.count()) == (1, 1)


MONTH = """INSERT INTO entitlements_membershipmove (id, created_at, organization_id, patient_id, membership_id, kind,
    number, amount, reason) SELECT gen_random_uuid(), now(), organization_id, patient_id, id, {values}
    FROM entitlements_membership WHERE id = %s"""


def test_plain_sql_earns_nothing_early_and_ends_nothing(clinic: Clinic):
    offer = gold(clinic)
    row = sold(clinic, offer)
    move = "UPDATE entitlements_membership SET status = '{}' WHERE id = %s"
    for statement, refusal in (
        (MONTH.format(values="'EARN', 1, 1000, ''"), "entitlements_membershipmove_not_over"),
        (MONTH.format(values="'REFUND', 0, 1000, 'Mine'"), "entitlements_membershipmove_is_credited"),
        (move.format("LAPSED"), "entitlements_membership_not_over"),
        (move.format("ENDED"), "entitlements_membership_not_over"),
        (move.format("PENDING"), "entitlements_membership_status_moves"),
        ("UPDATE entitlements_membership SET value = 1 WHERE id = %s", "entitlements_membership_fixed"),
        ("UPDATE entitlements_membership SET ends_on = '2099-01-01' WHERE id = %s", "entitlements_membership_fixed"),
    ):
        assert attack(statement, [row.pk], by=clinic.system) == refusal, statement
    waits = actions.sell_membership(clinic.money.other_patient.pk, offer.pk, clinic.money.branch.pk, by=clinic.desk)
    begin = (
        "UPDATE entitlements_membership SET status = 'ACTIVE', starts_on = '2026-01-01', ends_on = '2099-01-01' "
        "WHERE id = %s"
    )
    assert attack(begin, [waits.pk], by=clinic.system) == "entitlements_membership_not_paid"
    with clock.at(MORNING + timedelta(days=400)):
        actions.earn_months(row.pk, by=clinic.system)
        for target in ("PENDING", "ACTIVE", "ENDED"):
            assert attack(move.format(target), [row.pk], by=clinic.system) == "entitlements_membership_status_moves"
    assert rules.months_later(TODAY.replace(month=12, day=31), 2) == TODAY.replace(year=2027, month=2, day=28)
