"""Who pays for a session is chosen at the checkout: the package by itself, money by one press, and back."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from kalon.billing import actions as billing
from kalon.entitlements.tests.clinic import MORNING, Clinic, open_clinic
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.tills import actions, queries


@pytest.fixture
def clinic(db: None) -> Iterator[Clinic]:
    with clock.at(MORNING):
        yield open_clinic()


def test_a_package_pays_until_somebody_says_money(clinic: Clinic):
    row, visit, by = clinic.sold(), clinic.visit(), clinic.system
    bill = billing.draft_for_appointment(visit.pk, by=by)

    def line() -> queries.Line:
        with acting_as(by):
            [found] = queries.basket(bill.pk, seen_by=by).lines
        return found

    assert (line().row.total, line().worth, line().swap) == (0, Decimal("2000.00"), "charge")
    with pytest.raises(NotPermitted):
        actions.charge_session(bill.pk, line().row.pk, by=clinic.desk)  # sells packages, makes no bills
    actions.charge_session(bill.pk, line().row.pk, by=by)
    assert (line().row.total, line().swap) == (Decimal("2360.00"), "cover")
    with pytest.raises(IllegalMove, match="at its price already"):
        actions.charge_session(bill.pk, line().row.pk, by=by)
    actions.cover_session(bill.pk, line().row.pk, by=by)
    assert (line().row.total, line().row.note) == (0, "Smooth and glow, session 1 of 6")
    clinic.use(row, visit=visit)
    assert line().swap == ""
    with pytest.raises(Clash, match="used from the package"):
        actions.charge_session(bill.pk, line().row.pk, by=by)


def test_what_no_package_holds_is_paid_with_money(clinic: Clinic):
    bill = billing.draft_for_appointment(clinic.visit().pk, by=clinic.system)
    with acting_as(clinic.system):
        [line] = queries.basket(bill.pk, seen_by=clinic.system).lines
    assert line.swap == ""
    with pytest.raises(NotReady, match="No package"):
        actions.cover_session(bill.pk, line.row.pk, by=clinic.system)
    other = clinic.money.draft(clinic.money.botox)
    with acting_as(clinic.system):
        [foreign] = queries.basket(other.pk, seen_by=clinic.system).lines
    with pytest.raises(NotFound):
        actions.cover_session(other.pk, foreign.row.pk, by=clinic.system)
