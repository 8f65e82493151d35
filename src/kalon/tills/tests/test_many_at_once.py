"""Eight at once, each with a connection of its own: a drawer is counted once, a checkout is made once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.billing.models import Payment
from kalon.billing.tests.clinic import open_clinic
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as
from kalon.tills import actions
from kalon.tills.actions import Tender
from kalon.tills.models import DayClose, DrawerEntry
from kalon.tills.tests.conftest import Tills, open_tills


@pytest.fixture
def tills(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield open_tills(open_clinic())
        connection.close()


def test_eight_at_the_till(tills: Tills, at_once: Callable[..., list[Any]]):
    """One database for all of it: retries, a count while cash is taken, a close while money comes."""
    clinic = tills.clinic
    actions.set_policy(cash="REQUIRED", variance_limit=Decimal(10_000), by=tills.thomas)
    session = tills.open()

    draft = clinic.draft(clinic.consultation)
    tenders = [Tender("CASH", Decimal(300)), Tender("UPI", Decimal(500))]
    answers = at_once(lambda _: actions.checkout(draft.pk, tenders, "one", by=tills.sini))
    assert len({answer.pk for answer in answers}) == 1
    assert (tills.again(draft).status, tills.again(draft).allocated) == ("PAID", 800)

    many = [clinic.bill() for _ in range(8)]

    def take_or_count(which: int) -> Any:
        if which == 3:
            return actions.count_drawer(session.pk, {"100": 8}, by=tills.sini)
        return actions.checkout(many[which].pk, [Tender("CASH", Decimal(100))], f"k{which}", by=tills.arun)

    answers = at_once(take_or_count)
    counted = tills.again(session)
    assert counted.status == "COUNTED"
    taken = [answer for answer in answers if not isinstance(answer, DomainError)]
    with acting_as(clinic.system):
        held = sum(DrawerEntry.objects.filter(session=session).values_list("amount", flat=True))
        cash = sum(Payment.objects.filter(method="CASH").values_list("amount", flat=True))
    assert counted.expected == 500 + held == 500 + cash == 800 + 100 * (len(taken) - 1)

    actions.close_drawer(session.pk, by=tills.thomas)
    today = clock.today(clinic.branch.timezone)
    late = [clinic.bill() for _ in range(8)]

    def take_or_close(which: int) -> Any:
        if which == 5:
            return actions.close_day(clinic.branch.pk, today, {}, by=tills.thomas)
        return billing.take_payment(late[which].pk, "CARD", Decimal(100), "", f"late{which}", by=tills.sini)

    answers = at_once(take_or_close)
    with acting_as(clinic.system):
        close = DayClose.objects.get()
        cards = sum(Payment.objects.filter(method="CARD").values_list("amount", flat=True))
        assert Decimal(close.received.get("CARD", "0")) == cards
        assert bills.mismatches(seen_by=clinic.system) == []
    refused = [answer for answer in answers if isinstance(answer, DomainError)]
    assert cards == 100 * (7 - len(refused))


def test_money_on_account_is_used_once_by_eight_checkouts(tills: Tills, at_once: Callable[..., list[Any]]):
    clinic = tills.clinic
    billing.receive_advance(clinic.patient.pk, clinic.branch.pk, "UPI", Decimal(800), by=tills.sini)
    many = [clinic.bill() for _ in range(8)]
    answers = at_once(
        lambda which: actions.checkout(many[which].pk, [Tender("WALLET", Decimal(800))], f"k{which}", by=tills.sini)
    )
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 1
    with acting_as(clinic.system):
        assert bills.mismatches(seen_by=clinic.system) == []
