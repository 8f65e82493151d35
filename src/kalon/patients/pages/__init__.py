"""The pages of this context: the list, the record, registering at the desk, and /register for visitors."""

from kalon.patients.pages import history
from kalon.patients.pages.comparing import compare
from kalon.patients.pages.desk import register
from kalon.patients.pages.joining import join, undo
from kalon.patients.pages.lists import listing
from kalon.patients.pages.plugging import plug_in
from kalon.patients.pages.record import page, tab
from kalon.patients.pages.visitors import confirm, resend, welcome
from kalon.patients.pages.writing import allergies, contact, correct, coverage, settle

__all__ = [
    "allergies",
    "compare",
    "confirm",
    "contact",
    "correct",
    "coverage",
    "history",
    "join",
    "listing",
    "page",
    "plug_in",
    "register",
    "resend",
    "settle",
    "tab",
    "undo",
    "welcome",
]
