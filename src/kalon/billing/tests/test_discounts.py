"""Discounts on a bill's line: which apply, who may give how much, what is used up and given back, points."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from kalon.billing import actions
from kalon.billing.models import BillLine
from kalon.billing.tests.clinic import MONEY, Clinic
from kalon.kernel import clock, outbox
from kalon.kernel.actors import EVERYWHERE, Actor
from kalon.kernel.constraints import broken_constraint
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.pricing import actions as pricing
from kalon.pricing import queries as prices
from kalon.pricing.actions import DiscountDetails
from kalon.pricing.models import DiscountApproval, DiscountUse, PointsEntry
from kalon.pricing.queries import Asked

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)
TEN = Asked(percent=Decimal(10), reason="Regular")
HALF = Asked(percent=Decimal(50), reason="Unhappy with the result")


def discount(clinic: Clinic, tier: str, *services: Any, **facts: Any) -> Any:
    details = DiscountDetails(
        code=f"D-{uuid4().hex[:6]}", name=facts.pop("name", tier.title()), tier=tier, valid_from=DAY, **facts
    )
    return pricing.add_discount(details, [service.pk for service in services], by=clinic.system)


def line_of(clinic: Clinic, service: Any, asked: Asked = prices.NOTHING, **details: Any) -> BillLine:
    bill = actions.draft_bill(clinic.patient.pk, clinic.branch.pk, by=clinic.desk)
    return actions.add_line(bill.pk, actions.LineDetails(service_id=service.pk, asked=asked, **details), by=clinic.desk)


def approver(clinic: Clinic) -> Actor:
    grants = MappingProxyType({EVERYWHERE: MONEY | {"pricing.approve_discount"}})
    return replace(clinic.desk, name="Owner", grants=grants)


def sql(statement: str, params: Any = (), *, by: Actor) -> str:
    try:
        with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, params)
    except DatabaseError as error:
        return broken_constraint(error.__cause__) or str(error.__cause__).split("\n")[0]
    return ""


def uses(clinic: Clinic) -> int:
    with acting_as(clinic.system):
        return DiscountUse.objects.filter(given_back_at=None).count()


def test_a_group_a_quantity_and_a_campaign_apply_by_themselves_and_are_explained(clinic: Clinic) -> None:
    group = pricing.add_group("senior", "Senior citizens", by=clinic.system)
    pricing.add_member(group.pk, clinic.patient.pk, DAY, proof="Aadhaar", by=clinic.desk)
    discount(clinic, "GROUP", name="Senior citizens", percent=Decimal(10), group_id=group.pk)
    discount(clinic, "BULK", clinic.botox, name="From 3", percent=Decimal(5), min_quantity=3)
    discount(clinic, "PROMOTION", clinic.botox, name="Monsoon", amount=Decimal(500))
    discount(clinic, "PROMOTION", clinic.botox, name="Ended", percent=Decimal(90), valid_to=date(2026, 2, 1))
    line = line_of(clinic, clinic.botox, quantity=Decimal(3))
    assert [step["words"] for step in line.discount_steps] == [
        "Senior citizens 10%: −₹4,200.00", "From 3 5%: −₹1,890.00", "Monsoon: −₹500.00",
    ]  # fmt: skip
    assert (line.discount, line.taxable) == (Decimal(6590), Decimal(35410))
    assert line.discount_reason.startswith("Senior citizens 10%: −₹4,200.00; From 3")
    assert line_of(clinic, clinic.consultation).discount == 80
    actions.remove_line(line.bill_id, line.pk, by=clinic.desk)
    assert uses(clinic) == 1
    assert line_of(clinic, clinic.botox, unit_price=Decimal(9000)).discount == 0  # a price of its own stays


def test_up_to_the_limit_the_desk_decides_and_above_it_somebody_else_does_once(clinic: Clinic) -> None:
    line = line_of(clinic, clinic.consultation, TEN)
    assert (line.discount, line.discount_reason) == (80, "Regular 10%: −₹80.00")
    with pytest.raises(NotPermitted, match="up to 10% by hand, and this is 50%"):
        actions.discount_line(line.bill_id, line.pk, HALF, by=clinic.desk)
    with pytest.raises(NotPermitted):
        line_of(clinic, clinic.consultation, discount=Decimal(81), discount_reason="Please")
    asked = actions.ask_for_discount(line.bill_id, line.pk, HALF, by=clinic.desk)
    with pytest.raises(Clash, match="asked about this already"):
        actions.ask_for_discount(line.bill_id, line.pk, HALF, by=clinic.desk)
    with pytest.raises(NotPermitted):
        actions.discount_line(line.bill_id, line.pk, HALF, by=clinic.desk)
    with pytest.raises(NotPermitted, match="may not approve"):
        pricing.approve_discount(asked.pk, by=clinic.desk)
    pricing.approve_discount(asked.pk, note="Fair", by=approver(clinic))
    made = actions.discount_line(line.bill_id, line.pk, HALF, by=clinic.desk)
    assert (made.discount, made.total) == (400, 400)
    with pytest.raises(NotPermitted):  # once
        actions.discount_line(line.bill_id, line.pk, HALF, by=clinic.desk)
    assert actions.discount_line(line.bill_id, line.pk, HALF, by=approver(clinic)).discount == 400
    again = actions.ask_for_discount(line.bill_id, line.pk, HALF, by=clinic.desk)
    pricing.refuse_discount(again.pk, "Too often", by=approver(clinic))
    with acting_as(clinic.system):
        kept = DiscountApproval.objects.get(pk=again.pk)
    assert (kept.status, kept.decided_note, kept.decided_by_name) == ("REFUSED", "Too often", "Owner")


def test_who_asks_does_not_approve(clinic: Clinic, login: Callable[[str], Any]) -> None:
    person = login("owner")
    owner = replace(approver(clinic), user_id=person.pk)
    line = line_of(clinic, clinic.consultation)
    asked = actions.ask_for_discount(line.bill_id, line.pk, HALF, by=owner)
    with pytest.raises(NotPermitted, match="Somebody else decides"):
        pricing.approve_discount(asked.pk, by=owner)
    by_sql = "UPDATE pricing_discountapproval SET decided_by_id = asked_by_id WHERE id = %s"
    assert sql(by_sql, [asked.pk], by=clinic.system) == "pricing_discountapproval_by_another"
    percent = "UPDATE pricing_discountapproval SET percent = 90 WHERE id = %s"
    assert sql(percent, [asked.pk], by=clinic.system) == "pricing_discountapproval_fixed"


STATES = ("ASKED", "APPROVED", "REFUSED", "USED")
DRAWN = {("ASKED", "APPROVED"), ("ASKED", "REFUSED"), ("APPROVED", "USED")}


@pytest.mark.parametrize(("before", "after"), [(a, b) for a in STATES for b in STATES if a != b])
def test_every_pair_of_states_of_an_approval_by_plain_sql(clinic: Clinic, before: str, after: str) -> None:
    line = line_of(clinic, clinic.consultation)
    asked = actions.ask_for_discount(line.bill_id, line.pk, HALF, by=clinic.desk)
    if before == "REFUSED":
        pricing.refuse_discount(asked.pk, "No", by=approver(clinic))
    if before in ("APPROVED", "USED"):
        pricing.approve_discount(asked.pk, by=approver(clinic))
    if before == "USED":
        actions.discount_line(line.bill_id, line.pk, HALF, by=clinic.desk)
    decided = ", decided_at = now()" if before == "ASKED" else ""
    said = "set_config('kalon.reason', 'why', true) IS NOT NULL"
    refused = sql(
        f"UPDATE pricing_discountapproval SET status = %s{decided} WHERE id = %s AND {said}",
        [after, asked.pk],
        by=clinic.system,
    )
    assert refused == ("" if (before, after) in DRAWN else "pricing_discountapproval_status_moves")


def test_a_coupon_is_used_as_often_as_it_may_be_and_given_back(clinic: Clinic) -> None:
    discount(clinic, "PROMOTION", clinic.botox, coupon="glow20", percent=Decimal(20), max_uses=2, max_uses_each=1)
    glow = Asked(coupon="glow20")
    line = line_of(clinic, clinic.botox, glow)
    assert line.discount_reason == "Promotion (GLOW20) 20%: −₹2,800.00"
    with pytest.raises(Invalid, match="used as often"):
        line_of(clinic, clinic.botox, glow)
    for code, sentence in (("GLOW21", "no coupon"), ("", "")):
        if code:
            with pytest.raises(Invalid, match=sentence):
                line_of(clinic, clinic.botox, Asked(coupon=code))
    with pytest.raises(Invalid, match="not for this"):
        line_of(clinic, clinic.consultation, glow)
    actions.remove_line(line.bill_id, line.pk, by=clinic.desk)
    line = line_of(clinic, clinic.botox, glow)
    actions.void_bill(line.bill_id, "Not today", by=clinic.desk)
    assert uses(clinic) == 0
    assert line_of(clinic, clinic.botox, glow).discount == 2800


def test_the_database_counts_uses_and_keeps_them(clinic: Clinic) -> None:
    made = discount(clinic, "PROMOTION", clinic.botox, coupon="ONE", percent=Decimal(20), max_uses=1)
    line_of(clinic, clinic.botox, Asked(coupon="ONE"))
    copy = """INSERT INTO pricing_discountuse
        (id, created_at, organization_id, patient_id, discount_id, used_for, amount)
        SELECT gen_random_uuid(), now(), organization_id, patient_id, discount_id, 'x', 1 FROM pricing_discountuse"""
    assert sql(copy, by=clinic.system) == "pricing_discountuse_limits"
    assert sql("UPDATE pricing_discountuse SET used_for = ''", by=clinic.system) == "pricing_discountuse_fixed"
    assert sql("UPDATE pricing_discount SET max_uses = 9", by=clinic.system) == "pricing_discount_fixed"
    assert sql("UPDATE billing_billline SET discount_steps = '[{\"amount\": 1}]'", by=clinic.system) == (
        "billing_billline_steps"
    )
    pricing.end_discount(made.pk, date(2026, 1, 2), by=clinic.system)


def test_a_use_a_coupon_and_points_count_once_by_plain_sql(clinic: Clinic) -> None:
    discount(clinic, "PROMOTION", clinic.botox, coupon="GLOW", percent=Decimal(20))
    line_of(clinic, clinic.botox, Asked(coupon="GLOW"))
    again = """INSERT INTO pricing_discountuse
        (id, created_at, organization_id, patient_id, discount_id, used_for, amount)
        SELECT gen_random_uuid(), now(), organization_id, patient_id, discount_id, used_for, 1
        FROM pricing_discountuse"""
    assert sql(again, by=clinic.system) == "pricing_discountuse_once"
    twin = """INSERT INTO pricing_discount
        (id, created_at, organization_id, code, name, tier, percent, coupon, valid_from)
        SELECT gen_random_uuid(), now(), organization_id, 'TWIN', name, tier, %s, coupon, valid_from
        FROM pricing_discount WHERE coupon = 'GLOW'"""
    assert sql(twin, [5], by=clinic.system) == "pricing_discount_coupon_once"
    assert sql(twin.replace(" coupon, valid_from\n", " '', valid_from\n"), [0], by=clinic.system) == (
        "pricing_discount_one_kind"
    )
    points = """INSERT INTO pricing_pointsentry
        (id, created_at, organization_id, patient_id, kind, points, once, words, expires_on)
        VALUES (gen_random_uuid(), now(), %s, %s, 'EARNED', %s, 'bill:x', 'x', '2030-01-01')"""
    theirs = [clinic.patient.organization_id, clinic.patient.pk]
    assert sql(points, [*theirs, -1], by=clinic.system) == "pricing_pointsentry_signed"
    assert sql(points, [*theirs, 5], by=clinic.system) == ""
    assert sql(points, [*theirs, 5], by=clinic.system) == "pricing_pointsentry_once"


def test_points_go_back_with_what_is_credited_to_the_point_and_what_is_missing_is_said(clinic: Clinic) -> None:
    pricing.set_policy({"points_per": Decimal(100), "points_days": 30}, by=clinic.system)
    bill = actions.draft_bill(clinic.patient.pk, clinic.branch.pk, by=clinic.desk)
    details = actions.LineDetails(service_id=clinic.consultation.pk, quantity=Decimal(3))
    line = actions.add_line(bill.pk, details, by=clinic.desk)
    bill = actions.finalize(bill.pk, by=clinic.desk)
    clinic.pay(bill, "2400")
    outbox.run_due()
    pricing.set_policy({"points_per": Decimal(50)}, by=clinic.system)  # what was earned before stays as it was
    assert _balance(clinic) == 24
    actions.credit_line(bill.pk, line.pk, Decimal("0.5"), "Half of one", by=clinic.desk)
    assert _balance(clinic) == 20  # 2,000 is still paid
    line_of(clinic, clinic.consultation, Asked(points=13))
    actions.void_bill(bill.pk, "Cancelled", by=clinic.desk)
    assert _balance(clinic) == 0  # seven were left of twenty
    with acting_as(clinic.system):
        assert PointsEntry.objects.filter(kind="TAKEN_BACK").latest("created_at").words == (
            f"Bill {bill.number} was corrected (13 of 20 were spent already)"
        )


def test_points_are_earned_by_what_is_paid_spent_given_back_and_never_below_zero(clinic: Clinic) -> None:
    pricing.set_policy({"points_per": Decimal(100), "points_days": 30}, by=clinic.system)
    bill = clinic.bill(clinic.consultation)
    clinic.pay(bill, "500")
    assert _balance(clinic) == 0  # only once nothing is owed
    clinic.pay(bill, "300")
    outbox.run_due()
    outbox.run_due()
    assert _balance(clinic) == 8
    with pytest.raises(Invalid, match="There are 8 points"):
        line_of(clinic, clinic.consultation, Asked(points=9))
    line = line_of(clinic, clinic.consultation, Asked(points=8))
    assert (line.discount_reason, _balance(clinic)) == ("8 loyalty points: −₹8.00", 0)
    steal = """INSERT INTO pricing_pointsentry (id, created_at, organization_id, patient_id, kind, points, once, words)
        SELECT gen_random_uuid(), now(), organization_id, patient_id, 'SPENT', -1, 'x', 'x' FROM pricing_pointsentry
        LIMIT 1"""
    assert sql(steal, by=clinic.system) == "pricing_pointsentry_below_zero"
    assert "pricing_pointsentry_kept" in sql("UPDATE pricing_pointsentry SET points = 99", by=clinic.system) or (
        "permission denied" in sql("UPDATE pricing_pointsentry SET points = 99", by=clinic.system)
    )
    actions.remove_line(line.bill_id, line.pk, by=clinic.desk)
    assert _balance(clinic) == 8
    with clock.at(clock.now().replace(year=clock.now().year + 1)):
        assert (pricing.expire_points(by=clinic.system), _balance(clinic)) == (1, 0)
        assert pricing.expire_points(by=clinic.system) == 0


def _balance(clinic: Clinic) -> int:
    with acting_as(clinic.system):
        return prices.points_balance(clinic.patient.pk, seen_by=clinic.system)


def test_nobody_without_the_right_gives_discounts(clinic: Clinic) -> None:
    line = line_of(clinic, clinic.consultation)
    for attempt in (
        lambda: actions.discount_line(line.bill_id, line.pk, TEN, by=clinic.stranger),
        lambda: actions.ask_for_discount(line.bill_id, line.pk, HALF, by=clinic.stranger),
        lambda: pricing.add_discount(
            DiscountDetails(code="X", name="X", tier="STANDARD", percent=Decimal(1), valid_from=DAY), by=clinic.desk
        ),
        lambda: pricing.add_group("X", "X", by=clinic.desk),
        lambda: pricing.set_policy({"free_percent": Decimal(100)}, by=clinic.desk),
        lambda: pricing.add_member(uuid4(), clinic.patient.pk, DAY, by=clinic.stranger),
        lambda: pricing.earn_points(clinic.patient.pk, Decimal(900), "x", "x", by=clinic.stranger),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    with acting_as(clinic.system):
        line.refresh_from_db()
        assert line.discount == 0 and not PointsEntry.objects.exists() and not DiscountApproval.objects.exists()
    sealed = clinic.bill(clinic.consultation)
    with acting_as(clinic.system):
        sealed_line = sealed.lines.get()
    with pytest.raises(IllegalMove, match="sealed"):
        actions.discount_line(sealed.pk, sealed_line.pk, TEN, by=clinic.desk)
