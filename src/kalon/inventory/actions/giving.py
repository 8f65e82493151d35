"""Stock that leaves for a patient, first expired first out, and stock that comes back."""

from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.db.models import F, Q

from kalon.inventory import queries, rules
from kalon.inventory.actions.writing import place_of, said, why, write
from kalon.inventory.events import Issued, Returned, Source
from kalon.inventory.lifecycles import ISSUE, BatchStatus
from kalon.inventory.models import Balance, Batch, Item, Location, Movement
from kalon.kernel import events
from kalon.kernel.actors import Actor
from kalon.kernel.errors import Clash, IllegalMove, Invalid
from kalon.kernel.tenancy import verb

DO = "take stock for a patient"
FIRST, NAMED = Movement.Pick.FIRST_EXPIRED, Movement.Pick.NAMED


class Shelf(Protocol):
    """Where something is taken from: a balance, or what was put aside of it."""

    batch_id: UUID
    batch: Batch
    location: Location


@verb
def issue(
    item_id: UUID,
    quantity: Decimal,
    *,
    branch_id: UUID,
    patient_id: UUID,
    source: Source,
    location_id: UUID | None = None,
    by: Actor,
) -> list[Issued]:
    """Give a quantity of an item to a patient, from the batches that expire first, in the item's unit of stock.

    Takes it from one place, or from all of the branch. Clash when there is not enough (`available` says how much
    there is); Invalid for a quantity the item is not counted in. Who issues several items in one go does so in
    the order of their ids, so that two people never wait for each other.
    """
    by.must(ISSUE, at=branch_id, do=DO)
    item = queries.item(item_id, seen_by=by)
    wanted = rules.quantity(quantity, step=item.step, unit=item.unit)
    held = free_shelves(item, branch_id=branch_id, location_id=location_id, by=by)
    shares = rules.take(wanted, [row.free for row in held])
    if not shares:
        raise too_little(item, held)
    picked = [(held[share.index], share.quantity) for share in shares]
    return [give(item, row, part, FIRST, patient_id, source, by) for row, part in picked]


@verb
def issue_batch(
    batch_id: UUID,
    quantity: Decimal,
    *,
    branch_id: UUID,
    patient_id: UUID,
    source: Source,
    location_id: UUID | None = None,
    by: Actor,
) -> list[Issued]:
    """Give a quantity of one named batch to a patient: the vial that is on the tray.

    One row per place it was taken from. Refused when the batch has expired, is locked away, or holds less.
    """
    by.must(ISSUE, at=branch_id, do=DO)
    batch = queries.batch(batch_id, seen_by=by)
    item = batch.item
    wanted = rules.quantity(quantity, step=item.step, unit=item.unit)
    if batch.status != BatchStatus.AVAILABLE:
        raise IllegalMove(f"Batch {batch} is locked away and cannot be given to a patient. Take another batch.")
    if rules.expiry_word(batch.expires_on, queries.today_at(branch_id, seen_by=by)) == "expired":
        raise IllegalMove(f"Batch {batch} has expired and cannot be given to a patient. Take another batch.")
    held = free_shelves(item, branch_id=branch_id, location_id=location_id, by=by, batch_id=batch_id)
    shares = rules.take(wanted, [row.free for row in held])
    if not shares:
        raise too_little(item, held, of=f"batch {batch}")
    return [give(item, held[part.index], part.quantity, NAMED, patient_id, source, by) for part in shares]


@verb
def give_back(movement_id: UUID, quantity: Decimal, reason: str, *, by: Actor) -> Movement:
    """What was issued and not used goes back to the shelf it came from; never more than was issued."""
    issued = queries.movement(movement_id, seen_by=by)
    if issued.kind != Movement.Kind.ISSUED or issued.from_location is None or issued.patient_id is None:
        raise Invalid("Only what was given to a patient can be given back.", field="movement")
    by.must(ISSUE, at=issued.from_location.branch_id, do="take stock back")
    amount = rules.quantity(quantity, step=issued.item.step, unit=issued.item.unit)
    source = Source(issued.source_kind, issued.source_id)  # type: ignore[arg-type]
    back = write(
        issued.item, issued.batch_id, Movement.Kind.RETURNED, amount, by=by,
        to_location=issued.from_location, patient_id=issued.patient_id, returns=issued, reason=why(reason),
        source_kind=source.kind, source_id=source.id,
    )  # fmt: skip
    events.announce(
        Returned(back.pk, issued.pk, issued.item_id, issued.batch_id, amount, issued.patient_id,
                 by.organization_id, source, by)
    )  # fmt: skip
    return back


def free_shelves(
    item: Item, *, branch_id: UUID, location_id: UUID | None, by: Actor, batch_id: UUID | None = None
) -> list[Balance]:
    """What can be given now, held for us, in the order in which everybody takes it: first to expire first.

    What is reserved for somebody is not among it.
    """
    if item.needs_serial:
        raise Invalid(f"Each {item.name} has its own serial number. Scan the piece that is used.", field="item")
    today = queries.today_at(branch_id, seen_by=by)
    rows = Balance.objects.filter(
        Q(batch__expires_on=None) | Q(batch__expires_on__gte=today),
        organization_id=by.organization_id, item=item, location__branch_id=branch_id, location__is_active=True,
        batch__status=BatchStatus.AVAILABLE, quantity__gt=F("held"),
    )  # fmt: skip
    if location_id:
        place_of(location_id, by=by, permission=ISSUE, do=DO)
        rows = rows.filter(location_id=location_id)
    if batch_id:
        rows = rows.filter(batch_id=batch_id)
    rows = rows.select_related("batch", "location").select_for_update(of=("self",))
    return list(rows.order_by(F("batch__expires_on").asc(nulls_last=True), "batch_id", "location_id"))


def give(
    item: Item, row: Shelf, quantity: Decimal, pick: str, patient_id: UUID, source: Source, by: Actor, **more: Any
) -> Issued:
    """Write down that so much of a batch left its place for a patient, and announce it."""
    moved = write(
        item, row.batch_id, Movement.Kind.ISSUED, quantity, by=by,
        from_location=row.location, patient_id=patient_id, source_kind=source.kind, source_id=source.id, pick=pick,
        **more,
    )  # fmt: skip
    issued = queries.as_issued(moved, row.batch, row.location, by=by)
    events.announce(issued)
    return issued


def too_little(item: Item, held: list[Balance], *, of: str = "") -> Clash:
    """The refusal that says how much there is."""
    there = sum((row.free for row in held), Decimal(0))
    what = f"{of} of {item.name}" if of else item.name
    sentence = f"Only {said(there, item)} of {what} can be used here." if there else f"There is no {what} to use here."
    return Clash(f"{sentence} Take less, or receive more first.", field="quantity", available=str(there))
