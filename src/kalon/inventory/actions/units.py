"""Pieces with serial numbers: taken in by their code, carried, locked away, sent back, thrown away."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.inventory import queries, rules
from kalon.inventory.actions.freeing import give_free
from kalon.inventory.actions.shelving import batch_of
from kalon.inventory.actions.writing import REFUSALS, paper_of, place_of, why, write
from kalon.inventory.events import Source
from kalon.inventory.lifecycles import ISSUE, MANAGE, UNIT
from kalon.inventory.models import Item, Location, Movement, Reservation, SerialUnit
from kalon.inventory.rules import udi
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, IllegalMove, Invalid
from kalon.kernel.tenancy import verb

ONE = Decimal(1)
MOST = 200  # pieces in one delivery
SECOND_CODE = re.compile(r"\+[$0-9]")
Kind = Movement.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One piece as it came: the code that was scanned, or what was typed from the pack where it has none."""

    scan: str = ""
    item_id: UUID | None = None
    serial: str = ""
    lot: str = ""
    expires_on: date | None = None

    @classmethod
    def scanned(cls, text: str) -> list["Pack"]:
        """Packs as a scanner typed them, a code on each line; the second HIBC code of a pack belongs to the first."""
        codes: list[str] = []
        for line in re.split(r"[\r\n]+", text):
            read = line.strip("*").lstrip()
            if codes and SECOND_CODE.match(read):
                codes[-1] = f"{codes[-1]}\n{read}"
            elif line.strip():
                codes.append(line)
        return [cls(scan=code) for code in codes]


@verb
def receive_units(
    location_id: UUID,
    packs: Sequence[Pack],
    *,
    supplier: str = "",
    reference: str = "",
    cost: Decimal | None = None,
    by: Actor,
) -> list[SerialUnit]:
    """Take pieces in by their codes, all of them or none; `cost` is of one piece, before tax.

    Invalid when a code was not read right, names no item of ours, lacks its serial, or has expired; Clash when the
    serial is in the books already, and where.
    """
    place = place_of(location_id, by=by, permission=MANAGE, do="receive stock")
    if not packs:
        raise Invalid("Scan at least one pack.", field="scan")
    if len(packs) > MOST:
        raise Invalid(f"Take in at most {MOST} pieces at once.", field="scan")
    about = {"supplier": supplier.strip()[:120], "reference": reference.strip()[:60], "cost": cost}
    return [_take_in(pack, place, about, by=by) for pack in packs]


@verb
def move_unit(unit_id: UUID, to_location_id: UUID, *, by: Actor) -> SerialUnit:
    """Carry a piece to another place; its reservation goes with it, and stays at its branch."""
    end = place_of(to_location_id, by=by, permission=MANAGE, do="move stock")
    unit = held(unit_id, by=by, permission=MANAGE, do="move stock")
    if unit.status == "RESERVED" and end.branch_id != _there(unit).branch_id:
        raise Clash(f"Serial {unit} is reserved for a patient of this branch. Release it first.", field="to_location")
    write(unit.item, unit.batch_id, Kind.MOVED, ONE, by=by, unit=unit, from_location=_there(unit), to_location=end)
    unit.refresh_from_db(fields=["location"])
    return unit


@verb
def quarantine_unit(unit_id: UUID, reason: str, *, by: Actor) -> SerialUnit:
    """Lock one piece away; where it was reserved, it is not any more."""
    unit = held(unit_id, by=by, permission=MANAGE, do="lock stock away")
    _freed(unit, why(reason), by=by)
    UNIT.move(unit, "quarantine", by=by, reason=reason)
    return unit


@verb
def release_unit(unit_id: UUID, reason: str, *, by: Actor) -> SerialUnit:
    """Let a piece be used again; never one that is recalled."""
    unit = held(unit_id, by=by, permission=MANAGE, do="release stock")
    UNIT.move(unit, "release", by=by, reason=reason)
    return unit


@verb
def waste_unit(unit_id: UUID, reason: str, *, source: Source | None = None, by: Actor) -> SerialUnit:
    """Write down that a piece was dropped, opened or lost: nobody gets it; `source`, in which case or session."""
    unit = held(unit_id, by=by, permission=ISSUE, do="write off stock")
    return _leave(unit, "waste", Kind.WASTED, why(reason), source=source, by=by)


@verb
def return_unit(unit_id: UUID, reason: str, *, supplier: str = "", by: Actor) -> SerialUnit:
    """Send a piece back to its supplier: to whom it came from, where nobody is named."""
    unit = held(unit_id, by=by, permission=MANAGE, do="send stock back")
    to = supplier.strip()[:120] or queries.receipt_of(unit.pk, seen_by=by).supplier
    return _leave(unit, "send_back", Kind.SENT_BACK, why(reason), by=by, supplier=to)


