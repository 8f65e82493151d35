"""Packages that were sold: one in use, one nearly at its end, one that waits for its payment."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from kalon.billing import actions as billing
from kalon.catalog import queries as catalog
from kalon.config.seed.clinic import Place
from kalon.entitlements import actions, queries
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import queries as scheduling

BACK = (60, 330, 2)  # days ago, one for each patient


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
