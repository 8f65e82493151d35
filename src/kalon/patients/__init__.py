"""Patients: who is cared for, how they are found, and who may act for them.

Owns the person (name, birth date, MRN, ABHA, contacts, guardians, coverage), allergies and basic history, the
registration at the desk and by oneself, and the one page about a person. It leaves visits, notes and money to
the contexts above, which plug their cards into that page (`queries.page`) and react to its events.
"""
