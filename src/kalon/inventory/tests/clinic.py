"""A small invented store: a treatment room and a pharmacy, a toxin in vials, a filler in ml, gloves without a batch."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from kalon.inventory import actions
from kalon.inventory.actions import Delivery, Issued, Source
from kalon.inventory.models import Balance, Batch, Item, Location, Movement
from kalon.kernel import actors, clock
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.tenancy import acting_as
from kalon.patients import actions as patients
from kalon.patients.actions import PatientDetails
from kalon.people import actions as people

KEEPS = frozenset({"inventory.view", "inventory.manage", "inventory.issue", "patients.search"})
USES = frozenset({"inventory.view", "inventory.issue", "patients.read", "patients.search"})


@dataclass
class Store:
    """What a test needs to receive something and give it to somebody."""

    organization: Any
    branch: Any
    system: Actor
    keeper: Actor
    nurse: Actor
    stranger: Actor  # staff of the same clinic with no right to stock
    room: Location
    pharmacy: Location
    toxin: Item
    filler: Item
    gloves: Item
    patient: Any
    other_patient: Any
    today: date

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def receive(
        self, item: Item, quantity: str, number: str = "", days: int | None = 100, place: Location | None = None
    ) -> Movement:
        expires = self.day(days) if days is not None and item.needs_expiry else None
        delivery = Delivery(Decimal(quantity), number=number, expires_on=expires)
        return actions.receive(item.pk, (place or self.room).pk, delivery, by=self.keeper)

    def batch(self, item: Item, quantity: str, number: str, days: int) -> Batch:
        moved = self.receive(item, quantity, number, days)
        with acting_as(self.system):
            return Batch.objects.get(pk=moved.batch_id)

    def issue(self, item: Item, quantity: str, **more: Any) -> list[Issued]:
        asked = {"branch_id": self.branch.pk, "patient_id": self.patient.pk, "source": paper(), "by": self.nurse}
        return actions.issue(item.pk, Decimal(quantity), **{**asked, **more})

    def issue_batch(self, batch_id: UUID, quantity: str, **more: Any) -> list[Issued]:
        asked = {"branch_id": self.branch.pk, "patient_id": self.patient.pk, "source": paper(), "by": self.nurse}
        return actions.issue_batch(batch_id, Decimal(quantity), **{**asked, **more})

    def held(self, batch_id: UUID, place: Location | None = None) -> Decimal:
        with acting_as(self.system):
            rows = Balance.objects.filter(batch_id=batch_id, location=place or self.room)
            return rows.get().quantity if rows else Decimal(0)

    def moved(self) -> int:
        with acting_as(self.system):
            return Movement.objects.count()


def paper() -> Source:
    return Source("tests.Paper", uuid4())


def open_store() -> Store:
    """Open it by the product's own verbs."""
    installer = actors.system("tests")
    organization = people.create_organization(
        "Kalon Test Clinic", code="KC", slug=f"clinic-{uuid4().hex[:10]}", by=installer
    )
    system = actors.system("tests", organization.pk)
    branch = people.add_branch(name="Kochi", code="KOC", by=system)
    keeper = _staff("Reshma Nambiar", organization.pk, branch.pk, KEEPS)

    def item(name: str, kind: str, unit: str, step: str, *, batches: bool = True) -> Item:
        details = {
            "name": name, "kind": kind, "unit": unit, "step": Decimal(step), "needs_batch": batches,
            "needs_expiry": batches, "reorder_level": Decimal(10), "price": Decimal("140.00"),
        }  # fmt: skip
        return actions.add_item(details, by=keeper)

    return Store(
        organization=organization,
        branch=branch,
        system=system,
        keeper=keeper,
        nurse=_staff("Asha Jacob", organization.pk, branch.pk, USES),
        stranger=_staff("Arun Das", organization.pk, branch.pk, frozenset({"patients.read"})),
        room=actions.add_location(branch.pk, {"code": "T1", "name": "Room 1", "kind": "TREATMENT"}, by=keeper),
        pharmacy=actions.add_location(branch.pk, {"code": "PH", "name": "Pharmacy", "kind": "PHARMACY"}, by=keeper),
        toxin=item("Kalmira 100", "INJECTABLE", "unit", "0.5"),
        filler=item("Aurelle Fine", "INJECTABLE", "ml", "0.01"),
        gloves=item("Gloves", "CONSUMABLE", "pair", "1", batches=False),
        patient=_patient("Meera", "Nair", "+919847055218", system),
        other_patient=_patient("Zubair", "Khan", "+919847055219", system),
        today=clock.today(branch.timezone),
    )


def _staff(name: str, organization_id: UUID, branch_id: UUID, permissions: frozenset[str]) -> Actor:
    return Actor(kind=Kind.STAFF, name=name, organization_id=organization_id, branch_id=branch_id,
                 grants=MappingProxyType({EVERYWHERE: permissions}))  # fmt: skip


def _patient(given: str, family: str, phone: str, by: Actor) -> Any:
    details = PatientDetails(given_name=given, family_name=family, phone=phone, birth_date=date(1990, 5, 17),
                             gender="female", confirmed_not_duplicate=True)  # fmt: skip
    return patients.register(details, by=by)
