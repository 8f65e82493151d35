"""A stock take: one person counts a place without seeing the books, another confirms, the differences are adjusted."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from kalon.inventory import queries, rules
from kalon.inventory.actions.freeing import give_free
from kalon.inventory.actions.units import move_unit, waste_unit
from kalon.inventory.actions.writing import place_of, why, write
from kalon.inventory.lifecycles import HERE, MANAGE, TAKE, TakeStatus
from kalon.inventory.models import Balance, Movement, Reservation, StockTake, StockTakeLine, StockTakePiece
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid, NotFound, NotPermitted, NotReady
from kalon.kernel.numbers import next_number
from kalon.kernel.tenancy import verb

DO = "count stock"
Found = StockTakePiece.Found
SOMEBODY_ELSE = "Whoever counted does not confirm. Have somebody else look at the differences."
REFUSALS = {
    "inventory_stocktake_one_at_a_place": Clash("This place is being counted already. Go on with that count."),
    "inventory_stocktake_same_person": NotPermitted(SOMEBODY_ELSE),
    "inventory_stocktake_adjusted": Clash("The count has changed meanwhile. Look at it again."),
    "inventory_stocktakeline_counting": IllegalMove("The count is over. Have it counted again to change it."),
    "inventory_stocktakepiece_counting": IllegalMove("The count is over. Have it counted again to change it."),
}


@verb
def start_stock_take(location_id: UUID, *, by: Actor) -> StockTake:
    """Begin to count a place: a line for every batch that stands there; pieces with serials are scanned."""
    place = place_of(location_id, by=by, permission=MANAGE, do=DO)
    _person(by)
    made = StockTake(
        organization_id=by.organization_id, number=f"ST-{next_number('stock_take'):04d}", location=place,
        started_by_name=by.name[:120],
    )  # fmt: skip
    with refusing(REFUSALS):
        TAKE.born(made, name="start")
    here = Balance.objects.filter(location=place, quantity__gt=0, item__needs_serial=False)
    StockTakeLine.objects.bulk_create(
        StockTakeLine(organization_id=by.organization_id, take=made, item_id=row.item_id, batch_id=row.batch_id)
        for row in here.order_by("item__name", "batch__expires_on", "pk")
    )
    return made


@verb
def count_batch(take_id: UUID, batch_id: UUID, counted: Decimal | None, *, by: Actor) -> StockTakeLine:
    """Write down how much of a batch stands there, also of one that is not on the sheet; None takes a count back."""
    taking = _taking(take_id, by=by)
    batch = queries.batch(batch_id, seen_by=by)
    if batch.item.needs_serial:
        raise Invalid(f"Each {batch.item.name} has its own serial number. Scan the pieces.", field="counted")
    if counted is not None and (
        not counted.is_finite() or not 0 <= counted <= rules.MOST or counted != round(counted, 3)
    ):
        raise Invalid("Write what you counted: zero or more, with at most three places.", field="counted")
    with refusing(REFUSALS):
        line, _ = StockTakeLine.objects.update_or_create(
            take=taking, batch=batch, defaults={"counted": counted},
            create_defaults={"counted": counted, "item": batch.item, "organization_id": by.organization_id},
        )  # fmt: skip
    return line


@verb
def scan_piece(take_id: UUID, scan: str, *, by: Actor) -> StockTakePiece:
    """Write down that a piece stands there; the same one scanned twice is one. A code that was not read is refused."""
    taking = _taking(take_id, by=by)
    if not scan.strip():
        raise Invalid("Scan the code on the pack first.", field="scan")
    try:
        unit = queries.scanned_unit(scan, seen_by=by)
    except NotFound:
        unit = None
    code = "" if unit else scan.strip()[:200]
    known = StockTakePiece.objects.filter(take=taking)
    before = (known.filter(unit=unit) if unit else known.filter(unit=None, scan=code)).first()
    if before is not None:
        return before
    stood = "" if unit is None else f"{unit.location.name}" if unit.location else unit.get_status_display()
    piece = StockTakePiece(
        organization_id=by.organization_id, take=taking, unit=unit, scan=code or scan.strip()[:200],
        found=Found.UNEXPECTED, stood=stood,
    )  # fmt: skip
    with refusing(REFUSALS):
        piece.save(force_insert=True)
    piece.refresh_from_db(fields=["found", "counted_by"])
    return piece


@verb
def finish_count(take_id: UUID, *, by: Actor) -> StockTake:
    """The count is over: every line has its figure, and pieces that were not scanned are not found."""
    taking = _taking(take_id, by=by)
    _person(by)
    if left := queries.take_lines(taking.pk, seen_by=by).filter(counted=None).count():
        raise NotReady(f"{left} line{'s are' if left > 1 else ' is'} not counted yet. Write 0 where nothing is there.")
    for unit in queries.not_scanned(taking):
        StockTakePiece.objects.create(
            organization_id=by.organization_id, take=taking, unit=unit, scan=unit.serial, found=Found.MISSING,
            stood=taking.location.name,
        )  # fmt: skip
    with refusing(REFUSALS):
        TAKE.move(taking, "finish", by=by, counted_by_name=by.name[:120])
    taking.refresh_from_db(fields=["counted_by"])
    return taking


@verb
def count_again(take_id: UUID, reason: str, *, by: Actor) -> StockTake:
    """The place is looked at once more: what was counted stays until it is counted anew, the books are read anew."""
    taking = _locked(take_id, by=by)
    TAKE.move(taking, "recount", by=by, reason=why(reason), counted_by_name="")
    StockTakePiece.objects.filter(take=taking, found=Found.MISSING).delete()
    return taking


@verb
def confirm_stock_take(
    take_id: UUID, *, reasons: Mapping[UUID, str] | None = None, reason: str = "", by: Actor
) -> StockTake:
    """Somebody else agrees: each difference moves, with its reason: its own, by line or piece, or `reason`.

    What moved since the count is no difference. A piece that was not found is written off, one that stood elsewhere
    in the books is moved here. Refused to whoever counted any of it.
    """
    taking = _locked(take_id, by=by)
    _person(by)
    told = {key: text.strip() for key, text in (reasons or {}).items() if text.strip()}
    TAKE.guard(taking, "confirm", by=by)
    if by.user_id in _counters(taking):
        raise NotPermitted(SOMEBODY_ELSE)
    for piece in StockTakePiece.objects.filter(take=taking).exclude(found=Found.FOUND).order_by("unit_id", "pk"):
        _settle_piece(taking, piece, told.get(piece.pk, reason), by=by)
    lines = queries.take_differences(taking.pk, seen_by=by).order_by("batch_id", "pk")
    for line in lines.select_for_update(of=("self",)):
        _adjust(taking, line, told.get(line.pk, reason), by=by)
    with refusing(REFUSALS):
        TAKE.move(taking, "confirm", by=by, confirmed_by_name=by.name[:120])
    taking.refresh_from_db(fields=["confirmed_by"])
    return taking


@verb
def cancel_stock_take(take_id: UUID, reason: str, *, by: Actor) -> StockTake:
    """Give a count up; nothing moves."""
    taking = _locked(take_id, by=by)
    TAKE.move(taking, "cancel", by=by, reason=why(reason))
    return taking


def _adjust(taking: StockTake, line: StockTakeLine, reason: str, *, by: Actor) -> None:
    more = line.difference > 0
    side = {"to_location": taking.location} if more else {"from_location": taking.location}
    line.reason = _because(reason, line.item.name)
    line.movement = write(
        line.item, line.batch_id, Movement.Kind.ADJUSTED, abs(line.difference), by=by,
        reason=f"{taking.number}: {line.reason}"[:300], **side,
    )  # fmt: skip
    line.save(update_fields=["reason", "movement"])


def _settle_piece(taking: StockTake, piece: StockTakePiece, reason: str, *, by: Actor) -> None:
    """Written off where it is missing; moved here where the books have it on another shelf; else only written down.

    A piece that is found at another branch is reserved for nobody any more.
    """
    piece.reason = _because(reason, f"serial {piece}")
    said = f"{taking.number}: {piece.reason}"[:300]
    unit = queries.unit(piece.unit_id, seen_by=by, lock=True) if piece.unit_id else None
    moved = False
    if unit is not None and piece.found == Found.MISSING:
        if unit.location_id != taking.location_id:
            raise Clash(f"Serial {unit} has moved since the count. Have it counted again.")
        waste_unit(unit.pk, said, by=by)
        moved = True
    elif unit is not None and unit.status in HERE and unit.location_id != taking.location_id:
        if unit.location is not None and unit.location.branch_id != taking.location.branch_id:
            give_free(Reservation.objects.filter(unit=unit), said, by=by)
        move_unit(unit.pk, taking.location_id, by=by)
        moved = True
    if moved and unit is not None:
        piece.movement = Movement.objects.filter(unit=unit).latest("created_at", "id")
    piece.save(update_fields=["reason", "movement"])


def _because(reason: str, what: str) -> str:
    if not reason.strip():
        raise Invalid(f"Write why {what} differs, or one reason for all.", field="reason")
    return reason.strip()[:280]


def _counters(taking: StockTake) -> set[UUID | None]:
    """Everybody who counted any of it."""
    lines = StockTakeLine.objects.filter(take=taking).order_by().values_list("counted_by_id", flat=True).distinct()
    pieces = StockTakePiece.objects.filter(take=taking).order_by().values_list("counted_by_id", flat=True).distinct()
    return {taking.counted_by_id, *lines, *pieces} - {None}


def _locked(take_id: UUID, *, by: Actor) -> StockTake:
    taking = queries.take(take_id, seen_by=by, lock=True)
    by.must(MANAGE, at=taking.location.branch_id, do=DO)
    return taking


def _taking(take_id: UUID, *, by: Actor) -> StockTake:
    """A take that is being counted."""
    taking = _locked(take_id, by=by)
    if taking.status != TakeStatus.COUNTING:
        raise REFUSALS["inventory_stocktakeline_counting"]
    return taking


def _person(by: Actor) -> None:
    """Two people sign a stock take; neither is a machine."""
    if by.user_id is None:
        raise NotPermitted("A stock take is counted and confirmed by people. Sign in yourself.")
