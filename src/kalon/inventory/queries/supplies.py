"""What a plan takes out of the store, how much of it is put aside, what is missing, and where there is more of it.

from kalon.inventory.queries import supplies

supplies.add_days(days_of)  # the context that knows the day of an operation says so
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from kalon.inventory.lifecycles import VIEW, BatchStatus, ReservationStatus, UnitStatus
from kalon.inventory.models import Balance, Item, KitLine, Reservation, SerialUnit
from kalon.inventory.queries.reserved import fit_on, reservations
from kalon.kernel.actors import Actor
from kalon.plans import queries as plans

NONE = Decimal(0)
LISTED = 8  # pieces offered on a page
Days = Callable[[Iterable[UUID], UUID], Mapping[UUID, date]]
_days: list[Days] = []


@dataclass(frozen=True, slots=True)
class Supply:
    """One item that a plan takes: how much, how much of that is put aside or used, and what is free to take."""

    item: Item
    needed: Decimal
    there: Decimal
    need: str
    free: Decimal = NONE  # at the place that was asked for
    elsewhere: Decimal = NONE  # at the other places of the branch

    @property
    def missing(self) -> Decimal:
        return max(self.needed - self.there, NONE)

    @property
    def is_required(self) -> bool:
        return self.need == KitLine.Need.REQUIRED


@dataclass(frozen=True, slots=True)
class Supplies:
    """All that one plan takes; `implants` are the pieces with serials that its lines name, and those put aside."""

    plan: Any
    day: date | None
    rows: list[Supply]
    implants: int
    implants_there: int
    choices: tuple[str, ...] = ()
    held: list[Reservation] = field(default_factory=list)

    @property
    def implants_missing(self) -> int:
        return max(self.implants - self.implants_there, 0)

    @property
    def short(self) -> list[Supply]:
        return [row for row in self.rows if row.missing]

    @property
    def is_complete(self) -> bool:
        """Whether the operation could begin with what is put aside."""
        return not self.implants_missing and not any(row.is_required for row in self.short)


def add_days(ask: Days) -> None:
    """Have a context above say on which day plans are operated."""
    if ask not in _days:
        _days.append(ask)


def plans_to_supply(*, seen_by: Actor) -> "QuerySet[Any]":
    """The plans of a clinic that take something out of the store, the latest first."""
    seen_by.must(VIEW, do="see what is reserved")
    kits = KitLine.objects.filter(organization_id=seen_by.organization_id).values("procedure_id")
    held = Reservation.objects.filter(organization_id=seen_by.organization_id, status=ReservationStatus.HELD)
    takes = Q(lines__entry__takes_implant=True) | Q(lines__entry__in=kits) | Q(pk__in=held.values("plan_id"))
    return plans.to_supply(seen_by=seen_by).filter(takes).order_by("-id")


def supplies_of(plan_id: UUID, *, on_day: date | None = None, place_id: UUID | None = None, seen_by: Actor) -> Supplies:
    """What one plan takes; with what is free for its day at a place and at the others of its branch."""
    seen_by.must(VIEW, do="see what is reserved")
    plan = plans.supplied(plan_id, seen_by=seen_by)
    found = supplies_of_all([plan], on_day=on_day, seen_by=seen_by)[0]
    free = _free([row.item.pk for row in found.rows], plan.branch_id, found.day)
    rows = []
    for row in found.rows:
        by_place = free[row.item.pk]
        here = by_place.get(place_id, NONE) if place_id else NONE
        rows.append(Supply(row.item, row.needed, row.there, row.need, here, sum(by_place.values(), NONE) - here))
    held = reservations(seen_by=seen_by).filter(plan_id=plan.pk, status=ReservationStatus.HELD)
    return Supplies(
        plan, found.day, rows, found.implants, found.implants_there, found.choices, list(held.order_by("item__name"))
    )


def supplies_of_all(found: list[Any], *, on_day: date | None = None, seen_by: Actor) -> list[Supplies]:
    """What each of these plans takes, in a handful of questions for all of them."""
    keys = [plan.pk for plan in found]
    lines = plans.lines_of_all(keys)
    kits: dict[UUID, list[KitLine]] = defaultdict(list)
    entries = {line.entry_id for rows in lines.values() for line in rows if line.entry_id}
    for part in KitLine.objects.filter(
        organization_id=seen_by.organization_id, procedure_id__in=entries
    ).select_related("item"):
        kits[part.procedure_id].append(part)
    days = {key: day for ask in _days for key, day in ask(keys, seen_by.organization_id).items()}
    there, pieces, until = _put_aside(keys, on_day)
    made = []
    for plan in found:
        own = lines.get(plan.pk, [])
        day = on_day or days.get(plan.pk) or until.get(plan.pk)
        choices = tuple(dict.fromkeys(line.implant_choice for line in own if line.implant_choice))
        made.append(
            Supplies(plan, day, _rows(own, kits, there, plan.pk), _implants(own), pieces.get(plan.pk, 0), choices)
        )
    return made


def pieces_for(found: Supplies, *, place_id: UUID | None, seen_by: Actor) -> list[SerialUnit]:
    """The pieces of a plan's kit that can be put aside for its day, first to expire first; the place comes first."""
    wanted = [row.item.pk for row in found.short if row.item.needs_serial]
    if not wanted or found.day is None:
        return []
    rows = SerialUnit.objects.filter(
        Q(batch__expires_on=None) | Q(batch__expires_on__gte=found.day), organization_id=seen_by.organization_id,
        item_id__in=wanted, status=UnitStatus.IN_STOCK, batch__status=BatchStatus.AVAILABLE,
        location__branch_id=found.plan.branch_id,
    ).select_related("item", "batch", "location")  # fmt: skip
    ordered = list(rows.order_by(F("batch__expires_on").asc(nulls_last=True), "serial", "pk")[: LISTED * 4])
    return sorted(ordered, key=lambda one: one.location_id != place_id)[:LISTED]


