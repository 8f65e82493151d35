"""A surgery that was planned and approved, told by the product's own verbs: what stories about implants begin with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kalon.config.seed.implants import gtin_of
from kalon.consultations import actions as consultations
from kalon.inventory import actions as inventory
from kalon.patients import actions as patients
from kalon.plans import actions as plans
from kalon.plans.actions import LineDetails, PlanDetails
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest
from kalon.theatre.tests.under_way import Hands, under_way
from tests.journeys.story import Story, on_tuesday

GTIN = gtin_of("095011010777")
NOTE = {"examination": "Tuberous, left smaller.", "assessment": "Hypoplasia.", "advice": "Augmentation on both sides."}


@dataclass
class Shelf:
    """The store of the story: an implant known by serials, a gel by its lot, and where they stand."""

    place: Any
    implant: Any
    gel: Any

    def code(self, serial: str, lot: str = "L7") -> str:
        return f"01{GTIN}1730013110{lot}\x1d21{serial}"

    def take_in(self, story: Story, *serials: str, lot: str = "L7") -> list[Any]:
        packs = [inventory.Pack(scan=self.code(serial, lot)) for serial in serials]
        return inventory.receive_units(
            self.place.pk, packs, supplier="Malabar Surgicals", by=story.place.by["inventory"]
        )


def shelf(story: Story) -> Shelf:
    """Open it."""
    keeper = story.place.by["inventory"]
    details = {"name": "Lunara Round 295", "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "model": "LR-295",
               "device_code": GTIN, "manufacturer": "Lunara Medical", "size": "295 cc"}  # fmt: skip
    return Shelf(
        inventory.add_location(
            story.place.branch.pk, {"code": "TH", "name": "Theatre store", "kind": "THEATRE"}, by=keeper
        ),
        inventory.add_item(details, by=keeper),
        inventory.add_item({"name": "Scar gel", "kind": "CONSUMABLE", "unit": "tube", "device_code": ""}, by=keeper),
    )


def approved(story: Story, patient_id: Any, at: str, *, later: timedelta = timedelta()) -> Any:
    """A patient seen on Tuesday, whose augmentation on both sides the doctor planned and approved."""
    patients.record_allergies(patient_id, "NONE_KNOWN", [], by=story.nurse)
    wish = BookingRequest(
        patient_id=patient_id, branch_id=story.place.branch.pk, doctor_id=story.dr_menon.pk,
        service_id=story.place.services["FOLLOW-UP"].pk, start=on_tuesday(at) + later,
    )  # fmt: skip
    visit = scheduling.book(wish, by=story.desk)
    scheduling.check_in(visit.pk, by=story.desk)
    encounter = story.encounter(visit)
    assert encounter is not None
    consultations.begin(encounter.pk, by=story.doctor)
    consultations.record_outcome(encounter.pk, outcome="PROCEDURE_PLANNED", note=NOTE, by=story.doctor)
    line = LineDetails(
        procedure="Breast augmentation", side="BOTH", technique="Dual plane", implant_choice="Round, 295 cc"
    )
    plan = plans.plan_procedure(encounter.pk, PlanDetails(plan_type="SURGICAL", lines=(line,)), by=story.doctor)
    return plans.approve(plans.submit(plan.pk, by=story.doctor).pk, by=story.doctor)


def hands(story: Story) -> Hands:
    """Whoever makes a case in this clinic."""
    by = story.place.by
    return Hands(owner=by["owner"], surgeon=by["surgeon"], nurse=story.nurse, manager=by["theatre"])


def implanted(story: Story, plan: Any, start: datetime, **pieces: Any) -> Any:
    """Pieces put into the patient of a plan, each on the side by whose name it is given; the case, still in theatre."""
    case = under_way(hands(story), plan, start)
    for side, piece in pieces.items():
        inventory.implant(
            piece.pk, plan_id=plan.pk, source=f"case:{case.pk}", side=side.upper(), surgeon_name="Dr Rohan Shah",
            by=story.doctor,
        )  # fmt: skip
    return case
