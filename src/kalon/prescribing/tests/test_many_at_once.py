"""Eight at one counter, each with a connection of its own: nothing leaves twice, and nobody waits in a circle."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from kalon.kernel import clock
from kalon.kernel.errors import DomainError
from kalon.prescribing.actions import HandOut, dispense
from kalon.prescribing.tests.conftest import open_room
from kalon.prescribing.tests.counter import Counter, open_counter
from kalon.scheduling.tests.clinic import EIGHT as MORNING

EIGHT = 8


@pytest.fixture
def counter(own_database: str, django_db_blocker: Any) -> Iterator[Counter]:
    with django_db_blocker.unblock():
        yield open_counter(open_room())
        connection.close()


def at_once(blocker: Any, work: Callable[[int], Any]) -> list[Any]:
    """Run work(0) … work(7) at the same moment; a refusal is its answer."""
    start = Barrier(EIGHT)

    def one(which: int) -> Any:
        with blocker.unblock(), clock.at(MORNING):
            try:
                start.wait()
                return work(which)
            except DomainError as refusal:
                return refusal
            finally:
                connections.close_all()

    with ThreadPoolExecutor(EIGHT) as pool:
        return list(pool.map(one, range(EIGHT)))


def test_eight_hand_out_one_prescription_and_it_leaves_once(counter: Counter, django_db_blocker: Any):
    batch = counter.receive(100, "A")
    mine = counter.signed()
    answers = at_once(django_db_blocker, lambda _: counter.give(mine, 15))
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 1
    assert counter.held(batch) == 85 and counter.status(mine) == ("DISPENSED", 0)
    counter.proven()


def test_eight_hand_out_a_part_each_until_it_is_all_out(counter: Counter, django_db_blocker: Any):
    batch = counter.receive(100, "A")
    mine = counter.signed()
    answers = at_once(django_db_blocker, lambda _: counter.give(mine, 3))
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 5  # of fifteen
    assert counter.held(batch) == 85 and counter.status(mine) == ("DISPENSED", 0)
    counter.proven()


def test_eight_take_the_same_line_back_and_it_comes_back_once(counter: Counter, django_db_blocker: Any):
    batch = counter.receive(100, "A")
    mine = counter.signed()
    counter.give(mine, 15)
    [line] = counter.lines(mine)
    answers = at_once(django_db_blocker, lambda _: counter.back(line, 15))
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 1
    assert counter.held(batch) == 100 and counter.status(mine) == ("FINALIZED", 0)
    counter.proven()


def test_eight_prescriptions_and_medicines_in_any_order_do_not_lock_each_other(
    counter: Counter, django_db_blocker: Any
):
    other = counter.keep("Cetrimal", generic="cetirizine", strength="10 mg")
    first, second = counter.receive(60, "A"), counter.receive(20, "C", item=other)
    own = {"strength": "10 mg", "dose_unit": "tablet", "days": 5, "is_in_house": True}
    signed = [counter.signed(counter.room.line("cetirizine", **own)) for _ in range(EIGHT)]
    wanted = []
    for turn, prescription in enumerate(signed):
        lines = [
            HandOut(item_id=item.pk, quantity=item.quantity) for item in counter.room.again(prescription).items.all()
        ]
        wanted.append(lines if turn % 2 else lines[::-1])
    answers = at_once(
        django_db_blocker, lambda which: dispense(signed[which].pk, wanted[which], by=counter.room.pharmacist)
    )
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 4  # what is on the shelf is for four
    assert (counter.held(first), counter.held(second)) == (Decimal(0), Decimal(0))
    counter.proven()
