"""Packages that were sold (in use, nearly at the end, waiting for its payment), gift vouchers, and members."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from kalon.billing import actions as billing
from kalon.catalog import queries as catalog
from kalon.config.seed.clinic import Place
from kalon.entitlements import actions, queries
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import queries as scheduling

BACK = (60, 330, 2)  # days ago, one for each patient
MEMBERS = (100, 0, 350)  # days ago, one for each patient
GIVEN = (  # days ago, worth, for whom
    (40, Decimal("5000.00"), "Anu Thomas"),
    (345, Decimal("2500.00"), ""),
    (0, Decimal("10000.00"), "Leela Menon"),
)


def sell(place: Place, patients: Sequence[Any]) -> None:
    """Sell the first package of the catalogue to each, and use what visits since then allow."""
    with acting_as(place.system):
        offered = [package for package in catalog.packages(seen_by=place.system) if package.items.all()]
    if not offered:
        return
    desk = place.by["frontdesk"]
    now = clock.now()
    for patient, days in zip(patients, BACK, strict=False):
        with clock.at(now - timedelta(days=days)):
            row = actions.sell_package(patient.pk, offered[0].pk, place.branch.pk, by=desk)
            if days == BACK[-1]:
                continue
            with acting_as(place.system):
                bill = queries.holding(row.pk, seen_by=place.system).bill_line.bill
            billing.take_payment(bill.pk, "UPI", bill.owed, f"UPI {4000 + days}", by=desk)
        _use(place, row, patient, now - timedelta(days=days))


def give(place: Place, patients: Sequence[Any]) -> None:
    """Vouchers: one that was redeemed in part by somebody else, one whose last day is near, one not paid yet."""
    if len(patients) < 2:
        return
    desk, now = place.by["frontdesk"], clock.now()
    buyer, friend = patients[0], patients[1]
    for days, amount, recipient in GIVEN:
        with clock.at(now - timedelta(days=days)):
            sold = actions.sell_voucher(
                buyer.pk, place.branch.pk, amount, recipient=recipient, message="With love", by=desk
            )
            if not days:
                continue
            with acting_as(place.system):
                bill = queries.voucher(sold.pk, seen_by=place.system).bill_line.bill
            billing.take_payment(bill.pk, "CARD", bill.owed, f"POS {5000 + days}", by=desk)
        if days == GIVEN[0][0]:
            with clock.at(now - timedelta(days=days // 2)):
                actions.redeem_voucher(sold.code, friend.pk, place.branch.pk, Decimal("1200.00"), by=desk)


def enrol(place: Place, patients: Sequence[Any]) -> None:
    """Two memberships on offer: one member whose year has begun, one whose last days are near, one who has not paid."""
    owner, desk, now = place.by["owner"], place.by["frontdesk"], clock.now()
    with clock.at(now - timedelta(days=MEMBERS[-1] + 1)):
        gold = actions.add_offer("Gold", "YEAR", Decimal("12000.00"), Decimal(10), tax_code="GST-18", by=owner)
        actions.add_offer("Skin care", "MONTH", Decimal("1500.00"), Decimal(5), tax_code="GST-18", by=owner)
    for patient, days in zip(patients, MEMBERS, strict=False):
        with clock.at(now - timedelta(days=days)):
            row = actions.sell_membership(patient.pk, gold.pk, place.branch.pk, by=desk)
            if not days:
                continue
            billing.take_payment(row.bill_line.bill_id, "CARD", row.bill_line.total, f"POS {6000 + days}", by=desk)
        with acting_as(place.system):
            actions.earn_months(row.pk, by=place.system)


def _use(place: Place, row: Any, patient: Any, since: Any) -> None:
    """At the visits that took place after the sale, two at most."""
    with acting_as(place.system):
        visits = list(scheduling.appointments_of(patient.pk, seen_by=place.system).filter(
            status="COMPLETED", starts_at__gt=since
        )[:2])  # fmt: skip
        piece = row.items.all()[0]
    for visit in visits[: piece.quantity]:
        with clock.at(visit.starts_at + timedelta(minutes=40)):
            actions.use_session(piece.pk, visit.pk, by=place.by["frontdesk"])
