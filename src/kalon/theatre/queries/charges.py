"""What an operation left to be billed: its price is the quote's, what was used beyond the plan is charged by itself."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, Sum, When

from kalon.billing.queries.charges import Charge
from kalon.inventory import queries as stock
from kalon.inventory.lifecycles import ReservationStatus
from kalon.kernel import actors
from kalon.kernel.actors import Actor
from kalon.quotes import queries as quotes
from kalon.quotes.lifecycles import Section
from kalon.theatre import rules
from kalon.theatre.lifecycles import CaseStatus
from kalon.theatre.models import Case as Operation
from kalon.theatre.queries.cases import cases

IMPLANT = "IMPLANT"


def operated(visit: Any, by: Actor) -> Sequence[Charge]:
    """What was used beyond the plan in the cases of a visit; the desk sees what and how much, not why."""
    till = actors.system("tills", by.organization_id)
    if visit.kind != "SURGERY":
        return []
    done = cases(seen_by=till).filter(reservation__appointment_id=visit.pk, status=CaseStatus.COMPLETED)
    return [charge for found in done for charge in used_beyond(found, seen_by=till)]


def used_beyond(found: Operation, *, seen_by: Actor) -> list[Charge]:
    """What a case used beyond kit and reservations of its plan, at the store's price; what costs nothing is left out.

    A part of the accepted price (implants, materials) of which nothing was counted beforehand includes all of it.
    """
    moved = list(stock.used_for(f"case:{found.pk}", seen_by=seen_by).select_related("item", "batch", "unit"))
    back = {row.returns_id: Decimal(0) for row in moved if row.returns_id}
    for row in moved:
        if row.returns_id:
            back[row.returns_id] += row.quantity
    rows = {row.pk: row for row in moved if row.kind == "ISSUED"}
    used = [
        rules.Used(row.pk, row.item_id, row.quantity - back.get(row.pk, Decimal(0)), _part(row.item))
        for row in rows.values()
    ]
    foreseen, counted = _foreseen(found, seen_by=seen_by)
    covered = _in_the_price(found, seen_by=seen_by) - counted
    return [
        _charge(found, rows[one.movement_id], quantity)
        for one, quantity in rules.beyond(used, foreseen, covered)
        if rows[one.movement_id].item.price
    ]


def _part(item: Any) -> str:
    return str(Section.IMPLANTS if item.kind == IMPLANT else Section.CONSUMABLES)


def _foreseen(found: Operation, *, seen_by: Actor) -> tuple[dict[UUID, Decimal], set[str]]:
    """How much of each item kit and earlier reservations of the plan counted, and of which parts anything."""
    kit = stock.kit_of_plan(found.plan_id, seen_by=seen_by)
    counted = {line.item_id: amount for line, amount in kit}
    parts = {_part(line.item) for line, _ in kit}
    kept = stock.reservations(seen_by=seen_by).filter(plan_id=found.plan_id, created_at__lt=found.in_at)
    total = Sum(Case(When(status=ReservationStatus.RELEASED, then="used"), default="quantity"))
    for row in kept.values("item_id", "item__kind").annotate(total=total).order_by("item_id"):
        counted[row["item_id"]] = max(row["total"], counted.get(row["item_id"], Decimal(0)))
        parts.add(str(Section.IMPLANTS if row["item__kind"] == IMPLANT else Section.CONSUMABLES))
    return counted, parts


def _in_the_price(found: Operation, *, seen_by: Actor) -> set[str]:
    accepted = quotes.accepted_for(found.plan_id, seen_by=seen_by)
    return {line.section for line in quotes.agreed_lines(accepted)} if accepted else set()


def _charge(found: Operation, row: Any, quantity: Decimal) -> Charge:
    which = f"serial {row.unit.serial}" if row.unit_id else f"lot {row.batch}"
    return Charge(
        source=f"usage:{row.pk}",
        description=row.item.name,
        note=f"{found.number}, beyond what was planned: {quantity.normalize():f} {row.item.unit}, {which}"[:200],
        quantity=quantity,
        unit_price=row.item.price,
        tax_code=row.item.tax_code,
        hsn_sac=row.item.hsn,
        doctor_id=found.surgeon_id,
        plan_id=found.plan_id,
    )
