"""Eight at once, each with a connection of its own: a voucher is redeemed once, and a last session used once."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from kalon.billing import queries as bills
from kalon.entitlements import actions
from kalon.entitlements.models import Use
from kalon.entitlements.tests.clinic import Clinic, open_clinic
from kalon.entitlements.tests.test_packages import proven as packages_proven
from kalon.entitlements.tests.test_vouchers import code_of, redeem, sell
from kalon.entitlements.tests.test_vouchers import proven as vouchers_proven
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as

AT_ONCE = 8


@pytest.fixture
def clinic(own_database: str, django_db_blocker: Any) -> Iterator[Clinic]:
    with django_db_blocker.unblock():
        yield open_clinic()
        connection.close()


def test_eight_desks_with_one_code_redeem_it_once(clinic: Clinic, at_once):
    """Its whole value is one payment; 2,000 of 5,000 are two."""
    sold = sell(clinic)
    code = code_of(clinic, sold)
    paid = [one for one in at_once(lambda _: redeem(clinic, code, "5000")) if not isinstance(one, DomainError)]
    assert [one.amount for one in paid] == [Decimal("5000.00")]
    assert (clinic.again(sold).status, clinic.again(sold).left) == ("USED_UP", 0)

    parts = sell(clinic)
    code = code_of(clinic, parts)
    assert sum(not isinstance(one, DomainError) for one in at_once(lambda _: redeem(clinic, code, "2000"))) == 2
    assert clinic.again(parts).left == Decimal("1000.00")
    with acting_as(clinic.system):
        money = bills.money_of(clinic.money.other_patient.pk, seen_by=clinic.system)
    assert money.on_account == Decimal("9000.00")
    vouchers_proven(clinic)


def test_eight_visits_use_the_last_session_once(clinic: Clinic, at_once):
    with acting_as(clinic.system):  # one session, so that the first use is the last
        clinic.package.items.filter(service=clinic.laser).update(quantity=1)
    row = clinic.sold()
    visits = [clinic.visit() for _ in range(AT_ONCE)]
    last = clinic.item(row).pk
    answers = at_once(lambda which: actions.use_session(last, visits[which].pk, by=clinic.desk))
    [used] = [one for one in answers if not isinstance(one, DomainError)]
    assert (used.number, clinic.item(row).left) == (1, 0)
    with acting_as(clinic.system):
        assert Use.objects.filter(item_id=last).count() == 1
    packages_proven(clinic)
