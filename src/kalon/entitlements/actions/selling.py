"""Selling a package: a line on a bill, and the sessions the patient may use once it is paid."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.actions import LineDetails
from kalon.billing.lifecycles import BillStatus
from kalon.catalog import queries as catalog
from kalon.entitlements import queries, rules
from kalon.entitlements.events import PackageSold
from kalon.entitlements.lifecycles import HOLDING, SELL, HoldingStatus
from kalon.entitlements.models import HoldingItem, PackageHolding, Terms
from kalon.kernel import actors, clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Invalid
from kalon.kernel.ids import uuid7
from kalon.kernel.money import ZERO, exact
from kalon.kernel.tenancy import verb
from kalon.people import queries as people
from kalon.pricing import queries as pricing

SALE = "package-sale:"


@verb
def sell_package(
    patient_id: UUID,
    package_id: UUID,
    branch_id: UUID,
    *,
    discount: Decimal = ZERO,
    discount_reason: str = "",
    by: Actor,
) -> PackageHolding:
    """Sell a package: a numbered bill at its price, and its sessions, to be used once they are paid.

    Refusals: Invalid for a package that is not on offer or a discount without a reason, NotPermitted.
    """
    by.must(SELL, at=branch_id, do="sell packages")
    package = catalog.package(package_id, seen_by=by)
    if not package.is_active or not package.items.all():
        raise Invalid("This package is not on offer. Choose another one.", field="package")
    till = till_of(by)
    bill = billing.draft_bill(patient_id, branch_id, by=till)
    pk = uuid7()
    details = sale_line(
        package, pk, patient_id=patient_id, branch_id=branch_id, discount=discount,
        discount_reason=discount_reason, by=till,
    )  # fmt: skip
    line = billing.add_line(bill.pk, details, by=till)
    billing.finalize(bill.pk, by=till)
    return _born(pk, package, bill, line, by)


@verb
def hand_over(bill_id: UUID, *, by: Actor) -> list[PackageHolding]:
    """A package that was booked as a visit is the patient's once its bill has a number; made once, however often."""
    bill = bills.bill(bill_id, seen_by=by)
    made = []
    for line in bill.lines.filter(source__startswith=SALE):
        pk = UUID(line.source.removeprefix(SALE))
        visit = bill.appointment
        if visit is None or visit.package_id is None or PackageHolding.objects.filter(pk=pk).exists():
            continue
        made.append(_born(pk, catalog.package(visit.package_id, seen_by=by), bill, line, by))
    return made


@verb
def activate_paid(bill_id: UUID, *, by: Actor) -> None:
    """What was paid for may be used: all of it, or as far as it is paid, as the clinic decided."""
    bill = bills.bill(bill_id, seen_by=by)
    rows = PackageHolding.objects.filter(bill_line__bill_id=bill_id, status=HoldingStatus.PENDING)
    for row in rows.select_for_update(of=("self",)).order_by("id"):
        _activate_if_paid(row, bill, by)


def sale_line(
    package: Any,
    pk: UUID,
    *,
    patient_id: UUID,
    branch_id: UUID,
    discount: Decimal = ZERO,
    discount_reason: str = "",
    agreed: Any = None,
    by: Actor,
) -> LineDetails:
    """The line that sells a package: paid now, earned when its sessions are used.

    A discount lowers the price itself: what is earned later is what was paid, session by session. `agreed` is the
    price that was shown before.
    """
    priced = agreed or pricing.price_of(package_id=package.pk, branch_id=branch_id, patient_id=patient_id, seen_by=by)
    if not ZERO <= discount <= priced.unit_price - priced.discount:
        raise Invalid("The discount is more than the package costs.", field="discount")
    if discount and not discount_reason.strip():
        raise Invalid("Write why there is a discount.", field="discount_reason")
    reasons = [reason for reason in (priced.reason, discount_reason.strip()) if reason]
    less = f"{priced.unit_price} less {priced.discount + discount}: {', '.join(reasons)}" if reasons else ""
    valid = f"Valid for {package.valid_days} days"
    return LineDetails(
        description=package.name,
        note="; ".join(part for part in (valid, less) if part)[:200],
        unit_price=exact(priced.unit_price - priced.discount - discount),
        tax_code=package.tax_code,
        earns="DEFERRED",
        source=f"{SALE}{pk}",
    )


def till_of(by: Actor) -> Actor:
    """Who sells need not be allowed to make bills: these are written by the clinic itself, as a visit's are."""
    return actors.system("entitlements", by.organization_id)


def hold_given(pk: UUID, package: Any, bill: Any, line: Any, by: Actor) -> PackageHolding:
    """Write down a package that comes with something else, on a line of that bill."""
    return _born(pk, package, bill, line, by)


def _born(pk: UUID, package: Any, bill: Any, line: Any, by: Actor) -> PackageHolding:
    branch = people.branch(bill.branch_id, seen_by=by)
    row = PackageHolding(
        id=pk,
        organization_id=bill.organization_id,
        patient_id=bill.patient_id,
        package=package,
        branch=branch,
        name=package.name,
        bill_line=line,
        value=line.taxable,
        sold_at=clock.now(),
        sold_by_id=by.user_id,
        valid_until=clock.today(branch.timezone) + timedelta(days=package.valid_days),
    )
    HOLDING.born(row, name="sell")
    parts = list(package.items.all())
    values = rules.shares(line.taxable, [(part.service.price, part.quantity) for part in parts])
    for position, (part, value) in enumerate(zip(parts, values, strict=True), start=1):
        HoldingItem.objects.create(
            organization_id=row.organization_id,
            patient_id=row.patient_id,
            holding=row,
            service_id=part.service_id,
            position=position,
            quantity=part.quantity,
            value=value,
            single_price=part.service.price,
        )
    _activate_if_paid(row, bills.bill(bill.pk, seen_by=till_of(by)), by)
    events.announce(PackageSold(row.pk, row.patient_id, row.organization_id, by))
    return queries.holding(row.pk, seen_by=by)


def _activate_if_paid(row: PackageHolding, bill: Any, by: Actor) -> None:
    """PENDING ends when the bill is paid; where a part may be used, when something is paid."""
    by_share = queries.terms(seen_by=by).usable == Terms.Usable.SHARE
    if bill.status == BillStatus.PAID or (by_share and bill.status == BillStatus.PARTIALLY_PAID):
        HOLDING.move(row, "activate", by=till_of(by))
