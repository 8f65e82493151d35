"""Reading the books: what stands where, day by day, and the proof that it follows from the postings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from kalon.kernel.actors import Actor
from kalon.kernel.money import ZERO
from kalon.ledger.models import Balance, Entry, Posting
from kalon.ledger.rules import VIEW, Account


def entries(*, seen_by: Actor) -> "QuerySet[Entry]":
    """Every movement of the organisation's money, newest first."""
    seen_by.must(VIEW, do="read the books")
    return Entry.objects.filter(organization_id=seen_by.organization_id).order_by("-id")


def postings(*, seen_by: Actor) -> "QuerySet[Posting]":
    """Every posting of the organisation, in the order it was written."""
    seen_by.must(VIEW, do="read the books")
    return Posting.objects.filter(organization_id=seen_by.organization_id).order_by("id")


def postings_between(
    since: date, until: date, *accounts: str, branch_id: UUID | None = None, seen_by: Actor
) -> "QuerySet[Posting]":
    """The postings of some days, the last one included; of some accounts and a branch where they are named."""
    rows = postings(seen_by=seen_by).filter(date__gte=since, date__lte=until)
    if accounts:
        rows = rows.filter(account__in=accounts)
    return rows.filter(branch_id=branch_id) if branch_id else rows


def balances(*accounts: str, seen_by: Actor) -> "QuerySet[Balance]":
    """What stands open on the accounts that are kept for each patient, oldest first."""
    seen_by.must(VIEW, do="read the books")
    rows = Balance.objects.filter(organization_id=seen_by.organization_id, account__in=accounts)
    return rows.exclude(amount=0).order_by("since", "id")


def balance_of(patient_id: UUID, account: str, *, seen_by: Actor) -> Decimal:
    """What stands on an account for one person, of all their records; what they are owed is below zero."""
    seen_by.must(VIEW, do="read the books")
    rows = Balance.objects.filter(
        organization_id=seen_by.organization_id, account=account, patient_id__in=records_of(patient_id)
    )
    return rows.aggregate(sum=Sum("amount"))["sum"] or ZERO


def totals(since: date, until: date, *, branch_id: UUID | None = None, seen_by: Actor) -> dict[str, Decimal]:
    """What each account moved by in some days."""
    rows = postings_between(since, until, branch_id=branch_id, seen_by=seen_by)
    return dict(rows.order_by().values_list("account").annotate(sum=Sum("amount")))


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is owed since so many days (`until` is None: and longer): how many balances, and how much."""

    since: int
    until: int | None
    count: int
    amount: Decimal


def ageing(account: str, *, on: date, bounds: Sequence[int] = (30, 60, 90, 180), seen_by: Actor) -> list[Bucket]:
    """What stands open on an account by its age in days, youngest first."""
    starts = [0, *(bound + 1 for bound in bounds)]
    ends: list[int | None] = [*bounds, None]
    open_ones = balances(account, seen_by=seen_by).order_by()
    sums: dict[str, Any] = {}
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        ages = Q(since__lte=on - timedelta(days=start)) if number else Q()
        ages &= Q(since__gte=on - timedelta(days=end)) if end is not None else Q()
        sums |= {f"count{number}": Count("id", filter=ages), f"sum{number}": Sum("amount", filter=ages)}
    found = open_ones.aggregate(**sums)
    return [
        Bucket(start, end, found[f"count{number}"], found[f"sum{number}"] or ZERO)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something in the books that does not follow from the postings: there should never be one."""

    what: str
    account: str
    subject: str
    says: Decimal
    counted: Decimal


def proof(*, seen_by: Actor) -> list[Discrepancy]:
    """Count everything again, without trusting a sum: entries that do not balance, balances that do not follow."""
    seen_by.must(VIEW, do="check the books")
    return [*_rows(_UNBALANCED, "entry", seen_by), *_rows(_BALANCES, "balance", seen_by)]


_UNBALANCED = """
SELECT '', entry_id::text, 0, sum(amount) FROM ledger_posting WHERE organization_id = %s
GROUP BY entry_id HAVING sum(amount) <> 0
UNION ALL
SELECT '', entry.id::text, 0, 0 FROM ledger_entry entry WHERE organization_id = %s
    AND NOT EXISTS (SELECT FROM ledger_posting posting WHERE posting.entry_id = entry.id)
"""

_BALANCES = f"""
SELECT account, COALESCE(bill, plan, patient_id)::text, sum(said), sum(counted)
FROM (
    SELECT account, patient_id, CASE WHEN account LIKE 'RECEIVABLE%%' THEN bill_id END AS bill,
        CASE WHEN account = 'ADVANCES' THEN plan_id END AS plan, 0 AS said, amount AS counted
    FROM ledger_posting WHERE organization_id = %s
        AND account IN ('{Account.RECEIVABLE}', '{Account.RECEIVABLE_PAYER}', '{Account.ADVANCES}')
    UNION ALL
    SELECT account, patient_id, bill_id, plan_id, amount, 0 FROM ledger_balance WHERE organization_id = %s
) AS both_sides
GROUP BY account, patient_id, bill, plan
HAVING sum(said) <> sum(counted)
"""  # noqa: S608  (our own accounts)


def _rows(statement: str, what: str, by: Actor) -> list[Discrepancy]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [by.organization_id, by.organization_id])
        return [Discrepancy(what, *row) for row in cursor.fetchall()]


def records_of(patient_id: UUID) -> Sequence[Any]:
    """The records that are one person's (`kalon.kernel.joined`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kalon_records_of(%s)", [patient_id])
        found: Sequence[Any] = cursor.fetchone()[0] or [patient_id]
    return found
