"""Balances, the movements they come from, and the proof that the two agree."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, QuerySet

from kalon.inventory.events import Issued, Source
from kalon.inventory.lifecycles import VIEW
from kalon.inventory.models import Balance, Batch, Location, Movement
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one

DO = "see what is in stock"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A balance that is not the sum of its movements."""

    location_id: UUID
    batch_id: UUID
    said: Decimal
    counted: Decimal


def shelves(*, seen_by: Actor, branch_id: UUID | None = None) -> "QuerySet[Balance]":
    """What stands where, first to expire first: every batch at every place that holds some of it."""
    seen_by.must(VIEW, do=DO)
    found = Balance.objects.filter(organization_id=seen_by.organization_id, quantity__gt=0)
    if branch_id:
        found = found.filter(location__branch_id=branch_id)
    return found.select_related("batch", "item", "location__branch").order_by(
        F("batch__expires_on").asc(nulls_last=True), "batch_id", "location_id"
    )


def balance(pk: UUID | str, *, seen_by: Actor) -> Balance:
    """One batch at one place."""
    seen_by.must(VIEW, do=DO)
    found = Balance.objects.filter(organization_id=seen_by.organization_id, pk=pk)
    row = found.select_related("batch", "item", "location__branch").first()
    if row is None:
        raise NotFound("There is no such batch at this place. It may belong to another clinic.")
    return row


def expiring(*, branch_id: UUID, until: date, seen_by: Actor) -> "QuerySet[Balance]":
    """What a branch holds that expires by a day, the expired in front."""
    return shelves(seen_by=seen_by, branch_id=branch_id).filter(batch__expires_on__lte=until)


def movements(*, seen_by: Actor, item_id: UUID | None = None) -> "QuerySet[Movement]":
    """What moved, the latest first; of one item or all."""
    seen_by.must(VIEW, do=DO)
    found = Movement.objects.filter(organization_id=seen_by.organization_id)
    if item_id:
        found = found.filter(item_id=item_id)
    return found.select_related("item", "batch", "from_location", "to_location", "patient").order_by(
        "-created_at", "-id"
    )


def movement(pk: UUID | str, *, seen_by: Actor) -> Movement:
    """One movement."""
    found = one(movements(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such movement. It may belong to another clinic.")
    return found


def receipt_of(unit_id: UUID, *, seen_by: Actor) -> Movement:
    """The movement by which a piece came."""
    return movements(seen_by=seen_by).get(unit_id=unit_id, kind=Movement.Kind.RECEIVED)


def supplier_of(batch_id: UUID, *, seen_by: Actor) -> str:
    """From whom a batch last came, as the delivery said it; empty where it said nothing."""
    came = movements(seen_by=seen_by).filter(batch_id=batch_id, kind=Movement.Kind.RECEIVED).exclude(supplier="")
    return came.order_by("-created_at").values_list("supplier", flat=True).first() or ""


def movements_of(source: Source, *, seen_by: Actor) -> "QuerySet[Movement]":
    """What was issued for a paper (a chart, a prescription) and what came back of it, the earliest first."""
    found = movements(seen_by=seen_by).filter(source_kind=source.kind, source_id=source.id)
    return found.order_by("created_at", "id")


def as_issued(row: Movement, batch: Batch, place: Location, *, by: Actor) -> Issued:
    """A movement to a patient as the fact that is announced of it."""
    assert row.patient_id is not None and row.source_id is not None
    return Issued(
        movement_id=row.pk, item_id=row.item_id, batch_id=row.batch_id, batch_number=batch.number,
        expires_on=batch.expires_on, quantity=row.quantity, location_id=place.pk, branch_id=place.branch_id,
        patient_id=row.patient_id, organization_id=row.organization_id, source=Source(row.source_kind, row.source_id),
        by=by,
    )  # fmt: skip


def mismatches(*, seen_by: Actor) -> list[Mismatch]:
    """The proof of the balances: every one that is not the sum of its movements. Empty, always."""
    counted: dict[tuple[UUID, UUID], Decimal] = defaultdict(Decimal)
    ledger = movements(seen_by=seen_by).order_by().select_related(None)
    for batch_id, out, into, quantity in ledger.values_list(
        "batch_id", "from_location_id", "to_location_id", "quantity"
    ).iterator():
        if out:
            counted[out, batch_id] -= quantity
        if into:
            counted[into, batch_id] += quantity
    said = {
        (row.location_id, row.batch_id): row.quantity
        for row in Balance.objects.filter(organization_id=seen_by.organization_id)
    }
    return [
        Mismatch(place, batch, said.get((place, batch), Decimal(0)), counted[place, batch])
        for place, batch in sorted({*counted, *said})
        if said.get((place, batch), Decimal(0)) != counted[place, batch]
    ]
