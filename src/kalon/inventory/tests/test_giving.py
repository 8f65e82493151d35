"""What leaves for a patient: first expired first out, exact, never what may not leave; and what comes back."""

from decimal import Decimal

import pytest

from kalon.inventory import actions, queries
from kalon.inventory.actions import Delivery, Issued, Returned, Source
from kalon.inventory.tests.clinic import Store, paper
from kalon.kernel import clock, events
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotPermitted
from kalon.kernel.tenancy import acting_as


def test_what_expires_first_goes_first_over_batches_and_places(store: Store):
    late = store.receive(store.toxin, "100", "LATE", 300).batch_id
    soon = store.receive(store.toxin, "10", "SOON", 5, store.pharmacy).batch_id
    middle = store.receive(store.toxin, "20", "MIDDLE", 50).batch_id
    given = store.issue(store.toxin, "42.5")
    assert [(row.batch_number, row.quantity) for row in given] == [
        ("SOON", Decimal(10)), ("MIDDLE", Decimal(20)), ("LATE", Decimal("12.5")),
    ]  # fmt: skip
    assert store.held(soon, store.pharmacy) == 0
    assert store.held(middle) == 0
    assert store.held(late) == Decimal("87.5")


def test_one_place_only_where_it_is_named(store: Store):
    store.receive(store.toxin, "10", "SOON", 5, store.pharmacy)
    here = store.receive(store.toxin, "10", "HERE", 50).batch_id
    (given,) = store.issue(store.toxin, "4", location_id=store.room.pk)
    assert (given.batch_id, given.location_id) == (here, store.room.pk)


def test_fractions_are_exact(store: Store):
    batch = store.receive(store.filler, "1", "F1").batch_id
    for _ in range(10):
        store.issue(store.filler, "0.1")
    assert store.held(batch) == 0


def test_an_item_without_batches_is_given_too(store: Store):
    store.receive(store.gloves, "50")
    store.receive(store.gloves, "50")
    (given,) = store.issue(store.gloves, "60")
    assert (given.batch_number, given.expires_on) == ("", None)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [("0", Invalid), ("-1", Invalid), ("0.3", Invalid), ("NaN", Invalid), ("1e12", Invalid), ("100.5", Clash)],
)
def test_quantities_that_are_refused(store: Store, asked: str, refusal: type[DomainError]):
    batch = store.receive(store.toxin, "100", "A").batch_id
    with pytest.raises(refusal) as said:
        store.issue(store.toxin, asked)
    assert said.value.field == "quantity"
    assert store.held(batch) == 100


def test_too_little_says_how_much_there_is_and_takes_nothing(store: Store):
    one = store.receive(store.toxin, "10", "A", 5).batch_id
    two = store.receive(store.toxin, "10", "B", 50).batch_id
    with pytest.raises(Clash) as refusal:
        store.issue(store.toxin, "20.5")
    assert "Only 20 unit of Kalmira 100" in refusal.value.detail
    assert refusal.value.facts["available"] == "20.000"
    assert (store.held(one), store.held(two)) == (10, 10)


def test_the_last_day_of_use_is_still_a_day_of_use(store: Store):
    batch = store.receive(store.toxin, "10", "A", 1).batch_id
    with clock.at(clock.now() + clock.minutes(60 * 24)):
        store.issue(store.toxin, "1")
    with clock.at(clock.now() + clock.minutes(60 * 48)):
        with pytest.raises(Clash, match="There is no Kalmira 100"):
            store.issue(store.toxin, "1")
        with pytest.raises(IllegalMove, match="has expired"):
            store.issue_batch(batch, "1")
    assert store.held(batch) == 9


def test_what_is_locked_away_does_not_leave(store: Store):
    batch = store.receive(store.toxin, "10", "A").batch_id
    actions.quarantine(batch, "Seal broken", by=store.keeper)
    with pytest.raises(Clash):
        store.issue(store.toxin, "1")
    with pytest.raises(IllegalMove, match="locked away"):
        store.issue_batch(batch, "1")
    actions.release_batch(batch, "Maker says it is fine", by=store.keeper)
    store.issue_batch(batch, "1")
    assert store.held(batch) == 9


