"""Implants by serial: taken in by scan, carried, locked away, reserved, implanted, taken out; refusals in words."""

from decimal import Decimal
from uuid import uuid4

import pytest

from kalon.inventory import actions, queries
from kalon.inventory.actions import Pack
from kalon.inventory.models import Implant, Movement, Reservation, SerialUnit
from kalon.inventory.tests.theatre import GTIN, Theatre
from kalon.kernel import clock, events
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotFound, NotPermitted
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans


def test_a_scanned_pack_is_a_piece_on_its_shelf(theatre: Theatre):
    one, two = theatre.take_in("S1", "S2")
    assert (one.status, one.location_id, one.batch.number, one.udi) == (
        "IN_STOCK", theatre.store.pk, "L7", theatre.code("S1"),
    )  # fmt: skip
    assert theatre.balance(one.batch_id) == (2, 0)
    with acting_as(theatre.keeper):
        for word in ("s1", theatre.code("S1")):
            assert list(queries.units(seen_by=theatre.keeper, text=word)) == [one]
        for word in ("L7", "LR-295"):
            assert list(queries.units(seen_by=theatre.keeper, text=word)) == [one, two]


def test_what_is_typed_where_there_is_no_code(theatre: Theatre):
    pack = Pack(item_id=theatre.implant.pk, serial=" a-1 ", lot="l9", expires_on=theatre.day(90))
    (unit,) = actions.receive_units(theatre.store.pk, [pack], by=theatre.keeper)
    assert (unit.serial, unit.batch.number, unit.udi) == ("A-1", "L9", "")


@pytest.mark.parametrize(
    ("pack", "refusal", "sentence"),
    [
        (Pack(scan=f"01{GTIN[:-1]}821S9"), Invalid, "check digit"),
        (Pack(scan=f"01{GTIN}10L7"), Invalid, "serial number of this"),
        (Pack(scan="(01)04012345123456(21)S9"), Invalid, "No item carries the code"),
        (Pack(scan=""), Invalid, "Scan the code on the pack, or choose"),
        (Pack(scan="EXPIRED"), Invalid, "expired on"),
        (Pack(scan="KNOWN"), Clash, "in the books already: it stands at Store KOC"),
        (Pack(scan="FAR"), Clash, "it stands at Store TSR, Thrissur"),
        (Pack(scan="NEW", serial="S10"), Invalid, "The code says serial number S9"),
    ],
)
def test_packs_that_are_refused_and_nothing_is_taken_in(
    theatre: Theatre, pack: Pack, refusal: type[DomainError], sentence: str
):
    theatre.take_in("KNOWN")
    theatre.take_in("FAR", place=theatre.far_store)
    codes = {
        "EXPIRED": theatre.code("S9", days=-3, lot="OLD"), "KNOWN": theatre.code("KNOWN"), "FAR": theatre.code("FAR"),
        "NEW": theatre.code("S9"),
    }  # fmt: skip
    asked = Pack(scan=codes.get(pack.scan, pack.scan), serial=pack.serial)
    with pytest.raises(refusal, match=sentence):
        actions.receive_units(theatre.store.pk, [Pack(scan=theatre.code("GOOD")), asked], by=theatre.keeper)
    assert theatre.count() == 2


