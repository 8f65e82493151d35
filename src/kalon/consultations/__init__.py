"""Consultations: the clinical encounter, from the confirmed appointment to the signed, closed note.

Owns the encounter's lifecycle, triage and vitals, the note, the diagnosis and the outcome. It leaves the
time and place to scheduling, allergies and history to patients, and what is planned next to plans.
"""
