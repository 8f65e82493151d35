"""One movement into the ledger, and what the database's refusals mean in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from kalon.inventory import queries
from kalon.inventory.events import Source
from kalon.inventory.models import Item, Location, Movement
from kalon.inventory.rules import plain
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, DomainError, IllegalMove, Invalid

REFUSALS: Mapping[str, DomainError] = {
    "inventory_balance_never_below_zero": Clash(
        "There is not that much there. Look at the stock again and take less.", field="quantity"
    ),
    "inventory_movement_expired": IllegalMove(
        "This batch has expired and cannot be given to a patient. Take another batch, and write this one off."
    ),
    "inventory_movement_quarantined": IllegalMove(
        "This batch is locked away and cannot be given to a patient. Take another batch."
    ),
    "inventory_movement_first_expired": Clash("Another batch expires first. Look at the stock again."),
    "inventory_movement_not_expired": IllegalMove(
        "This batch has not expired. If it cannot be used, write it as wasted."
    ),
    "inventory_movement_over_returned": Invalid("More comes back than was given. Write less.", field="quantity"),
    "inventory_movement_whole_steps": Invalid("This item is not counted in such small parts.", field="quantity"),
    "inventory_batch_numbered": Invalid("Write the batch number as it stands on the pack.", field="number"),
    "inventory_batch_expires": Invalid("Write the expiry date as it stands on the pack.", field="expires_on"),
    "inventory_balance_promised_is_there": Clash(
        "Some of it is reserved for a patient. Take less, or release that reservation first.", field="quantity"
    ),
    "inventory_movement_by_unit": Invalid(
        "Each piece of this item has its own serial number. Scan the piece, and do it for that one.", field="item"
    ),
    "inventory_movement_unit_elsewhere": Clash("This piece does not stand there any more. Look at it again."),
    "inventory_movement_unit_recalled": IllegalMove(
        "This piece is recalled or locked away and cannot be used. Take another one."
    ),
    "inventory_movement_as_reserved": Clash("What was reserved has changed meanwhile. Look at it again."),
    "inventory_movement_unit_comes_once": Clash("This serial number is in the books already.", field="scan"),
    "inventory_movement_unit_leaves_once": Clash("This piece was used meanwhile. Take another one."),
    "inventory_batch_called_back": IllegalMove(
        "This batch is called back by its maker. Leave it locked away, or send it back."
    ),
    "inventory_serialunit_called_back": IllegalMove(
        "This piece is called back by its maker. Send it back instead of taking it in."
    ),
    "inventory_reservation_at_its_branch": Clash("This is reserved for a patient of its branch. Release it first."),
    "inventory_movement_two_sides": Invalid("Choose two different places.", field="to_location"),
}


def write(item: Item, batch_id: UUID, kind: str, quantity: Decimal, *, by: Actor, **about: Any) -> Movement:
    """Write one movement; the database counts it at both ends, or refuses."""
    movement = Movement(
        organization_id=by.organization_id,
        item=item,
        batch_id=batch_id,
        kind=kind,
        quantity=quantity,
        made_by_id=by.user_id,
        made_by_name=by.name[:120],
        **about,
    )
    with refusing(REFUSALS):
        movement.save(force_insert=True)
    return movement


def paper_of(source: Source | None) -> dict[str, Any]:
    """The columns of a movement that name its paper, where it has one."""
    return {"source_kind": source.kind, "source_id": source.id} if source else {}


def place_of(location_id: UUID, *, by: Actor, permission: str, do: str) -> Location:
    """A place in use at which the actor may do this."""
    place = queries.location(location_id, seen_by=by)
    by.must(permission, at=place.branch_id, do=do)
    if not place.is_active:
        raise Invalid(f"{place.name} is not used any more. Choose another place.", field="location")
    return place


def said(quantity: Decimal, item: Item) -> str:
    """A quantity with its unit: "2.5 ml"."""
    return f"{plain(quantity)} {item.unit}"


def why(reason: str) -> str:
    """The reason, or a refusal that asks for it."""
    if not (text := reason.strip()):
        raise Invalid("Write why.", field="reason")
    if len(text) > 300:
        raise Invalid("Write the reason in at most 300 characters.", field="reason")
    return text
