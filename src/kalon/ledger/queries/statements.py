"""One person's account, read from the postings: what moved it, entry by entry, and what stood before and after."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from kalon.kernel.actors import Actor
from kalon.kernel.errors import NotPermitted
from kalon.kernel.money import ZERO
from kalon.ledger.queries.books import records_of
from kalon.ledger.rules import OF_A_PATIENT, Account

# What a person owes, less what is held for them. What an insurer owes stands on an account of its own.
OWN = (str(Account.RECEIVABLE), str(Account.ADVANCES))


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry: what it added to what the person owes (below zero: took off), and what they owed after it."""

    entry_id: int
    date: date
    kind: str
    source_table: str
    source_id: UUID
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What stood before some days, what they moved, in how many entries."""

    opening: Decimal
    moved: Decimal
    count: int

    @property
    def closing(self) -> Decimal:
        return self.opening + self.moved


_MOVED = """
    SELECT entry_id, min(date) AS date, sum(amount) AS amount FROM ledger_posting
    WHERE organization_id = %(organization)s AND patient_id = ANY(%(records)s) AND account = ANY(%(accounts)s)
        AND date <= %(until)s {since}
    GROUP BY entry_id HAVING sum(amount) <> 0
"""
_SINCE = "AND date >= %(since)s"

_SUMS = f"""
SELECT COALESCE(sum(amount) FILTER (WHERE date < %(since)s), 0),
    COALESCE(sum(amount) FILTER (WHERE date >= %(since)s), 0), count(*) FILTER (WHERE date >= %(since)s)
FROM ({_MOVED.format(since="")}) AS moved
"""  # noqa: S608  (our own tables)

_LINES = f"""
SELECT entry.id, moved.date, entry.kind, entry.source_table, entry.source_id, moved.amount,
    %(opening)s + sum(moved.amount) OVER (ORDER BY moved.date, moved.entry_id)
FROM ({_MOVED.format(since=_SINCE)}) AS moved JOIN ledger_entry entry ON entry.id = moved.entry_id
ORDER BY moved.date, moved.entry_id LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608  (our own tables)


def account_between(patient_id: UUID, since: date, until: date, *, seen_by: Actor) -> Standing:
    """What a person owed before some days (below zero: was held for them), and what those days moved."""
    found = _ask(_SUMS, _asked(patient_id, since, until, seen_by))[0]
    return Standing(found[0] or ZERO, found[1] or ZERO, found[2])


def movements(
    patient_id: UUID, since: date, until: date, *, opening: Decimal, start: int = 0, most: int, seen_by: Actor
) -> list[Movement]:
    """The entries of some days that moved what a person owes, in order, from the `start`th on."""
    asked = _asked(patient_id, since, until, seen_by) | {"opening": opening, "offset": start, "limit": most}
    return [Movement(*row) for row in _ask(_LINES, asked)]


def _asked(patient_id: UUID, since: date, until: date, by: Actor) -> dict[str, Any]:
    by.must(OF_A_PATIENT, do="see what patients owe")
    records = list(records_of(patient_id))
    if by.is_patient and by.patient_id not in records:
        raise NotPermitted("This is another patient's account.")
    return {"organization": by.organization_id, "records": records, "accounts": list(OWN), "since": since,
            "until": until}  # fmt: skip


def _ask(statement: str, values: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
