"""A store with implants beside a consultation: a surgery on both sides in theatre, another approved, kit and shelf."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kalon.catalog import actions as catalog
from kalon.consultations.tests.conftest import Visit, booked_visit
from kalon.inventory import actions
from kalon.inventory.actions import Delivery, KitPart, Pack
from kalon.inventory.models import Balance, Implant, Item, Location, Reservation, SerialUnit
from kalon.inventory.tests.clinic import KEEPS, _staff
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.plans import actions as plans
from kalon.plans.models import PlanLine
from kalon.plans.tests.told import decided, details
from kalon.theatre.tests.under_way import Hands, brought_in, cut

GTIN = "09501101020917"
DAY = 14  # the surgery is in a fortnight
BOTH = plans.LineDetails(
    procedure="Breast augmentation", side="BOTH", technique="Dual plane, inframammary", implant_choice="Round, 300 ml"
)


@dataclass
class Theatre:
    """What a test needs to reserve an implant and to put it in."""

    visit: Visit
    keeper: Actor
    store: Location
    far_store: Location
    shelf: Location  # of the store's own branch, in the theatre
    implant: Item
    mesh: Item
    plan: Any
    other_plan: Any
    case: Any  # of the plan, in theatre
    procedure: Any
    today: date
    other_case: Any = None  # of the other plan, where both are in theatre

    @property
    def surgeon(self) -> Actor:
        return self.visit.doctor

    @property
    def system(self) -> Actor:
        return self.visit.clinic.system

    def day(self, days: int = DAY) -> date:
        return self.today + timedelta(days=days)

    def code(self, serial: str, *, lot: str = "L7", days: int = 400) -> str:
        return f"01{GTIN}17{self.day(days):%y%m%d}10{lot}\x1d21{serial}"

    def take_in(self, *serials: str, lot: str = "L7", days: int = 400, place: Location | None = None) -> list[Any]:
        packs = [Pack(scan=self.code(serial, lot=lot, days=days)) for serial in serials]
        return actions.receive_units((place or self.store).pk, packs, by=self.keeper)

    def receive(self, quantity: str, lot: str = "M1", days: int = 400) -> Any:
        delivery = Delivery(Decimal(quantity), number=lot, expires_on=self.day(days))
        return actions.receive(self.mesh.pk, self.store.pk, delivery, by=self.keeper)

    def reserve(self, unit: Any, plan: Any = None) -> Reservation:
        return actions.reserve_unit(unit.pk, plan_id=(plan or self.plan).pk, needed_on=self.day(), by=self.surgeon)

    def reserve_mesh(self, quantity: str, plan: Any = None, **more: Any) -> list[Reservation]:
        asked = {"plan_id": (plan or self.plan).pk, "needed_on": self.day(), "location_id": self.store.pk}
        return actions.reserve_item(self.mesh.pk, Decimal(quantity), **{**asked, **more}, by=self.surgeon)

    @property
    def paper(self) -> str:
        """What is used on the patient names the case."""
        return f"case:{self.case.pk}"

    def implanted(self, unit: Any, side: str = "LEFT", source: str = "", **more: Any) -> Implant:
        return actions.implant(
            unit.pk, plan_id=self.plan.pk, source=source or self.paper, side=side, by=self.surgeon, **more
        )

    @property
    def hands(self) -> Hands:
        owner = self.visit.clinic.owner
        return Hands(owner=owner, surgeon=self.surgeon, nurse=self.visit.nurse, manager=owner)

    def begun(self, plan: Any, at: str) -> Any:
        """The case of an approved surgery, past knife to skin; its theatre is kept from `at` on."""
        return self.cut(self.brought_in(plan, at))

    def brought_in(self, plan: Any, at: str) -> Any:
        """The same before knife to skin."""
        return brought_in(self.hands, plan, self.visit.clinic.at(at))

    def cut(self, case: Any) -> Any:
        return cut(self.hands, case)

    def drafted(self) -> Any:
        """A plan that nobody approved."""
        asked = details(self.visit, "SURGICAL", lines=(BOTH,))
        return plans.plan_procedure(self.plan.consultation_id, asked, by=self.surgeon)

    def now(self, row: Any) -> Any:
        """The row as the books have it."""
        with acting_as(self.system):
            return type(row).objects.get(pk=row.pk)

    def balance(self, batch_id: Any) -> tuple[Decimal, Decimal]:
        with acting_as(self.system):
            row = Balance.objects.get(batch_id=batch_id, location=self.store)
            return row.quantity, row.held

    def count(self, model: Any = SerialUnit, **where: Any) -> int:
        with acting_as(self.system):
            return int(model.objects.filter(**where).count())


def open_theatre() -> Theatre:
    """Open it by the product's own verbs."""
    visit = booked_visit()
    clinic = visit.clinic
    keeper = _staff("Reshma Nambiar", clinic.organization_id, clinic.branch.pk, KEEPS | {"inventory.implants"})
    far = people.add_branch(name="Thrissur", code="TSR", by=clinic.system)

    def place(branch: Any, code: str) -> Location:
        return actions.add_location(branch.pk, {"code": code, "name": f"Store {code}", "kind": "STORE"}, by=keeper)

    def item(name: str, kind: str, **more: Any) -> Item:
        return actions.add_item({"name": name, "kind": kind, "unit": "piece", **more}, by=keeper)

    implant = item("Lunara Round 295", "IMPLANT", needs_serial=True, device_code=GTIN, model="LR-295", size="295 cc",
                   shape="Round", manufacturer="Lunara Medical")  # fmt: skip
    mesh = item("Support mesh", "CONSUMABLE", step=Decimal("0.5"))
    procedure = catalog.add_procedure(
        {"code": "BA", "name": "Breast augmentation", "category": "BREAST", "setting": "SURGICAL", "has_side": True,
         "takes_implant": True}, by=clinic.system,
    )  # fmt: skip
    kit = [
        KitPart(item_id=implant.pk, quantity=Decimal(2)),
        KitPart(item_id=mesh.pk, quantity=Decimal(3), need="OPTIONAL"),
    ]
    actions.set_kit(procedure.pk, kit, by=keeper)
    consultation = decided(visit)
    made = [_approved(visit, consultation.pk, procedure.pk) for _ in range(2)]
    people.add_room(clinic.branch.pk, name="Theatre 1", code="OT1", kind="THEATRE", by=clinic.system)
    with acting_as(clinic.system):
        clinic.patient.birth_date = date(1990, 5, 4)
        clinic.patient.save(update_fields=["birth_date"])
    places = place(clinic.branch, "KOC"), place(far, "TSR"), place(clinic.branch, "OT1")
    opened = Theatre(visit, keeper, *places, implant, mesh, *made, None, procedure, date(2026, 11, 24))
    opened.case = opened.begun(opened.plan, "11:00")
    return opened


def open_both() -> Theatre:
    """The same with the other surgery in theatre too."""
    opened = open_theatre()
    opened.other_case = opened.begun(opened.other_plan, "14:00")
    return opened


def _approved(visit: Visit, consultation_id: Any, procedure_id: Any) -> Any:
    plan = plans.plan_procedure(consultation_id, details(visit, "SURGICAL", lines=(BOTH,)), by=visit.doctor)
    with acting_as(visit.clinic.system):
        PlanLine.objects.filter(plan=plan).update(entry_id=procedure_id)
    return plans.approve(plans.submit(plan.pk, by=visit.doctor).pk, by=visit.doctor)