def test_a_named_batch_is_taken_though_another_expires_first(store: Store):
    store.receive(store.toxin, "10", "SOON", 5)
    late = store.receive(store.toxin, "10", "LATE", 50).batch_id
    (given,) = store.issue_batch(late, "3")
    assert (given.batch_number, store.held(late)) == ("LATE", 7)
    with pytest.raises(Clash, match="Only 7 unit of batch LATE"):
        store.issue_batch(late, "7.5")


def test_what_was_given_is_told_and_found_again(store: Store):
    heard: list[Issued | Returned] = []
    remember = heard.append
    events.on(Issued, remember)
    events.on(Returned, remember)
    store.receive(store.toxin, "10", "A")
    source = Source("tests.Paper", paper().id)
    (given,) = store.issue(store.toxin, "4", source=source)
    back = actions.give_back(given.movement_id, Decimal("1.5"), "Not used", by=store.nurse)
    assert heard[0] == given
    assert isinstance(heard[1], Returned) and heard[1].quantity == Decimal("1.5") and heard[1].source == source
    with acting_as(store.nurse):
        rows = list(queries.movements_of(source, seen_by=store.nurse))
    assert [row.pk for row in rows] == [given.movement_id, back.pk]


def test_not_more_comes_back_than_was_given(store: Store):
    batch = store.receive(store.toxin, "10", "A").batch_id
    (given,) = store.issue(store.toxin, "4")
    actions.give_back(given.movement_id, Decimal(3), "Not used", by=store.nurse)
    with pytest.raises(Invalid, match="More comes back"):
        actions.give_back(given.movement_id, Decimal("1.5"), "Not used", by=store.nurse)
    with pytest.raises(Invalid, match="Write why"):
        actions.give_back(given.movement_id, Decimal(1), " ", by=store.nurse)
    actions.give_back(given.movement_id, Decimal(1), "Not used", by=store.nurse)
    assert store.held(batch) == 10


def test_only_what_was_given_comes_back(store: Store):
    received = store.receive(store.toxin, "10", "A")
    with pytest.raises(Invalid, match="Only what was given"):
        actions.give_back(received.pk, Decimal(1), "Not used", by=store.nurse)


def test_who_has_no_right_takes_nothing(store: Store):
    batch = store.receive(store.toxin, "10", "A").batch_id
    (given,) = store.issue(store.toxin, "1")
    before = store.moved()
    for attempt in (
        lambda: store.issue(store.toxin, "1", by=store.stranger),
        lambda: store.issue_batch(batch, "1", by=store.stranger),
        lambda: actions.give_back(given.movement_id, Decimal(1), "Mine", by=store.stranger),
        lambda: actions.waste(batch, store.room.pk, Decimal(1), "Mine", by=store.stranger),
        lambda: actions.receive(store.toxin.pk, store.room.pk, Delivery(Decimal(1), "B", store.day(9)), by=store.nurse),
        lambda: actions.adjust(batch, store.room.pk, Decimal(1), "Mine", by=store.nurse),
        lambda: actions.move(
            batch, Decimal(1), from_location_id=store.room.pk, to_location_id=store.pharmacy.pk, by=store.nurse
        ),
        lambda: actions.write_off_expired(batch, store.room.pk, by=store.nurse),
        lambda: actions.quarantine(batch, "Mine", by=store.nurse),
        lambda: actions.release_batch(batch, "Mine", by=store.nurse),
        lambda: actions.add_item({"name": "X", "kind": "MEDICINE", "unit": "piece"}, by=store.nurse),
        lambda: actions.change_item(store.toxin.pk, {"name": "X"}, by=store.nurse),
        lambda: actions.add_location(store.branch.pk, {"code": "X", "name": "X"}, by=store.nurse),
        lambda: actions.change_location(store.room.pk, {"name": "X"}, by=store.nurse),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert (store.moved(), store.held(batch)) == (before, 9)
