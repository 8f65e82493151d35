"""Under a figure: the postings it is the sum of, each with the bill or the payment it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from kalon.billing import queries as billing
from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotFound
from kalon.kernel.money import ZERO
from kalon.ledger import queries as ledger
from kalon.reports.queries.access import must_see
from kalon.reports.queries.dimensions import DIMENSIONS
from kalon.reports.queries.engine import NO_KEY, Asked, named, names_of
from kalon.reports.rules import Report

KINDS = {
    "BILL": "Bill", "PAYMENT": "Payment", "ALLOCATION": "Put on a bill", "CREDIT_NOTE": "Credit note",
    "WRITE_OFF": "Written off", "REFUND": "Paid back", "DEPOSIT_FREED": "Deposit freed",
}  # fmt: skip
BY_DAY, BY_ID = "day", ("account", "plan_type")


@dataclass(frozen=True, slots=True)
class Moved:
    """A bill or a payment that a posting comes from."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One posting as people read it."""

    date: date
    entry: int
    kind: str
    account: str
    source: Moved | None
    by: str
    debit: Decimal
    credit: Decimal


def postings_of(asked: Asked, wanted: Report | None = None, key: str = "", *, seen_by: Actor) -> "QuerySet[Any]":
    """The postings of some days; with a report and a key those that one of its rows is the sum of."""
    must_see(asked.branch_id, seen_by)
    since, until = asked.period.since, asked.period.until
    if wanted is None:
        return ledger.postings_between(since, until, branch_id=asked.branch_id, seen_by=seen_by)
    if wanted.is_standing:
        since, until = date.min, date.max
    rows = ledger.postings_between(since, until, *wanted.accounts, branch_id=asked.branch_id, seen_by=seen_by)
    if not key:
        return rows
    return rows.annotate(key=DIMENSIONS[wanted.by].of(seen_by)).filter(**_holding(wanted, key))


def shown(postings: Sequence[Any], *, seen_by: Actor) -> list[Movement]:
    """Postings with their source by name, in three statements however many."""
    bills = {
        one.pk: Moved(f"Bill {one.number}", reverse("billing:bill", args=[one.pk]))
        for one in billing.bills(seen_by=seen_by)
        .select_related(None).only("id", "number").filter(pk__in={row.bill_id for row in postings if row.bill_id})
    }  # fmt: skip
    paid = {row.payment_id for row in postings if row.payment_id}
    payments = {
        one.pk: Moved(f"Receipt {one.receipt_number}", reverse("billing:payment", args=[one.pk]))
        for one in billing.payments(seen_by=seen_by)
        .select_related(None).only("id", "receipt_number").filter(pk__in=paid)
    }  # fmt: skip
    return [
        Movement(
            row.date, row.entry_id, KINDS.get(row.entry.kind, row.entry.kind.replace("_", " ").capitalize()),
            row.get_account_display(), bills.get(row.bill_id) or payments.get(row.payment_id), row.entry.by_name,
            row.debit, row.credit,
        )
        for row in postings
    ]  # fmt: skip


def _holding(wanted: Report, key: str) -> dict[str, Any]:
    if key == NO_KEY:
        return {"key__isnull": True}
    try:
        if wanted.by == BY_DAY:
            return {"key": date.fromisoformat(key)}
        return {"key": key if wanted.by in BY_ID else UUID(key)}
    except ValueError:
        raise NotFound("There is no such row. Go back to the report.") from None


def label_of(wanted: Report, key: str, *, seen_by: Actor) -> str:
    """How the row of a key is called."""
    (value,) = _holding(wanted, key).values()
    if key == NO_KEY:
        return DIMENSIONS[wanted.by].none
    return named(wanted, value, names_of(wanted, [value], seen_by=seen_by)).text


def sides(postings: "QuerySet[Any]") -> tuple[Decimal, Decimal]:
    """The debits and the credits of postings, each summed."""
    found = postings.order_by().aggregate(
        debit=Coalesce(Sum("amount", filter=Q(amount__gt=0)), ZERO),
        credit=Coalesce(Sum("amount", filter=Q(amount__lt=0)), ZERO),
    )
    return found["debit"], -found["credit"]
