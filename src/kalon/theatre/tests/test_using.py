"""Scan to consume: what a case uses is seen by the database, and what is not its own stops it with a sentence."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from kalon.catalog import actions as catalog
from kalon.inventory import actions as inventory
from kalon.inventory.models import Balance, Implant, Movement, Reservation, SerialUnit
from kalon.kernel.errors import DomainError, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.plans import actions as plans
from kalon.theatre import actions
from kalon.theatre.tests.supplied import scan, supplied
from kalon.theatre.tests.told import (
    DONE,
    SURGERY,
    attack,
    cut,
    on_the_day,
    operated,
    planned,
    scheduled,
    staff_of,
    stage,
    started,
)

BOTH = plans.LineDetails(procedure="Breast augmentation", side="BOTH", technique="Dual plane", implant_choice="295 cc")
LEFT = plans.LineDetails(procedure="Breast augmentation", side="LEFT", technique="Dual plane", implant_choice="295 cc")


@pytest.fixture
def shelves(house):
    return supplied(house)


def begun(house, line=BOTH, **more):
    """A case in theatre whose plan puts implants in (call within `on_the_day`)."""
    return scheduled(house, planned(house, lines=(line,), **more))


def use(house, case, code, **more):
    return actions.use(case.pk, scan(code, **more), by=house.visit.nurse)


def test_what_is_scanned_lets_the_case_complete_and_what_is_left_is_given_back(house, shelves):
    case = begun(house)
    left, right, spare = shelves.take_in("A1", "A2", "A3")
    for unit in (left, right, spare):
        shelves.keep(unit, case.plan)
    batch = shelves.receive("10").batch_id
    inventory.reserve_item(shelves.suture.pk, Decimal(6), plan_id=case.plan_id, needed_on=SURGERY,
                           location_id=shelves.store.pk, by=shelves.keeper)  # fmt: skip
    with on_the_day():
        started(house, case)
        assert use(house, case, case.patient.mrn) == "Right patient: the wristband agrees with the case."
        with pytest.raises(Invalid, match="which side"):
            use(house, case, shelves.code("A1"))
        with pytest.raises(NotReady, match="before knife to skin"):
            use(house, case, shelves.code("A1"), side="LEFT")
        cut(house, case)
        assert use(house, case, shelves.code("A1"), side="LEFT") == "Left: Lunara Round 295, serial A1, lot L7."
        assert use(house, case, shelves.code("A1"), side="LEFT")  # the same scan once more is the same entry
        with pytest.raises(NotReady, match="on this side already: Lunara Round 295 A1"):
            use(house, case, "A2", side="LEFT")
        use(house, case, "A2", side="RIGHT")
        assert use(house, case, "S3", quantity=Decimal(3), key="k1") == "Used: 3 piece Suture 3-0, lot S3."
        use(house, case, "S3", quantity=Decimal(3), key="k1")  # sent again after a power cut
        operated(house, case)
        actions.complete(case.pk, by=house.visit.nurse)
    with acting_as(house.clinic.system):
        entries = Implant.objects.filter(source_id=case.pk).order_by("serial")
        assert [(one.serial, one.side, one.plan_id) for one in entries] == [
            ("A1", "LEFT", case.plan_id), ("A2", "RIGHT", case.plan_id)
        ]  # fmt: skip
        assert SerialUnit.objects.get(pk=spare.pk).status == "IN_STOCK"
        assert not Reservation.objects.filter(plan_id=case.plan_id, status="HELD").exists()
        shelf = Balance.objects.get(batch_id=batch, location=shelves.store)
        assert (shelf.quantity, shelf.held) == (7, 0)


def test_the_database_sees_what_the_store_wrote_for_the_case(house, shelves):
    case = begun(house)
    shelves.take_in("A1")
    done = "UPDATE theatre_case SET status = 'COMPLETED' WHERE id = %s"
    with on_the_day():
        started(house, case)
        operated(house, case)
        assert attack(done, [case.pk], by=house.visit.nurse) == "theatre_case_consumption"
        use(house, case, "A1", side="LEFT")
        with pytest.raises(IllegalMove, match="used for this case already"):
            actions.sign_nothing_used(case.pk, by=house.visit.nurse)
        assert attack(done, [case.pk], by=house.visit.nurse) == "theatre_plan_and_case"  # the plan is done with it
        both = f"WITH plan AS (UPDATE plans_procedureplan SET status = 'COMPLETED' WHERE id = %s) {done}"
        assert attack(both, [case.plan_id, case.pk], by=house.visit.nurse) == DONE


def test_who_did_what_and_when_is_not_rewritten(house, shelves):
    case = begun(house)
    (unit,) = shelves.take_in("A1")
    nurse = house.visit.nurse
    with on_the_day():
        kept = shelves.keep(unit, case.plan)
        cut(house, started(house, case))
        use(house, case, shelves.code("A1"), side="LEFT")
        line = "UPDATE theatre_requirement SET {} WHERE clearance_id = %s AND kind = 'FASTING'"
        item = "UPDATE theatre_checkitem SET words = 'x' WHERE answer = '' AND stage_id = %s"
        by_hand = "UPDATE theatre_case SET surgeon_id = (SELECT id FROM people_staff WHERE kind = 'NURSE' LIMIT 1)"
        for statement, pk, name in (
            ("UPDATE theatre_case SET incision_at = NULL WHERE id = %s", case.pk, "theatre_case_before_implants"),
            (f"{by_hand} WHERE id = %s", case.pk, "theatre_case_born"),
            (line.format("met_by = 'x'"), case.clearance_id, "theatre_requirement_fixed"),
            (line.format("reopened_at = now()"), case.clearance_id, "theatre_requirement_fixed"),
            (item, stage(house, case, "SIGN_OUT").pk, "42501"),
            ("UPDATE theatre_stage SET completed_at = now() WHERE id = %s", stage(house, case, "SIGN_OUT").pk,
             "theatre_stage_completed_at"),
            ("UPDATE inventory_reservation SET made_by_name = 'x' WHERE id = %s", kept.pk,
             "inventory_reservation_fixed"),
            ("UPDATE inventory_reservation SET needed_on = needed_on - 1 WHERE id = %s", kept.pk,
             "inventory_reservation_fixed"),
            ("UPDATE inventory_item SET kind = 'X' WHERE id = %s", shelves.suture.pk, "inventory_item_kind"),
        ):  # fmt: skip
            assert attack(statement, [pk], by=nurse) == name, statement
        with pytest.raises(Invalid, match="knife to skin was before it"):
            actions.correct_time(case.pk, "incision", None, "Pressed by mistake", by=nurse)


def test_given_back_is_not_used(house, shelves):
    case = begun(house)
    shelves.receive("10")
    with on_the_day():
        started(house, case)
        use(house, case, "S3", quantity=Decimal(2))
        move = shelves.of(Movement, source_id=case.pk, kind="ISSUED")
        actions.give_back(case.pk, move.pk, Decimal(2), "Not opened", by=house.visit.nurse)
        operated(house, case)
        with pytest.raises(NotReady, match="what was used"):
            actions.complete(case.pk, by=house.visit.nurse)
        actions.sign_nothing_used(case.pk, by=house.visit.nurse)
        with pytest.raises(IllegalMove, match="nothing was used"):
            use(house, case, "S3")
        with pytest.raises(NotPermitted):
            actions.take_back_nothing_used(case.pk, "Two sutures", by=house.visit.desk)
        with pytest.raises(Invalid, match="why"):
            actions.take_back_nothing_used(case.pk, " ", by=house.visit.nurse)
        actions.take_back_nothing_used(case.pk, "Two sutures", by=house.visit.nurse)
        with pytest.raises(IllegalMove, match="Nobody signed"):
            actions.take_back_nothing_used(case.pk, "Again", by=house.visit.nurse)
        assert use(house, case, "S3").startswith("Used: 1 piece")


def test_what_is_not_for_this_patient_or_side_stops_the_case(house, shelves):
    plan = planned(house, lines=(LEFT,))
    other = planned(house, of=plan.consultation_id, lines=(BOTH,))
    case = scheduled(house, plan)
    kept, gone, locked, back = shelves.take_in("A1", "A2", "A3", "A4")
    shelves.keep(kept, other)
    inventory.waste_unit(gone.pk, "Dropped", by=shelves.keeper)
    inventory.quarantine_unit(locked.pk, "Box torn", by=shelves.keeper)
    shelves.take_in("OLD", lot="L1", until=SURGERY - timedelta(days=1))
    shelves.take_in("FAR", place=shelves.far)
    shelves.take_in("R1", lot="L9")
    notice = inventory.NoticeDetails(
        title="Lunara Round 295", issued_by="Lunara Medical", issued_on=SURGERY - timedelta(days=9), hazard="Shell."
    )
    inventory.open_recall(notice, [inventory.Scope(item_id=shelves.implant.pk, lot="L9")], by=house.clinic.system)
    stranger = house.clinic.other_patient
    refusals = {
        stranger.mrn: "WRONG PATIENT",
        "A1": "WRONG PATIENT. Serial A1 is kept for another patient",
        "A2": "wasted already",
        "A3": "locked away",
        "OLD": "has expired",
        "FAR": "stands at Thrissur",
        "R1": "recalled",
        "NOBODY": "Nothing of this clinic",
        f"{shelves.code('A4')[:15]}9{shelves.code('A4')[16:]}": "check digit",
        "": "Scan the pack",
    }  # fmt: skip
    with on_the_day():
        cut(house, started(house, case))
        for code, sentence in refusals.items():
            with pytest.raises(DomainError, match=sentence):
                use(house, case, code)
        with pytest.raises(NotReady, match="WRONG SIDE"):
            use(house, case, "A4", side="RIGHT")
        with acting_as(house.clinic.system):
            assert not Movement.objects.filter(source_id=case.pk).exists()
        assert use(house, case, "A4") == "Left: Lunara Round 295, serial A4, lot L7."  # one side: nobody is asked
        use(house, case, "A4")
        assert shelves.of(Implant, unit=back).side == "LEFT"


def test_what_takes_no_implant_gets_none_that_is_not_put_aside_for_it(house, shelves):
    lids = catalog.add_procedure(
        {"code": "LIDS", "name": "Eyelid surgery", "category": "FACE", "setting": "SURGICAL", "has_side": True},
        by=house.clinic.system,
    )  # fmt: skip
    case = begun(house, plans.LineDetails(entry_id=lids.pk, side="BOTH", technique="Skin"))
    unit, *_ = shelves.take_in("A1")
    with on_the_day():
        cut(house, started(house, case))
        with pytest.raises(NotReady, match="takes no implant"):
            use(house, case, "A1", side="LEFT")
        past = {"plan_id": case.plan_id, "source": f"case:{case.pk}", "side": "LEFT"}
        with pytest.raises(DomainError, match="takes no implant"):  # past the theatre, by the database
            inventory.implant(unit.pk, **past, by=house.surgeon)
        shelves.keep(unit, case.plan)
        assert use(house, case, "A1", side="LEFT") == "Left: Lunara Round 295, serial A1, lot L7."


def test_only_in_theatre_and_only_by_who_may(house, shelves):
    case = begun(house)
    unit, *_ = shelves.take_in("A1", "A2")
    with pytest.raises(IllegalMove, match="scheduled"):
        use(house, case, "A1", side="LEFT")
    with on_the_day():
        cut(house, started(house, case))
        for call in (
            lambda: actions.use(case.pk, scan("A1", side="LEFT"), by=house.visit.desk),
            lambda: actions.waste(case.pk, scan("A1"), "Dropped", by=house.visit.desk),
            lambda: actions.correct_time(case.pk, "in", None, "x", by=house.visit.desk),
        ):
            with pytest.raises(NotPermitted):
                call()
        use(house, case, "A2", side="RIGHT")
        actions.abort(case.pk, reason="Arrhythmia", by=house.surgeon)
        with pytest.raises(IllegalMove, match="aborted"):
            use(house, case, "A1", side="LEFT")
        # the store itself, past the theatre, is refused by the database in the same words
        for paper in (case.pk, uuid4()):  # one that is over, and one that never was
            asked = {"plan_id": case.plan_id, "source": f"case:{paper}", "side": "LEFT"}
            with pytest.raises(DomainError, match="while it is in theatre"):
                inventory.implant(unit.pk, **asked, by=house.surgeon)
    assert shelves.of(SerialUnit, pk=unit.pk).status == "IN_STOCK"


def test_dropped_pieces_and_lots_are_nobodys(house, shelves):
    case = begun(house)
    piece, *_ = shelves.take_in("A1")
    shelves.keep(piece, case.plan)
    batch = shelves.receive("5").batch_id
    inventory.reserve_item(shelves.suture.pk, Decimal(4), plan_id=case.plan_id, needed_on=SURGERY,
                           location_id=shelves.store.pk, by=shelves.keeper)  # fmt: skip
    with on_the_day():
        started(house, case)
        with pytest.raises(Invalid, match="Write why"):
            actions.waste(case.pk, scan("A1"), "", by=house.visit.nurse)
        assert actions.waste(case.pk, scan("A1"), "Fell", by=house.visit.nurse) == (
            "Thrown away: Lunara Round 295, serial A1."
        )  # fmt: skip
        actions.waste(case.pk, scan("S3", quantity=Decimal(1)), "Torn", by=house.visit.nurse)
    assert shelves.of(SerialUnit, pk=piece.pk).status == "WASTED"
    with acting_as(house.clinic.system):
        shelf = Balance.objects.get(batch_id=batch, location=shelves.store)
        assert (shelf.quantity, shelf.held) == (4, 3)
        assert Movement.objects.filter(source_kind="case", source_id=case.pk, kind="WASTED").count() == 2


def test_taken_out_again_and_a_return_to_theatre_changes_it(house, shelves):
    case = begun(house)
    shelves.take_in("A1", "A2", "A3")
    nurse = house.visit.nurse
    with on_the_day():
        cut(house, started(house, case))
        use(house, case, "A1", side="LEFT")
        entry = shelves.of(Implant, serial="A1")
        actions.take_out(case.pk, entry.pk, "Torn while it was put in", by=nurse)
        use(house, case, "A2", side="LEFT")
        operated(house, case)
        actions.complete(case.pk, by=nurse)
        back = actions.return_to_theatre(
            actions.Return(
                case_id=case.pk, room_id=house.theatre.pk, surgeon_id=staff_of(house, house.surgeon),
                first_clinician_id=staff_of(house, house.surgeon),
                second_clinician_id=staff_of(house, house.anaesthetist), reason="Bleeding",
            ), by=house.surgeon,
        )  # fmt: skip
        cut(house, started(house, back))
        with pytest.raises(NotFound):
            actions.take_out(back.pk, case.pk, "x", by=nurse)
        actions.take_out(back.pk, shelves.of(Implant, serial="A2").pk, "Infected pocket", by=nurse)
        use(house, back, "A3", side="LEFT")  # the plan is completed, its return takes stock all the same
        operated(house, back)
        assert actions.complete(back.pk, by=nurse).status == "COMPLETED"
    with acting_as(house.clinic.system):
        rows = Implant.objects.filter(plan_id=case.plan_id).order_by("serial")
        assert [(one.serial, one.is_inside, one.source_id) for one in rows] == [
            ("A1", False, case.pk), ("A2", False, case.pk), ("A3", True, back.pk)
        ]  # fmt: skip
