"""What an operation puts in stands in the registry before it is completed, or somebody signs why it does not."""

from dataclasses import replace

import pytest

from kalon.inventory.models import Implant, SerialUnit
from kalon.kernel.errors import IllegalMove, Invalid, NotPermitted, NotReady
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.theatre import actions, queries
from kalon.theatre.actions import Return
from kalon.theatre.models import NoImplant
from kalon.theatre.tests.supplied import scan, supplied
from kalon.theatre.tests.test_supplies import surgery
from kalon.theatre.tests.told import attack, on_the_day, operated, scheduled, staff_of, started, surgeon

COMPLETE = """WITH plan AS (UPDATE plans_procedureplan SET status = 'COMPLETED' WHERE id = %s)
    UPDATE theatre_case SET status = 'COMPLETED' WHERE id = %s"""
COPY = """INSERT INTO theatre_noimplant SELECT (jsonb_populate_record(said,
    jsonb_build_object('id', gen_random_uuid(), 'side', 'LEFT'))).* FROM theatre_noimplant said WHERE case_id = %s"""


def test_each_implant_is_scanned_or_signed_away_before_the_case_is_completed(house):
    shelves, nurse = supplied(house), house.visit.nurse
    plan, _ = surgery(house, takes_implant=True, has_side=True)
    kept = shelves.take_in("A1", "A2")
    for unit in kept:
        shelves.keep(unit, plan)
    shelves.receive("10")
    case = scheduled(house, plan)
    with on_the_day():
        started(house, case)
        actions.use(case.pk, scan("S3"), by=nurse)  # a stitch is no implant
        operated(house, case)
        with pytest.raises(NotReady, match="No implant is written down on the left and on the right"):
            actions.complete(case.pk, by=nurse)
        assert attack(COMPLETE, [plan.pk, case.pk], by=nurse) == "theatre_case_implants"
        actions.use(case.pk, scan("A1", side="LEFT"), by=nurse)
        with acting_as(nurse):
            step = queries.day_of(queries.case(case.pk, seen_by=nurse), seen_by=nurse).step
        assert step.hindered == (
            "No implant is written down on the right. Scan it, or sign why none was put in.",
        )  # fmt: skip
        with pytest.raises(NotPermitted):
            actions.sign_no_implant(case.pk, "The pocket bled", by=house.visit.desk)
        with pytest.raises(Invalid, match="why"):
            actions.sign_no_implant(case.pk, " ", by=nurse)
        actions.sign_no_implant(case.pk, "The pocket bled", by=nurse)
        assert shelves.of(NoImplant, case_id=case.pk).side == "RIGHT"
        assert attack(COPY, [case.pk], by=nurse) == "theatre_noimplant_open"  # the left one is in the registry
        with pytest.raises(IllegalMove, match="Every implant"):
            actions.sign_no_implant(case.pk, "Again", by=nurse)
        actions.complete(case.pk, by=nurse)
        assert shelves.of(SerialUnit, pk=kept[1].pk).status == "IN_STOCK"
        assert shelves.of(Implant, source_id=case.pk).serial == "A1"
        wish = Return(
            case_id=case.pk, room_id=house.theatre.pk, surgeon_id=surgeon(house),
            first_clinician_id=staff_of(house, house.surgeon),
            second_clinician_id=staff_of(house, house.anaesthetist), reason="Bleeding on the left",
        )  # fmt: skip
        office = people.add_room(
            house.clinic.branch.pk, name="Nine", code="R9", kind="CONSULTATION", by=house.clinic.system
        )
        with pytest.raises(Invalid, match="no operating theatre"):
            actions.return_to_theatre(replace(wish, room_id=office.pk), by=house.surgeon)
        back = actions.return_to_theatre(wish, by=house.surgeon)
        started(house, back)
        with pytest.raises(IllegalMove, match="Every implant"):  # a return puts in what it needs
            actions.sign_no_implant(back.pk, "None needed", by=nurse)
