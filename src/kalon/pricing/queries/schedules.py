"""Reading fee schedules and the prices in them."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one
from kalon.pricing.models import FeeItem, FeeSchedule

M = TypeVar("M", bound=Model)


def schedules(*, seen_by: Actor) -> "QuerySet[FeeSchedule]":
    """The clinic's fee schedules by name, with how many prices each holds."""
    rows = mine(FeeSchedule, seen_by).select_related("branch").annotate(prices=Count("items"))
    return rows.order_by("name", "-valid_from", "id")


def schedule(pk: UUID | str, *, seen_by: Actor) -> FeeSchedule:
    """One fee schedule."""
    return found(mine(FeeSchedule, seen_by).select_related("branch"), pk, "fee schedule")


def items(schedule_id: UUID, *, seen_by: Actor) -> "QuerySet[FeeItem]":
    """The prices of a schedule, also those that ended: by name, the latest first."""
    rows = mine(FeeItem, seen_by).filter(schedule_id=schedule_id).select_related("service", "package")
    return rows.order_by("service__name", "package__name", "-valid_from", "id")


def items_of_procedure(procedure: Any, *, seen_by: Actor) -> "QuerySet[FeeItem]":
    """What a procedure costs in each fee schedule, and did: by schedule, the latest first; none when it is not sold."""
    rows = mine(FeeItem, seen_by).filter(service_id=procedure.service_id, service__isnull=False)
    return rows.select_related("schedule__branch", "service").order_by("schedule__name", "-valid_from", "id")


def item(pk: UUID | str, *, seen_by: Actor) -> FeeItem:
    """One price of a schedule."""
    return found(mine(FeeItem, seen_by).select_related("schedule", "service", "package"), pk, "price")


def price_in_force(
    *,
    service_id: UUID | None,
    package_id: UUID | None,
    branch_id: UUID,
    payer: str,
    on: date,
    seen_by: Actor,
) -> FeeItem | None:
    """The price that holds: the insurer's before the one for who pays themselves, the branch's before everybody's.

    None when no fee schedule names the thing: then the catalogue's price holds. In one statement.
    """
    of: dict[str, Any] = {"service_id": service_id, "package_id": package_id}
    rows = mine(FeeItem, seen_by).filter(
        holding(on), holding(on, "schedule__"), Q(schedule__branch=None) | Q(schedule__branch_id=branch_id),
        Q(schedule__payer="") | Q(schedule__payer__iexact=payer), **of,
    )  # fmt: skip
    best = sorted(
        rows.select_related("schedule").order_by(),
        key=lambda row: (row.schedule.payer == "", row.schedule.branch_id is None),
    )
    return best[0] if best else None


def holding(on: date, prefix: str = "") -> Q:
    """Rows that hold on a day."""
    open_end = Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": on})
    return Q(**{f"{prefix}valid_from__lte": on}) & open_end


def mine(model: type[M], seen_by: Actor) -> "QuerySet[M]":
    """The organisation's own rows."""
    return model._default_manager.filter(organization_id=seen_by.organization_id)


def found(rows: "QuerySet[M]", pk: UUID | str, noun: str) -> M:
    """The row, or a refusal that names what is missing."""
    row = one(rows.filter(pk=pk))
    if row is None:
        raise NotFound(f"There is no such {noun}. It may belong to another clinic.")
    return row