@verb
def expire_unit(unit_id: UUID, *, by: Actor) -> SerialUnit:
    """Take a piece that has expired off its shelf."""
    unit = held(unit_id, by=by, permission=MANAGE, do="write off stock")
    return _leave(unit, "expire", Kind.EXPIRED, "It has expired.", by=by)


def held(unit_id: UUID, *, by: Actor, permission: str, do: str) -> SerialUnit:
    """A piece, locked until the transaction ends, at whose branch the actor may do this."""
    unit = queries.unit(unit_id, seen_by=by, lock=True)
    by.must(permission, at=unit.location.branch_id if unit.location else None, do=do)
    return unit


def _there(unit: SerialUnit) -> Location:
    if unit.location is None:
        raise IllegalMove(f"Serial {unit} does not stand on a shelf: it is {unit.get_status_display().lower()}.")
    return unit.location


def _freed(unit: SerialUnit, reason: str, *, by: Actor) -> None:
    """Nobody has it reserved any more."""
    if give_free(Reservation.objects.filter(unit=unit), reason, by=by):
        unit.refresh_from_db(fields=["status", "status_at"])


def _leave(
    unit: SerialUnit, move: str, kind: str, reason: str, *, by: Actor, supplier: str = "", source: Source | None = None
) -> SerialUnit:
    place = _there(unit)
    _freed(unit, reason, by=by)
    UNIT.guard(unit, move, by=by, reason=reason)
    said = "" if kind == Kind.EXPIRED else reason
    write(
        unit.item, unit.batch_id, kind, ONE, by=by, unit=unit, from_location=place, reason=said,
        supplier=supplier.strip()[:120], **paper_of(source),
    )  # fmt: skip
    UNIT.move(unit, move, by=by, reason=reason)
    return unit


def _take_in(pack: Pack, place: Location, about: dict[str, Any], *, by: Actor) -> SerialUnit:
    item, read = _item_of(pack, by=by)
    serial, lot = read.serial.strip().upper(), read.lot.strip().upper()
    if not serial:
        raise Invalid(f"The serial number of this {item.name} is missing. Type it from the pack.", field="serial")
    if len(serial) > 40:
        raise Invalid("A serial number has at most 40 characters.", field="serial")
    if rules.expiry_word(read.expires_on, queries.today_at(place.branch_id, seen_by=by)) == "expired":
        raise Invalid(
            f"Serial {serial} expired on {read.expires_on:%d %b %Y}. Send it back instead of taking it in.",
            field="scan" if pack.scan else "expires_on",
        )
    if known := queries.units(seen_by=by).filter(item=item, serial=serial).first():
        raise _known(known)
    batch = batch_of(item, lot, read.expires_on, by=by)
    unit = SerialUnit(organization_id=by.organization_id, item=item, batch=batch, serial=serial, udi=read.text)
    once = Clash(f"Serial {serial} of {item.name} was taken in by somebody at this moment.", field="scan")
    with refusing({**REFUSALS, "inventory_serialunit_once": once}):
        UNIT.born(unit, name="received")
    write(item, batch.pk, Kind.RECEIVED, ONE, by=by, unit=unit, to_location=place, **about)
    unit.location = place
    return unit


def _item_of(pack: Pack, *, by: Actor) -> tuple[Item, udi.Udi]:
    """The item a pack is, and what stands on it: the code's word first, what was typed where the code is silent."""
    if not pack.scan.strip():
        if pack.item_id is None:
            raise Invalid("Scan the code on the pack, or choose the item.", field="scan")
        item, read = queries.item(pack.item_id, seen_by=by), udi.Udi("", "")
    else:
        read = udi.read(pack.scan)
        item = queries.item_of_device(read.device, seen_by=by)
        if pack.item_id and item.pk != pack.item_id:
            raise Invalid(f"This is the code of {item.name}, not of what was chosen.", field="scan")
    if not item.needs_serial:
        raise Invalid(f"{item.name} has no serial numbers. Receive it by its quantity.", field="item")
    if not item.is_active:
        raise Invalid(f"{item.name} is not used any more. Put it in use first.", field="item")
    for name, word in (("serial", "serial number"), ("lot", "lot")):
        typed, coded = getattr(pack, name).strip().upper(), getattr(read, name).upper()
        if typed and coded and typed != coded:
            raise Invalid(f"The code says {word} {coded}, and {typed} was typed. Look at the pack.", field=name)
    return item, udi.Udi(
        read.text, read.device, read.lot or pack.lot, read.serial or pack.serial, read.expires_on or pack.expires_on
    )


def _known(unit: SerialUnit) -> Clash:
    """Where a serial that came twice is already."""
    if unit.location:
        where = f"stands at {unit.location.name}, {unit.location.branch.name}"
    else:
        where = f"is {unit.get_status_display().lower()}"
    return Clash(f"Serial {unit} of {unit.item.name} is in the books already: it {where}.", field="scan")
