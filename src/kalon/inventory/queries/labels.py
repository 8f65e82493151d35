"""What stands on the labels of pieces, batches and places."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from kalon.inventory.lifecycles import HERE, VIEW
from kalon.inventory.models import Batch, Item, Location, SerialUnit
from kalon.inventory.queries.items import locations
from kalon.inventory.queries.units import units
from kalon.inventory.rules.labels import Label, elements
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What labels are asked for: pieces, batches (of an implant its pieces that stand here), places."""

    units: tuple[UUID, ...] = ()
    batches: tuple[UUID, ...] = ()
    places: tuple[UUID, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.units or self.batches or self.places)


def labels(asked: Labelled, *, seen_by: Actor) -> list[Label]:
    """One label for each piece, batch and place that is asked for; NotFound when one of them is not the clinic's."""
    seen_by.must(VIEW, do="print labels")
    batches = list(
        Batch.objects.filter(organization_id=seen_by.organization_id, pk__in=asked.batches)
        .select_related("item")
        .order_by("item__name", "expires_on", "number")
    )
    pieces = list(units(seen_by=seen_by).filter(pk__in=asked.units))
    places = list(locations(seen_by=seen_by, also_unused=True).filter(pk__in=asked.places))
    _all_there(asked.units, pieces)
    _all_there(asked.batches, batches)
    _all_there(asked.places, places)
    by_piece = [batch.pk for batch in batches if batch.item.needs_serial]
    if by_piece:
        known = {piece.pk for piece in pieces}
        here = units(seen_by=seen_by).filter(batch_id__in=by_piece, status__in=HERE)
        pieces += [piece for piece in here if piece.pk not in known]
    plain = [batch for batch in batches if not batch.item.needs_serial]
    return [*map(_of_piece, pieces), *map(_of_batch, plain), *map(_of_place, places)]


def _all_there(asked: Iterable[UUID], found: list[SerialUnit] | list[Batch] | list[Location]) -> None:
    if len(set(asked)) > len(found):
        raise NotFound("Something of this is not kept here. Open the labels again from its page.")


def _of_piece(piece: SerialUnit) -> Label:
    code = elements(
        piece.item.device_code, lot=piece.batch.number, serial=piece.serial, expires_on=piece.batch.expires_on
    )
    return Label(
        piece.item.name, (*_of_item(piece.item), f"Serial {piece.serial}", *_of_lot(piece.batch)),
        code or piece.serial, bool(code),
    )  # fmt: skip


def _of_batch(batch: Batch) -> Label:
    code = elements(batch.item.device_code, lot=batch.number, expires_on=batch.expires_on)
    return Label(batch.item.name, (*_of_item(batch.item), *_of_lot(batch)), code or batch.number, bool(code))


def _of_place(place: Location) -> Label:
    return Label(place.name, (place.get_kind_display(), place.branch.name), place.code)


def _of_item(item: Item) -> tuple[str, ...]:
    said = ", ".join(part for part in (item.model, item.size, item.shape, item.content) if part)
    return (said,) if said else ()


def _of_lot(batch: Batch) -> tuple[str, ...]:
    ends = f"Use until {batch.expires_on.day} {batch.expires_on:%b %Y}" if batch.expires_on else ""
    return tuple(part for part in (f"Lot {batch.number}" if batch.number else "", ends) if part)
