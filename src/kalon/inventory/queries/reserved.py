"""What is put aside for whom, what was used of it, and what is left for everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from kalon.inventory.events import Source
from kalon.inventory.lifecycles import VIEW, BatchStatus, ReservationStatus, UnitStatus
from kalon.inventory.models import Balance, KitLine, Movement, Reservation, SerialUnit
from kalon.inventory.queries.ledger import movements_of
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.plans import queries as plans

DO = "see what is reserved"
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Short:
    """What a plan takes and is not put aside for it, in the item's unit of stock."""

    item_id: UUID
    name: str
    unit: str
    missing: Decimal
    need: str

    @property
    def is_required(self) -> bool:
        return self.need == KitLine.Need.REQUIRED


def reservations(*, seen_by: Actor) -> "QuerySet[Reservation]":
    """Everything that was ever put aside, by the day it is needed."""
    seen_by.must(VIEW, do=DO)
    found = Reservation.objects.filter(organization_id=seen_by.organization_id)
    return found.select_related("item", "batch", "unit", "location__branch", "plan", "patient").order_by(
        "needed_on", "created_at", "pk"
    )


def reservation(pk: UUID, *, seen_by: Actor) -> Reservation:
    """One thing put aside."""
    found = one(reservations(seen_by=seen_by).filter(pk=pk))
    if found is None:
        raise NotFound("There is no such reservation.")
    return found


def reserved_for(source: Source | str, *, seen_by: Actor) -> "QuerySet[Reservation]":
    """What is put aside for a plan, a case or a session, and is not all used. A plan's has what its cases hold."""
    return reservations(seen_by=seen_by).filter(of_paper(Source.read(source)), status=ReservationStatus.HELD)


def of_paper(paper: Source, plan_id: UUID | None = None) -> Q:
    """What was put aside for a paper, or for the plan it belongs to."""
    own = Q(source_kind=paper.kind, source_id=paper.id)
    plan_id = paper.id if paper.kind == "plan" else plan_id
    return own | Q(plan_id=plan_id) if plan_id else own


def used_for(source: Source | str, *, seen_by: Actor) -> "QuerySet[Movement]":
    """What was used for a case or a session, and what came back of it, the earliest first."""
    return movements_of(Source.read(source), seen_by=seen_by)


def available(item_id: UUID, location_id: UUID, on_date: date, *, seen_by: Actor) -> Decimal:
    """How much of an item a place can put aside for a day: not promised, not locked away, not expired by then."""
    seen_by.must(VIEW, do=DO)
    rows = free_on(item_id, location_id, on_date).filter(organization_id=seen_by.organization_id)
    found: Decimal | None = rows.aggregate(free=Sum(F("quantity") - F("held")))["free"]
    return found or NONE


def free_on(item_id: UUID, location_id: UUID, on_date: date) -> "QuerySet[Balance]":
    """The balances of which something can be put aside for a day, first to expire first."""
    rows = Balance.objects.filter(
        Q(batch__expires_on=None) | Q(batch__expires_on__gte=on_date),
        item_id=item_id, location_id=location_id, batch__status=BatchStatus.AVAILABLE, quantity__gt=F("held"),
    )  # fmt: skip
    return rows.select_related("batch", "location").order_by(
        F("batch__expires_on").asc(nulls_last=True), "batch_id", "location_id"
    )


def free_units(item_id: UUID, location_id: UUID, on_date: date) -> "QuerySet[SerialUnit]":
    """The pieces that can be put aside for a day, first to expire first."""
    return (
        SerialUnit.objects.filter(
            Q(batch__expires_on=None) | Q(batch__expires_on__gte=on_date),
            item_id=item_id, location_id=location_id, status=UnitStatus.IN_STOCK, batch__status=BatchStatus.AVAILABLE,
        )
        .select_related("item", "batch", "location__branch")
        .order_by(F("batch__expires_on").asc(nulls_last=True), "serial", "pk")
    )  # fmt: skip


def kit(procedure_id: UUID, *, seen_by: Actor) -> "QuerySet[KitLine]":
    """What a procedure takes out of the store."""
    seen_by.must(VIEW, do=DO)
    return KitLine.objects.filter(organization_id=seen_by.organization_id, procedure_id=procedure_id).select_related(
        "item"
    )


def kit_of_plan(plan_id: UUID, *, seen_by: Actor) -> list[tuple[KitLine, Decimal]]:
    """What the procedures of a plan take together, item by item in the order in which items are taken."""
    lines = plans.lines_of(plans.supplied(plan_id, seen_by=seen_by))
    times = {line.entry_id: NONE for line in lines if line.entry_id}
    for line in lines:
        if line.entry_id:
            times[line.entry_id] += line.quantity
    found: dict[UUID, tuple[KitLine, Decimal]] = {}
    rows = KitLine.objects.filter(organization_id=seen_by.organization_id, procedure_id__in=times)
    for row in rows.select_related("item").order_by("need", "pk"):
        kept, so_far = found.get(row.item_id, (row, NONE))
        if row.need == KitLine.Need.REQUIRED:
            kept = row
        found[row.item_id] = (kept, so_far + row.quantity * times[row.procedure_id])
    return [found[item] for item in sorted(found)]


def short_of(plan_id: UUID, *, on_day: date | None = None, seen_by: Actor) -> list[Short]:
    """What a plan takes and is neither put aside for it nor used; empty when everything is there."""
    wanted = kit_of_plan(plan_id, seen_by=seen_by)
    there = put_aside(plan_id, (line.item_id for line, _ in wanted), on_day=on_day)
    return [
        Short(line.item_id, line.item.name, line.item.unit, amount - there.get(line.item_id, NONE), line.need)
        for line, amount in wanted
        if amount > there.get(line.item_id, NONE)
    ]


def put_aside(plan_id: UUID, item_ids: Iterable[UUID], *, on_day: date | None = None) -> dict[UUID, Decimal]:
    """How much of each item is put aside for a plan, fit to be used on its day, or was used from that."""
    rows = Reservation.objects.filter(plan_id=plan_id, item_id__in=list(item_ids))
    fit = Q(status=ReservationStatus.HELD, batch__status=BatchStatus.AVAILABLE) & fit_on(on_day)
    held = rows.filter(fit | Q(status=ReservationStatus.USED)).values_list("item_id").annotate(total=Sum("quantity"))
    used = rows.exclude(fit | Q(status=ReservationStatus.USED)).values_list("item_id").annotate(total=Sum("used"))
    found = dict(held.order_by())
    for item_id, total in used.order_by():
        found[item_id] = found.get(item_id, NONE) + total
    return found


def fit_on(on_day: date | None) -> Q:
    """What has not expired by a day; by the day it was put aside for, where none is said."""
    return Q(batch__expires_on=None) | Q(batch__expires_on__gte=on_day or F("needed_on"))
