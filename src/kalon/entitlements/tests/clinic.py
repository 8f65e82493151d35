"""The invented clinic with a package on offer, its sessions, and visits at which they are used."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.apps import apps

from kalon.billing.tests.clinic import Clinic as Billing
from kalon.billing.tests.clinic import open_clinic as open_billing
from kalon.entitlements import actions
from kalon.entitlements.models import HoldingItem, PackageHolding, Use
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.tenancy import acting_as
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest

MORNING = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # half past eight in Kochi
ALL = frozenset(
    f"entitlements.{verb}" for verb in ("view", "sell", "use", "transfer", "refund", "manage")
) | {"billing.view", "billing.take_payment", "patients.read", "scheduling.view"}  # fmt: skip


@dataclass
class Clinic:
    """What a test needs to sell a package and to use it."""

    money: Billing
    desk: Actor
    laser: Any
    peel: Any
    package: Any  # six laser sessions and two peels, at 11,000.00 in place of 14,000.00
    visits: list[Any] = field(default_factory=list)

    @property
    def system(self) -> Actor:
        return self.money.system

    @property
    def patient(self) -> Any:
        return self.money.patient

    def sold(self, *, paid: bool = True, patient: Any = None, **terms: Any) -> PackageHolding:
        row = actions.sell_package(
            (patient or self.patient).pk, self.package.pk, self.money.branch.pk, by=self.desk, **terms
        )
        if paid:
            bill = self.bill_of(row)
            if bill.owed:
                self.money.pay(bill, str(bill.owed))
        return self.again(row)

    def bill_of(self, row: Any) -> Any:
        with acting_as(self.system):
            return apps.get_model("billing", "BillLine").objects.select_related("bill").get(pk=row.bill_line_id).bill

    def visit(self, *, patient: Any = None, service: Any = None, here: bool = True) -> Any:
        """A visit of today at a time of its own, at which the patient has arrived."""
        self.visits.append(None)
        start = datetime.combine(date(2026, 11, 24), time(9)) + timedelta(minutes=5 * len(self.visits))
        asked = BookingRequest(
            patient_id=(patient or self.patient).pk, branch_id=self.money.branch.pk,
            service_id=(service or self.laser).pk, start=start,
        )  # fmt: skip
        with acting_as(self.system):
            visit = scheduling.book(asked, by=self.system)
            if here:
                scheduling.check_in(visit.pk, by=self.system)
        return self.money.again(visit)

    def item(self, row: PackageHolding, service: Any = None) -> HoldingItem:
        with acting_as(self.system):
            return HoldingItem.objects.get(holding_id=row.pk, service=service or self.laser)

    def use(self, row: PackageHolding, *, service: Any = None, visit: Any = None, by: Actor | None = None) -> Use:
        at = visit or self.visit(patient=row.patient, service=service)
        return actions.use_session(self.item(row, service).pk, at.pk, by=by or self.desk)

    def again(self, row: Any) -> Any:
        return self.money.again(row)


def open_clinic(*, gstin: str = "32AAAAA0000A1ZB") -> Clinic:
    """Open it; the package is taxed as cosmetic treatment is."""
    money = open_billing(gstin=gstin)
    organization = money.organization
    with acting_as(money.system):
        laser = _service(organization, "LASER", "Laser hair removal", "2000.00")
        peel = _service(organization, "PEEL", "Chemical peel", "1000.00")
        package = apps.get_model("catalog", "Package").objects.create(
            organization=organization, code="GLOW", name="Smooth and glow", price=Decimal("11000.00"),
            tax_code="COSMETIC", valid_days=180, needs_doctor=False,
        )  # fmt: skip
        for service, quantity in ((laser, 6), (peel, 2)):
            package.items.create(organization=organization, service=service, quantity=quantity)
    desk = Actor(
        kind=Kind.STAFF, name="Sini Paul", organization_id=organization.pk, branch_id=money.branch.pk,
        grants=MappingProxyType({EVERYWHERE: ALL}),
    )  # fmt: skip
    return Clinic(money=money, desk=desk, laser=laser, peel=peel, package=package)


def _service(organization: Any, code: str, name: str, price: str) -> Any:
    return apps.get_model("catalog", "Service").objects.create(
        organization=organization, code=code, name=name, price=Decimal(price), tax_code="COSMETIC", hsn_sac="999722",
        is_self_bookable=True, is_auto_approved=True, needs_doctor=False, minutes=5,
    )  # fmt: skip