def test_an_item_with_serials_moves_only_piece_by_piece(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    giving = {"branch_id": theatre.visit.clinic.branch.pk, "patient_id": theatre.plan.patient_id,
              "source": actions.Source("tests.Paper", uuid4()), "by": theatre.surgeon}  # fmt: skip
    for attempt in (
        lambda: actions.receive(
            theatre.implant.pk, theatre.store.pk, actions.Delivery(Decimal(1), "L7", theatre.day(9)), by=theatre.keeper
        ),
        lambda: actions.issue(theatre.implant.pk, Decimal(1), **giving),
        lambda: actions.issue_batch(unit.batch_id, Decimal(1), **giving),
        lambda: actions.waste(unit.batch_id, theatre.store.pk, Decimal(1), "Dropped", by=theatre.keeper),
        lambda: actions.adjust(unit.batch_id, theatre.store.pk, Decimal(5), "Counted", by=theatre.keeper),
    ):  # fmt: skip
        with pytest.raises(Invalid, match="serial number"):
            attempt()
    with pytest.raises(Invalid, match="no serial numbers"):
        actions.receive_units(theatre.store.pk, [Pack(item_id=theatre.mesh.pk, serial="X")], by=theatre.keeper)


def test_a_piece_is_carried_locked_away_sent_back_and_thrown_away(theatre: Theatre):
    one, two, three, old = [*theatre.take_in("S1", "S2", "S3"), *theatre.take_in("S4", lot="L1", days=1)]
    actions.quarantine_unit(one.pk, "Seal broken", by=theatre.keeper)
    assert theatre.balance(one.batch_id) == (3, 1)
    with pytest.raises(IllegalMove, match="locked away"):
        theatre.reserve(one)
    actions.release_unit(one.pk, "Maker says it is fine", by=theatre.keeper)
    assert theatre.balance(one.batch_id) == (3, 0)
    theatre.reserve(one)
    with pytest.raises(Clash, match="reserved for a patient of this branch"):
        actions.move_unit(one.pk, theatre.far_store.pk, by=theatre.keeper)
    moved = actions.move_unit(one.pk, theatre.shelf.pk, by=theatre.keeper)
    assert (moved.status, moved.location_id) == ("RESERVED", theatre.shelf.pk)
    with acting_as(theatre.system):
        assert Reservation.objects.get().location_id == theatre.shelf.pk
    assert theatre.balance(one.batch_id) == (2, 0)
    assert actions.waste_unit(two.pk, "Dropped", by=theatre.surgeon).status == "WASTED"
    assert actions.return_unit(three.pk, "Wrong size", by=theatre.keeper).status == "RETURNED"
    with pytest.raises(IllegalMove, match="has not expired"):
        actions.expire_unit(old.pk, by=theatre.keeper)
    with clock.at(clock.now() + clock.minutes(60 * 72)):
        assert actions.expire_unit(old.pk, by=theatre.keeper).status == "EXPIRED"
    with pytest.raises(IllegalMove, match="does not stand on a shelf"):
        actions.waste_unit(two.pk, "Again", by=theatre.surgeon)
    with acting_as(theatre.keeper):
        assert queries.mismatches(seen_by=theatre.keeper) == []


def test_an_implant_is_in_one_patient_and_found_from_everywhere(theatre: Theatre):
    heard: list[object] = []
    from kalon.inventory.events import UnitExplanted, UnitImplanted

    events.on(UnitImplanted, heard.append)
    events.on(UnitExplanted, heard.append)
    one, two = theatre.take_in("S1", "S2")
    theatre.reserve(one)
    left = actions.implant(
        scan=theatre.code("S1"), plan_id=theatre.plan.pk, source=theatre.paper, side="LEFT",
        surgeon_name="Dr Rao", by=theatre.surgeon,
    )  # fmt: skip
    right = theatre.implanted(two, "RIGHT")
    assert (left.serial, left.lot, left.model, left.size, left.udi) == ("S1", "L7", "LR-295", "295 cc", one.udi)
    assert theatre.now(one).status == theatre.now(two).status == "IMPLANTED"
    assert theatre.balance(one.batch_id) == (0, 0)
    assert theatre.implanted(one).pk == left.pk, "the same scan again is the same entry"
    with pytest.raises(Clash, match="in the registry already"):
        theatre.implanted(one, "RIGHT")
    with pytest.raises(Clash, match="in the registry already"):
        actions.implant(one.pk, plan_id=theatre.other_plan.pk, source="visit:" + str(uuid4()), side="LEFT",
                        by=theatre.surgeon)  # fmt: skip
    gone = actions.explant(one.pk, "Capsular contracture", by=theatre.surgeon)
    assert (gone.is_inside, gone.explant_reason, theatre.now(one).status) == (
        False,
        "Capsular contracture",
        "EXPLANTED",
    )
    with pytest.raises(IllegalMove):
        actions.explant(one.pk, "Again", by=theatre.surgeon)
    with acting_as(theatre.surgeon):
        for word in ("s1", theatre.code("S1")):
            assert [row.pk for row in queries.implants(seen_by=theatre.surgeon, text=word)] == [left.pk]
        for word in ("L7", "LR-295", ""):
            found = queries.implants(seen_by=theatre.surgeon, text=word)
            assert {row.pk for row in found} == {left.pk, right.pk}
        of = queries.implants_of(theatre.plan.patient_id, seen_by=theatre.surgeon)
        assert {row.serial for row in of if row.is_inside} == {"S2"}
        used = queries.used_for(theatre.paper, seen_by=theatre.surgeon)
        assert [row.unit_id for row in used] == [one.pk, two.pk]
    assert [type(fact).__name__ for fact in heard] == ["UnitImplanted", "UnitImplanted", "UnitExplanted"]


def test_implants_that_may_not_be_put_in(theatre: Theatre):
    reserved, locked, old = [*theatre.take_in("S1", "S2"), *theatre.take_in("S3", lot="L1", days=1)]
    (far,) = theatre.take_in("S5", place=theatre.far_store)
    theatre.reserve(reserved, theatre.other_plan)
    actions.quarantine_unit(locked.pk, "Seal", by=theatre.keeper)
    with pytest.raises(Clash, match="Store TSR is at Thrissur"):
        theatre.reserve(far)
    for unit, sentence in (
        (reserved, "reserved for another"), (locked, "locked away"), (far, "stands at Thrissur"),
    ):  # fmt: skip
        with pytest.raises(DomainError, match=sentence):
            theatre.implanted(unit)
    with clock.at(clock.now() + clock.minutes(60 * 72)), pytest.raises(IllegalMove, match="has expired"):
        theatre.implanted(old)
    with pytest.raises(Invalid, match="on which side"):
        theatre.implanted(old, "BOTH")
    with pytest.raises(NotFound, match="No piece of this clinic"):
        actions.implant(scan="NOWHERE", plan_id=theatre.plan.pk, source="visit:" + str(uuid4()), side="LEFT",
                        by=theatre.surgeon)  # fmt: skip
    assert theatre.count(Implant) == 0


def test_what_is_reserved_is_gone_for_everybody_else_and_comes_back(theatre: Theatre):
    batch = theatre.receive("10").batch_id
    (row,) = theatre.reserve_mesh("7.5")
    assert theatre.balance(batch) == (10, Decimal("7.5"))
    with acting_as(theatre.surgeon):
        free = queries.available(theatre.mesh.pk, theatre.store.pk, theatre.day(), seen_by=theatre.surgeon)
    assert free == Decimal("2.5")
    with pytest.raises(Clash, match=r"Only 2\.5 piece") as refusal:
        theatre.reserve_mesh("3", theatre.other_plan)
    assert refusal.value.facts["available"] == "2.500"
    with pytest.raises(Clash, match="is reserved for a patient"):
        actions.waste(batch, theatre.store.pk, Decimal(3), "Dropped", by=theatre.keeper)
    actions.release(row.pk, "Postponed", by=theatre.surgeon)
    assert theatre.balance(batch) == (10, 0)
    theatre.reserve_mesh("10", theatre.other_plan)
    assert len(actions.release(f"plan:{theatre.other_plan.pk}", "Postponed", by=theatre.surgeon)) == 1
    assert theatre.balance(batch) == (10, 0)


def test_nothing_that_will_have_expired_and_nothing_locked_away_is_reserved(theatre: Theatre):
    early = theatre.receive("5", "SOON", 13).batch_id
    locked = theatre.receive("5", "LOCKED", 300).batch_id
    actions.quarantine(locked, "Recall", by=theatre.keeper)
    with pytest.raises(Clash, match="Only 0 piece"):
        theatre.reserve_mesh("1")
    (row,) = theatre.reserve_mesh("1", needed_on=theatre.day(13))
    assert row.batch_id == early
    actions.quarantine(early, "Recall", by=theatre.keeper)
    assert theatre.now(row).status == "RELEASED", "what is locked away is promised to nobody"
    with pytest.raises(Invalid, match="has passed"):
        theatre.reserve_mesh("1", needed_on=theatre.day(-1))


def test_a_kit_is_put_aside_as_far_as_it_goes_and_tops_up(theatre: Theatre):
    theatre.take_in("S1")
    theatre.receive("2", "A", 100)
    asked = {"needed_on": theatre.day(), "location_id": theatre.store.pk, "by": theatre.surgeon}
    first = actions.reserve_kit(theatre.plan.pk, **asked)
    assert [(one.item_id, one.missing, one.is_required) for one in first.short] == sorted(
        [(theatre.implant.pk, Decimal(1), True), (theatre.mesh.pk, Decimal(1), False)]
    )
    assert not first.is_complete
    theatre.take_in("S2")
    second = actions.reserve_kit(theatre.plan.pk, **asked)
    assert second.is_complete and [row.unit.serial for row in second.lines if row.unit] == ["S2"]
    third = actions.reserve_kit(theatre.plan.pk, **asked)
    assert third.lines == [] and len(third.short) == 1
    with acting_as(theatre.surgeon):
        rows = queries.reserved_for(f"plan:{theatre.plan.pk}", seen_by=theatre.surgeon)
        assert sum(row.quantity for row in rows) == 4


def test_a_cancelled_plan_gives_everything_free(theatre: Theatre):
    (unit,) = theatre.take_in("S1")
    batch = theatre.receive("5").batch_id
    theatre.reserve(unit, theatre.other_plan)
    theatre.reserve_mesh("5", theatre.other_plan)
    plans.cancel(theatre.other_plan.pk, reason="Patient moved away", by=theatre.surgeon)
    assert (theatre.now(unit).status, theatre.balance(batch)) == ("IN_STOCK", (5, 0))
    assert theatre.count(Reservation, status="RELEASED") == 2


def test_what_is_used_comes_from_what_was_reserved_then_first_expired(theatre: Theatre):
    late = theatre.receive("5", "LATE", 300).batch_id
    (row,) = theatre.reserve_mesh("2")
    soon = theatre.receive("5", "SOON", 30).batch_id
    using = {"patient_id": theatre.plan.patient_id, "source": theatre.paper, "plan_id": theatre.plan.pk,
             "branch_id": theatre.visit.clinic.branch.pk, "by": theatre.surgeon}  # fmt: skip
    given = actions.consume(item_id=theatre.mesh.pk, quantity=Decimal(3), key="scan-1", **using)
    assert [(one.batch_id, one.quantity) for one in given] == [(late, 2), (soon, 1)]
    assert theatre.now(row).status == "USED"
    again = actions.consume(item_id=theatre.mesh.pk, quantity=Decimal(3), key="scan-1", **using)
    assert [one.movement_id for one in again] == [one.movement_id for one in given]
    assert theatre.balance(soon) == (4, 0)
    assert [one.quantity for one in actions.consume(scan="LATE", quantity=Decimal("0.5"), **using)] == [Decimal("0.5")]
    with pytest.raises(Clash, match=r"Only 6\.5"):
        actions.consume(item_id=theatre.mesh.pk, quantity=Decimal(50), **using)
    (unit,) = theatre.take_in("S1")
    (up,) = actions.consume(scan=theatre.code("S1"), key="scan-2", **using)
    assert (up.quantity, theatre.now(unit).status) == (1, "CONSUMED")
    assert actions.consume(scan=theatre.code("S1"), key="scan-2", **using)[0].movement_id == up.movement_id
    assert theatre.count(Movement, kind="ISSUED") == 4


def test_who_has_no_right_changes_nothing(theatre: Theatre):
    (unit, inside) = theatre.take_in("S1", "S2")
    theatre.implanted(inside)
    nobody, using = theatre.visit.clinic.nobody, {"source": f"visit:{uuid4()}", "plan_id": theatre.plan.pk}
    before = theatre.count(Movement), theatre.count(Reservation)
    asked = {"needed_on": theatre.day(), "by": nobody}
    for attempt in (
        lambda: actions.receive_units(theatre.store.pk, [Pack(scan=theatre.code("S7"))], by=theatre.surgeon),
        lambda: actions.move_unit(unit.pk, theatre.far_store.pk, by=theatre.surgeon),
        lambda: actions.quarantine_unit(unit.pk, "Mine", by=theatre.surgeon),
        lambda: actions.release_unit(unit.pk, "Mine", by=theatre.surgeon),
        lambda: actions.return_unit(unit.pk, "Mine", by=theatre.surgeon),
        lambda: actions.expire_unit(unit.pk, by=theatre.surgeon),
        lambda: actions.set_kit(theatre.procedure.pk, [], by=theatre.surgeon),
        lambda: actions.waste_unit(unit.pk, "Mine", by=nobody),
        lambda: actions.reserve_unit(unit.pk, plan_id=theatre.plan.pk, **asked),
        lambda: actions.reserve_kit(theatre.plan.pk, location_id=theatre.store.pk, **asked),
        lambda: actions.reserve_item(theatre.mesh.pk, Decimal(1), plan_id=theatre.plan.pk,
                                     location_id=theatre.store.pk, **asked),
        lambda: actions.release(f"plan:{theatre.plan.pk}", "Mine", by=nobody),
        lambda: actions.consume(scan="S1", patient_id=theatre.plan.patient_id,
                                branch_id=theatre.visit.clinic.branch.pk, **using, by=nobody),
        lambda: actions.implant(unit.pk, side="LEFT", **using, by=nobody),
        lambda: actions.explant(inside.pk, "Mine", by=nobody),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            attempt()
    assert (theatre.count(Movement), theatre.count(Reservation)) == before
    assert theatre.count(SerialUnit, status="IN_STOCK") == 1
