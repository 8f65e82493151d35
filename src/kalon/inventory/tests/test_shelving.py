"""What comes in, moves, is counted, wasted and written off."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kalon.inventory import actions, queries
from kalon.inventory.models import Batch, Movement
from kalon.inventory.tests.clinic import Store
from kalon.kernel import clock
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as


def test_a_known_number_is_the_same_batch(store: Store):
    first = store.receive(store.toxin, "10", "c3391")
    second = store.receive(store.toxin, "20", " C3391 ")
    assert first.batch_id == second.batch_id
    assert store.held(first.batch_id) == 30
    with pytest.raises(Invalid, match="Look at the pack again") as refusal:
        store.receive(store.toxin, "1", "C3391", 101)
    assert refusal.value.field == "expires_on"


@pytest.mark.parametrize(
    ("number", "days", "field"), [("", 100, "number"), ("A", None, "expires_on"), ("A", -1, "expires_on")]
)
def test_a_delivery_says_its_number_and_its_expiry(store: Store, number: str, days: int | None, field: str):
    with pytest.raises(Invalid) as refusal:
        store.receive(store.toxin, "10", number, days)
    assert refusal.value.field == field
    with acting_as(store.system):
        assert not Batch.objects.exists()


def test_moving_keeps_the_sum(store: Store):
    batch = store.receive(store.toxin, "10", "A").batch_id
    places = {"from_location_id": store.room.pk, "to_location_id": store.pharmacy.pk}
    actions.move(batch, Decimal("2.5"), **places, by=store.keeper)
    assert (store.held(batch), store.held(batch, store.pharmacy)) == (Decimal("7.5"), Decimal("2.5"))
    with pytest.raises(Clash):
        actions.move(batch, Decimal(8), **places, by=store.keeper)
    with pytest.raises(Invalid, match="two different places"):
        actions.move(batch, Decimal(1), from_location_id=store.room.pk, to_location_id=store.room.pk, by=store.keeper)


def test_a_count_moves_the_difference_with_its_reason(store: Store):
    batch = store.receive(store.toxin, "10", "A").batch_id
    down = actions.adjust(batch, store.room.pk, Decimal("9.25"), "Month's end", by=store.keeper)
    up = actions.adjust(batch, store.room.pk, Decimal("9.5"), "Found one behind", by=store.keeper)
    assert (down.quantity, down.to_location_id, up.quantity, up.from_location_id) == (
        Decimal("0.75"), None, Decimal("0.25"), None,
    )  # fmt: skip
    assert store.held(batch) == Decimal("9.5")
    for counted, field in (("9.5", "counted"), ("-1", "counted"), ("NaN", "counted"), ("1.0001", "counted")):
        with pytest.raises(Invalid) as refusal:
            actions.adjust(batch, store.room.pk, Decimal(counted), "Again", by=store.keeper)
        assert refusal.value.field == field
    with pytest.raises(Invalid) as refusal:
        actions.adjust(batch, store.room.pk, Decimal(1), "  ", by=store.keeper)
    assert refusal.value.field == "reason"


def test_waste_is_explained_and_never_below_zero(store: Store):
    batch = store.receive(store.toxin, "10", "A").batch_id
    actions.waste(batch, store.room.pk, Decimal(4), "Rest of a vial", by=store.nurse)
    assert store.held(batch) == 6
    with pytest.raises(Clash):
        actions.waste(batch, store.room.pk, Decimal("6.5"), "Dropped", by=store.nurse)
    with pytest.raises(Invalid, match="Write why"):
        actions.waste(batch, store.room.pk, Decimal(1), "", by=store.nurse)


def test_what_goes_back_to_its_supplier_may_be_locked_away_but_not_promised(store: Store):
    batch = store.receive(store.toxin, "10", "A").batch_id
    actions.quarantine(batch, "Called back", by=store.keeper)
    gone = actions.send_back(
        batch, store.room.pk, Decimal(4), "Called back", supplier="Malabar", reference="RC-7", by=store.keeper
    )
    assert (gone.kind, gone.supplier, gone.reference, store.held(batch)) == ("SENT_BACK", "Malabar", "RC-7", 6)
    with pytest.raises(Clash):
        actions.send_back(batch, store.room.pk, Decimal("6.5"), "Called back", by=store.keeper)
    with pytest.raises(Invalid, match="Write why"):
        actions.send_back(batch, store.room.pk, Decimal(1), " ", by=store.keeper)
    with pytest.raises(NotPermitted):
        actions.send_back(batch, store.room.pk, Decimal(1), "Mine", by=store.nurse)
    with acting_as(store.keeper):
        assert queries.supplier_of(batch, seen_by=store.keeper) == ""
    came = actions.Delivery(Decimal(5), number="B", expires_on=store.day(90), supplier="Malabar Surgicals")
    batch = actions.receive(store.toxin.pk, store.room.pk, came, by=store.keeper).batch_id
    with acting_as(store.keeper):
        assert queries.supplier_of(batch, seen_by=store.keeper) == "Malabar Surgicals"


def test_only_what_has_expired_is_written_off_as_expired(store: Store):
    batch = store.receive(store.toxin, "10", "A", 1).batch_id
    with pytest.raises(IllegalMove, match="has not expired"):
        actions.write_off_expired(batch, store.room.pk, by=store.keeper)
    with clock.at(clock.now() + timedelta(days=2)):
        actions.write_off_expired(batch, store.room.pk, by=store.keeper)
        assert store.held(batch) == 0
        with pytest.raises(Clash, match="Nothing of this batch"):
            actions.write_off_expired(batch, store.room.pk, by=store.keeper)


def test_an_item_keeps_its_unit_once_something_moved(store: Store):
    actions.change_item(store.toxin.pk, {"unit": "IU"}, by=store.keeper)
    store.receive(store.toxin, "10", "A")
    actions.change_item(store.toxin.pk, {"reorder_level": Decimal(5)}, by=store.keeper)
    with pytest.raises(Clash) as refusal:
        actions.change_item(store.toxin.pk, {"unit": "ml"}, by=store.keeper)
    assert refusal.value.field == "unit"


@pytest.mark.parametrize(
    ("field", "value"),
    [("hsn", "12A"), ("generic", "Lido Caine"), ("step", Decimal(0)), ("price", Decimal(-1)), ("name", ""),
     ("kind", "WISH"), ("tax_code", "NONE-SUCH"), ("name", "Aurelle Fine")],
)  # fmt: skip
def test_an_item_is_written_as_it_should_be(store: Store, field: str, value: object):
    with pytest.raises((Invalid, Clash)) as refusal:
        actions.change_item(store.toxin.pk, {field: value}, by=store.keeper)
    assert field in (refusal.value.field, *refusal.value.facts.get("errors", {}))


def test_a_place_closes_when_it_is_empty(store: Store):
    batch = store.receive(store.toxin, "10", "A").batch_id
    with pytest.raises(Clash, match="Move it first"):
        actions.change_location(store.room.pk, {"is_active": False}, by=store.keeper)
    actions.waste(batch, store.room.pk, Decimal(10), "Broken", by=store.keeper)
    actions.change_location(store.room.pk, {"is_active": False}, by=store.keeper)
    with pytest.raises(Invalid, match="not used any more"):
        store.receive(store.toxin, "1", "A")


def test_what_autocomplete_offers(store: Store):
    store.receive(store.toxin, "10", "SOON", 5)
    locked = store.receive(store.toxin, "20", "LOCKED", 50).batch_id
    store.receive(store.toxin, "40", "LATE", 300, store.pharmacy)
    actions.quarantine(locked, "Recall", by=store.keeper)
    with acting_as(store.nurse):
        (found,) = queries.in_stock("kalm 100", branch_id=store.branch.pk, seen_by=store.nurse)
        by_number = queries.in_stock("late", branch_id=store.branch.pk, seen_by=store.nurse)
        batches = list(queries.batches(store.toxin.pk, branch_id=store.branch.pk, seen_by=store.nurse))
        everything = queries.in_stock("", branch_id=store.branch.pk, seen_by=store.nurse)
    assert (found.available, found.expires_on, found.unit) == (Decimal(50), store.day(5), "unit")
    assert [row.item_id for row in by_number] == [store.toxin.pk]
    assert [(batch.number, batch.held) for batch in batches] == [("SOON", 10), ("LATE", 40)]
    assert [row.name for row in everything] == ["Kalmira 100", "Aurelle Fine", "Gloves"]


def test_another_clinic_sees_and_reaches_nothing(store: Store):
    from kalon.inventory.tests.clinic import open_store

    other = open_store()
    moved = store.receive(store.toxin, "10", "A")
    for look in (
        lambda: queries.item(store.toxin.pk, seen_by=other.keeper),
        lambda: queries.batch(moved.batch_id, seen_by=other.keeper),
        lambda: queries.movement(moved.pk, seen_by=other.keeper),
        lambda: queries.location(store.room.pk, seen_by=other.keeper),
    ):
        with acting_as(other.keeper), pytest.raises(NotFound):
            look()
    with pytest.raises(NotFound):
        other.issue_batch(moved.batch_id, "1")
    with acting_as(other.keeper):
        assert not Movement.objects.exists()
