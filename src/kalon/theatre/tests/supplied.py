"""A theatre with a store beside it: implants and consumables for the surgery of the other tests."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kalon.inventory import actions as inventory
from kalon.inventory.actions import Delivery, Pack
from kalon.inventory.models import Item, Location, Reservation, SerialUnit
from kalon.inventory.tests.clinic import KEEPS, _staff
from kalon.kernel.actors import Actor
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.theatre.actions import Scan
from kalon.theatre.tests.told import SURGERY

GTIN = "09501101020917"


@dataclass
class Supplies:
    """What lies on the shelves of the clinic and of its other branch."""

    house: Any
    keeper: Actor
    store: Location
    far: Location
    implant: Item
    suture: Item

    def code(self, serial: str, *, lot: str = "L7", until: date = SURGERY + timedelta(days=400)) -> str:
        return f"01{GTIN}17{until:%y%m%d}10{lot}\x1d21{serial}"

    def take_in(self, *serials: str, place: Location | None = None, **more: Any) -> list[SerialUnit]:
        packs = [Pack(scan=self.code(serial, **more)) for serial in serials]
        return inventory.receive_units((place or self.store).pk, packs, by=self.keeper)

    def receive(self, quantity: str, lot: str = "S3", until: date = SURGERY + timedelta(days=400)) -> Any:
        delivery = Delivery(Decimal(quantity), number=lot, expires_on=until)
        return inventory.receive(self.suture.pk, self.store.pk, delivery, by=self.keeper)

    def keep(self, unit: Any, plan: Any) -> Reservation:
        return inventory.reserve_unit(unit.pk, plan_id=plan.pk, needed_on=SURGERY, by=self.keeper)

    def of(self, model: Any, **where: Any) -> Any:
        with acting_as(self.house.clinic.system):
            return model.objects.get(**where)


def supplied(house: Any) -> Supplies:
    """Shelves at both branches, by the product's own verbs."""
    clinic = house.clinic
    keeper = _staff(
        "Reshma Nambiar", clinic.organization_id, clinic.branch.pk, KEEPS | {"inventory.implants", "plans.read"}
    )
    far = people.add_branch(name="Thrissur", code="TSR", by=clinic.system)

    def place(branch: Any, code: str) -> Location:
        return inventory.add_location(branch.pk, {"code": code, "name": f"Store {code}", "kind": "STORE"}, by=keeper)

    def item(name: str, kind: str, **more: Any) -> Item:
        return inventory.add_item({"name": name, "kind": kind, "unit": "piece", **more}, by=keeper)

    implant = item("Lunara Round 295", "IMPLANT", needs_serial=True, device_code=GTIN, model="LR-295", size="295 cc",
                   manufacturer="Lunara Medical")  # fmt: skip
    return Supplies(
        house, keeper, place(clinic.branch, "KOC"), place(far, "TSR"), implant, item("Suture 3-0", "CONSUMABLE")
    )


def scan(code: str, **more: Any) -> Scan:
    return Scan(code=code, **more)
