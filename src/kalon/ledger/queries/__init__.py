"""Reading the books: what stands where, day by day, one person's account, and the proof that it all follows."""

from kalon.ledger.queries.books import (
    Bucket,
    Discrepancy,
    ageing,
    balance_of,
    balances,
    entries,
    postings,
    postings_between,
    proof,
    totals,
)
from kalon.ledger.queries.statements import Movement, Standing, account_between, movements

__all__ = [
    "Bucket",
    "Discrepancy",
    "Movement",
    "Standing",
    "account_between",
    "ageing",
    "balance_of",
    "balances",
    "entries",
    "movements",
    "postings",
    "postings_between",
    "proof",
    "totals",
]
