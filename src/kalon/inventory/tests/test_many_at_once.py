"""Eight at once, each with a connection of its own: the last unit goes to one, and nobody waits in a circle."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction

from kalon.inventory import actions, queries
from kalon.inventory.models import Batch, Movement
from kalon.inventory.tests.clinic import Store, open_store
from kalon.kernel.errors import Clash, DomainError
from kalon.kernel.tenancy import acting_as

EIGHT = 8


@pytest.fixture
def store(own_database: str, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield open_store()
        connection.close()


def proven(store: Store) -> None:
    with acting_as(store.system):
        assert queries.mismatches(seen_by=store.system) == []


def test_the_last_unit_goes_to_exactly_one(store: Store, at_once: Callable[..., list[Any]]):
    batch = store.receive(store.gloves, "1").batch_id
    answers = at_once(lambda _: store.issue(store.gloves, "1"))
    assert sum(isinstance(answer, list) for answer in answers) == 1
    assert {type(answer) for answer in answers if not isinstance(answer, list)} == {Clash}
    assert store.held(batch) == 0
    proven(store)


def test_the_last_unit_of_a_named_batch_and_waste_race(store: Store, at_once: Callable[..., list[Any]]):
    batch = store.receive(store.toxin, "1", "A").batch_id

    def take(which: int) -> Any:
        if which % 2:
            return actions.waste(batch, store.room.pk, Decimal(1), "Dropped", by=store.nurse)
        return store.issue_batch(batch, "1")

    answers = at_once(take)
    assert sum(not isinstance(answer, DomainError) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} == {"clash"}
    assert store.held(batch) == 0
    proven(store)


def test_carrying_to_and_fro_never_waits_in_a_circle(store: Store, at_once: Callable[..., list[Any]]):
    batches = [store.receive(store.toxin, "100", number, days).batch_id for number, days in (("A", 5), ("B", 50))]
    for batch in batches:
        store.receive(store.toxin, "100", "A" if batch == batches[0] else "B", 5 if batch == batches[0] else 50,
                      store.pharmacy)  # fmt: skip
    ways = ((store.room.pk, store.pharmacy.pk), (store.pharmacy.pk, store.room.pk))

    def carry(which: int) -> int:
        for turn in range(6):
            start, end = ways[(which + turn) % 2]
            actions.move(batches[turn % 2], Decimal(1), from_location_id=start, to_location_id=end, by=store.keeper)
            store.issue(store.toxin, "1")
        return which

    assert at_once(carry) == list(range(EIGHT))
    proven(store)
    with acting_as(store.system):
        assert Movement.objects.filter(kind="ISSUED").count() >= EIGHT * 6


def test_eight_deliveries_of_one_number_are_one_batch(store: Store, at_once: Callable[..., list[Any]]):
    answers = at_once(lambda _: store.receive(store.toxin, "10", "NEW"))
    assert len({answer.batch_id for answer in answers}) == 1
    assert store.held(answers[0].batch_id) == 80
    with acting_as(store.system):
        assert Batch.objects.count() == 1
    proven(store)


def test_eight_returns_of_one_issue_bring_it_back_once(store: Store, at_once: Callable[..., list[Any]]):
    batch = store.receive(store.toxin, "10", "A").batch_id
    (issued,) = store.issue(store.toxin, "3")
    answers = at_once(lambda _: actions.give_back(issued.movement_id, Decimal(2), "Unused", by=store.nurse))
    assert sum(isinstance(answer, Movement) for answer in answers) == 1
    assert store.held(batch) == 9
    proven(store)


def test_a_batch_that_is_locked_away_meanwhile_does_not_leave(store: Store, at_once: Callable[..., list[Any]]):
    """One locks it away while seven take it: whatever left, left before."""
    batch = store.receive(store.toxin, "100", "A").batch_id

    def work(which: int) -> Any:
        if which == 0:
            with transaction.atomic():
                return actions.quarantine(batch, "Recall", by=store.keeper)
        return [store.issue_batch(batch, "1") for _ in range(3)]

    at_once(work)
    with acting_as(store.system):
        locked_at = Batch.objects.get().status_at
        assert Batch.objects.get().status == "QUARANTINED"
        assert locked_at is not None
    with pytest.raises(DomainError):
        store.issue_batch(batch, "1")
    proven(store)
