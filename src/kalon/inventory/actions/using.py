"""What is used on a patient: from what was put aside first, pieces into the registry; the same scan counts once."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from kalon.inventory import queries, rules
from kalon.inventory.actions.giving import FIRST, NAMED, free_shelves, give, too_little
from kalon.inventory.actions.papers import fits
from kalon.inventory.actions.reserving import Asked, reserve_piece
from kalon.inventory.actions.units import held
from kalon.inventory.actions.writing import why
from kalon.inventory.events import Issued, Source, UnitExplanted, UnitImplanted
from kalon.inventory.lifecycles import IMPLANTS, ISSUE, RESERVATION, UNIT, ReservationStatus
from kalon.inventory.models import Batch, Implant, Item, Reservation, SerialUnit
from kalon.kernel import clock, events
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound
from kalon.kernel.tenancy import verb
from kalon.plans import queries as plans

DO = "take stock for a patient"
ONE = Decimal(1)


@verb
def consume(
    *, item_id: UUID | None = None, batch_id: UUID | None = None, scan: str = "", quantity: Decimal = ONE,
    patient_id: UUID, source: Source | str, branch_id: UUID, plan_id: UUID | None = None,
    location_id: UUID | None = None, key: str = "", by: Actor,
) -> list[Issued]:  # fmt: skip
    """Use an item, a named batch or what was scanned on a patient: from what is reserved first, else first expired.

    `key` is the scan's own, made once on the device: sent again after a power cut it answers what it did before and
    takes nothing. A piece with a serial is used up by it; one that stays in the patient is implanted.
    """
    by.must(ISSUE, at=branch_id, do=DO)
    if len(key) > 60:
        raise Invalid("The key of a scan has at most 60 characters.", field="key")
    paper = Source.read(source)
    if key and (done := _done(key, by=by)):
        return done
    fits(paper, patient_id, by=by)
    again = Clash("This scan is being written down already.")
    try:
        with transaction.atomic(), refusing({"inventory_movement_key_once": again}):
            return _consume(
                item_id, batch_id, scan, quantity, patient_id, paper, branch_id, plan_id, location_id, key, by
            )
    except Clash as refusal:
        if refusal is again and (done := _done(key, by=by)):
            return done
        raise


@verb
def implant(
    unit_id: UUID | None = None, *, scan: str = "", plan_id: UUID, source: Source | str, side: str,
    surgeon_name: str = "", implanted_at: datetime | None = None, by: Actor,
) -> Implant:  # fmt: skip
    """Write down that a piece was put into the patient of a plan, on a side: it enters the implant registry.

    The same piece scanned again for the same case and side is the entry that was made. Refused when it has expired,
    is recalled or locked away, is reserved for another plan, stands at another branch, or is in a patient already.
    """
    found = queries.unit(unit_id, seen_by=by) if unit_id else queries.scanned_unit(scan, seen_by=by)
    paper, plan = Source.read(source), plans.plan(plan_id, seen_by=by)
    by.must(ISSUE, at=plan.branch_id, do="write down an implant")
    fits(paper, plan.patient_id, by=by)
    unit = queries.unit(found.pk, seen_by=by, lock=True)
    entry = Implant.objects.filter(unit=unit).first()
    if entry is not None:
        if (entry.plan_id, entry.source_kind, entry.source_id, entry.side) == (plan.pk, paper.kind, paper.id, side):
            return entry
        raise Clash(
            f"Serial {unit} is in the registry already, as implanted. Scan the piece on the table.", field="scan"
        )
    if side not in Implant.Side.values:
        raise Invalid("Say on which side: left, right, midline, or no side.", field="side")
    at = implanted_at or clock.now()
    if at > clock.now():
        raise Invalid("This time has not come yet.", field="implanted_at")
    if unit.location and unit.location.branch_id != plan.branch_id:
        raise Clash(
            f"Serial {unit} stands at {unit.location.branch.name}. Have it moved to this branch first.", field="scan"
        )
    issued = _use_piece(unit, plan.pk, plan.patient_id, paper, "implant", "", by=by)
    entry = Implant(
        organization_id=by.organization_id, patient_id=plan.patient_id, patient=plan.patient, unit=unit,
        movement_id=issued.movement_id, plan=plan, branch_id=plan.branch_id, source_kind=paper.kind,
        source_id=paper.id, side=side, implanted_at=at, surgeon_name=surgeon_name.strip()[:120],
        made_by_id=by.user_id, made_by_name=by.name[:120],
    )  # fmt: skip
    sides = Invalid("The plan does not work on this side. Look at the plan, then at the patient.", field="side")
    with refusing({"inventory_implant_side": sides}):
        entry.save(force_insert=True)
    entry.refresh_from_db()
    events.announce(_fact(UnitImplanted, entry, paper, by))
    return entry


@verb
def explant(unit_id: UUID, reason: str, *, explanted_at: datetime | None = None, by: Actor) -> Implant:
    """Write down that an implant was taken out again: it stays in the registry, with when and why."""
    by.must(IMPLANTS, do="read the implant registry")
    unit = queries.unit(unit_id, seen_by=by, lock=True)
    entry = Implant.objects.select_for_update(of=("self",)).select_related("patient").filter(unit=unit).first()
    if entry is None:
        raise NotFound("This piece is in no patient.")
    by.must(ISSUE, at=entry.branch_id, do="write down that an implant was taken out")
    at = explanted_at or clock.now()
    if not entry.implanted_at <= at <= clock.now():
        raise Invalid("Write a time between when it was put in and now.", field="explanted_at")
    text = why(reason)
    UNIT.move(unit, "explant", by=by, reason="Taken out")
    entry.explanted_at, entry.explanted_by_name, entry.explant_reason = at, by.name[:120], text
    entry.save(update_fields=["explanted_at", "explanted_by_name", "explant_reason"])
    events.announce(_fact(UnitExplanted, entry, Source(entry.source_kind, entry.source_id), by))
    return entry


def _consume(
    item_id: UUID | None, batch_id: UUID | None, scan: str, quantity: Decimal, patient_id: UUID, paper: Source,
    branch_id: UUID, plan_id: UUID | None, location_id: UUID | None, key: str, by: Actor,
) -> list[Issued]:  # fmt: skip
    if scan.strip():
        found = queries.what_was_scanned(scan, seen_by=by)
        if found.unit_id:
            return [_use_up(found.unit_id, plan_id, paper, patient_id, branch_id, key, by=by)]
        item_id, batch_id = found.item_id, found.batch_id or batch_id
    batch = queries.batch(batch_id, seen_by=by) if batch_id else None
    if batch is None and item_id is None:
        raise Invalid("Scan what is used, or choose it.", field="scan")
    item = batch.item if batch else queries.item(item_id, seen_by=by)  # type: ignore[arg-type]
    if item.needs_serial:
        raise Invalid(f"Each {item.name} has its own serial number. Scan the piece that is used.", field="scan")
    wanted = rules.quantity(quantity, step=item.step, unit=item.unit)
    given: list[Issued] = []
    for row in _put_aside(item, batch, patient_id, paper, branch_id, plan_id, location_id):
        if part := min(row.left, wanted):
            given.append(_from_reserved(row, part, paper, _key(key, len(given)), by=by))
            wanted -= part
    if wanted:
        shelves = free_shelves(item, branch_id=branch_id, location_id=location_id, by=by, batch_id=batch_id)
        if not (shares := rules.take(wanted, [row.free for row in shelves])):
            raise too_little(item, shelves, of=f"batch {batch}" if batch else "")
        for share in shares:
            more = {"key": _key(key, len(given))}
            pick = NAMED if batch else FIRST
            given.append(give(item, shelves[share.index], share.quantity, pick, patient_id, paper, by, **more))
    return given


def _put_aside(
    item: Item, batch: Batch | None, patient_id: UUID, paper: Source, branch_id: UUID, plan_id: UUID | None,
    location_id: UUID | None,
) -> list[Reservation]:  # fmt: skip
    """What is held for this patient and this paper, locked, first to expire first."""
    rows = Reservation.objects.filter(
        queries.of_paper(paper, plan_id), patient_id=patient_id, item=item, unit=None,
        status=ReservationStatus.HELD, location__branch_id=branch_id,
    )  # fmt: skip
    if batch:
        rows = rows.filter(batch=batch)
    if location_id:
        rows = rows.filter(location_id=location_id)
    rows = rows.select_related("item", "batch", "location").select_for_update(of=("self",))
    return list(rows.order_by("batch__expires_on", "batch_id", "location_id", "pk"))


def _from_reserved(row: Reservation, quantity: Decimal, paper: Source, key: str, *, by: Actor) -> Issued:
    issued = give(
        row.item, row, quantity, NAMED, row.patient_id, paper, by, reservation_id=row.pk, unit_id=row.unit_id, key=key
    )
    row.used += quantity
    if not row.left:
        RESERVATION.move(row, "use", by=by)
    return issued


def _use_up(
    unit_id: UUID, plan_id: UUID | None, paper: Source, patient_id: UUID, branch_id: UUID, key: str, *, by: Actor
) -> Issued:
    """A piece that was opened and does not stay in the patient."""
    unit = held(unit_id, by=by, permission=ISSUE, do=DO)
    if plan_id is None:
        raise Invalid("A piece with a serial number is used for a plan. Say for which.", field="plan")
    plan = plans.supplied(plan_id, seen_by=by)
    if plan.patient_id != patient_id:
        raise Invalid("This plan is another patient's.", field="plan")
    if unit.location and unit.location.branch_id != branch_id:
        raise Clash(
            f"Serial {unit} stands at {unit.location.branch.name}. Have it moved to this branch first.", field="scan"
        )
    return _use_piece(unit, plan.pk, patient_id, paper, "consume", key, by=by)


def _use_piece(
    unit: SerialUnit, plan_id: UUID, patient_id: UUID, paper: Source, move: str, key: str, *, by: Actor
) -> Issued:
    """Carry a locked piece out to its patient: from its reservation, which is made now where there is none."""
    if why_not := queries.why_not(unit, seen_by=by):
        raise IllegalMove(why_not, status_is=unit.status)
    kept = Reservation.objects.select_for_update(of=("self",)).select_related("item", "batch", "location")
    row = kept.filter(unit=unit, status=ReservationStatus.HELD).first()
    if row is None:
        assert unit.location is not None
        today = queries.today_at(unit.location.branch_id, seen_by=by)
        row = reserve_piece(unit, Asked(plan_id, patient_id, today, paper), by=by)
    elif row.plan_id != plan_id:
        raise Clash(f"Serial {unit} is reserved for another patient. Take another one.", field="scan")
    issued = _from_reserved(row, ONE, paper, _key(key, 0), by=by)
    UNIT.move(unit, move, by=by)
    return issued


def _key(key: str, part: int) -> str:
    return f"{key}:{part}" if key else ""


def _done(key: str, *, by: Actor) -> list[Issued]:
    """What a scan with this key did before."""
    rows = queries.movements(seen_by=by).filter(key__startswith=f"{key}:").order_by("created_at", "pk")
    return [queries.as_issued(row, row.batch, row.from_location, by=by) for row in rows if row.from_location]


def _fact(
    kind: type[UnitImplanted] | type[UnitExplanted], entry: Implant, paper: Source, by: Actor
) -> UnitImplanted | UnitExplanted:
    return kind(entry.pk, entry.unit_id, entry.plan_id, entry.patient_id, entry.organization_id, paper, by)
