"""Loading what a verb changes: scope, 404 and row lock in one query. Locks are taken bill first, then payment."""

from typing import Any
from uuid import UUID

from kalon.billing import queries
from kalon.billing.lifecycles import OPEN_BILL
from kalon.billing.models import Bill, Payment, Refund
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.lookup import one

# What the database works out when something under a row changes.
DERIVED = {
    Bill: (
        "status",
        "status_at",
        "discount",
        "taxable",
        "cgst",
        "sgst",
        "igst",
        "total",
        "allocated",
        "credited",
        "written_off",
    ),
    Payment: ("status", "status_at", "allocated", "refunding", "refunded"),
}


def locked_bill(pk: UUID, *, by: Actor) -> Bill:
    """The bill, held until the transaction ends."""
    bill = one(queries.bills(seen_by=by).select_for_update(of=("self",)).filter(pk=pk))
    if bill is None:
        raise NotFound("There is no such bill.")
    return bill


def hold_bills_of_plan(plan_id: UUID, *, by: Actor) -> None:
    """Hold the open bills of a plan, before the money that is about to go on them takes its number."""
    open_ones = queries.bills(seen_by=by).filter(status__in=OPEN_BILL, lines__plan_id=plan_id).values("pk")
    rows = queries.bills(seen_by=by).select_for_update(of=("self",)).filter(pk__in=open_ones).order_by("pk")
    list(rows.values_list("pk"))


def locked_payment(pk: UUID, *, by: Actor) -> Payment:
    """The payment, held until the transaction ends."""
    payment = one(queries.payments(seen_by=by).select_for_update(of=("self",)).filter(pk=pk))
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment


def locked_refund(pk: UUID, *, by: Actor) -> Refund:
    """The refund, held until the transaction ends, after its payment."""
    refund = one(queries.refunds(seen_by=by).filter(pk=pk))
    if refund is None:
        raise NotFound("There is no such refund.")
    locked_payment(refund.payment_id, by=by)
    return queries.refunds(seen_by=by).select_for_update(of=("self",)).get(pk=pk)


def count_again(row: Any) -> None:
    """Read what the database worked out for a bill or payment; everything else stays as it was loaded."""
    row.refresh_from_db(fields=DERIVED[type(row)])
