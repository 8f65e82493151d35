"""Whatever happens in whatever order: each balance is the sum of its movements, and none is below zero."""

from collections import defaultdict
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kalon.inventory import actions, queries
from kalon.inventory.models import Balance
from kalon.inventory.tests.clinic import Store
from kalon.kernel.errors import DomainError
from kalon.kernel.tenancy import acting_as

AMOUNT = st.integers(1, 60).map(lambda halves: Decimal(halves) / 2)
WHERE = st.integers(0, 1)
STEP = st.one_of(
    st.tuples(st.just("receive"), WHERE, WHERE, AMOUNT),
    st.tuples(st.just("issue"), WHERE, WHERE, AMOUNT),
    st.tuples(st.just("issue_batch"), WHERE, WHERE, AMOUNT),
    st.tuples(st.just("give_back"), WHERE, WHERE, AMOUNT),
    st.tuples(st.just("move"), WHERE, WHERE, AMOUNT),
    st.tuples(st.just("waste"), WHERE, WHERE, AMOUNT),
    st.tuples(st.just("adjust"), WHERE, WHERE, AMOUNT),
)


class Books:
    """What the shelves must hold, reckoned beside the product: the model of the property."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.held: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
        self.issued: list[tuple[UUID, tuple[int, int], Decimal]] = []
        self.places = [store.room, store.pharmacy]
        # the batch that expires first is number 0
        self.batches: list[UUID] = []
        for index, days in enumerate((10, 100)):
            moved = store.receive(store.toxin, "5", f"B{index}", days)
            self.batches.append(moved.batch_id)
            self.held[index, 0] += 5

    def step(self, name: str, batch: int, place: int, amount: Decimal) -> None:
        possible = self._possible(name, batch, place, amount)
        before, issued = dict(self.held), list(self.issued)
        try:
            with transaction.atomic():
                getattr(self, name)(batch, place, amount)
        except DomainError:
            self.held, self.issued = defaultdict(Decimal, before), issued
            assert not possible, (name, batch, place, amount, before)
        else:
            assert possible, (name, batch, place, amount, before)

    def receive(self, batch: int, place: int, amount: Decimal) -> None:
        self.store.receive(self.store.toxin, str(amount), f"B{batch}", (10, 100)[batch], self.places[place])
        self.held[batch, place] += amount

    def issue(self, _batch: int, place: int, amount: Decimal) -> None:
        here = self.places[place].pk
        for row in self.store.issue(self.store.toxin, str(amount), location_id=here):
            at = (self.batches.index(row.batch_id), place)
            self.held[at] -= row.quantity
            self.issued.append((row.movement_id, at, row.quantity))
            assert at[0] == 0 or self.held[0, place] == 0, "what expires first goes first"

    def issue_batch(self, batch: int, place: int, amount: Decimal) -> None:
        here = self.places[place].pk
        for row in self.store.issue_batch(self.batches[batch], str(amount), location_id=here):
            self.held[batch, place] -= row.quantity
            self.issued.append((row.movement_id, (batch, place), row.quantity))

    def give_back(self, _batch: int, _place: int, amount: Decimal) -> None:
        if not self.issued:
            return
        movement, at, left = self.issued.pop()
        actions.give_back(movement, amount, "Unused", by=self.store.nurse)
        self.held[at] += amount
        self.issued.append((movement, at, left - amount))

    def move(self, batch: int, place: int, amount: Decimal) -> None:
        start, end = self.places[place].pk, self.places[1 - place].pk
        actions.move(self.batches[batch], amount, from_location_id=start, to_location_id=end, by=self.store.keeper)
        self.held[batch, place] -= amount
        self.held[batch, 1 - place] += amount

    def waste(self, batch: int, place: int, amount: Decimal) -> None:
        actions.waste(self.batches[batch], self.places[place].pk, amount, "Dropped", by=self.store.nurse)
        self.held[batch, place] -= amount

    def adjust(self, batch: int, place: int, amount: Decimal) -> None:
        actions.adjust(self.batches[batch], self.places[place].pk, amount, "Counted", by=self.store.keeper)
        self.held[batch, place] = amount

    def _possible(self, name: str, batch: int, place: int, amount: Decimal) -> bool:
        held = self.held
        there = held[batch, place]
        match name:
            case "receive":
                return True
            case "issue":
                return sum((held[one, place] for one in (0, 1)), Decimal(0)) >= amount
            case "give_back":
                return not self.issued or self.issued[-1][2] >= amount
            case "adjust":
                return there != amount
            case _:
                return there >= amount

    def agree(self) -> None:
        with acting_as(self.store.system):
            assert queries.mismatches(seen_by=self.store.system) == []
            rows = {(row.batch_id, row.location_id): row.quantity for row in Balance.objects.all()}
        for (batch, place), quantity in self.held.items():
            assert quantity >= 0
            assert rows.get((self.batches[batch], self.places[place].pk), Decimal(0)) == quantity


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEP, min_size=1, max_size=14))
def test_any_order_keeps_the_books(store: Store, steps: list[tuple[str, int, int, Decimal]]):
    with transaction.atomic():
        books = Books(store)
        for name, batch, place, amount in steps:
            books.step(name, batch, place, amount)
        books.agree()
        transaction.set_rollback(True)
