"""What a procedure takes, and putting it aside for a plan and a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.catalog import queries as catalog
from kalon.inventory import queries, rules
from kalon.inventory.actions.freeing import give_free
from kalon.inventory.actions.units import held
from kalon.inventory.actions.writing import place_of, said, why
from kalon.inventory.events import ReservationMade, Source
from kalon.inventory.lifecycles import ISSUE, MANAGE, RESERVATION, UNIT
from kalon.inventory.models import Item, KitLine, Location, Reservation, SerialUnit
from kalon.inventory.queries import Short
from kalon.kernel import audit
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid, NotReady
from kalon.kernel.events import announce
from kalon.kernel.tenancy import verb
from kalon.plans import queries as plans

DO = "reserve stock"
ONE = Decimal(1)
REFUSALS: Mapping[str, DomainError] = {
    "inventory_balance_promised_is_there": Clash("Somebody reserved it at this moment. Look at what is left."),
    "inventory_reservation_unit_once": Clash("This piece was reserved by somebody at this moment. Take another one."),
    "inventory_reservation_quarantined": IllegalMove("This batch is locked away and cannot be reserved. Take another."),
    "inventory_reservation_expires": IllegalMove("This will have expired on that day. Take one that lasts longer."),
    "inventory_reservation_at_its_branch": Clash("This stands at another branch. Have it moved to the plan's first."),
    "inventory_reservation_plan": NotReady(
        "Things are put aside for a plan once it is approved, until it is finished."
    ),
    "inventory_reservation_whole_steps": Invalid("This item is not counted in such small parts.", field="quantity"),
}


@dataclass(frozen=True, slots=True)
class Reserved:
    """What was put aside now, and what is short: the surgery waits for the required of it."""

    lines: list[Reservation]
    short: list[Short]

    @property
    def is_complete(self) -> bool:
        return not any(one.is_required for one in self.short)


@dataclass(frozen=True, slots=True)
class Asked:
    """For whose plan, for which day and for what paper something is put aside."""

    plan_id: UUID
    patient_id: UUID
    needed_on: date
    paper: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class KitPart:
    """So much of one item in a kit."""

    item_id: UUID
    quantity: Decimal
    need: str = KitLine.Need.REQUIRED


@verb
def set_kit(procedure_id: UUID, parts: list[KitPart], *, by: Actor) -> list[KitLine]:
    """Write down what a procedure takes out of the store; what is not named any more is taken out of the kit."""
    by.must(MANAGE, do="change what a procedure takes")
    procedure = catalog.procedure(procedure_id, seen_by=by)
    if len({one.item_id for one in parts}) < len(parts):
        raise Invalid("Each item stands once in a kit. Put the two quantities together.", field="item")
    wanted = []
    for part in parts:
        item = queries.item(part.item_id, seen_by=by)
        if part.need not in KitLine.Need.values:
            raise Invalid("An item of a kit is required or optional.", field="need")
        amount = rules.quantity(part.quantity, step=item.step, unit=item.unit)
        wanted.append(
            KitLine(
                organization_id=by.organization_id,
                procedure_id=procedure.pk,
                item=item,
                quantity=amount,
                need=part.need,
            )
        )
    before = KitLine.objects.select_for_update().filter(procedure_id=procedure.pk)
    was = [[str(one.item_id), str(one.quantity), one.need] for one in before]
    before.delete()
    for line in wanted:
        line.save(force_insert=True)
    is_now = [[str(one.item_id), str(one.quantity), one.need] for one in wanted]
    if was != is_now:
        audit.note(by, audit.Kind.CHANGE, procedure, facts={"kit": [was, is_now]})
    return wanted


@verb
def reserve_kit(
    plan_id: UUID, *, needed_on: date, location_id: UUID, source: Source | str | None = None, by: Actor
) -> Reserved:
    """Put aside everything that the procedures of a plan take and that is not put aside yet, first to expire first.

    Takes what there is and says what is short; asked again, it adds what has come in meanwhile and nothing twice.
    """
    asked, place = _asked(plan_id, location_id, needed_on, source, by=by)
    wanted = queries.kit_of_plan(plan_id, seen_by=by)
    there = queries.put_aside(plan_id, (line.item_id for line, _ in wanted), on_day=needed_on)
    made: list[Reservation] = []
    for line, amount in wanted:
        missing = amount - there.get(line.item_id, Decimal(0))
        if missing > 0:
            made += _put_aside(line.item, missing, place, asked, by=by)
    return Reserved(made, queries.short_of(plan_id, on_day=needed_on, seen_by=by))


@verb
def reserve_item(
    item_id: UUID, quantity: Decimal, *, plan_id: UUID, needed_on: date, location_id: UUID,
    source: Source | str | None = None, by: Actor,
) -> list[Reservation]:  # fmt: skip
    """Put so much of an item aside for a plan, all of it or nothing: Clash when there is not enough for that day."""
    asked, place = _asked(plan_id, location_id, needed_on, source, by=by)
    item = queries.item(item_id, seen_by=by)
    amount = rules.quantity(quantity, step=item.step, unit=item.unit)
    made = _put_aside(item, amount, place, asked, by=by)
    there = sum((one.quantity for one in made), Decimal(0))
    if there < amount:
        raise Clash(
            f"Only {said(there, item)} of {item.name} can be reserved at {place.name} for that day. "
            "Reserve less, or order more.",
            field="quantity",
            available=str(there),
        )
    return made


@verb
def reserve_unit(
    unit_id: UUID, *, plan_id: UUID, needed_on: date, source: Source | str | None = None, by: Actor
) -> Reservation:
    """Put one piece aside for a plan: it goes to nobody else until it is released."""
    unit = held(unit_id, by=by, permission=ISSUE, do=DO)
    if (why_not := queries.why_not(unit, seen_by=by)) and unit.status != "RESERVED":
        raise IllegalMove(why_not, status_is=unit.status)
    assert unit.location is not None
    asked, _ = _asked(plan_id, unit.location.pk, needed_on, source, by=by)
    return reserve_piece(unit, asked, by=by)


@verb
def reserve_scanned(
    scan: str, *, plan_id: UUID, needed_on: date, location_id: UUID, source: Source | str | None = None, by: Actor
) -> list[Reservation]:
    """Put aside what was scanned: the piece itself; of anything else what the plan still takes, or one unit of it.

    The batch that expires first is taken, not the one in the hand.
    """
    found = queries.what_was_scanned(scan, seen_by=by)
    if found.unit_id:
        return [reserve_unit(found.unit_id, plan_id=plan_id, needed_on=needed_on, source=source, by=by)]
    item = queries.item(found.item_id, seen_by=by)
    if item.needs_serial:
        raise Invalid("Scan one piece of it: the code with the serial number.", field="scan")
    short = {one.item_id: one.missing for one in queries.short_of(plan_id, on_day=needed_on, seen_by=by)}
    return reserve_item(
        item.pk, short.get(item.pk, max(ONE, item.step)), plan_id=plan_id, needed_on=needed_on,
        location_id=location_id, source=source, by=by,
    )  # fmt: skip


@verb
def release(what: UUID | Source | str, reason: str, *, by: Actor) -> list[Reservation]:
    """Give free what is still put aside: one reservation by its id, or all of a plan, a case or a session."""
    by.must(ISSUE, do="release what was reserved")
    if isinstance(what, UUID):
        found = queries.reservations(seen_by=by).filter(pk=queries.reservation(what, seen_by=by).pk)
    else:
        found = queries.reserved_for(what, seen_by=by)
    for branch_id in set(found.values_list("location__branch_id", flat=True).order_by()):
        by.must(ISSUE, at=branch_id, do="release what was reserved")
    return give_free(found, why(reason), by=by)


def reserve_piece(unit: SerialUnit, asked: Asked, *, by: Actor) -> Reservation:
    """Put a locked piece aside."""
    if unit.status == "RESERVED":
        raise Clash(f"Serial {unit} is reserved for somebody already. Take another one.", field="scan")
    assert unit.location is not None
    UNIT.move(unit, "reserve", by=by)
    return _hold(unit.item, unit.batch_id, unit.location, ONE, asked, unit=unit, by=by)


def _asked(
    plan_id: UUID, location_id: UUID, needed_on: date, source: Source | str | None, *, by: Actor
) -> tuple[Asked, Location]:
    place = place_of(location_id, by=by, permission=ISSUE, do=DO)
    plan = plans.supplied(plan_id, seen_by=by)
    if place.branch_id != plan.branch_id:
        raise Clash(f"{place.name} is at {place.branch.name}. Have it moved to the branch of this plan first.")
    if needed_on < queries.today_at(place.branch_id, seen_by=by):
        raise Invalid("This day has passed. Choose the day on which it is needed.", field="needed_on")
    paper = Source.read(source) if source else Source("plan", plan.pk)
    return Asked(plan.pk, plan.patient_id, needed_on, paper), place


def _put_aside(item: Item, wanted: Decimal, place: Location, asked: Asked, *, by: Actor) -> list[Reservation]:
    """As much of an item as there is for that day, up to what is wanted."""
    if item.needs_serial:
        pieces = queries.free_units(item.pk, place.pk, asked.needed_on).select_for_update(
            of=("self",), skip_locked=True
        )
        return [reserve_piece(piece, asked, by=by) for piece in pieces[: int(wanted)]]
    made = []
    for row in queries.free_on(item.pk, place.pk, asked.needed_on).select_for_update(of=("self",)):
        part = min(row.free - row.free % item.step, wanted)
        if part <= 0:
            continue
        made.append(_hold(item, row.batch_id, place, part, asked, unit=None, by=by))
        wanted -= part
        if not wanted:
            break
    return made


def _hold(
    item: Item, batch_id: UUID, place: Location, quantity: Decimal, asked: Asked, *, unit: SerialUnit | None,
    by: Actor,
) -> Reservation:  # fmt: skip
    row = Reservation(
        organization_id=by.organization_id, patient_id=asked.patient_id, plan_id=asked.plan_id,
        source_kind=asked.paper.kind, source_id=asked.paper.id, item=item, batch_id=batch_id, unit=unit,
        location=place, quantity=quantity, needed_on=asked.needed_on, made_by_id=by.user_id, made_by_name=by.name[:120],
    )  # fmt: skip
    with refusing(REFUSALS):
        RESERVATION.born(row, name="reserve")
    announce(ReservationMade(row.pk, row.plan_id, row.patient_id, row.organization_id, asked.paper, by))
    return row
