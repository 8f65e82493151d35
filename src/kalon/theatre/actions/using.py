"""What a case uses: scanned pieces and batches leave the store with the case as their paper, or are thrown away."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kalon.inventory import actions as inventory
from kalon.inventory import queries as stock
from kalon.inventory.events import Source
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import speaks
from kalon.kernel.errors import IllegalMove, Invalid, NotFound, NotReady
from kalon.kernel.tenancy import verb
from kalon.plans.lifecycles import Side
from kalon.theatre import queries
from kalon.theatre.lifecycles import OPERATE, CaseStatus
from kalon.theatre.models import Case
from kalon.theatre.rules import using as rules

DO = "write down what a case uses"
speaks(
    "theatre_case_takes_stock",
    "theatre_case_takes_pieces",
    "theatre_case_takes_from_here",
    "theatre_case_takes_its_own",
    "theatre_implant_in_theatre",
    "theatre_implant_is_asked_for",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What the scanner read or was typed: a pack, or the wristband of whoever lies on the table.

    `side` is where an implant goes, asked where the plan works on both; `is_second` says that a further implant on
    the same side is meant. `key` is the scan's own: sent again after a power cut it changes nothing.
    """

    code: str
    side: str = ""
    quantity: Decimal = Decimal(1)
    is_second: bool = False
    key: str = ""


@verb
def use(case_id: UUID, scan: Scan, *, by: Actor) -> str:
    """Write down what was scanned as used in this case, an implant with its side; the sentence of what was written.

    A wristband is compared with the patient of the case. Refused in a sentence: another patient's wristband, a side
    on which the plan does not work, what is reserved for somebody else, expired, recalled, locked away, at another
    branch, in a patient already.
    """
    case = _in_theatre(case_id, by)
    code = scan.code.strip()
    if not code:
        raise Invalid("Scan the pack, or type its serial or lot.", field="code")
    if rules.is_wristband(code, of=case.patient.mrn):
        return _same_patient(case, code, by)
    found = stock.what_was_scanned(code, seen_by=by)
    if found.unit_id and stock.item(found.item_id, seen_by=by).kind == "IMPLANT":
        return _implant(case, found.unit_id, scan, by)
    issued = inventory.consume(
        scan=code, quantity=scan.quantity, patient_id=case.patient_id, source=paper(case), branch_id=case.branch_id,
        plan_id=case.plan_id, key=scan.key, by=by,
    )  # fmt: skip
    item = stock.item(found.item_id, seen_by=by)
    amount = sum((one.quantity for one in issued), Decimal(0)).normalize()
    return f"Used: {amount:f} {item.unit} {item.name}, lot {issued[0].batch_number or '–'}."


@verb
def give_back(case_id: UUID, movement_id: UUID, quantity: Decimal, reason: str, *, by: Actor) -> str:
    """Take back what was written as used and was not: it stands on its shelf again."""
    case = _in_theatre(case_id, by)
    row = stock.movement(movement_id, seen_by=by)
    if (row.source_kind, row.source_id) != (paper(case).kind, case.pk):
        raise NotFound("This was not used in this case.")
    inventory.give_back(movement_id, quantity, reason, by=by)
    return f"Given back: {quantity.normalize():f} {row.item.unit} {row.item.name}."


@verb
def take_out(case_id: UUID, implant_id: UUID, reason: str, *, by: Actor) -> str:
    """An implant comes out of this patient again: one of this case, or at a return to theatre an earlier one."""
    case = _in_theatre(case_id, by)
    entry = stock.implant(implant_id, seen_by=by)
    if entry.patient_id != case.patient_id:
        raise NotFound("This implant is not in this patient.")
    inventory.explant(entry.unit_id, reason, by=by)
    return f"Taken out: {entry.item_name}, serial {entry.serial}."


@verb
def waste(case_id: UUID, scan: Scan, reason: str, *, by: Actor) -> str:
    """What was opened and dropped in this case is thrown away: nobody gets it, and it is not the patient's."""
    case = _in_theatre(case_id, by)
    found = stock.what_was_scanned(scan.code, seen_by=by)
    if found.unit_id:
        unit = stock.unit(found.unit_id, seen_by=by)
        _not_anothers(case, found.unit_id, by)
        inventory.waste_unit(unit.pk, reason, source=paper(case), by=by)
        return f"Thrown away: {unit.item.name}, serial {unit.serial}."
    if found.batch_id is None:
        raise Invalid("Scan the batch that was opened: its lot stands on the pack.", field="code")
    place_id = _freed(case, found.batch_id, scan.quantity, by)
    done = inventory.waste(found.batch_id, place_id, scan.quantity, reason, source=paper(case), by=by)
    return f"Thrown away: {done.quantity.normalize():f} {done.item.unit} {done.item.name}."


