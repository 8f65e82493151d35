"""Deposits: money paid towards a plan, and the bills of that plan which it may pay."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet, Sum

from kalon.billing.lifecycles import OPEN_BILL, RECEIVED
from kalon.billing.models import Bill, BillLine, Payment
from kalon.billing.queries.bills import ON_ACCOUNT, bills, payment, payments, with_paid
from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO


def held_for_plan(plan_id: UUID, *, seen_by: Actor) -> Decimal:
    """What was paid towards a plan and not paid back: its deposits, on a bill by now or not."""
    paid = payments(seen_by=seen_by).filter(plan_id=plan_id, status__in=RECEIVED)
    sums = paid.aggregate(sum=Sum(F("amount") - F("refunding") - F("refunded")))
    return sums["sum"] or ZERO


def deposits_for(bill_id: UUID, *, seen_by: Actor) -> "QuerySet[Payment]":
    """The deposits that still hold money for a plan that a bill bills, oldest first."""
    plans = BillLine.objects.filter(bill_id=bill_id, plan__isnull=False).values("plan_id")
    rows = payments(seen_by=seen_by).filter(plan_id__in=plans, status__in=RECEIVED)
    return rows.annotate(free=ON_ACCOUNT).filter(free__gt=0).order_by("received_at", "id")


def open_bills_for(payment_id: UUID, *, seen_by: Actor) -> list[UUID]:
    """The open bills with lines of the plan that a deposit was paid for, oldest first."""
    plan_id = payment(payment_id, seen_by=seen_by).plan_id
    if plan_id is None:
        return []
    rows = bills(seen_by=seen_by).filter(status__in=OPEN_BILL, lines__plan_id=plan_id).distinct()
    return list(rows.order_by("finalized_at", "id").values_list("pk", flat=True))


def lines_for(paid: Payment, bill: Bill) -> "QuerySet[Any]":
    """The lines a payment may be put on, each with what is paid of it: a deposit only on those of its plan."""
    lines = with_paid(BillLine.objects.filter(bill=bill)).order_by("-payer", "position")
    return lines.filter(plan_id=paid.plan_id) if paid.plan_id else lines


def owed_to(paid: Payment, bill: Bill) -> Decimal:
    """How much of what a bill owes this payment may pay."""
    if not paid.plan_id:
        return bill.owed
    return min(bill.owed, sum((line.total - line.paid for line in lines_for(paid, bill)), ZERO))
