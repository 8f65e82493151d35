"""A clinic with cashiers who have accounts, a drawer, and somebody who may agree to a difference."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from tests.once import fresh

from kalon.billing.models import Bill, Payment
from kalon.billing.tests.clinic import Clinic, open_clinic
from kalon.billing.tests.conftest import login
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people import queries as people_queries
from kalon.tills import actions
from kalon.tills.models import Drawer, DrawerSession

__all__ = ["login"]


@dataclass
class Tills:
    """What a test of money at the desk needs."""

    clinic: Clinic
    sini: Actor  # front desk
    arun: Actor  # front desk
    thomas: Actor  # billing: closes and approves
    latha: Actor  # owner
    nurse: Actor  # no right to money
    drawer: Drawer

    def open(self, by: Actor | None = None, drawer: Drawer | None = None, **count: int) -> DrawerSession:
        """Open a drawer with a float of ₹500 unless counted otherwise."""
        return actions.open_drawer((drawer or self.drawer).pk, count or {"100": 5}, by=by or self.sini)

    def cash(self, amount: str, *, by: Actor | None = None, bill: Bill | None = None) -> Payment:
        """Take cash for a new bill of ₹800."""
        from kalon.billing import actions as billing

        bill = bill or self.clinic.bill()
        return billing.take_payment(bill.pk, "CASH", Decimal(amount), "", str(uuid4()), by=by or self.sini)

    def again(self, row: Any) -> Any:
        with acting_as(self.clinic.system):
            return type(row).objects.get(pk=row.pk)


def open_tills(clinic: Clinic) -> Tills:
    def hired(name: str, role: str) -> Actor:
        email = f"{role}-{uuid4().hex[:8]}@clinic.example"
        member = people.add_staff(name, kind="OTHER", email=email, roles={None: [role]}, by=clinic.system)
        with acting_as(clinic.system):
            actor = people_queries.staff_actor(member.user)
        assert actor is not None
        return actor

    sini, arun = hired("Sini Paul", "frontdesk"), hired("Arun Das", "frontdesk")
    thomas, latha, nurse = (
        hired("Thomas Kurian", "billing"),
        hired("Latha Menon", "owner"),
        hired("Asha Jacob", "nurse"),
    )
    drawer = actions.add_drawer(clinic.branch.pk, "Front desk", by=thomas)
    return Tills(clinic, sini, arun, thomas, latha, nurse, drawer)


@pytest.fixture(scope="module")
def tills_once(made_once: Any) -> Tills:
    return made_once(lambda: open_tills(open_clinic()))  # type: ignore[no-any-return]


@pytest.fixture
def tills(tills_once: Tills, db: None) -> Tills:
    return fresh(tills_once)