def paper(case: Case) -> Source:
    """The paper that a movement of stock names for a case."""
    return Source("case", case.pk)


def _in_theatre(case_id: UUID, by: Actor) -> Case:
    by.must(OPERATE, do=DO)
    case = queries.case(case_id, seen_by=by, lock=True)
    if case.status != CaseStatus.IN_PROGRESS:
        raise IllegalMove(
            f"The case is {case.get_status_display().lower()}: what it uses is written in theatre.",
            status_is=case.status,
        )
    if case.nothing_used_at is not None:
        raise IllegalMove("It is signed that nothing was used. Take that back first.", status_is=case.status)
    return case


def _same_patient(case: Case, code: str, by: Actor) -> str:
    if code.casefold() != case.patient.mrn.casefold():
        audit.note(by, audit.Kind.CHANGE, case, facts={"wristband": "another patient"})
        raise NotReady("WRONG PATIENT. This wristband is not the patient of the case. Stop.", obstacles=["patient"])
    return "Right patient: the wristband agrees with the case."


def _implant(case: Case, unit_id: UUID, scan: Scan, by: Actor) -> str:
    lines = list(case.lines.select_related("entry"))
    possible = rules.sides_of([line.side for line in lines])
    side = scan.side or (possible[0] if len(possible) == 1 else "")
    if not side:
        raise Invalid("Say on which side it goes: left or right.", field="side")
    if side not in possible:
        raise NotReady(f"WRONG SIDE. The plan works on: {rules.words_of(possible)}. Stop.", obstacles=["side"])
    _not_anothers(case, unit_id, by)
    unit = stock.unit(unit_id, seen_by=by)
    if unit.status == "IN_STOCK" and all(line.entry and not line.entry.takes_implant for line in lines):
        raise NotReady(
            "What is done here takes no implant. Stop. If the surgeon wants it, have it put aside for this plan first.",
            obstacles=["procedure"],
        )
    if case.incision_at is None and unit.status in ("IN_STOCK", "RESERVED"):
        raise NotReady("Nothing is put in before knife to skin. Write that time, then scan it.", obstacles=["incision"])
    beside = stock.implants_of(case.patient_id, seen_by=by).filter(
        plan_id=case.plan_id, side=side, explanted_at=None, unit__item__kind="IMPLANT"
    )
    there = beside.exclude(unit_id=unit_id).first()
    if there is not None and not scan.is_second:
        raise NotReady(
            f"There is an implant on this side already: {there}. Take that one out, or say that this is a second one.",
            obstacles=["second"],
        )
    entry = inventory.implant(
        unit_id, plan_id=case.plan_id, source=paper(case), side=side, surgeon_name=case.surgeon.name, by=by
    )
    return f"{Side(side).label}: {entry.item_name}, serial {entry.serial}, lot {unit.batch.number}."


def _not_anothers(case: Case, unit_id: UUID, by: Actor) -> None:
    """A piece that is kept for another patient's operation stops the case, with the words for it."""
    held = stock.reservations(seen_by=by).filter(unit_id=unit_id, status="HELD").first()
    if held is not None and held.plan_id != case.plan_id:
        raise NotReady(
            f"WRONG PATIENT. Serial {held.unit} is kept for another patient. Take another one.", obstacles=["patient"]
        )


def _freed(case: Case, batch_id: UUID, quantity: Decimal, by: Actor) -> UUID:
    """Where so much of a batch can be taken from; what was kept for this very plan is let go of, the rest kept anew."""
    rows = stock.reserved_for(Source("plan", case.plan_id), seen_by=by)
    kept = rows.filter(batch_id=batch_id, unit=None, location__branch_id=case.branch_id).first()
    if kept is None:
        batch = stock.batch(batch_id, seen_by=by)
        shelf = stock.shelves(seen_by=by).filter(batch_id=batch_id, location__branch_id=case.branch_id).first()
        if shelf is None:
            raise NotFound(f"Nothing of lot {batch} stands at this branch.", field="code")
        return shelf.location_id
    inventory.release(kept.pk, "Opened and thrown away", by=by)
    rest = kept.left - min(quantity, kept.left)
    if rest:
        inventory.reserve_item(
            kept.item_id, rest, plan_id=case.plan_id, needed_on=kept.needed_on, location_id=kept.location_id, by=by
        )
    return kept.location_id
