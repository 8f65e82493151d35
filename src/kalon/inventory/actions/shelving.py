"""Stock that comes in, moves between places, is counted, wasted, written off or locked away."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kalon.inventory import queries, rules
from kalon.inventory.actions.freeing import give_free
from kalon.inventory.actions.writing import REFUSALS, paper_of, place_of, said, why, write
from kalon.inventory.events import Source
from kalon.inventory.lifecycles import BATCH, ISSUE, MANAGE
from kalon.inventory.models import Balance, Batch, Item, Movement, Reservation
from kalon.kernel.actors import Actor
from kalon.kernel.constraints import refusing
from kalon.kernel.errors import Clash, Invalid, NotFound
from kalon.kernel.money import exact
from kalon.kernel.tenancy import verb

Kind = Movement.Kind


@dataclass(frozen=True, slots=True)
class Delivery:
    """What stands on the pack and on the paper that came with it; `cost` is for all of it, before tax."""

    quantity: Decimal
    number: str = ""
    expires_on: date | None = None
    supplier: str = ""
    reference: str = ""
    cost: Decimal | None = None


@verb
def receive(item_id: UUID, location_id: UUID, delivery: Delivery, *, by: Actor) -> Movement:
    """Take a delivery in: a new batch, or more of one that is known by its number.

    Invalid when the number or the expiry is missing, has passed, or differs from what the batch says.
    """
    place = place_of(location_id, by=by, permission=MANAGE, do="receive stock")
    item = queries.item(item_id, seen_by=by)
    if item.needs_serial:
        raise Invalid(f"Each {item.name} has its own serial number: take it in by its code.", field="item")
    if not item.is_active:
        raise Invalid(f"{item.name} is not used any more. Put it in use first.", field="item")
    amount = rules.quantity(delivery.quantity, step=item.step, unit=item.unit)
    today = queries.today_at(place.branch_id, seen_by=by)
    if rules.expiry_word(delivery.expires_on, today) == "expired":
        raise Invalid("This has already expired. Send it back instead of taking it in.", field="expires_on")
    cost = None if delivery.cost is None else exact(delivery.cost)
    if cost is not None and cost < 0:
        raise Invalid("A cost is zero or more.", field="cost")
    batch = batch_of(item, delivery.number.strip().upper(), delivery.expires_on, by=by)
    if queries.is_called_back(batch, seen_by=by):
        raise REFUSALS["inventory_batch_called_back"]
    return write(
        item, batch.pk, Kind.RECEIVED, amount, by=by, to_location=place,
        supplier=delivery.supplier.strip()[:120], reference=delivery.reference.strip()[:60], cost=cost,
    )  # fmt: skip


@verb
def move(batch_id: UUID, quantity: Decimal, *, from_location_id: UUID, to_location_id: UUID, by: Actor) -> Movement:
    """Carry stock from one place to another, of this branch or another."""
    start = place_of(from_location_id, by=by, permission=MANAGE, do="move stock")
    end = place_of(to_location_id, by=by, permission=MANAGE, do="move stock")
    batch = queries.batch(batch_id, seen_by=by)
    amount = rules.quantity(quantity, step=batch.item.step, unit=batch.item.unit)
    return write(batch.item, batch.pk, Kind.MOVED, amount, by=by, from_location=start, to_location=end)


@verb
def adjust(batch_id: UUID, location_id: UUID, counted: Decimal, reason: str, *, by: Actor) -> Movement:
    """Write down what was counted at a place; the difference moves, with the reason. Invalid when there is none."""
    place = place_of(location_id, by=by, permission=MANAGE, do="count stock")
    batch = queries.batch(batch_id, seen_by=by)
    text = why(reason)
    if not counted.is_finite() or counted < 0 or counted > rules.MOST or counted != round(counted, 3):
        raise Invalid("Write what you counted: zero or more, with at most three places.", field="counted")
    row = Balance.objects.select_for_update().filter(batch=batch, location=place).first()
    held = row.quantity if row else Decimal(0)
    if counted == held:
        raise Invalid(f"It is {said(held, batch.item)} in the books already: nothing to change.", field="counted")
    side = {"to_location": place} if counted > held else {"from_location": place}
    return write(batch.item, batch.pk, Kind.ADJUSTED, abs(counted - held), by=by, reason=text, **side)


@verb
def waste(
    batch_id: UUID, location_id: UUID, quantity: Decimal, reason: str, *, source: Source | None = None, by: Actor
) -> Movement:
    """Write down what was broken, dropped or left over and thrown away; `source`, in which case or session."""
    place = place_of(location_id, by=by, permission=ISSUE, do="write off stock")
    batch = queries.batch(batch_id, seen_by=by)
    amount = rules.quantity(quantity, step=batch.item.step, unit=batch.item.unit)
    return write(
        batch.item, batch.pk, Kind.WASTED, amount, by=by, from_location=place, reason=why(reason), **paper_of(source)
    )


@verb
def send_back(
    batch_id: UUID, location_id: UUID, quantity: Decimal, reason: str, *, supplier: str = "", reference: str = "",
    by: Actor,
) -> Movement:  # fmt: skip
    """Send stock back to its supplier, also what is locked away or called back; `reference`, the paper it goes with."""
    place = place_of(location_id, by=by, permission=MANAGE, do="send stock back")
    batch = queries.batch(batch_id, seen_by=by)
    amount = rules.quantity(quantity, step=batch.item.step, unit=batch.item.unit)
    return write(
        batch.item, batch.pk, Kind.SENT_BACK, amount, by=by, from_location=place, reason=why(reason),
        supplier=supplier.strip()[:120], reference=reference.strip()[:60],
    )  # fmt: skip


@verb
def write_off_expired(batch_id: UUID, location_id: UUID, *, by: Actor) -> Movement:
    """Take what has expired off its shelf, all of it."""
    place = place_of(location_id, by=by, permission=MANAGE, do="write off stock")
    batch = queries.batch(batch_id, seen_by=by)
    row = Balance.objects.select_for_update().filter(batch=batch, location=place, quantity__gt=0).first()
    if row is None:
        raise Clash("Nothing of this batch stands here any more.")
    return write(batch.item, batch.pk, Kind.EXPIRED, row.quantity, by=by, from_location=place)


@verb
def quarantine(batch_id: UUID, reason: str, *, by: Actor) -> Batch:
    """Lock a batch away: from now on none of it leaves to a patient, and what was reserved of it is not any more."""
    queries.batch(batch_id, seen_by=by)
    by.must(MANAGE, do="lock stock away")
    give_free(Reservation.objects.filter(batch_id=batch_id, unit=None), why(reason), by=by)
    return _step(batch_id, "quarantine", reason, by)


@verb
def release_batch(batch_id: UUID, reason: str, *, by: Actor) -> Batch:
    """Let a batch be used again."""
    return _step(batch_id, "release", reason, by)


def _step(batch_id: UUID, name: str, reason: str, by: Actor) -> Batch:
    queries.batch(batch_id, seen_by=by)
    batch = Batch.objects.select_for_update(of=("self",)).select_related("item").get(pk=batch_id)
    promised = Clash("Some of it was reserved at this moment. Lock it away again.")
    with refusing({**REFUSALS, "inventory_batch_promised": promised}):
        BATCH.move(batch, name, by=by, reason=reason)
    return batch


def batch_of(item: Item, number: str, expires_on: date | None, *, by: Actor) -> Batch:
    """The batch of this number, made when it is new; two deliveries at once make it once."""
    if item.needs_batch and not number:
        raise REFUSALS["inventory_batch_numbered"]
    if item.needs_expiry and expires_on is None:
        raise REFUSALS["inventory_batch_expires"]
    if len(number) > 40:
        raise Invalid("A batch number has at most 40 characters.", field="number")
    number = number if item.needs_batch else ""
    known = Batch.objects.filter(item=item, number=number).first()
    if known is None:
        born = Batch(organization_id=by.organization_id, item=item, number=number, expires_on=expires_on)
        try:
            with refusing({**REFUSALS, "inventory_batch_number_once": NotFound("Somebody was quicker.")}):
                return BATCH.born(born, name="received")  # type: ignore[no-any-return]
        except NotFound:
            known = Batch.objects.get(item=item, number=number)
    if known.expires_on != expires_on and (item.needs_batch or expires_on is not None):
        there = f"{known.expires_on:%d %b %Y}" if known.expires_on else "no expiry"
        raise Invalid(f"Batch {number} is in the books with {there}. Look at the pack again.", field="expires_on")
    return known
