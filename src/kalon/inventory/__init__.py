"""Inventory: what is in stock, where, until when, and where it went.

Owns items, batches, locations and the append-only ledger of movements. It leaves prices to billing and who was
given what to prescribing, charts and theatre.
"""
