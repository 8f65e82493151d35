"""Handing out what was prescribed, from the clinic's own stock, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from kalon.inventory import actions as inventory
from kalon.inventory.actions import Issued, Source
from kalon.kernel import events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotReady
from kalon.kernel.tenancy import verb
from kalon.prescribing import queries
from kalon.prescribing.actions import counter_bill
from kalon.prescribing.events import MedicineHandedOut, MedicineTakenBack
from kalon.prescribing.lifecycles import DISPENSE, OPEN, PRESCRIPTION, Status
from kalon.prescribing.models import DispensedLine, Dispensing, Prescription
from kalon.prescribing.queries import Shelf, ToGive

DO = "hand out medicines"
KIND = "prescribing.Dispensing"
# From where to where, and whether something came back: the move that it is.
STEPS: dict[tuple[str, str, bool], str] = {
    (Status.FINALIZED, Status.PARTIALLY_DISPENSED, False): "hand_out_part",
    (Status.FINALIZED, Status.DISPENSED, False): "hand_out_all",
    (Status.PARTIALLY_DISPENSED, Status.DISPENSED, False): "hand_out_all",
    (Status.PARTIALLY_DISPENSED, Status.DISPENSED, True): "take_refill_back",
    (Status.DISPENSED, Status.PARTIALLY_DISPENSED, True): "take_part_back",
    (Status.PARTIALLY_DISPENSED, Status.FINALIZED, True): "take_all_back",
    (Status.DISPENSED, Status.FINALIZED, True): "take_all_back",
}


class Fate(StrEnum):
    """What becomes of a medicine that came back."""

    SHELF = "SHELF"
    WASTE = "WASTE"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOut:
    """So much of one medicine of a prescription; `stock_item_id` names the item where several stand for it."""

    item_id: UUID
    quantity: Decimal
    stock_item_id: UUID | None = None


@verb
def dispense(pk: UUID, given: Sequence[HandOut], *, by: Actor) -> Dispensing:
    """Hand out what is left of a prescription, or a part: first expired first, each batch a line on the bill.

    Refused beyond what was prescribed, for what is not in stock, and where an allergy became known meanwhile.
    """
    prescription = _held(pk, by=by)
    if prescription.status not in OPEN:
        raise IllegalMove(
            f"Nothing of it is to be handed out: the prescription is {prescription.get_status_display().lower()}.",
            status_is=prescription.status,
        )
    return _hand_out(prescription, given, by=by)


@verb
def refill(pk: UUID, given: Sequence[HandOut], *, by: Actor) -> Dispensing:
    """Hand a prescription out once more: one of its refills is used, within the time that the doctor set."""
    prescription = _held(pk, by=by)
    PRESCRIPTION.guard(prescription, "refill", by=by)
    if not prescription.refills_left:
        raise NotReady("No refill is left on it. Ask the doctor for a new prescription.")
    return _hand_out(prescription, given, by=by)


@verb
def take_back(line_id: UUID, quantity: Decimal, reason: str, fate: Fate = Fate.SHELF, *, by: Actor) -> DispensedLine:
    """Take back what was handed out, all or a part: an opposite row, and no charge for it any more.

    On its shelf it may be handed out again; what left the clinic is better thrown away.
    """
    found = DispensedLine.objects.filter(organization_id=by.organization_id, pk=line_id, quantity__gt=0).first()
    if found is None:
        raise NotFound("There is no such line. Look at the prescription again.")
    prescription = _held(found.prescription_id, by=by)
    reason = " ".join(reason.split())
    row = next(one for one in queries.handed_out(prescription, seen_by=by) if one.line.pk == line_id)
    if not quantity.is_finite() or not 0 < quantity <= row.still_out:
        raise Invalid(f"Write a quantity above zero: {row.still_in_words} can come back.", field="quantity")
    if not 0 < len(reason) <= 300:
        raise Invalid("Write why it comes back, in at most 300 characters.", field="reason")
    moved = inventory.give_back(row.line.movement_id, quantity, reason, by=by)
    if fate is Fate.WASTE and moved.to_location_id:
        inventory.waste(moved.batch_id, moved.to_location_id, quantity, reason, by=by)
    left = row.still_out - quantity
    back = DispensedLine(
        organization_id=prescription.organization_id, patient_id=prescription.patient_id,
        dispensing_id=row.line.dispensing_id, prescription=prescription, item=row.line.item, filling=row.line.filling,
        quantity=-quantity, movement=moved, batch_number=row.line.batch_number, expires_on=row.line.expires_on,
        takes_back=row.line, reason=reason, bill_id=row.line.bill_id,
        bill_line=counter_bill.take_back(row.line, quantity, left, reason, by=by), made_by_name=by.name[:120],
    )  # fmt: skip
    with refusing({"prescribing_dispensed_over_returned": Clash("It came back already. Look again.")}):
        back.save(force_insert=True)
    _settle(prescription, reason, by=by)
    events.announce(
        MedicineTakenBack(back.pk, prescription.pk, prescription.patient_id, prescription.organization_id, by)
    )
    return back


def _held(pk: UUID, *, by: Actor) -> Prescription:
    """The prescription, held until the transaction ends: who comes second sees what the first one took."""
    by.must(DISPENSE, do=DO)
    prescription = queries.prescription(pk, seen_by=by, lock=True)
    by.must(DISPENSE, at=prescription.branch_id, do=DO)
    return prescription


def _hand_out(prescription: Prescription, given: Sequence[HandOut], *, by: Actor) -> Dispensing:
    chosen = _chosen(prescription, given, by=by)
    if stops := queries.new_allergies(prescription, seen_by=by):
        titles = [stop.title for stop in stops]
        raise NotReady(f"Known since it was signed: {'; '.join(titles)}. Ask the doctor first.", obstacles=titles)
    if prescription.status == Status.DISPENSED:
        PRESCRIPTION.move(prescription, "refill", by=by, refills_used=prescription.refills_used + 1)
    made = Dispensing.objects.create(
        organization_id=prescription.organization_id, patient_id=prescription.patient_id, prescription=prescription,
        branch_id=prescription.branch_id, filling=prescription.refills_used, made_by_id=by.user_id,
        made_by_name=by.name[:120],
    )  # fmt: skip
    for line, shelf, quantity in chosen:
        issued = inventory.issue(
            shelf.item.pk, quantity, branch_id=prescription.branch_id, patient_id=prescription.patient_id,
            source=Source(KIND, made.pk), by=by,
        )  # fmt: skip
        for part in issued:
            _write(made, prescription, line, shelf, part, by=by)
    _settle(prescription, "", by=by)
    events.announce(
        MedicineHandedOut(made.pk, prescription.pk, prescription.patient_id, prescription.organization_id, by)
    )
    return made


def _chosen(prescription: Prescription, given: Sequence[HandOut], *, by: Actor) -> list[tuple[ToGive, Shelf, Decimal]]:
    """Each medicine with its shelf, in the order in which everybody takes from the store."""
    lines = {line.item.pk: line for line in queries.to_give_of(prescription, seen_by=by)}
    wanted = [one for one in given if one.quantity]
    if not wanted:
        raise Invalid("Write how much of at least one medicine is handed out.", field="quantity")
    if len({one.item_id for one in wanted}) < len(wanted):
        raise Invalid("Each medicine stands here once. Put the two quantities together.", field="quantity")
    chosen = []
    for one in wanted:
        line = lines.get(one.item_id)
        if line is None:
            raise NotFound("This medicine is not handed out here. Look at the prescription again.")
        if not one.quantity.is_finite() or one.quantity < 0:
            raise Invalid(f"Write how much of {line.item.name} as a number above zero.", field="quantity")
        if one.quantity > line.left:
            raise Invalid(f"Only {line.in_words} of {line.item.name} is left to hand out.", field="quantity")
        chosen.append((line, _shelf(line, one), one.quantity))
    return sorted(chosen, key=lambda each: each[1].item.pk)


def _shelf(line: ToGive, wanted: HandOut) -> Shelf:
    """The item of the store it is taken from: the one that was named, else the only one there is."""
    if wanted.stock_item_id:
        found = next((shelf for shelf in line.shelves if shelf.item.pk == wanted.stock_item_id), None)
        if found is None:
            raise Invalid(f"This is not {line.item.name}. Choose it from the list.", field="stock_item")
        if found.why:
            raise Invalid(f"{found.item.name} does not stand for {line.item.name}. {found.why}", field="stock_item")
        return found
    enough = [shelf for shelf in line.fitting if line.most_of(shelf) >= wanted.quantity] or line.fitting
    if not enough:
        raise Clash(f"There is no {line.item.name} in stock here. Hand out the rest, and order it.", field="quantity")
    return min(enough, key=lambda shelf: (shelf.first_expiry is None, shelf.first_expiry, shelf.item.name))


def _write(
    made: Dispensing, prescription: Prescription, line: ToGive, shelf: Shelf, part: Issued, *, by: Actor
) -> DispensedLine:
    charged = counter_bill.charge(prescription, shelf.item, part, by=by)
    row = DispensedLine(
        organization_id=made.organization_id, patient_id=made.patient_id, dispensing=made, prescription=prescription,
        item=line.item, filling=made.filling, quantity=part.quantity, movement_id=part.movement_id,
        batch_number=part.batch_number, expires_on=part.expires_on, bill_id=charged.bill_id if charged else None,
        bill_line=charged.pk if charged else None, made_by_name=made.made_by_name,
    )  # fmt: skip
    with refusing({"prescribing_dispensed_over": Clash("Somebody handed it out meanwhile. Look at it again.")}):
        row.save(force_insert=True)
    return row


def _settle(prescription: Prescription, reason: str, *, by: Actor) -> None:
    """Have the status say what is out now; a refill of which nothing is out is not used."""
    fresh = queries.prescription(prescription.pk, seen_by=by)
    tally = queries.tally(fresh)
    if fresh.refills_used and not tally.any_in(fresh.refills_used):
        if fresh.status == Status.DISPENSED and tally.any():
            PRESCRIPTION.move(fresh, "take_part_back", by=by, reason=reason)
        while fresh.refills_used and not tally.any_in(fresh.refills_used):
            fresh.refills_used -= 1
            fresh.save(update_fields=["refills_used"])
    target = Status.PARTIALLY_DISPENSED if tally.any() else Status.FINALIZED
    if tally.all_in(fresh.refills_used):
        target = Status.DISPENSED
    if name := STEPS.get((fresh.status, target, bool(reason))):
        PRESCRIPTION.move(fresh, name, by=by, reason=reason)
