"""Entries, their postings, and the balances that follow from them.

Nobody writes here: the functions of `models.functions`, which triggers of the tables that move money call, are the
only writers. The application's own role may read and nothing else.
"""

from kalon.ledger.models.books import Balance, Entry, Posting

__all__ = ["Balance", "Entry", "Posting"]
