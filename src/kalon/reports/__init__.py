"""Reports: what happened to the money, counted from the ledger.

Owns no facts of its own: every figure is a sum of postings that can be opened and exported.
"""
