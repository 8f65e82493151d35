"""Invented names that a preview of a wording is filled with."""

CLINIC = {"clinic": "Sharanya Clinic"}
WHO = {"name": "Meera", **CLINIC}
VISIT = {
    **WHO,
    "number": "SK-A-000123",
    "day": "Tuesday 24 November 2026",
    "time": "15:00",
    "doctor": "Dr Rohan Shah",
    "service": "Consultation with the surgeon",
    "branch": "Bandra",
    "address": "12 Hill Road, Mumbai",
    "reason": "",
}
ASKED = {**VISIT, "link": "https://clinic.example/v/3kT9"}
