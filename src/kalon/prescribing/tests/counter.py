"""The counter: a store with paracetamol in two batches, and a signed prescription of it."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.billing import queries as bills
from kalon.inventory import actions as inventory
from kalon.inventory import queries as stock
from kalon.inventory.actions import Delivery
from kalon.inventory.models import Balance, Movement
from kalon.kernel import clock
from kalon.kernel.tenancy import acting_as
from kalon.prescribing import actions, queries
from kalon.prescribing.actions import Advice, HandOut
from kalon.prescribing.models import DispensedLine, Dispensing, Prescription
from kalon.prescribing.tests.conftest import Room


@dataclass
class Counter:
    """What a test needs to hand something out."""

    room: Room
    pharmacy: Any
    item: Any

    @property
    def today(self) -> date:
        return clock.today(self.room.clinic.branch.timezone)

    def keep(self, name: str, **more: Any) -> Any:
        details = {
            "name": name, "kind": "MEDICINE", "unit": "tablet", "step": Decimal(1), "price": Decimal("2.00"),
            "generic": "paracetamol", "strength": "500 mg", "form": "tablet", **more,
        }  # fmt: skip
        return inventory.add_item(details, by=self.room.pharmacist)

    def receive(self, quantity: int, number: str, days: int = 300, item: Any = None) -> UUID:
        delivery = Delivery(Decimal(quantity), number=number, expires_on=self.today + timedelta(days=days))
        kept = item or self.item
        return inventory.receive(kept.pk, self.pharmacy.pk, delivery, by=self.room.pharmacist).batch_id

    def signed(self, *more: Any, refills: int = 0, **line: Any) -> Prescription:
        """Paracetamol, 15 tablets from the own stock."""
        own = self.room.paracetamol(strength="500 mg", form="tablet", is_in_house=True, **line)
        draft = self.room.draft(own, *more)
        if refills:
            until = self.today + timedelta(days=60)
            actions.write_advice(draft.pk, Advice(refills=refills, refills_until=until), by=self.room.doctor)
        return actions.finalize(draft.pk, by=self.room.doctor)

    def give(self, prescription: Prescription, quantity: int | str, **more: Any) -> Dispensing:
        item = self.room.again(prescription).items.all()[0]
        by = more.pop("by", self.room.pharmacist)
        return actions.dispense(prescription.pk, [HandOut(item_id=item.pk, quantity=Decimal(quantity), **more)], by=by)

    def refill(self, prescription: Prescription, quantity: int) -> Dispensing:
        item = self.room.again(prescription).items.all()[0]
        wanted = [HandOut(item_id=item.pk, quantity=Decimal(quantity))]
        return actions.refill(prescription.pk, wanted, by=self.room.pharmacist)

    def lines(self, prescription: Prescription) -> list[DispensedLine]:
        with acting_as(self.room.pharmacist):
            return list(DispensedLine.objects.filter(prescription=prescription))

    def back(self, line: DispensedLine, quantity: int | str, reason: str = "Not needed", **more: Any) -> DispensedLine:
        more.setdefault("by", self.room.pharmacist)
        return actions.take_back(line.pk, Decimal(quantity), reason, **more)

    def status(self, prescription: Prescription) -> tuple[str, int]:
        again = self.room.again(prescription)
        return again.status, again.refills_used

    def left(self, prescription: Prescription) -> list[Decimal]:
        by = self.room.pharmacist
        with acting_as(by):
            found = queries.prescription(prescription.pk, seen_by=by)
            return [line.left for line in queries.to_give_of(found, seen_by=by)]

    def held(self, batch_id: UUID) -> Decimal:
        with acting_as(self.room.clinic.system):
            rows = Balance.objects.filter(batch_id=batch_id)
            return rows.get().quantity if rows else Decimal(0)

    def bill(self, prescription: Prescription) -> Any:
        """The bill its lines are on now, as the desk sees it."""
        by = self.room.clinic.system
        with acting_as(by):
            return bills.bill(self.lines(prescription)[-1].bill_id, seen_by=by)

    def billed(self, prescription: Prescription) -> list[tuple[str, Decimal, Decimal]]:
        bill = self.bill(prescription)
        with acting_as(self.room.clinic.system):
            return [(line.note, line.quantity, line.total) for line in bill.lines.all()]

    def proven(self) -> None:
        """Every sum of the store and of the bills is that of its rows."""
        by = self.room.clinic.system
        with acting_as(by):
            assert stock.mismatches(seen_by=by) == []
            assert bills.mismatches(seen_by=by) == []

    def moved(self) -> int:
        with acting_as(self.room.clinic.system):
            return Movement.objects.count()


def open_counter(room: Room) -> Counter:
    place = {"code": "PH", "name": "Pharmacy", "kind": "PHARMACY"}
    pharmacy = inventory.add_location(room.clinic.branch.pk, place, by=room.pharmacist)
    made = Counter(room, pharmacy, None)
    made.item = made.keep("Paramal 500")
    return made
