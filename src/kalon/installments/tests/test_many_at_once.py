"""Eight at once, each with a connection of its own: one instalment is paid once, one agreement is made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from kalon.billing import actions as billing
from kalon.consultations.tests.conftest import booked_visit
from kalon.installments import actions
from kalon.installments.models import PaymentPlan
from kalon.installments.tests.agreed import Accepted, accepted_quote
from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.scheduling.tests.clinic import EIGHT as EIGHT_O_CLOCK

EIGHT = 8


@pytest.fixture
def at_once(own_database: str, django_db_blocker: Any) -> Any:
    """Run work(0) … work(7) at the same moment; a refusal is its answer."""

    def run(work: Callable[[int], Any]) -> list[Any]:
        start = Barrier(EIGHT)

        def one(which: int) -> Any:
            with django_db_blocker.unblock(), clock.at(EIGHT_O_CLOCK):
                try:
                    start.wait()
                    return work(which)
                except DomainError as refusal:
                    return refusal
                finally:
                    connections.close_all()

        with ThreadPoolExecutor(EIGHT) as pool:
            return list(pool.map(one, range(EIGHT)))

    with django_db_blocker.unblock():
        yield run
        connection.close()


def _made(answers: list[Any]) -> list[Any]:
    return [answer for answer in answers if not isinstance(answer, DomainError)]


def test_eight_clients_pay_one_instalment_and_agree_once(at_once: Callable[..., list[Any]]):
    seen = booked_visit()
    accepted = Accepted(seen, accepted_quote(seen))
    agreed = _made(at_once(lambda _: accepted.agree()))
    assert [type(one) for one in agreed] == [PaymentPlan]
    first, second, third = accepted.parts(agreed[0])

    paid = _made(at_once(lambda _: actions.pay(first.pk, "CASH", by=accepted.by)))
    assert [payment.amount for payment in paid] == [Decimal(14160)]

    retried = at_once(lambda _: actions.pay(second.pk, "UPI", Decimal(5000), key="one", by=accepted.by))
    assert len({payment.pk for payment in retried}) == 1

    bill = accepted.bill()
    both = at_once(
        lambda which: (
            actions.pay(third.pk, "CARD", by=accepted.by)
            if which % 2
            else billing.take_payment(bill.pk, "CASH", Decimal(3000), by=accepted.by)
        )
    )
    assert _made(both)
    now = accepted.now(agreed[0])
    assert now.received >= now.total and now.status == "COMPLETED"
    assert accepted.stand(agreed[0]) == [("PAID", "14160")] * 3
    assert all(not isinstance(answer, DomainError) or answer.status in (409, 422) for answer in both)
