"""A treatment room to chart in: the store's clinic with a doctor, an encounter, and vials of two batches."""

from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from uuid import UUID

from kalon.charts import actions
from kalon.charts.actions import Mark
from kalon.charts.models import Chart, Point
from kalon.consultations import actions as consultations
from kalon.inventory.tests.clinic import Store, open_store
from kalon.kernel.actors import EVERYWHERE, Actor, Kind
from kalon.kernel.tenancy import acting_as
from kalon.people import actions as people
from kalon.people.rules import ROLES


@dataclass
class Room:
    """What a test needs to draw on a face."""

    store: Store
    doctor: Actor
    stranger: Actor  # staff of the same clinic with no right to charts
    encounter: Any
    soon: UUID  # the batch that expires first
    late: UUID
    filler: UUID
    device: Any

    def begin(self) -> Chart:
        return actions.start(self.encounter.pk, by=self.doctor)

    def point(self, chart: Chart, quantity: str, batch: UUID | None = None, **where: Any) -> Point:
        mark = {"view": "FRONT", "x": Decimal(0), "y": Decimal(190), "product": f"batch:{batch or self.soon}"}
        return actions.add_point(chart.pk, Mark(**mark | where, quantity=Decimal(quantity)), by=self.doctor)

    def finished(self, *quantities: str) -> Chart:
        chart = self.begin()
        for quantity in quantities:
            self.point(chart, quantity)
        return actions.finish(chart.pk, by=self.doctor)

    def again(self, row: Any) -> Any:
        with acting_as(self.store.system):
            return type(row).objects.get(pk=row.pk)

    def another_encounter(self) -> Any:
        return consultations.write_to(
            self.store.patient.pk, branch_id=self.store.branch.pk, doctor_id=None, complaint="", by=self.doctor
        )


def open_room() -> Room:
    """Open it by the product's own verbs."""
    store = open_store()
    doctor = _staff(store, "Dr Kavya Menon", frozenset(ROLES["doctor"].permissions))
    return Room(
        store=store,
        doctor=doctor,
        stranger=_staff(store, "Arun Das", frozenset({"consultations.read", "patients.read"})),
        encounter=consultations.write_to(
            store.patient.pk, branch_id=store.branch.pk, doctor_id=None, complaint="Lines", by=doctor
        ),
        soon=store.receive(store.toxin, "100", "SOON", 30).batch_id,
        late=store.receive(store.toxin, "100", "LATE", 300).batch_id,
        filler=store.receive(store.filler, "2", "F1", 300).batch_id,
        device=people.add_equipment(store.branch.pk, name="Nd:YAG laser", code="Y1", kind="LASER", by=store.system),
    )


def _staff(store: Store, name: str, permissions: frozenset[str]) -> Actor:
    return Actor(
        kind=Kind.STAFF, name=name, organization_id=store.organization.pk, branch_id=store.branch.pk,
        grants=MappingProxyType({EVERYWHERE: permissions}),
    )  # fmt: skip
