"""Prices of the demonstration clinic: what who pays themselves pays, one insurer's prices, groups and campaigns."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from kalon.billing import actions as billing
from kalon.billing.actions import LineDetails
from kalon.catalog import queries as catalog
from kalon.kernel import clock
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.pricing import actions
from kalon.pricing.actions import DiscountDetails
from kalon.pricing.queries import Asked

INSURER = "Deccan Mutual Health"
CASH_RAISE = Decimal("1.05")
INSURER_PART = Decimal("0.85")


def fill(branch: Any, patient: Any, *, by: Actor, desk: Actor) -> dict[str, Any]:
    """Two fee schedules, two groups, three campaigns of which one has a coupon, points, and a discount asked for."""
    today = clock.today(branch.timezone)
    with acting_as(by):
        services = list(catalog.services(seen_by=by)[:6])
    cash = actions.add_schedule(f"Price list {today.year}", today, by=by)
    insured = actions.add_schedule(f"{INSURER}, {branch.name}", today, payer=INSURER, branch_id=branch.pk, by=by)
    item = None
    for service in services:
        item = actions.add_price(cash.pk, _round(service.price * CASH_RAISE), today, service_id=service.pk, by=by)
        actions.add_price(insured.pk, _round(service.price * INSURER_PART), today, service_id=service.pk, by=by)
    senior = actions.add_group("SENIOR", "Senior citizens", proof="Any proof of age, 60 or older", by=by)
    actions.add_group("STAFF", "Staff and family", proof="Staff card", by=by)
    member = actions.add_member(senior.pk, patient.pk, today, proof="Passport", by=desk)
    month = today + timedelta(days=30)
    ten = DiscountDetails(
        code="SENIOR-10", name="Senior citizens", tier="GROUP", percent=Decimal(10), group_id=senior.pk,
        valid_from=today,
    )  # fmt: skip
    glow = DiscountDetails(
        code="GLOW-20", name="Festive glow", tier="PROMOTION", percent=Decimal(20), coupon="GLOW20", max_uses=50,
        max_uses_each=1, valid_from=today, valid_to=month,
    )  # fmt: skip
    three = DiscountDetails(
        code="THIRD-FREE", name="Every third is free", tier="PROMOTION", buy_quantity=2, free_quantity=1,
        valid_from=today, valid_to=month,
    )  # fmt: skip
    regular = DiscountDetails(
        code="REGULAR", name="Regular patient", tier="STANDARD", percent=Decimal(5), valid_from=today
    )
    actions.add_discount(ten, by=by)
    campaign = actions.add_discount(glow, by=by)
    actions.add_discount(three, [service.pk for service in services[3:]], by=by)
    actions.add_discount(regular, by=by)
    actions.set_policy({"max_percent": Decimal(60), "points_per": Decimal(100), "point_value": Decimal(1)}, by=by)
    bill = billing.draft_bill(patient.pk, branch.pk, by=desk)
    line = billing.add_line(bill.pk, LineDetails(service_id=services[-1].pk), by=desk)
    asked = billing.ask_for_discount(
        bill.pk, line.pk, Asked(percent=Decimal(25), reason="Third visit this month, was kept waiting"), by=desk
    )
    return {
        "schedule": cash, "item": item, "discount": campaign, "member": member, "bill": bill, "line": line,
        "approval": asked,
    }  # fmt: skip


def _round(amount: Decimal) -> Decimal:
    """A price that a person would write: whole tens."""
    return (amount / 10).quantize(Decimal(1)) * 10
