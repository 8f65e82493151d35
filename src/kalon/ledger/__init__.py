"""Ledger: every movement of money as a double entry that nobody can change.

Owns accounts, entries, their postings and the balances that follow from them. What moved the money stays with
billing, entitlements and tills: their tables post here by triggers of the database, never by hand.
"""