def _rows(
    lines: list[Any], kits: Mapping[UUID, list[KitLine]], there: Mapping[Any, Decimal], key: UUID
) -> list[Supply]:
    needed: dict[UUID, Decimal] = defaultdict(Decimal)
    parts: dict[UUID, KitLine] = {}
    for line in lines:
        for part in kits.get(line.entry_id, []):
            needed[part.item_id] += part.quantity * line.quantity
            if part.item_id not in parts or part.need == KitLine.Need.REQUIRED:
                parts[part.item_id] = part
    ordered = sorted(parts.values(), key=lambda part: (part.need != KitLine.Need.REQUIRED, part.item.name))
    return [
        Supply(part.item, needed[part.item_id], there.get((key, part.item_id), NONE), part.need) for part in ordered
    ]


def _implants(lines: list[Any]) -> int:
    """One piece for each side of what takes an implant, as the clearance counts them."""
    return int(
        sum(
            max(line.quantity, 2 if line.side == "BOTH" else 1)
            for line in lines
            if line.entry and line.entry.takes_implant
        )
    )


def _put_aside(
    keys: list[UUID], on_day: date | None
) -> tuple[dict[tuple[UUID, UUID], Decimal], dict[UUID, int], dict[UUID, date]]:
    """Of each plan: how much of each item is put aside or used, how many pieces, and for which day."""
    rows = Reservation.objects.filter(plan_id__in=keys)
    fit = Q(status=ReservationStatus.HELD, batch__status=BatchStatus.AVAILABLE) & fit_on(on_day)
    is_there = fit | Q(status=ReservationStatus.USED)
    there: dict[tuple[UUID, UUID], Decimal] = defaultdict(Decimal)
    pieces: dict[UUID, int] = defaultdict(int)
    until: dict[UUID, date] = {}
    for plan_id, item_id, unit_id, quantity, day in rows.filter(is_there).values_list(
        "plan_id", "item_id", "unit_id", "quantity", "needed_on"
    ):
        there[plan_id, item_id] += quantity
        pieces[plan_id] += unit_id is not None
        until[plan_id] = max(day, until.get(plan_id, day))
    for plan_id, item_id, used in rows.exclude(is_there).filter(used__gt=0).values_list("plan_id", "item_id", "used"):
        there[plan_id, item_id] += used
    return there, pieces, until


def _free(items: list[UUID], branch_id: UUID, day: date | None) -> dict[UUID, dict[UUID, Decimal]]:
    """What can be put aside of each item for a day, by place."""
    rows = Balance.objects.filter(
        item_id__in=items, location__branch_id=branch_id, batch__status=BatchStatus.AVAILABLE, quantity__gt=F("held")
    )
    if day:
        rows = rows.filter(Q(batch__expires_on=None) | Q(batch__expires_on__gte=day))
    found: dict[UUID, dict[UUID, Decimal]] = defaultdict(dict)
    for item_id, place_id, spare in rows.values_list("item_id", "location_id").annotate(
        spare=Sum(F("quantity") - F("held"))
    ):
        found[item_id][place_id] = spare
    return found
